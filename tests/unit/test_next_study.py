"""Planning the next study: ranges, kept results, words, and the command from end to end."""

import io

import pandas as pd
import pytest

from analysis.association import Design
from analysis.association.planner import Plan
from analysis.cli import main
from analysis.commands.plan import Bar
from analysis.errors import MethodError
from analysis.report import next_study
from analysis.report.next_study import Ranges, fractions, plan_next, whole_numbers
from analysis.settings import Words
from analysis.study import load_study
from tests.small_study import write_study


def test_ranges_are_read():
    assert whole_numbers("6..9", "--areas", 2) == (6, 7, 8, 9)
    assert whole_numbers("6..12..3", "--areas", 2) == (6, 9, 12)
    assert whole_numbers("8", "--areas", 2) == (8,)
    assert whole_numbers("12,6,6..7", "--areas", 2) == (6, 7, 12)
    assert fractions(".8,.5") == (0.5, 0.8)


@pytest.mark.parametrize("text", ["20..6", "six", "", "6..", "6..20..0", "6..8..1..1", "6.5", "1..4"])
def test_a_range_that_is_none_says_what_is(text):
    with pytest.raises(MethodError, match="--areas"):
        whole_numbers(text, "--areas", 2)


@pytest.mark.parametrize("text", ["", "high", "0", "1", ".5,1.2"])
def test_a_correlation_lies_between_none_and_all(text):
    with pytest.raises(MethodError, match="correlation"):
        fractions(text)


def test_ranges_mistyped_by_a_digit_are_refused():
    with pytest.raises(MethodError, match="combinations"):
        Ranges(tuple(range(6, 2001)), (2, 3), (3, 4, 5), (0.5, 0.8))


@pytest.mark.parametrize("text", ["999999", "6..999999999999"])
def test_numbers_no_study_has_are_refused_at_once(text):
    with pytest.raises(MethodError, match=r"interviews|no range"):
        Ranges(whole_numbers(text, "--areas", 2), (2,), (3,), (0.5,))


def test_what_no_memory_holds_is_refused(tmp_path):
    write_study(tmp_path)
    with pytest.raises(MethodError, match="simulate at most 27,777"):
        plan_next(load_study(tmp_path), Ranges((20,), (6,), (6,), (0.5,)), datasets=10**6)


def test_results_are_kept_by_content(tmp_path, monkeypatch):
    write_study(tmp_path)
    study = load_study(tmp_path)
    designs = [Design((3, 3, 3), (3,) * 9), Design((3, 3, 3), (3,) * 9, informant_factor=(0.7,))]
    monkeypatch.setattr(next_study, "own_design", lambda study: designs[0])
    ranges = Ranges((6,), (2, 3), (3,), (0.8,))
    steps = []
    first, kept = plan_next(study, ranges, datasets=100, progress=lambda done, total: steps.append((done, total)))
    assert not kept and steps == [(1, 2), (2, 2)]
    again, kept = plan_next(study, ranges, datasets=100)
    assert kept
    pd.testing.assert_frame_equal(first.table, again.table)
    for changed in ({"datasets": 101}, {"ranges": Ranges((6,), (2,), (3,), (0.8,))}):
        assert not plan_next(study, **({"ranges": ranges, "datasets": 100} | changed))[1]
    monkeypatch.setattr(next_study, "own_design", lambda study: designs[1])
    other, kept = plan_next(study, ranges, datasets=100)
    assert not kept and (other.table["power"] > first.table["power"]).all()
    assert not list((study.processed / "cache").glob("*.part"))


def test_the_cheapest_design_that_is_enough_comes_for_each_number_of_clusters():
    rows = [(6, 2, 3, 0.4), (6, 3, 3, 0.7), (8, 2, 3, 0.82), (8, 2, 4, 0.92), (8, 2, 5, 0.95), (8, 3, 4, 0.6)]
    table = pd.DataFrame(rows, columns=["clusters", "units", "informants", "power"]).assign(correlation=0.5)
    table["interviews"] = table["clusters"] * table["units"] * table["informants"]
    table = table.assign(power_low=table["power"] - 0.05, power_high=table["power"] + 0.05)
    found = Plan(table, 4, 0.05, 0.8, 100, 1)
    best = found.by_clusters.set_index("clusters")
    assert best["power"].to_dict() == {6: 0.7, 8: 0.92}, "a power of .82 that may be .77 is not enough"
    assert best["enough"].to_dict() == {6: False, 8: True}
    assert "8 clusters of 2 units with 4 informants each (64 interviews; power 0.92, 0.87 to 0.97)" in found.summary
    none = Plan(table[table["clusters"] == 6], 4, 0.05, 0.8, 100, 1)
    assert none.cheapest.empty and "no design tried surely reaches it" in none.summary


def test_the_command_writes_figure_and_numbers(tmp_path, capsys):
    write_study(tmp_path)
    options = ["--areas", "6,8", "--partnerships", "2", "--informants", "3", "--correlation", ".8", "--datasets", "100"]
    out = tmp_path / "out"
    assert main(["plan", "--study", str(tmp_path), *options, "--jobs", "0", "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert "True correlation 0.8" in shown.out and "units" not in shown.out
    assert "lowest" in shown.out and "Monte Carlo bound" in shown.out
    assert "2 of 2" in shown.err
    numbers = pd.read_csv(out / "figures" / "next_study.csv")
    assert numbers["clusters"].tolist() == [6, 8] and numbers["power"].between(0, 1).all()
    assert (out / "figures" / "next_study.svg").is_file()
    assert main(["plan", "--study", str(tmp_path), "--areas", "8..6"]) == MethodError("").exit_code
    assert "no range" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_of_two_workers_gives_the_same_plan(tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    write_study(tmp_path)
    study = load_study(tmp_path)
    monkeypatch.setattr(next_study, "own_design", lambda study: Design((3, 3, 3), (3,) * 9))
    ranges = Ranges((6, 7), (2,), (3,), (0.8,))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        there, _ = plan_next(study, ranges, datasets=100, scheduler=cluster.scheduler_address)
    for path in (study.processed / "cache").iterdir():
        path.unlink()
    here, kept = plan_next(study, ranges, datasets=100)
    assert not kept
    pd.testing.assert_frame_equal(here.table, there.table)


def test_the_bar_fills_on_a_terminal_and_counts_tenths_elsewhere():
    plain, terminal = io.StringIO(), io.StringIO()
    terminal.isatty = lambda: True
    for bar in (Bar(plain), Bar(terminal)):
        for done in range(1, 41):
            bar(done, 40)
    assert plain.getvalue().splitlines()[0] == "4 of 40" and len(plain.getvalue().splitlines()) == 10
    assert terminal.getvalue().endswith(f"\r[{'#' * 40}] 40 of 40\n")


def test_a_methods_sentence_is_told_in_the_studys_words():
    words = Words(area="region", areas="regions")
    said = words.in_prose(
        "15 units in 6 clusters; cluster-robust; wild cluster bootstrap; 0.4 per unit of trust; one cluster"
    )
    assert said == (
        "15 partnerships in 6 regions; cluster-robust; wild cluster bootstrap; 0.4 per unit of trust; one region"
    )
