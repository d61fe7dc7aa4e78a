"""Marks of what is private: with which generation of the passphrase the token was unlocked that sent it.

A passphrase set without the one before begins a generation, and opens nothing that bears the mark of another one.
"""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

UNLOCKED_FOR = timedelta(minutes=10)
"""So long a login stays unlocked."""
NO_GENERATION = UUID(int=0).hex


class Mark(NamedTuple):
    """The day on which something was sent, and the generation its token was unlocked with; None for a locked one."""

    sent_on: date
    generation: UUID | None


class Opened(NamedTuple):
    """What a reader may be told of what is private.

    It is what was sent over a token unlocked with `generation`, and by name what they have `just_sent`.
    """

    generation: UUID | None = None
    just_sent: frozenset[str] = frozenset()

    def tells(self, generation: UUID | None, name: str = "") -> bool:
        """Tell whether something may be told: it was just sent, or bears the generation that is open."""
        return name in self.just_sent or (generation is not None and generation == self.generation)


NOTHING_OPENED = Opened()


def generation_out(generation: UUID | None) -> str:
    """Return the text that is stored for a generation, of one length whether or not there is one."""
    return NO_GENERATION if generation is None else generation.hex


def generation_in(stored: str) -> UUID | None:
    """Return the generation of a stored text."""
    return None if stored == NO_GENERATION else UUID(stored)
