"""A decision that is kept comes back as the same bytes, and holds no more than the view said."""

import json
from collections.abc import Iterator
from datetime import date
from itertools import chain

from app.api.recommendations.renderer import Renderer
from app.engine.compiled_ruleset import Program
from app.engine.decision_record import keep, recall
from app.engine.evaluate import evaluate
from app.engine.history import NOTHING_YET, Past
from app.engine.self_report import pool
from app.engine.view import Reason, View
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from tests.engine.build import a_report, pooled
from tests.engine.reports import random_past, random_report, seeded

TODAY = date(2026, 11, 22)


def views(program: Program, seed: int, number: int) -> Iterator[View]:
    random = seeded(seed)
    everything = [activity.id for activity in program.catalogue.order]
    for _ in range(number):
        mine = random_report(random, is_safe=random.random() < 0.8)
        theirs = random.choice((None, pool(random_report(random))))
        past = random.choice((NOTHING_YET, random_past(random, everything)))
        most, quiet = random.choice((1, 3, 5, 20)), random.random() < 0.4
        yield evaluate(program, mine, theirs, most, past, quiet=quiet)


def reasons_of(view: View) -> list[Reason]:
    by_strategy = chain.from_iterable(each.reasons + each.withheld_by for each in view.strategies)
    return [*by_strategy, *chain.from_iterable(each.reasons for each in view.activities)]


def through_json(program: Program, view: View) -> View:
    return recall(program, json.loads(json.dumps(keep(program, view))))


def test_what_comes_back_renders_to_the_same_bytes(library: Library, renderer: Renderer) -> None:
    outcomes = set()
    for view in views(library.program, 1, 3_000):
        outcomes.add(view.outcome)
        back = through_json(library.program, view)

        assert renderer.view(back, "US", "reasons", TODAY) == renderer.view(view, "US", "reasons", TODAY)
        assert back == view._replace(verdicts=None, fitting=0)
    assert outcomes == {"suggestions", "nothing_now", "support"}


def test_its_reasons_are_the_ones_that_renderers_have_already_written(program: Program) -> None:
    for view in views(program, 2, 500):
        before = reasons_of(view)
        assert [*map(id, reasons_of(through_json(program, view)))] == [*map(id, before)]


def test_a_thousand_returns_make_nothing_new(program: Program) -> None:
    all_kept = [json.dumps(keep(program, view)) for view in views(program, 3, 200)]
    made = len(program.wordings)

    for _ in range(5):
        for each in all_kept:
            recall(program, json.loads(each))

    assert len(program.wordings) == made


def test_reasons_that_say_the_same_are_one(program: Program) -> None:
    for view in views(program, 4, 500):
        one_by_wording = {reason.wording: reason for reason in reasons_of(view)}
        assert len(one_by_wording) == len(set(reasons_of(view)))
    assert len({reason.wording for reason in program.reasons.values()}) == len(set(program.reasons.values()))


def test_it_comes_back_in_a_process_that_has_decided_nothing_yet(library: Library) -> None:
    elsewhere = load_ruleset()
    for view in views(library.program, 5, 30):
        back = recall(elsewhere.program, json.loads(json.dumps(keep(library.program, view))))
        assert Renderer(elsewhere, "en").view(back, None, "reasons", TODAY) == Renderer(library, "en").view(
            view, None, "reasons", TODAY
        )


def test_each_reason_stands_once_and_no_text_at_all(library: Library) -> None:
    texts = {
        text for key, text in library.texts["en"].items() if key.endswith(("/says", "/text", "/title", "/summary"))
    }
    for view in views(library.program, 6, 300):
        kept = keep(library.program, view)
        assert len(kept["reasons"]) == len({json.dumps(each) for each in kept["reasons"]})
        assert not texts & {each for each in strings_in(kept) if " " in each}


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings_in(each)


def test_the_rules_that_fired_are_kept_as_bits(program: Program) -> None:
    view = evaluate(program, a_report(ease="strained"), pooled())

    assert view.verdicts is not None
    fired = int(keep(program, view)["rules"], 16)
    assert fired == view.verdicts.true & program.every_rule
    assert fired >> [rule.id for rule in program.rules].index("structure-first-when-talk-is-strained") & 1
    assert keep(program, evaluate(program, a_report(fear="yes"), None))["rules"] is None


def test_a_quiet_decision_keeps_nothing_private(program: Program) -> None:
    said = {"routine": 5, "recent_breach": True, "feels_rejected": True, "affection_interest": "open"}
    mine = a_report(**said)

    kept = keep(program, evaluate(program, mine, None, 5, Past(gentle=True), quiet=True))

    private = [i for i, rule in enumerate(program.rules) if rule.is_private]
    assert not any(int(kept["rules"], 16) >> i & 1 for i in private)
    assert "private" not in json.dumps(kept)
