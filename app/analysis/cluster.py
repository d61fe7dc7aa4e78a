"""The same work on a cluster: Dask hands out the pieces, and the counting is the one of a single machine."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from distributed import Client, as_completed

_AHEAD = 4
"""So many pieces wait for each thread: enough to keep it busy, and few enough to keep memory flat."""


def spread(
    scheduler: str, count: Callable[[Any, Any], Any], task: Any, pieces: Sequence[Any]
) -> Iterator[tuple[Any, Any]]:
    """Each piece with what was counted for it, in the order in which they are done."""
    with Client(scheduler) as client:  # type: ignore[no-untyped-call]
        waiting = iter(pieces)
        ahead = _AHEAD * max(sum(client.nthreads().values()), 1)
        of: dict[str, Any] = {}

        def submit(piece: Any) -> Any:
            future = client.submit(count, task, piece, pure=False)
            of[future.key] = piece
            return future

        running: Any = as_completed([submit(piece) for piece in islice(waiting, ahead)])  # type: ignore[no-untyped-call]
        for future in running:
            counted = future.result()
            for piece in islice(waiting, 1):
                running.add(submit(piece))
            yield of.pop(future.key), counted
