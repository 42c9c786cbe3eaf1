"""Forked kernels behave as Jupyter expects, and none outlives the runner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from analysis.report import kernels

pytestmark = pytest.mark.skipif(not kernels.can_fork(), reason="kernels can't be forked here")


def run_cell(source: str, environment: dict[str, str] | None = None, folder: str = ".") -> str:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    with kernels.kernel_manager(environment or {}) as manager:
        NotebookClient(notebook, km=manager, resources={"metadata": {"path": folder}}).execute()
    return "".join(o.get("text", "") for o in notebook.cells[0].outputs)


def alive(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_forked_kernel_has_its_own_environment_folder_and_one_thread(tmp_path):
    source = "import os; print(os.environ['ANALYSIS_STAGE'], os.getcwd(), os.environ['OMP_NUM_THREADS'])"
    printed = run_cell(source, {"ANALYSIS_STAGE": "a $place"}, str(tmp_path)).strip()
    assert printed == f"a $place {tmp_path} 1"


def test_the_heavy_imports_are_there_and_text_hashes_alike():
    source = "import sys; print({'pandas', 'scipy.stats', 'matplotlib'} <= set(sys.modules), hash('trust'))"
    first, second = run_cell(source), run_cell(source)
    assert first.startswith("True")
    assert first == second
    fixed = subprocess.run(
        [sys.executable, "-c", "print(hash('trust'))"],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert first.split()[1] == fixed.stdout.strip()


def test_a_figure_is_shown_at_the_end_of_its_cell():
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])")]
    )
    with kernels.kernel_manager({}) as manager:
        NotebookClient(notebook, km=manager).execute()
    assert any("image/png" in output.get("data", {}) for output in notebook.cells[0].outputs)


def test_an_interrupt_stops_a_cell_but_not_the_kernel():
    def interrupt_soon(**_):
        threading.Timer(0.5, lambda: run_sync(manager.interrupt_kernel)()).start()

    cells = [nbformat.v4.new_code_cell("import time; time.sleep(60)")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with kernels.kernel_manager({}) as manager:
        client = NotebookClient(notebook, km=manager, on_cell_execute=interrupt_soon)
        begun = time.monotonic()
        with pytest.raises(CellExecutionError, match="KeyboardInterrupt"):
            client.execute(reset_kc=False)
        assert time.monotonic() - begun < 30
        assert run_sync(manager.is_alive)()


def test_a_restart_gives_a_new_process_and_the_end_leaves_none():
    with kernels.kernel_manager({}) as manager:
        run_sync(manager.start_kernel)()
        first = manager.provisioner.pid
        run_sync(manager.restart_kernel)(now=True)
        second = manager.provisioner.pid
        assert first != second
        assert not alive(first)
        assert alive(second)
    assert not alive(second)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_kernels_and_server_end_when_the_runner_is_killed(tmp_path):
    script = tmp_path / "runner.py"
    script.write_text(
        "import time\n"
        "from jupyter_core.utils import run_sync\n"
        "from multiprocessing import forkserver\n"
        "from analysis.report import kernels\n"
        "if __name__ == '__main__':\n"
        "    with kernels.kernel_manager({}) as manager:\n"
        "        run_sync(manager.start_kernel)()\n"
        "        pool = kernels.worker_pool(1)\n"
        "        worker = pool.submit(int, 3).result() and list(pool._processes)[0]\n"
        "        print(manager.provisioner.pid, worker, forkserver._forkserver._forkserver_pid, flush=True)\n"
        "        time.sleep(600)\n"
    )
    runner = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert runner.stdout is not None
    processes = [int(number) for number in runner.stdout.readline().split()]
    assert len(processes) == 3
    assert all(alive(process) for process in processes)
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    deadline = time.monotonic() + 20
    while any(alive(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [process for process in processes if alive(process)]


def test_an_ordinary_kernel_serves_where_forking_is_declined(monkeypatch, tmp_path):
    monkeypatch.setenv("ANALYSIS_KERNELS", "fresh")
    assert not kernels.can_fork()
    source = "import os, sys; print(os.environ['ANALYSIS_STAGE'], 'analysis.report.warm' in sys.modules)"
    assert run_cell(source, {"ANALYSIS_STAGE": "stage"}).split() == ["stage", "False"]
