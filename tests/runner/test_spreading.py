"""A page's heavy work: its progress is told on the terminal, a cluster may do it, and neither enters the page."""

from __future__ import annotations

import io
import os

import pandas as pd
import pytest

from analysis.association.parallel import spread
from analysis.errors import MethodError
from analysis.report.pipeline import Options, report
from analysis.report.progress import Progress
from analysis.report.spreading import PROGRESS
from analysis.study import load_study
from tests.runner.small_notebooks import saves, write_notebook
from tests.small_study import write_study

WORK = """\
import math
from analysis.association.parallel import spread
from analysis.report.spreading import spread_over
where = spread_over("square roots")
frame = pd.DataFrame({"root": spread(math.sqrt, [(number,) for number in range(8)], **where)})
"""


class Terminal(io.StringIO):
    def isatty(self):
        return True


def made(folder, cell, **options):
    root = write_study(folder / "study")
    write_notebook(root / "notebooks", "01_roots", cell, saves("roots"), writes=["roots"])
    terminal = Terminal()
    outcome = report(load_study(root), Options(jobs=1, **options), Progress(terminal))
    assert outcome.steps["01_roots"] == "done", outcome.errors
    published = "".join((root / "reports" / name).read_text() for name in ("pages/01_roots.html",))
    published += (root / "reports" / "notebooks" / "01_roots.ipynb").read_text()
    return terminal.getvalue(), published, pd.read_parquet(root / "data" / "processed" / "results" / "roots.parquet")


def test_progress_is_shown_on_a_terminal_and_not_on_the_page(tmp_path):
    told, published, roots = made(tmp_path, WORK)
    assert "01_roots [######......] square roots" in told and "01_roots [############] square roots" in told
    assert PROGRESS not in published and 'square roots"}' not in published
    assert roots["root"].tolist() == [number**0.5 for number in range(8)]


def test_a_page_has_as_many_processes_as_the_report(tmp_path):
    cell = WORK.replace("import math", "import joblib, math").replace("math.sqrt(", "")
    cell += 'frame["root"] = [joblib.cpu_count()] * len(frame); assert where["jobs"] == 0'
    assert made(tmp_path, cell)[2]["root"].eq(1).all()


def own_process(_: int) -> int:
    return os.getpid()


def test_small_work_stays_in_one_process_and_long_work_goes_to_several(monkeypatch):
    tasks = [(number,) for number in range(20)]
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "2")
    assert set(spread(own_process, tasks, jobs=0)) == {os.getpid()}
    monkeypatch.setattr("analysis.association.parallel._PAYS", -1.0)
    seen: list[tuple[int, int]] = []
    assert os.getpid() not in spread(own_process, tasks, jobs=0, progress=lambda *told: seen.append(told))
    assert seen == [(number, 20) for number in range(1, 21)]
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    assert set(spread(own_process, tasks, jobs=0)) == {os.getpid()}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_two_workers_of_a_cluster_do_the_work_and_the_page_does_not_tell_where(tmp_path):
    distributed = pytest.importorskip("distributed", reason="needs the extra `cluster`")
    cell = WORK.replace("import math", "import os").replace("math.sqrt", "pow").replace("(number,)", "(number, 0.5)")
    cell += '(stage / "results").mkdir(exist_ok=True); assert where["scheduler"].startswith("tcp://")'
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        told, published, there = made(tmp_path / "there", cell, scheduler=address)
        with distributed.Client(address) as client:
            done = client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter)
    assert done > 0, "the scheduler did nothing"
    assert address not in published and address not in told
    _, _, here = made(tmp_path / "here", WORK)
    pd.testing.assert_frame_equal(there, here)


def test_a_scheduler_that_is_not_there_is_told_with_how_to_start_one():
    pytest.importorskip("distributed", reason="needs the extra `cluster`")
    with pytest.raises(MethodError, match="no Dask scheduler answers at nowhere"):
        spread(pow, [(2, 3)], scheduler="nowhere://x")
