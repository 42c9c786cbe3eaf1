"""One way to spread work: in this process, over processes of this machine, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import joblib

from analysis.errors import MethodError

Result = TypeVar("Result")
Progress = Callable[[int, int], None]


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
        Processes on this machine (-1: as many as it has cores).
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


def _stream(function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], jobs: int, scheduler: str | None) -> Any:
    if scheduler is not None:
        return _on_cluster(function, tasks, scheduler)
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator")
    return parallel(joblib.delayed(function)(*task) for task in tasks)


def _on_cluster(function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], scheduler: str) -> Any:
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
