"""Sets of small whole numbers, held as the bits of one integer: an intersection is one `&`."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import compress
from operator import or_
from typing import NamedTuple

_SPARSE = 8
"""A set with fewer members than one in so many is read member by member, which is then cheaper."""
_FLAGS = bytes.maketrans(b"01", b"\0\1")

Mask = int
"""A set, by default of activities: bit `i` is set where the member at position `i` belongs to it."""


def from_flags(flags: Iterable[bool]) -> Mask:
    """Return the set of the positions whose flag is true."""
    return sum(1 << position for position, flag in enumerate(flags) if flag)


def named(bit_of: Mapping[str, Mask], names: Iterable[str]) -> Mask:
    """Return the set of the members with these names, each given as a set of one; an unknown name is ignored."""
    mask = 0
    for name in names:
        mask |= bit_of.get(name, 0)
    return mask


def positions(mask: Mask) -> list[int]:
    """Return the members of a set, lowest first."""
    if mask.bit_count() * _SPARSE > mask.bit_length():
        # A step per possible position, but all of them in three calls.
        flags = f"{mask:b}"[::-1].encode().translate(_FLAGS)
        return [*compress(range(len(flags)), flags)]
    members = []
    while mask:
        highest = mask.bit_length() - 1
        members.append(highest)
        mask ^= 1 << highest
    members.reverse()
    return members


def lowest_first(mask: Mask) -> Iterator[int]:
    """Yield the members of a set, lowest first, for who needs but a few of them."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Unions(NamedTuple):
    """The unions of any of some sets: for every eight of them a table of all 256, by the byte that names which."""

    tables: tuple[tuple[Mask, ...], ...]

    @classmethod
    def of(cls, sets: Sequence[Mask]) -> "Unions":
        eights = [sets[start : start + 8] for start in range(0, len(sets), 8)]
        return cls(
            tuple(tuple(reduce(or_, compress(eight, _bits(byte)), 0) for byte in range(256)) for eight in eights)
        )

    def union(self, chosen: int) -> Mask:
        """Return the union of the sets at the positions in `chosen`: the closer these are, the sooner."""
        if not chosen:
            return 0
        union, first = 0, (chosen & -chosen).bit_length() - 1 >> 3
        chosen >>= 8 * first
        bytes_ = chosen.to_bytes(chosen.bit_length() + 7 >> 3, "little")
        for table, byte in zip(self.tables[first:], bytes_, strict=False):
            if byte:
                union |= table[byte]
        return union


def _bits(byte: int) -> list[bool]:
    return [bool(byte >> bit & 1) for bit in range(8)]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A family of sets that grow with a limit, one per distinct amount that a member needs."""

    levels: tuple[int, ...]
    masks: tuple[Mask, ...]

    def within(self, limit: int) -> Mask:
        """Return the members that need at most `limit`."""
        return self.masks[bisect_right(self.levels, limit)]

    def reader(self, *, missing: Mask) -> Callable[[int | None], Mask]:
        """Return `within` for a limit that may be None, which leaves `missing`."""
        return lambda limit: missing if limit is None else self.masks[bisect_right(self.levels, limit)]


def join_members(
    masks: Mapping[str, Mask],
    join: Callable[[Mask, Mask], Mask],
    empty: Mask,
    missing: Mask,
    members: Collection[str] | None,
) -> Mask:
    """Return the sets of several members as one, starting from `empty`; `missing` where there is no member."""
    return reduce(join, map(masks.__getitem__, members), empty) if members else missing
