"""Conditions put together from conditions, without what is always or never so."""

from app.engine.conditions import (
    Algebra,
    All,
    AnyOf,
    Condition,
    Not,
)

ALWAYS, NEVER = All(()), AnyOf(())


def all_of(*parts: Condition) -> Condition:
    """Return a conjunction, without what is always so."""
    left = tuple(part for part in dict.fromkeys(parts) if part != ALWAYS)
    return NEVER if NEVER in left else left[0] if len(left) == 1 else All(left)


def any_of(*parts: Condition) -> Condition:
    """Return a disjunction, without what is never so."""
    left = tuple(part for part in dict.fromkeys(parts) if part != NEVER)
    return ALWAYS if ALWAYS in left else left[0] if len(left) == 1 else AnyOf(left)


def not_(part: Condition) -> Condition:
    """Return a negation."""
    return NEVER if part == ALWAYS else ALWAYS if part == NEVER else Not(part)


TREES: Algebra[Condition] = Algebra(lambda parts: all_of(*parts), lambda parts: any_of(*parts), not_)
