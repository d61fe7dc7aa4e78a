"""The causes for which private answers take away from their owner's own view."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from app.engine.conditions import All, AnyOf, Clause, Condition

YES, SOME, MOST = 1, 1, 2
"""The codes at which findings take away: of two values, and of three the middle one and the last."""


class Causes(NamedTuple):
    """What private findings amount to, each as the bit of its condition, 0 where its findings are not known.

    With `needs_care` only what is for themselves is left. One who `may_be_hurt` looks for help alone. One who
    `keeps_apart` shares no room. One who `presses` pushes for far more time while the other's acts seem meant to hurt,
    and gets nothing for two. One who `turns_inward` is hurt or unsure of staying, and begins with something for
    themselves; after a `breach` of trust what lasts comes first. With `needs_calm` a view keeps to the insights of
    safety.
    """

    needs_care: int = 0
    may_be_hurt: int = 0
    keeps_apart: int = 0
    presses: int = 0
    turns_inward: int = 0
    breach: int = 0
    needs_calm: int = 0


def conditions_of_causes(findings: Collection[str]) -> Mapping[str, Condition]:
    """Return the condition of each cause by its name, of those that these findings can fulfil."""
    hurt = [_has("hurtful", MOST), _has("made_small", YES), _has("holding_back", YES)]
    care, together = _has("care", YES), _has("being_together", MOST)
    pressing = [_has("hurtful", SOME, MOST), _has("far_more", YES), _has("pushing", YES)]
    presses = [All(tuple(pressing))] if all(clause.finding in findings for clause in pressing) else []

    def known(*clauses: Clause) -> list[Clause]:
        return [clause for clause in clauses if clause.finding in findings]

    parts: dict[str, Sequence[Condition]] = {
        "needs_care": known(care),
        "may_be_hurt": known(*hurt, together),
        "keeps_apart": known(together),
        "presses": presses,
        "turns_inward": known(*hurt, _has("leaning_out", YES)),
        "breach": known(_has("breach", YES)),
        "needs_calm": [*known(*hurt, care), *presses],
    }
    return {name: AnyOf(tuple(ways)) for name, ways in parts.items() if ways}


def _has(finding: str, *codes: int) -> Clause:
    return Clause(finding, "in", (), codes)
