"""Kernels and workers forked from one process that has the heavy imports loaded.

A fresh kernel spends most of a page's time on imports. Here one server process (the standard library's
forkserver) loads them once, and each page's kernel is a fork of it: it starts in a fraction of a second, with
memory of its own. Jupyter sees an ordinary kernel, by way of a provisioner. Where a process can't be forked
(Windows), or `ANALYSIS_KERNELS=fresh` is set, pages run in ordinary kernels.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from importlib.metadata import EntryPoint
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import run_sync

#: Kernels run one thread each, as the pages run side by side, and hash alike, so that sets keep their order.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
PROVISIONER = "analysis-forked"
_WARM = "analysis.report.warm"
_CHOICE = "ANALYSIS_KERNELS"
_starting = threading.Lock()
_running: set[ForkedKernel] = set()


def can_fork() -> bool:
    """Whether kernels are forked here; otherwise each is an ordinary one."""
    return "forkserver" in multiprocessing.get_all_start_methods() and os.environ.get(_CHOICE) != "fresh"


def start_server() -> None:
    """Start the server, if it isn't running; returns at once, while the server still loads."""
    if not can_fork():
        return
    from multiprocessing import forkserver

    multiprocessing.get_context("forkserver").set_forkserver_preload([_WARM])
    with _starting, _environment(ENVIRONMENT):
        forkserver.ensure_running()


def worker_pool(workers: int) -> Executor:
    """Return a pool of processes with the heavy imports loaded, for work that is no notebook.

    Parameters
    ----------
    workers : int
        Processes at most.
    """
    if can_fork():
        start_server()
        context: Any = multiprocessing.get_context("forkserver")
    else:
        context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)


@contextmanager
def kernel_manager(environment: Mapping[str, str]) -> Iterator[AsyncKernelManager]:
    """Manage one kernel of this interpreter, forked where that is possible, and end it with the block.

    Parameters
    ----------
    environment : mapping of str to str
        What the kernel finds in its environment besides what this process has.
    """
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[PROVISIONER] = EntryPoint(
        PROVISIONER, f"{ForkProvisioner.__module__}:ForkProvisioner", KernelProvisionerFactory.GROUP_NAME
    )
    specs = _OneSpec()
    specs.environment = dict(environment)
    with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as folder:
        # Sockets in the file system, where there are such: no port is open to other users of the machine.
        where = {} if sys.platform == "win32" else {"transport": "ipc", "ip": f"{folder}/socket"}
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=specs,
            connection_file=f"{folder}/connection.json",
            **where,
        )
        try:
            yield manager
        finally:
            if manager.has_kernel:
                run_sync(manager.shutdown_kernel)(now=True)


class _OneSpec(KernelSpecManager):
    """Knows one kernel: this interpreter's, whatever kernels the machine has installed."""

    environment: dict[str, str]

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the one specification."""
        values = {**ENVIRONMENT, **self.environment}
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name=kernel_name,
            language="python",
            env={name: value.replace("$", "$$") for name, value in values.items()},
            metadata={"kernel_provisioner": {"provisioner_name": PROVISIONER}} if can_fork() else {},
        )


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of the server; otherwise a local kernel like any other."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel; `cmd` is the command line an ordinary kernel would have had."""
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        kernel = ForkedKernel(arguments, kwargs["env"], kwargs.get("cwd"))
        self.process = kernel  # type: ignore[assignment]
        self.pid = self.pgid = kernel.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info


class ForkedKernel:
    """A forked kernel's process, with as much of `subprocess.Popen`'s face as Jupyter uses.

    Parameters
    ----------
    arguments : list of str
        The kernel's arguments, such as `["-f", connection_file]`.
    environment : mapping of str to str
        Its whole environment.
    folder : str or None
        Where it runs.
    """

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], environment: Mapping[str, str], folder: str | None) -> None:
        start_server()
        context = multiprocessing.get_context("forkserver")
        self._process: BaseProcess = context.Process(
            target=_run_kernel, args=(arguments, dict(environment), folder), name="kernel"
        )
        with _starting:
            self._process.start()
        self.pid: int = self._process.pid or 0
        _running.add(self)

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        code = self._process.exitcode
        if code is not None:
            _running.discard(self)
        return code

    def wait(self) -> int | None:
        """Wait for its end."""
        self._process.join()
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's process alone."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it, and what it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            self.send_signal(signal.SIGKILL)


@atexit.register
def kill_all() -> None:
    """Leave no kernel behind; registered after multiprocessing's own hook, so that it runs before."""
    for kernel in list(_running):
        kernel.kill()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set variables for what is started meanwhile: hash seed and threads are fixed when Python starts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run_kernel(arguments: list[str], environment: dict[str, str], folder: str | None) -> None:
    """Be a kernel until told to stop; runs in the fork."""
    os.setsid()  # a group of its own: an interrupt at the terminal reaches the runner, not the kernels
    _end_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    if folder:
        os.chdir(folder)
    sys.argv = ["ipykernel_launcher", *arguments]
    _plot_inline()
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(argv=[*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])


def _plot_inline() -> None:
    """Choose the back end that a fresh kernel would: matplotlib was loaded before there was a kernel."""
    if "matplotlib" in sys.modules:
        matplotlib = importlib.import_module("matplotlib")
        matplotlib.rcParams["backend"] = os.environ.get("MPLBACKEND") or "module://matplotlib_inline.backend_inline"


def _end_with_parent() -> None:
    """See to it that a fork ends when the server does, and that it doesn't itself keep the server alive."""
    module: Any = sys.modules.get("multiprocessing.forkserver")
    server: Any = getattr(module, "_forkserver", None)
    if getattr(server, "_forkserver_alive_fd", None) is not None:
        # Every holder of this descriptor keeps the server running; only the runner may.
        os.close(server._forkserver_alive_fd)
        server._forkserver_alive_fd = None
    if sys.platform == "linux":
        set_signal_on_parents_death = 1  # PR_SET_PDEATHSIG of prctl(2)
        ctypes.CDLL(None).prctl(set_signal_on_parents_death, signal.SIGKILL)
    elif hasattr(os, "getppid"):
        threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
