"""The same work on a cluster: Dask hands out the pieces, and the counting is the one of a single machine."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from distributed import Client, as_completed

_AHEAD = 3
"""So many loads wait for each thread: enough to keep it busy, and few enough to keep memory flat."""


def spread(scheduler: str, count: Callable[[Any, Any], Any], task: Any, loads: Sequence[Any]) -> Iterator[Any]:
    """What was counted for each load, in the order in which they are done."""
    with Client(scheduler) as client:  # type: ignore[no-untyped-call]
        waiting = (client.submit(count, task, load, pure=False) for load in loads)
        ahead = _AHEAD * max(sum(client.nthreads().values()), 1)
        running: Any = as_completed(islice(waiting, ahead))  # type: ignore[no-untyped-call]
        for future in running:
            for further in islice(waiting, 1):
                running.add(further)
            yield future.result()
