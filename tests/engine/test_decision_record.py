"""A decision that is kept comes back as the same bytes, and holds no more than the view said."""

import json
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import get_args

from app.api.recommendations.renderer import Renderer
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.decision_record import from_record, to_record
from app.engine.evaluate import evaluate
from app.engine.history import NO_HISTORY, History, Moment
from app.engine.self_report import NO_AGREEMENT, pool
from app.engine.view import Place, Reason, View
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from tests.engine.build import a_report, pooled
from tests.engine.reports import random_past, random_report, seeded

TODAY = date(2026, 11, 22)


def views(compiled: CompiledRuleset, seed: int, number: int) -> Iterator[View]:
    random = seeded(seed)
    everything = [activity.id for activity in compiled.index.order]
    for _ in range(number):
        mine = random_report(random, is_safe=random.random() < 0.8)
        theirs = random.choice((None, pool(random_report(random))))
        past = random.choice((NO_HISTORY, random_past(random, everything)))
        moment = Moment(str(random.random()), random.randrange(9), (), past, random.choice((1, 3, 5, 20)))
        yield evaluate(compiled, mine, theirs, NO_AGREEMENT, moment, quiet=random.random() < 0.4)


def reasons_of(view: View) -> list[Reason]:
    by_strategy = chain.from_iterable(each.reasons + each.withheld_by for each in view.strategies)
    return [*by_strategy, *chain.from_iterable(each.reasons for each in view.activities)]


def through_json(compiled: CompiledRuleset, view: View) -> View:
    return from_record(compiled, json.loads(json.dumps(to_record(compiled, view))))


def test_what_comes_back_renders_to_the_same_bytes(library: Library, renderer: Renderer) -> None:
    outcomes = set()
    for view in views(library.compiled, 1, 3_000):
        outcomes.add(view.outcome)
        back = through_json(library.compiled, view)

        assert renderer.view(back, "US", "reasons", TODAY) == renderer.view(view, "US", "reasons", TODAY)
        assert to_record(library.compiled, back) == to_record(library.compiled, view)
    assert outcomes == {"suggestions", "nothing_now", "support"}


def test_a_thousand_returns_make_nothing_new(compiled: CompiledRuleset) -> None:
    all_kept = [json.dumps(to_record(compiled, view)) for view in views(compiled, 3, 200)]
    first = [[*map(id, reasons_of(from_record(compiled, json.loads(each))))] for each in all_kept]
    made = len(compiled.restored)

    again = [[*map(id, reasons_of(from_record(compiled, json.loads(each))))] for each in all_kept * 5]

    assert again == first * 5
    assert len(compiled.restored) == made > 0


def test_it_comes_back_in_a_process_that_has_decided_nothing_yet(library: Library) -> None:
    elsewhere = load_ruleset()
    for view in views(library.compiled, 5, 30):
        back = from_record(elsewhere.compiled, json.loads(json.dumps(to_record(library.compiled, view))))
        assert Renderer(elsewhere, "en").view(back, None, "reasons", TODAY) == Renderer(library, "en").view(
            view, None, "reasons", TODAY
        )


def test_each_reason_stands_once_and_no_text_at_all(library: Library) -> None:
    texts = {
        text for key, text in library.texts["en"].items() if key.endswith(("/says", "/text", "/title", "/summary"))
    }
    for view in views(library.compiled, 6, 300):
        kept = to_record(library.compiled, view)
        assert len(kept["reasons"]) == len({json.dumps(each) for each in kept["reasons"]})
        assert not texts & {each for each in strings_in(kept) if " " in each}


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings_in(each)


def test_nothing_is_kept_but_what_the_view_states(compiled: CompiledRuleset) -> None:
    kept = to_record(compiled, evaluate(compiled, a_report(ease="strained"), pooled()))

    assert {*kept} == {*View._fields} - {"verdict", "marked"} | {"reasons"}
    order = [strategy[0] for strategy in kept["strategies"]]
    assert sorted(order) == ["new_experiences", "quality_time", "structured_exercises"]
    assert all(place in get_args(Place) for _, place, _ in kept["activities"])


def test_a_quiet_decision_keeps_nothing_private(compiled: CompiledRuleset) -> None:
    mine = a_report(routine=5, recent_breach=True, feels_rejected=True)
    moment = Moment(history=History(gentle=True))

    kept = to_record(compiled, evaluate(compiled, mine, None, NO_AGREEMENT, moment, quiet=True))

    private = {rule.id for rule in compiled.rules if rule.is_private}
    assert not private & {*strings_in(kept)}
    assert not {"private", "kept_small"} & {*strings_in(kept)}
