"""So much time and memory for a mutant, and no more: one that runs away counts as killed and harms nobody."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_MEMORY = 1 << 30
"""Beyond what the process has when a mutant begins, in bytes."""
_AGAIN = 0.1
_OWN_SIZE = Path("/proc/self/statm")


class TooLongError(Exception):
    """A mutant that does not come to an end."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """So much of the processor's time, however busy the machine is. What swallows the first stop gets another one."""

    def stop(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def within_memory() -> Iterator[None]:
    """Whoever asks for more gets a `MemoryError`. Where the system does not tell its own size, nothing is bound."""
    if not _OWN_SIZE.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    size = int(_OWN_SIZE.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    bound = size + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (bound if soft == resource.RLIM_INFINITY else min(bound, soft), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
