"""One way to spread work: in this process, over processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import joblib

from analysis.errors import MethodError

Result = TypeVar("Result")
Progress = Callable[[int, int], None]

# Seconds of work left from which more processes save more than it takes to start them, on two cores as well.
_PAYS = 8.0


def spread(
    function: Callable[..., Result],
    tasks: Sequence[tuple[Any, ...]],
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Call a function with each tuple of arguments and return the results in that order.

    Parameters
    ----------
    function : callable
        A function of a module, so that other processes find it.
    tasks : sequence of tuple
        Arguments of each call.
    jobs : int
        Processes on this machine; -1: as many as it has cores (or as the environment variable LOKY_MAX_CPU_COUNT
        allows); 0: as many as pay, which is this one where the work is small and otherwise as many as with -1.
    scheduler : str, optional
        Address of a Dask scheduler (``tcp://host:port``), used instead of local processes.
    progress : callable, optional
        Called with the number done and the number in all.
    """
    results: list[Result] = []
    for result in _stream(function, tasks, jobs, scheduler):
        results.append(result)
        if progress is not None:
            progress(len(results), len(tasks))
    return results


def _stream(
    function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], jobs: int, scheduler: str | None
) -> Iterator[Result]:
    if scheduler is not None:
        return _on_cluster(function, tasks, scheduler)
    return _in_processes(function, tasks, jobs) if jobs else _where_it_pays(function, tasks)


def _where_it_pays(function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]]) -> Iterator[Result]:
    """Begin in this process, and hand over to several as soon as what is left looks long.

    The thread's own time is taken: where others keep the machine busy, more processes would wait as well.
    """
    started = time.thread_time()
    for done, task in enumerate(tasks):
        left = (time.thread_time() - started) / max(done, 1) * (len(tasks) - done)
        if left > _PAYS and joblib.cpu_count() > 1:
            yield from _in_processes(function, tasks[done:], -1)
            return
        yield function(*task)


def _in_processes(function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], jobs: int) -> Iterator[Result]:
    found: Iterator[Result] = joblib.Parallel(n_jobs=jobs, return_as="generator")(
        joblib.delayed(function)(*task) for task in tasks
    )
    return found


def _on_cluster(function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], scheduler: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as error:
        raise MethodError(
            "a scheduler was named, and Dask's distributed is not installed", fix="install the extra `cluster`"
        ) from error
    try:
        client = Client(scheduler, set_as_default=False)
    except (OSError, ValueError) as error:
        raise MethodError(
            f"no Dask scheduler answers at {scheduler}",
            allowed=("tcp://host:8786",),
            fix="start one with `dask scheduler`, and workers that have this package with `dask worker ADDRESS`",
        ) from error
    with client:
        futures = [client.submit(function, *task, pure=False) for task in tasks]
        for future in futures:
            yield future.result()
