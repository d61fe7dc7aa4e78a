"""Conversion of a view to a small record of ids and numbers, and back.

A record holds every distinct reason once and refers to it by its place. Under the ruleset that decided, the restored
view renders to the same bytes. Verdicts are not recorded, except which rules fired.
"""

from collections.abc import Iterable
from typing import Any

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.reasons import intern_reason
from app.engine.view import AskNext, Because, Reason, StrategyView, Suggestion, View
from app.engine.vocabulary import PRACTICES

StoredView = dict[str, Any]
"""A view as plain JSON values."""


def to_record(compiled: CompiledRuleset, view: View) -> StoredView:
    """Return what a view states as plain values."""
    places: dict[Reason, int] = {}
    strategies = [
        [
            strategy.strategy,
            strategy.rank,
            strategy.standing,
            _placed(strategy.reasons, places),
            _placed(strategy.withheld_by, places),
        ]
        for strategy in view.strategies
    ]
    order = compiled.index.order
    activities = [[order[entry.position].id, _placed(entry.reasons, places)] for entry in view.activities]
    return {
        "outcome": view.outcome,
        # Hexadecimal text, because many JSON readers lose digits of numbers over 53 bits.
        "rules": None if view.verdicts is None else f"{view.verdicts.true & compiled.every_rule:x}",
        "strategies": strategies,
        "activities": activities,
        "reasons": [[why.rule, why.text, [list(named) for named in why.because], why.is_shared] for why in places],
        "insights": list(view.insights),
        "ask_next": [list(question) for question in view.ask_next],
        "support": list(view.support),
        "limits": list(view.limits),
        "next_check_in_days": view.next_check_in_days,
    }


def from_record(compiled: CompiledRuleset, record: StoredView) -> View:
    """Return the view of a record; `compiled` must be the ruleset that decided it."""
    reasons = [_reason(compiled, *entry) for entry in record["reasons"]]

    def at(places: Iterable[int]) -> tuple[Reason, ...]:
        return tuple([reasons[place] for place in places])

    return View(
        outcome=record["outcome"],
        strategies=tuple(
            [
                StrategyView(name, rank, standing, at(why), at(not_now))
                for name, rank, standing, why, not_now in record["strategies"]
            ]
        ),
        activities=tuple([_suggestion(compiled, id_, at(why)) for id_, why in record["activities"]]),
        insights=tuple(record["insights"]),
        ask_next=tuple([AskNext(*entry) for entry in record["ask_next"]]),
        support=tuple(record["support"]),
        limits=tuple(record["limits"]),
        next_check_in_days=record["next_check_in_days"],
        verdicts=None,
        fitting=0,
    )


def _placed(reasons: Iterable[Reason], places: dict[Reason, int]) -> list[int]:
    return [places.setdefault(reason, len(places)) for reason in reasons]


def _reason(
    compiled: CompiledRuleset,
    rule: str,
    text: str,
    because: list[list[str | None]],
    is_shared: bool,  # noqa: FBT001
) -> Reason:
    # The compiled ruleset's own object, so that renderers find it in their caches.
    named = tuple([Because(str(finding), level) for finding, level in because])
    return intern_reason(compiled, Reason(rule, text, named, is_shared))


def _suggestion(compiled: CompiledRuleset, id_: str, reasons: tuple[Reason, ...]) -> Suggestion:
    position = compiled.index.bit_of[id_].bit_length() - 1
    practice = PRACTICES.index(compiled.index.order[position].practice)
    return Suggestion(position, compiled.strategy_names[practice], reasons)
