"""Conversion of a view to a small record of ids and numbers, and back.

A record holds what a view states: the order of the strategies, the activities with their places, and the ids of what
is said, each reason once. All of it may be shown to the reader, so nothing of the other partner is in it. Under the
ruleset that decided, the restored view renders to the same bytes.
"""

from collections.abc import Iterable
from typing import Any

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.view import AskNext, Because, OpeningSentence, Reason, StepOfPath, StrategyView, Suggestion, View

FORMAT = 2
"""The format of records. Whoever changes what a record holds takes the next number; earlier ones are retired."""

StoredView = dict[str, Any]
"""A view as plain JSON values."""


def to_record(compiled: CompiledRuleset, view: View) -> StoredView:
    """Return what a view states as plain values."""
    places: dict[Reason, int] = {}
    strategies = [
        [one.strategy, one.rank, one.standing, _placed(one.reasons, places), _placed(one.withheld_by, places)]
        for one in view.strategies
    ]
    order = compiled.index.order
    activities = [
        [order[one.position].id, one.place, _placed(one.reasons, places), *([list(one.step)] if one.step else [])]
        for one in view.activities
    ]
    return {
        "outcome": view.outcome,
        "opening": [[sentence.id, list(sentence.values)] for sentence in view.opening],
        "strategies": strategies,
        "activities": activities,
        "reasons": [[reason.id, [list(named) for named in reason.because]] for reason in places],
        "insights": list(view.insights),
        "ask_next": [list(question) for question in view.ask_next],
        "support": list(view.support),
        # Of two who are stored, the answers to the safety questions are not kept, so nothing is marked there.
        **({"marked": list(view.marked)} if view.marked else {}),
        "limits": list(view.limits),
        "next_check_in_days": view.next_check_in_days,
        "turn": view.turn,
    }


def from_record(compiled: CompiledRuleset, record: StoredView) -> View:
    """Return the view of a record; `compiled` must be the ruleset that decided it."""
    reasons = [_reason(compiled, *entry) for entry in record["reasons"]]

    def at(places: Iterable[int]) -> tuple[Reason, ...]:
        return tuple([reasons[place] for place in places])

    return View(
        outcome=record["outcome"],
        opening=tuple([OpeningSentence(id_, tuple(values)) for id_, values in record["opening"]]),
        strategies=tuple(
            [
                StrategyView(name, rank, standing, at(why), at(not_now))
                for name, rank, standing, why, not_now in record["strategies"]
            ]
        ),
        activities=tuple(
            [
                Suggestion(
                    compiled.index.bit_of[id_].bit_length() - 1,
                    place,
                    at(why),
                    *[StepOfPath(*values) for values in step],
                )
                for id_, place, why, *step in record["activities"]
            ]
        ),
        insights=tuple(record["insights"]),
        ask_next=tuple([AskNext(*entry) for entry in record["ask_next"]]),
        support=tuple(record["support"]),
        limits=tuple(record["limits"]),
        next_check_in_days=record["next_check_in_days"],
        turn=record["turn"],
        verdict=None,
        marked=tuple(record.get("marked", ())),
    )


def _placed(reasons: Iterable[Reason], places: dict[Reason, int]) -> list[int]:
    return [places.setdefault(reason, len(places)) for reason in reasons]


def _reason(compiled: CompiledRuleset, id_: str, because: list[list[str]]) -> Reason:
    # One object for equal reasons, so that renderers find it in their caches.
    named = tuple([Because(*one) for one in because])
    return compiled.restored.setdefault((id_, named), Reason(id_, named))
