"""What moves when a control of the explore notebook is moved."""

import warnings
from dataclasses import replace

import pandas as pd
import pytest

import analysis
from analysis.configurations import build_sets
from analysis.errors import MethodError
from analysis.report.controls import as_html
from analysis.report.explore import Material, choose, explorer, forest, gather, heat_map
from analysis.report.explore_qca import compared, recalibrated, solved_again, truth_table_explorer
from analysis.report.page import explore
from analysis.report.workspace import study_around
from analysis.settings import Qca
from tests.small_study import write_study


@pytest.fixture
def material():
    interviews = pd.DataFrame(
        {
            "interview": ["i1", "i2", "i3"],
            "area": ["a", "a", "b"],
            "sector": ["council", "NHS", "NHS"],
            "role": ["leader", "nurse", "nurse"],
            "partnership": ["p1", "p1", "p2"],
        }
    )
    codings = pd.DataFrame(
        {
            "coding": [1, 2, 3],
            "interview": ["i1", "i2", "i3"],
            "coder": "c",
            "framework": ["main", "main", "other"],
            "factor": ["Trust", "Purpose", "Slowness"],
            "intensity": [1.0, 2.0, 3.0],
        }
    )
    informants = interviews[["interview", "partnership"]].assign(Trust=[1.0, 2.0, 3.0], Purpose=2.0)
    rated = pd.DataFrame({"partnership": ["p1", "p2"], "area": ["a", "b"], "overall": [1.0, 2.0]})
    quotes = pd.DataFrame({"coding": [3], "text": ["three"]})
    return Material(interviews, codings, quotes, informants, rated, ("Trust", "Purpose"), "overall")


@pytest.fixture
def sets():
    draw = pd.Series(range(12)) / 4
    frame = pd.DataFrame(
        {
            "partnership": [f"p{i}" for i in range(12)],
            "area": list("abcabcabcabc"),
            "x": draw,
            "y": draw[::-1].to_numpy(),
        }
    )
    frame["outcome"] = frame["x"] + 0.1
    frame.loc[8, "outcome"] = 0.9  # one case that does not fit
    settings = Qca(condition_anchors=(0.5, 1.3, 2.2), outcome_anchors=(0.5, 1.3, 2.2), pri_cut=0)
    return build_sets(frame, {"x": "x", "y": "y"}, ("overall", "outcome"), settings), settings


def test_filters_leave_what_matches(material):
    assert list(choose(material, sector="NHS").interviews["interview"]) == ["i2", "i3"]
    assert choose(material, area="all but b").codings["coding"].tolist() == [1, 2]
    assert choose(material, framework="main").codings["coding"].tolist() == [1, 2]
    assert choose(material, framework="main", factor="Slowness").codings["coding"].tolist() == [3]


def test_quotes_come_with_neither_role_nor_area_and_not_where_the_filters_tell_both(material):
    chosen = choose(material, sector="NHS")
    assert list(chosen.quotes["text"]) == ["three"]
    assert set(chosen.quotes.columns) == {"factor", "text"}
    told = choose(material, role="nurse", area="b")
    assert told.quotes.empty
    assert "1 more" in told.summary
    assert choose(material, area="b").quotes["text"].tolist() == ["three"], "an area alone tells no role"
    one_area = choose(replace(material, interviews=material.interviews.assign(area="b")), role="nurse")
    assert one_area.quotes.empty, "the role was interviewed in one area only"


def test_only_what_the_policy_lets_out_is_gathered(tmp_path):
    root = write_study(tmp_path / "study", disclosure={"quotes": "none", "approved_quotes": [1]})
    assert gather(explore(root)).quotes.empty
    root = write_study(tmp_path / "other", disclosure={"approved_quotes": [1]})
    assert gather(explore(root)).quotes["coding"].tolist() == [1]


def test_moving_a_filter_draws_anew_and_says_how_much_is_left(material):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        box = explorer(material)
    controls = {control.description: control for control in box.children if hasattr(control, "options")}
    assert set(controls) == {"Area", "Sector", "Role", "Codebook", "Factor"}
    said, heat, trees, quotes = box.children[-4:]
    first = heat.value
    assert 'alt="Mean intensity of factors by partnership"' in first
    assert "too few" in trees.value
    controls["Area"].value = "a"
    assert heat.value != first
    assert "2 interviews" in said.value
    assert quotes.value == ""
    controls["Codebook"].value = "other"
    assert "nothing matches" in heat.value


def test_a_heat_map_of_one_row_has_room_for_its_names(material):
    drawn = heat_map(choose(material, factor="Trust"))
    drawn.canvas.draw()
    (axes, _) = drawn.axes
    inside = drawn.bbox.padded(1)
    assert all(inside.contains(*label.get_window_extent().min) for label in axes.get_xticklabels())
    assert all(inside.contains(*label.get_window_extent().min) for label in axes.get_yticklabels())


def test_the_forest_plot_follows_the_interviews_that_are_left(material):
    names = [f"p{i}" for i in range(8)]
    interviews = pd.DataFrame(
        {"interview": [f"i{i}" for i in range(16)], "partnership": names * 2, "area": list("aabbccdd") * 2}
    )
    interviews["role"] = ["leader"] * 8 + ["nurse"] * 8
    informants = interviews[["interview", "partnership"]].assign(Trust=[*range(8), *range(8, 0, -1)], Purpose=2.0)
    rated = pd.DataFrame({"partnership": names, "area": list("aabbccdd"), "overall": [0, 1, 3, 2, 4, 5, 7, 6]})
    many = replace(material, interviews=interviews.assign(sector="s"), informants=informants, rated=rated)
    marks = {}
    for role in ("leader", "nurse"):
        (axes,) = forest(many, choose(many, role=role)).axes
        assert [tick.get_text() for tick in axes.get_yticklabels()] == ["Trust"], "Purpose never differs"
        marks[role] = [line.get_xdata().mean() for line in axes.lines if len(line.get_xdata()) == 1]
    assert marks["leader"] != marks["nurse"]
    with pytest.raises(MethodError, match="too few"):
        forest(many, choose(many, area="a"))


def test_a_table_has_caption_and_scope_and_shows_what_looks_like_markup():
    made = as_html(pd.DataFrame({"row": ["<b>"], "n": [2]}), "Solutions & more")
    assert "Solutions &amp; more</b></caption>" in made
    assert made.count('scope="col"') == 2
    assert "&lt;b&gt;" in made


def test_a_moved_crossover_changes_that_set_alone(sets):
    built, _ = sets
    moved = recalibrated(built, {"X": 1.9, "Y": built.thresholds("Y")[1]})
    assert (moved["X"] < built.data["X"]).any()
    pd.testing.assert_series_equal(moved["Y"], built.data["Y"])


def test_truth_table_and_solutions_follow_the_cut(sets):
    built, settings = sets
    own = solved_again(built, settings, built.data)
    assert {"consistency", "cases"} <= set(own.table.columns)
    assert list(own.solutions["solution"].unique()) == ["conservative", "intermediate", "parsimonious"]
    strict = solved_again(built, settings.model_copy(update={"consistency_cut": 1.0}), built.data)
    assert (strict.table["OUT"] == "1").sum() < (own.table["OUT"] == "1").sum()
    assert compared(own, own) == "All solutions are those of the study's own choices."
    assert "conservative" in compared(own, strict)


def test_the_study_s_expectations_are_those_of_the_intermediate_solution(sets):
    built, settings = sets
    directed = settings.model_copy(update={"expectations": {"x": 1, "y": 1}})
    turned = settings.model_copy(update={"expectations": {"x": 0, "y": 0}})
    solved = {solved_again(built, each, built.data).models("intermediate") for each in (directed, turned)}
    assert len(solved) == 2


def test_sliders_start_at_the_study_s_own_choices_and_go_back_to_them(sets):
    built, settings = sets
    box = truth_table_explorer(built, settings)
    sliders = {control.description: control for control in box.children if hasattr(control, "description")}
    cut, back = sliders["Consistency cut"], sliders["The study's own choices"]
    said, solutions, table = box.children[-3:]
    own = solutions.value, table.value
    assert cut.value == settings.consistency_cut
    cut.value = 1.0
    assert "Not the solution" in said.value
    assert table.value != own[1]
    back.click()
    assert (solutions.value, table.value) == own


def test_a_slider_that_lab_puts_on_its_nearest_step_is_not_moved(sets):
    built, settings = sets
    box = truth_table_explorer(built, settings)
    crossover = next(c for c in box.children if getattr(c, "description", "") == "Crossover: x")
    before = [child.value for child in box.children[-3:]]
    crossover.value += 0.004
    assert [child.value for child in box.children[-3:]] == before


def test_the_study_is_found_from_any_of_its_folders_and_its_raw_files_are_read(tmp_path, monkeypatch):
    root = write_study(tmp_path / "study")
    below = root / "notebooks" / "mine"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    found = analysis.load()
    assert found.study.root == root
    assert {"scores", "interviews", "codings"} <= set(found.tables)
    assert len(found.read("interviews")) == 27
    assert not (root / "reports").exists()


def test_lab_opened_for_a_study_without_notebooks_explores_that_study(tmp_path, monkeypatch):
    root, other = write_study(tmp_path / "study"), write_study(tmp_path / "other", title="Another study")
    monkeypatch.chdir(other)
    monkeypatch.setenv("ANALYSIS_STUDY", str(root))
    assert study_around().root == root
    assert study_around(other).root == other, "a study that is named goes before"
    monkeypatch.setenv("ANALYSIS_STAGE", str(tmp_path / "stage"))
    assert study_around().root == other, "a page of a report is about the study it stands in"


def test_a_study_without_codings_says_that_nothing_matches(material):
    box = explorer(replace(material, codings=material.codings.head(0)))
    assert any("nothing matches" in str(getattr(child, "value", "")) for child in box.children)
