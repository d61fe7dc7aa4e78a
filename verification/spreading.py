"""Work in parts, spread over processes of this machine or over the workers of an existing Dask cluster."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from verification.loading import load


def parts_of(count: int, size: int) -> list[range]:
    """Return the numbers below `count` in parts of `size`, the last one shorter."""
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def processes(workers: int) -> Executor:
    """Return an executor with so many processes of this machine."""
    return ProcessPoolExecutor(workers, get_context("spawn"))


@contextmanager
def spread_over(workers: int, scheduler: str | None = None) -> Iterator[Executor | None]:
    """Yield the executor of a Dask scheduler, such as tcp://host:8786, or of so many processes; None for one."""
    if scheduler:
        client = load("distributed", "distributed").Client(scheduler)
        with client, client.get_executor(pure=False) as executor:
            yield executor
    elif workers > 1:
        with processes(workers) as executor:
            yield executor
    else:
        yield None
