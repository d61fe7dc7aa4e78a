"""A decision kept small: a view as ids and numbers, without a word of text, and back again.

Every distinct reason stands once and is referred to by its place. What comes back renders to the same bytes under the
ruleset that decided; what was judged stays behind, but for the rules that fired.
"""

from collections.abc import Iterable
from typing import Any

from app.engine.compiled_ruleset import Program
from app.engine.reasons import the_one
from app.engine.view import AskNext, Because, Reason, StrategyView, Suggestion, View
from app.engine.vocabulary import PRACTICES

Kept = dict[str, Any]
"""A decision as JSON knows it."""


def keep(program: Program, view: View) -> Kept:
    """What a view states, and nothing else."""
    places: dict[Reason, int] = {}
    strategies = [
        [each.strategy, each.rank, each.standing, _placed(each.reasons, places), _placed(each.withheld_by, places)]
        for each in view.strategies
    ]
    order = program.catalogue.order
    activities = [[order[each.position].id, _placed(each.reasons, places)] for each in view.activities]
    return {
        "outcome": view.outcome,
        "rules": None if view.verdicts is None else f"{view.verdicts.true & program.every_rule:x}",
        "strategies": strategies,
        "activities": activities,
        "reasons": [[each.rule, each.text, [list(named) for named in each.because], each.is_shared] for each in places],
        "insights": list(view.insights),
        "ask_next": [list(each) for each in view.ask_next],
        "support": list(view.support),
        "limits": list(view.limits),
        "next_check_in_days": view.next_check_in_days,
    }


def recall(program: Program, kept: Kept) -> View:
    """The view again, under the ruleset that decided it."""
    reasons = [_reason(program, *each) for each in kept["reasons"]]

    def at(places: Iterable[int]) -> tuple[Reason, ...]:
        return tuple([reasons[place] for place in places])

    return View(
        outcome=kept["outcome"],
        strategies=tuple(
            [
                StrategyView(name, rank, standing, at(why), at(not_now))
                for name, rank, standing, why, not_now in kept["strategies"]
            ]
        ),
        activities=tuple([_suggestion(program, id_, at(why)) for id_, why in kept["activities"]]),
        insights=tuple(kept["insights"]),
        ask_next=tuple([AskNext(*each) for each in kept["ask_next"]]),
        support=tuple(kept["support"]),
        limits=tuple(kept["limits"]),
        next_check_in_days=kept["next_check_in_days"],
        verdicts=None,
        fitting=0,
    )


def _placed(reasons: Iterable[Reason], places: dict[Reason, int]) -> list[int]:
    return [places.setdefault(each, len(places)) for each in reasons]


def _reason(program: Program, rule: str, text: str, because: list[list[str | None]], is_shared: bool) -> Reason:  # noqa: FBT001
    """The same object that the program gives, so that renderers keep it once."""
    named = tuple([Because(str(finding), level) for finding, level in because])
    return the_one(program, Reason(rule, text, named, is_shared))


def _suggestion(program: Program, id_: str, reasons: tuple[Reason, ...]) -> Suggestion:
    position = program.catalogue.bit_of[id_].bit_length() - 1
    practice = PRACTICES.index(program.catalogue.order[position].practice)
    return Suggestion(position, program.strategy_names[practice], reasons)
