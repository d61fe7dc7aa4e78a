"""Nothing in a view states what only the other partner can have given.

What each of two partners gives alone is asked for over HTTP too: the same report, posted without the other's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from random import Random
from typing import Any, NamedTuple

import pytest
from fastapi.testclient import TestClient

from app.api.recommendations.renderer import Renderer
from app.api.recommendations.view_shapes import TraceOut
from app.engine import reasons
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.reasons import ask_next
from app.engine.self_report import SelfReport
from app.engine.verdicts import Reading, judge
from app.engine.view import AskNext, Verdicts
from app.main import create_app
from app.settings import Settings
from tests import clock
from tests.contract.self_report import POOLED, PRIVATE, REQUIRED, Report, some_report, without_answers
from tests.privacy.worlds import PATH

COUPLES = 2_000
PARTS = 4
COUPLES_FOR_A_LEAK = 120
FROM_BOTH = "from what you both told us"
FEWER = "The list is short on purpose."

Patch = pytest.MonkeyPatch
View = dict[str, Any]


class Catalogue(NamedTuple):
    """What anybody can read about findings, rules and insights."""

    findings: Mapping[str, Mapping[str, Any]]
    private_rules: frozenset[str]
    insights_on_both: frozenset[str]


def read_catalogue(caller: TestClient) -> Catalogue:
    findings, rules, insights = (caller.get(f"/v1/{name}").json()["data"] for name in ("findings", "rules", "insights"))
    private = {each["id"] for each in findings if each["label"] == "private"}
    on_both = {each["id"] for each in findings if each["both"] in ("gap", "theirs")}
    return Catalogue(
        {each["id"]: each for each in findings},
        frozenset(each["id"] for each in rules if private & {*each["reads"]}),
        frozenset(each["id"] for each in insights if on_both & {*each["reads"]}),
    )


def couples(seed: int, count: int) -> Iterator[tuple[Report, Report]]:
    random = Random(seed)
    for _ in range(count):
        yield a_partner(random), a_partner(random)


def a_partner(random: Random) -> Report:
    report = some_report(random)
    kept = [path for path in report.pop("keep_private", ()) if path not in REQUIRED]
    return report | ({"keep_private": kept} if kept else {})


def pooled_part(report: Report) -> Report:
    """What the other may feel of a report, as a report."""
    return without_answers({**report, "keep_private": None}, {*PRIVATE, *report.get("keep_private", ())})


def view_alone(caller: TestClient, report: Report) -> View:
    answer = caller.post(PATH, json={"reports": {"a": report}, "explain": "full"})
    view: View = answer.json()["views"]["a"]
    return view


def misstatements(caller: TestClient, index: Catalogue, a: Report, b: Report) -> Iterator[str]:
    """Whatever either view states that only the other can have given."""
    views = caller.post(PATH, json={"reports": {"a": a, "b": b}, "explain": "full"}).json()["views"]
    for view, mine, theirs in ((views["a"], a, b), (views["b"], b, a)):
        alone, other = view_alone(caller, mine), view_alone(caller, pooled_part(theirs))
        own, met = levels_in(alone), {}
        for finding in {*own, *levels_in(other)}:
            met[finding] = meet(index.findings[finding], own.get(finding), levels_in(other).get(finding))
        yield from of_the_trace(view, index, own, met)
        yield from of_the_reasons(view, index, own, met)
        yield from of_the_rest(view, index, alone, mine)


def levels_in(view: View) -> dict[str, str]:
    return {each["finding"]: each["level"] for each in view["trace"]["findings"]}


def meet(finding: Mapping[str, Any], mine: str | None, theirs: str | None) -> str | None:
    """How two answers meet, worked out here a second time."""
    known = [value for value in (mine, theirs) if value is not None]
    match finding["both"]:
        case "worse":
            return max(known, key=finding["values"].index, default=None)
        case "own_first":
            return mine or theirs
        case _:
            return mine


def of_the_trace(view: View, index: Catalogue, own: Mapping[str, str], met: Mapping[str, str | None]) -> Iterator[str]:
    said = {each["finding"]: each.get("level") for each in view["trace"]["findings"]}
    for finding in said.keys() | met.keys():
        about = index.findings[finding]
        if about["label"] == "private" or about["both"] == "theirs":
            yield f"the trace names {finding}"
        elif about["both"] == "gap":
            if said.get(finding) is not None:
                yield f"the trace gives a level to {finding}, which needs both"
        elif said.get(finding) != (met[finding] if met[finding] == own.get(finding) else None):
            yield f"the trace gives {finding} the level {said.get(finding)}; own {own.get(finding)}, met {met[finding]}"
    for each in view["trace"]["rules"]:
        if each["rule"] in index.private_rules:
            yield f"the trace names the private rule {each['rule']}"


def of_the_reasons(
    view: View, index: Catalogue, own: Mapping[str, str], met: Mapping[str, str | None]
) -> Iterator[str]:
    each = chain(view["strategies"], view["activities"])
    for reason in chain.from_iterable(one["reasons"] + one.get("withheld_by", []) for one in each):
        if reason["rule"] in index.private_rules:
            yield f"a reason names the private rule {reason['rule']}"
        if reason["rule"] == "private" and reason["because"]:
            yield "a private reason names a finding"
        if reason["rule"] in ("taste", "private"):
            continue
        for because in reason["because"]:
            finding, level = because["finding"], because.get("level")
            about = index.findings[finding]
            if about["label"] == "private" or about["both"] == "theirs":
                yield f"a reason names {finding}"
            elif about["both"] == "gap" and level is not None:
                yield f"a reason gives a level to {finding}, which needs both"
            elif about["both"] != "gap" and level != (met[finding] if met[finding] == own.get(finding) else None):
                yield f"a reason gives {finding} the level {level}; own {own.get(finding)}, met {met[finding]}"
            if level is None and FROM_BOTH not in reason["text"]:
                yield f"{reason['rule']} does not say that it is from both"


def of_the_rest(view: View, index: Catalogue, alone: View, mine: Report) -> Iterator[str]:
    if view["ask_next"] != alone["ask_next"]:
        yield "ask_next depends on the other"
    for ask in view["ask_next"]:
        group, _, name = ask["question"].partition(".")
        if ask["question"] not in POOLED or (mine.get(group) or {}).get(name) is not None:
            yield f"ask_next names {ask['question']}"
    if view["outcome"] != alone["outcome"]:
        return
    if [line for line in view["limits"] if line not in alone["limits"] and not line.startswith(FEWER)]:
        yield "limits say something that the reader alone would not be told"
    raised, raised_alone = ({each["id"] for each in one["insights"]} for one in (view, alone))
    if (raised ^ raised_alone) - index.insights_on_both:
        yield "an insight rests on the other's answers"


@pytest.mark.usefixtures("unheard")
@pytest.mark.parametrize("part", range(PARTS))
def test_a_level_is_there_exactly_where_ones_own_answers_give_it(caller: TestClient, part: int) -> None:
    index = read_catalogue(caller)
    for a, b in couples(seed=200 + part, count=COUPLES // PARTS):
        assert list(misstatements(caller, index, a, b)) == [], (a, b)


# The same check with each of these planted


JUDGE = "app.engine.evaluate.judge"


def every_level_is_named(patch: Patch) -> None:
    def judge_as_if_all_were_ones_own(*given: Any) -> Verdicts:
        verdicts = judge(*given)
        return verdicts._replace(own_codes=verdicts.codes, own_literals=verdicts.literals)

    patch.setattr(JUDGE, judge_as_if_all_were_ones_own)


def no_level_is_named(patch: Patch) -> None:
    """Not a leak, but then `level` would not be there exactly where it should be."""

    def judge_as_if_nothing_were_ones_own(
        compiled: CompiledRuleset, mine: SelfReport, own: Reading, other: Any
    ) -> Verdicts:
        verdicts = judge(compiled, mine, own, other)
        return verdicts._replace(own_codes=(-1,) * len(verdicts.codes), own_literals=0) if other else verdicts

    patch.setattr(JUDGE, judge_as_if_nothing_were_ones_own)


def reasons_do_not_say_that_they_are_from_both(patch: Patch) -> None:
    make = reasons._make
    patch.setattr(reasons, "_make", lambda *given: replace(make(*given), is_shared=False))


def private_rules_are_named(patch: Patch) -> None:
    make = reasons._make
    patch.setattr(
        reasons, "_make", lambda compiled, verdicts, rule: replace(make(compiled, verdicts, rule), rule=rule.id)
    )


def the_trace_names_every_finding(patch: Patch) -> None:
    def trace(self: Renderer, verdicts: Verdicts) -> TraceOut:
        named = zip(self.library.compiled.findings, verdicts.codes, strict=True)
        return {"findings": [{"finding": each.id, "level": each.values[code]} for each, code in named], "rules": []}

    patch.setattr(Renderer, "_trace", trace)


def questions_are_asked_by_what_both_said(patch: Patch) -> None:
    def ask_of_both(compiled: CompiledRuleset, verdicts: Verdicts, own: Reading) -> tuple[AskNext, ...]:
        seen = verdicts._replace(own_codes=verdicts.codes, own_literals=verdicts.literals, own_true=verdicts.true)
        return ask_next(compiled, seen, own)

    patch.setattr("app.engine.reasons.ask_next", ask_of_both)


def insights_rest_on_what_both_said(patch: Patch) -> None:
    def judge_both(*given: Any) -> Verdicts:
        verdicts = judge(*given)
        return verdicts._replace(own_true=verdicts.true)

    patch.setattr(JUDGE, judge_both)


def limits_speak_of_the_other(patch: Patch) -> None:
    limits = reasons.limits_of_view

    def limits_of_both(situation: Any, *given: Any, **named: Any) -> tuple[str, ...]:
        other = situation.other
        heard = other and other.report.circumstances and other.report.circumstances.budget
        said: tuple[str, ...] = limits(situation, *given, **named)
        return said if heard or not other else (*said, "one_heard", "nothing_fits")

    patch.setattr("app.engine.evaluate.limits_of_view", limits_of_both)


LEAKS = {
    leak.__name__.replace("_", " "): leak
    for leak in (
        every_level_is_named,
        no_level_is_named,
        reasons_do_not_say_that_they_are_from_both,
        private_rules_are_named,
        the_trace_names_every_finding,
        questions_are_asked_by_what_both_said,
        insights_rest_on_what_both_said,
        limits_speak_of_the_other,
    )
}


@pytest.mark.usefixtures("unheard")
@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_what_states_too_much_is_found(monkeypatch: Patch, leak: Callable[[Patch], None]) -> None:
    """With an application of its own: reasons, once made, are kept."""
    leak(monkeypatch)
    with TestClient(create_app(Settings(), clock=clock.now)) as caller:
        index = read_catalogue(caller)
        found = (list(misstatements(caller, index, a, b)) for a, b in couples(seed=8, count=COUPLES_FOR_A_LEAK))
        assert any(found), "nothing was found"
