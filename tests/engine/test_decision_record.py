"""A decision that is kept comes back as the same bytes, and holds no more than the view said."""

import json
from collections.abc import Iterator
from datetime import date
from itertools import chain

from app.api.recommendations.renderer import Renderer
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.decision_record import from_record, to_record
from app.engine.evaluate import evaluate
from app.engine.history import NO_HISTORY, History
from app.engine.self_report import pool
from app.engine.view import Reason, View
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
        most, quiet = random.choice((1, 3, 5, 20)), random.random() < 0.4
        yield evaluate(compiled, mine, theirs, most, past, quiet=quiet)


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
        assert back == view._replace(verdicts=None, fitting=0)
    assert outcomes == {"suggestions", "nothing_now", "support"}


def test_its_reasons_are_the_ones_that_renderers_have_already_written(compiled: CompiledRuleset) -> None:
    for view in views(compiled, 2, 500):
        before = reasons_of(view)
        assert [*map(id, reasons_of(through_json(compiled, view)))] == [*map(id, before)]


def test_a_thousand_returns_make_nothing_new(compiled: CompiledRuleset) -> None:
    all_kept = [json.dumps(to_record(compiled, view)) for view in views(compiled, 3, 200)]
    made = len(compiled.wordings)

    for _ in range(5):
        for each in all_kept:
            from_record(compiled, json.loads(each))

    assert len(compiled.wordings) == made


def test_reasons_that_say_the_same_are_one(compiled: CompiledRuleset) -> None:
    for view in views(compiled, 4, 500):
        one_by_wording = {reason.wording: reason for reason in reasons_of(view)}
        assert len(one_by_wording) == len(set(reasons_of(view)))
    assert len({reason.wording for reason in compiled.reasons.values()}) == len(set(compiled.reasons.values()))


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


def test_the_rules_that_fired_are_kept_as_bits(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(ease="strained"), pooled())

    assert view.verdicts is not None
    fired = int(to_record(compiled, view)["rules"], 16)
    assert fired == view.verdicts.true & compiled.every_rule
    assert fired >> [rule.id for rule in compiled.rules].index("structure-first-when-talk-is-strained") & 1
    assert to_record(compiled, evaluate(compiled, a_report(fear="yes"), None))["rules"] is None


def test_a_quiet_decision_keeps_nothing_private(compiled: CompiledRuleset) -> None:
    said = {"routine": 5, "recent_breach": True, "feels_rejected": True, "affection_interest": "open"}
    mine = a_report(**said)

    kept = to_record(compiled, evaluate(compiled, mine, None, 5, History(gentle=True), quiet=True))

    private = [i for i, rule in enumerate(compiled.rules) if rule.is_private]
    assert not any(int(kept["rules"], 16) >> i & 1 for i in private)
    assert "private" not in json.dumps(kept)
