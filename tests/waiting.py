"""The one place that looks at how long something takes: to give up waiting for it, never to judge it."""

from collections.abc import Iterator
from time import monotonic, sleep

PATIENCE = 60


def looks(seconds: float = PATIENCE) -> Iterator[None]:
    """Yield every fiftieth of a second, to look for what is waited for; raise `TimeoutError` at the end."""
    last = monotonic() + seconds
    while monotonic() < last:
        yield
        sleep(0.02)
    raise TimeoutError(f"waited for {seconds} seconds")
