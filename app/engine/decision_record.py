"""A decision kept small: a view as ids and numbers, without a word of text, and back again.

Every distinct reason stands once and is referred to by its place. What comes back renders to the same bytes under the
ruleset that decided; what was judged stays behind, but for the rules that fired.
"""

from collections.abc import Iterable
from typing import Any

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.reasons import intern_reason
from app.engine.view import AskNext, Because, Reason, StrategyView, Suggestion, View
from app.engine.vocabulary import PRACTICES

Kept = dict[str, Any]
"""A decision as JSON knows it."""


def to_record(compiled: CompiledRuleset, view: View) -> Kept:
    """What a view states, and nothing else."""
    places: dict[Reason, int] = {}
    strategies = [
        [each.strategy, each.rank, each.standing, _placed(each.reasons, places), _placed(each.withheld_by, places)]
        for each in view.strategies
    ]
    order = compiled.index.order
    activities = [[order[each.position].id, _placed(each.reasons, places)] for each in view.activities]
    return {
        "outcome": view.outcome,
        "rules": None if view.verdicts is None else f"{view.verdicts.true & compiled.every_rule:x}",
        "strategies": strategies,
        "activities": activities,
        "reasons": [[each.rule, each.text, [list(named) for named in each.because], each.is_shared] for each in places],
        "insights": list(view.insights),
        "ask_next": [list(each) for each in view.ask_next],
        "support": list(view.support),
        "limits": list(view.limits),
        "next_check_in_days": view.next_check_in_days,
    }


def from_record(compiled: CompiledRuleset, kept: Kept) -> View:
    """The view again, under the ruleset that decided it."""
    reasons = [_reason(compiled, *each) for each in kept["reasons"]]

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
        activities=tuple([_suggestion(compiled, id_, at(why)) for id_, why in kept["activities"]]),
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


def _reason(
    compiled: CompiledRuleset,
    rule: str,
    text: str,
    because: list[list[str | None]],
    is_shared: bool,  # noqa: FBT001
) -> Reason:
    """The same object that the compiled ruleset gives, so that renderers keep it once."""
    named = tuple([Because(str(finding), level) for finding, level in because])
    return intern_reason(compiled, Reason(rule, text, named, is_shared))


def _suggestion(compiled: CompiledRuleset, id_: str, reasons: tuple[Reason, ...]) -> Suggestion:
    position = compiled.index.bit_of[id_].bit_length() - 1
    practice = PRACTICES.index(compiled.index.order[position].practice)
    return Suggestion(position, compiled.strategy_names[practice], reasons)
