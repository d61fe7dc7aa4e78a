"""What a change of the rules does is counted exactly, and shown by reports that get something else."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest

from app.api.recommendations.recommendations import RecommendationRequest, recommend
from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import UNKNOWN, Chosen, Linear
from app.engine.evaluate import evaluate
from app.engine.ruleset import Finding, Need, Rule, Ruleset
from app.engine.self_report import pool, poolable
from app.engine.verdicts import read
from app.rulesets.canonical import build, declared_in, digest_of, write
from app.rulesets.library import Library
from app.rulesets.plain_reports import report_of
from tests.engine.reports import random_report, seeded
from verification import behaviour
from verification.behaviour import Comparison, Counted, gated, show
from verification.diff import compare, say
from verification.inputs import Inputs, together

DAY = date(2026, 11, 23)
Edit = Callable[[Ruleset], Ruleset]


def edited(library: Library, edit: Edit, **texts: str) -> Library:
    declared = declared_in(library)
    said = {"en": {**declared.texts["en"], **{key.replace("__", "/"): text for key, text in texts.items()}}}
    declared = replace(declared, ruleset=edit(declared.ruleset), texts=said)
    return build(declared, digest_of(write(declared)), None, {})


def with_rule(id_: str, **parts: Any) -> Edit:
    def edit(ruleset: Ruleset) -> Ruleset:
        assert any(rule.id == id_ for rule in ruleset.rules)
        return replace(ruleset, rules=tuple(replace(r, **parts) if r.id == id_ else r for r in ruleset.rules))

    return edit


def without(id_: str) -> Edit:
    return lambda ruleset: replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.id != id_))


def with_finding(id_: str, change: Callable[[Finding], Finding]) -> Edit:
    def edit(ruleset: Ruleset) -> Ruleset:
        return replace(ruleset, findings=tuple(change(f) if f.id == id_ else f for f in ruleset.findings))

    return edit


def a_lower_line(finding: Finding) -> Finding:
    """`talk` is strained as soon as it takes effort."""
    (strained, when), effortful, easy = finding.tries
    assert isinstance(when, Chosen)
    lower = replace(when, levels=("strained", "effortful"))
    return replace(finding, tries=((strained, lower), effortful, easy))


def a_wider_gap(finding: Finding) -> Finding:
    assert finding.gap is not None
    return replace(finding, gap=replace(finding.gap, partial=1))


def an_hour_more(finding: Finding) -> Finding:
    tries = tuple(
        (value, replace(when, constant=when.constant + 4) if value == "low" and isinstance(when, Linear) else when)
        for value, when in finding.tries
    )
    return replace(finding, tries=tries)


SUGGESTS = "structure-first-when-talk-is-strained"

EDITS: dict[str, Edit] = {
    "a need": with_rule(SUGGESTS, need=Need.slight),
    "a rule less": without(SUGGESTS),
    "a withholding rule less": without("another-small-step-first"),
    "a rule that retires": with_rule("small-steps-before-new-ventures-in-chronic-conflict", status="retired"),
    "a cut point": with_finding("talk", a_lower_line),
    "a wish": with_finding("time", an_hour_more),
    "a gap": with_finding("meaning", a_wider_gap),
}


def counted(library: Library, edit: Edit) -> tuple[Library, Comparison, list[Counted]]:
    new = edited(library, edit)
    comparison = Comparison(library, new)
    found, leading = comparison.count_all()
    return new, comparison, [*found, leading] if leading else found


@pytest.mark.parametrize("edit", [pytest.param(edit, id=name) for name, edit in EDITS.items()])
def test_the_engine_agrees_with_every_change_that_is_counted(library: Library, edit: Edit) -> None:
    new, comparison, found = counted(library, edit)

    assert any(each.changes for each in found)
    for each in found:
        assert sum(change.cells for change in each.changes) <= each.cells
        for change in each.changes:
            witness = show(comparison.sides, change)
            if each.subject == "leading strategy" or change.is_only_said:
                continue
            if each.subject.startswith("insight "):
                raised = [each.subject.removeprefix("insight ") in view.insights for view in (witness.old, witness.new)]
                assert raised == [change.old == "raised", change.new == "raised"]
                continue
            assert gated(library, witness.old)[each.subject] == change.old
            assert gated(new, witness.new)[each.subject] == change.new


@pytest.mark.parametrize("edit", [pytest.param(edit, id=name) for name, edit in EDITS.items()])
def test_no_random_couple_gets_a_change_that_was_not_counted(library: Library, edit: Edit) -> None:
    new, _, found = counted(library, edit)
    turns = {(each.subject, change.old, change.new) for each in found for change in each.changes}
    random = seeded(5)
    for _ in range(400):
        mine, theirs = random_report(random), pool(random_report(random))
        old_view, new_view = evaluate(library.compiled, mine, theirs), evaluate(new.compiled, mine, theirs)
        before, after = gated(library, old_view), gated(new, new_view)
        for subject in before:
            if before[subject] != after[subject] and is_as_counted(mine):
                assert (subject, before[subject], after[subject]) in turns


def is_as_counted(report: Any) -> bool:
    """A report as the API takes it has the required answers."""
    return bool(
        report.conflict
        and report.conflict.level
        and report.busyness
        and report.busyness.level
        and report.time_together
        and report.time_together.hours_per_week is not None
    )


def test_cells_and_inputs_are_those_that_trying_everything_finds(library: Library) -> None:
    """Talk and silence, each with the other's: 16 pairs each, tried one by one."""
    inputs = Inputs(library.questions)
    group = tuple(f for f in library.ruleset.findings if f.id == "talk")
    levels = (None, "easy", "effortful", "strained")
    expected = Counter((max(mine, theirs) - 1, mine - 1) for mine, theirs in product(range(len(levels)), repeat=2))

    assert {(met.codes[0], met.own[0]): way.inputs for met, way in inputs.ways(group).items()} == expected


@pytest.mark.parametrize("name", ["time", "routine", "everyday", "season"])
def test_findings_come_to_what_the_engine_reads_in_the_same_answers(library: Library, name: str) -> None:
    inputs, compiled = Inputs(library.questions), library.compiled
    (group,) = (group for group in together(library.ruleset.findings) if any(each.id == name for each in group))
    for met, way in inputs.ways(group).items():
        own = read(compiled, poolable(report_of(way.mine))).codes
        other = read(compiled, pool(report_of(way.theirs))).codes
        both = compiled.meet(own, other, compiled.nobody)
        assert met.own == tuple(own[compiled.position[each.id]] for each in group)
        assert met.codes == tuple(both[compiled.position[each.id]] for each in group)


def test_numbers_are_counted_whole(library: Library) -> None:
    """673 quarter hours, each wished for or not known; every sum of both is told apart and nothing is lost."""
    inputs = Inputs(library.questions)
    (group,) = (group for group in together(library.ruleset.findings) if any(each.id == "time" for each in group))
    feels = 7
    hours, wished = 673, 674

    total = sum(way.inputs for way in inputs.ways(group).values())

    assert {path for each in group for path in paths_of(each)} == {
        "time_together.hours_per_week",
        "time_together.desired_hours_per_week",
        "time_together.feels",
    }
    assert total == (hours * wished * feels) * (wished * wished * feels)


def test_two_maps_of_ratings_are_counted_by_their_widest_difference(library: Library) -> None:
    (group,) = (group for group in together(library.ruleset.findings) if group[0].gap)
    ways = Inputs(library.questions).ways(group)

    assert sum(way.inputs for way in ways.values()) == 36**19
    assert {met.codes for met in ways} == {(UNKNOWN,), (0,), (1,), (2,)}


def test_a_text_alone_changes_nothing_for_anyone(library: Library) -> None:
    new = edited(library, lambda ruleset: ruleset, **{f"rules__{SUGGESTS}__says": "Talking is hard now."})

    found = compare(library, new)

    assert found["declared"] == {}
    (text,) = found["texts"]["en"]["changed"]
    assert text["key"] == f"rules/{SUGGESTS}/says"
    assert found["behaviour"]["subjects"] == found["behaviour"]["witnesses"] == []
    assert "  No rule decides otherwise, for anyone." in list(say(found))


def test_a_ruleset_does_not_differ_from_itself(library: Library) -> None:
    found = compare(library, library)

    assert found["declared"] == found["texts"] == {}
    assert "Nothing else is declared or said." in list(say(found))


def test_what_is_added_removed_and_changed_is_named(library: Library) -> None:
    def edit(ruleset: Ruleset) -> Ruleset:
        first, *rest = ruleset.activities
        rule = replace(ruleset.rules[0], id="another-rule")
        return replace(
            without(SUGGESTS)(ruleset),
            rules=(*without(SUGGESTS)(ruleset).rules, rule),
            activities=(replace(first, minutes=first.minutes + 5), *rest[1:]),
            insights=ruleset.insights[1:],
        )

    titles = {f"rules__another-rule__{part}": "Words" for part in ("title", "says", "evidence")}
    found = compare(library, edited(library, edit, **titles))
    rules, activities = found["declared"]["rules"], found["declared"]["activities"]

    assert [each["id"] for each in rules["removed"]] == [SUGGESTS]
    assert rules["removed"][0]["sentence"].startswith("When ")
    assert [each["id"] for each in rules["added"]] == ["another-rule"]
    (changed,) = activities["changed"]
    first = library.ruleset.activities[0]
    assert changed == {
        "id": first.id,
        "parts": [{"part": "minutes", "old": first.minutes, "new": first.minutes + 5}],
    }
    assert activities["removed"] == [{"id": library.ruleset.activities[1].id}]
    assert found["declared"]["insights"]["removed"][0]["id"] == library.ruleset.insights[0].id
    assert found["texts"]["en"]["added"] == sorted(key.replace("__", "/") for key in titles)
    said = "\n".join(say(found))
    for name in (SUGGESTS, "another-rule", first.id, f"minutes: {first.minutes} -> {first.minutes + 5}"):
        assert name in said


def test_a_witness_can_be_posted_as_it_is_and_gets_something_else(library: Library) -> None:
    new = edited(library, EDITS["a wish"])
    found = json.loads(json.dumps(compare(library, new)))
    witnesses = found["behaviour"]["witnesses"]

    assert 1 <= len(witnesses) <= behaviour.MOST_WITNESSES
    assert len({witness["subject"] for witness in witnesses}) == len(witnesses)
    for witness in witnesses:
        asked = RecommendationRequest.model_validate({"reports": witness["reports"], "viewer": "a"})
        old_body, new_body = (json.loads(recommend(side, asked, DAY).body) for side in (library, new))
        assert old_body["views"] != new_body["views"]
        for side, body in (("old", old_body), ("new", new_body)):
            assert witness["view_of_a"][side]["activities"] == [a["id"] for a in body["views"]["a"]["activities"]]


def test_what_is_too_much_at_once_is_said_to_be_left_out(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    new = edited(library, EDITS["a wish"])

    def walk(*_: object) -> None:
        raise behaviour.TooMany

    monkeypatch.setattr(Comparison, "_count_subject", lambda *_: Counted("practice retreat", (), 1, 1, ()))
    monkeypatch.setattr(Comparison, "_walk", walk)
    monkeypatch.setattr(Comparison, "changed_insights", lambda _: [])

    found = compare(library, new)["behaviour"]

    assert found["not_counted"].endswith("The leading strategy: too much changed at once.")
    assert "leading strategy" not in [each["subject"] for each in found["subjects"]]


def test_a_rule_that_only_adds_a_reason_is_told_apart(library: Library) -> None:
    def edit(ruleset: Ruleset) -> Ruleset:
        rule: Rule = next(each for each in ruleset.rules if each.id == SUGGESTS)
        return replace(ruleset, rules=(*ruleset.rules, replace(rule, id="the-same-again")))

    texts = {f"rules__the-same-again__{part}": "Words" for part in ("title", "says", "evidence")}
    found = compare(library, edited(library, edit, **texts))["behaviour"]
    practice = next(each for each in found["subjects"] if each["subject"] == "practice communication_exercises")

    assert practice["cells_changed"] == 0
    assert practice["changes"] == []
    assert practice["cells_with_other_reasons_alone"] > 0
    assert found["witnesses"][0]["old"] is None
