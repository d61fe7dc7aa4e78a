import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.api.recommendations.recommendations import RecommendationRequest, recommend
from app.engine.plain_values import Plain
from app.engine.ruleset import Need, Ruleset
from app.rulesets.canonical import build, declared_in, digest_of, write
from app.rulesets.comparison import compare_couples
from app.rulesets.library import Library
from app.rulesets.sampling import sample_couples
from tests import clock
from verification.__main__ import main
from verification.commands.diff import EXAMPLES, diff_lines, diff_of

Edit = Callable[[Ruleset], Ruleset]


def edited(library: Library, edit: Edit, **texts: str) -> Library:
    declared = declared_in(library)
    texts_of = {"en": {**declared.texts["en"], **{key.replace("__", "/"): text for key, text in texts.items()}}}
    declared = replace(declared, ruleset=edit(declared.ruleset), texts=texts_of)
    return build(declared, digest_of(write(declared)), None, {}, library.compiled.shares.table)


def with_rule(id_: str, **parts: Any) -> Edit:
    def edit(ruleset: Ruleset) -> Ruleset:
        assert any(rule.id == id_ for rule in ruleset.rules)
        return replace(ruleset, rules=tuple(replace(r, **parts) if r.id == id_ else r for r in ruleset.rules))

    return edit


def without(id_: str) -> Edit:
    return lambda ruleset: replace(ruleset, rules=tuple(rule for rule in ruleset.rules if rule.id != id_))


SUGGESTS = "structure-first-when-talk-is-strained"


def compared(old: Library, new: Library, couples: int = 60) -> tuple[Plain, list[str]]:
    """The difference as data and in lines."""
    comparison = compare_couples(old.compiled, new.compiled, sample_couples(range(couples)))
    diff = diff_of(old, new, comparison)
    return diff, list(diff_lines(diff, comparison, old, new))


def test_a_text_alone_changes_nothing_for_anyone(library: Library) -> None:
    new = edited(library, lambda ruleset: ruleset, **{f"rules__{SUGGESTS}__says": "Talking is hard now."})

    diff, lines = compared(library, new)

    assert diff["declared"] == {}
    (text,) = diff["texts"]["en"]["changed"]
    assert text["key"] == f"rules/{SUGGESTS}/says"
    assert diff["couples"]["changed"] == 0
    assert diff["couples"]["examples"] == []
    assert "Of 60 synthetic couples 0 (0.0 %) would get something else." in lines


def test_a_ruleset_does_not_differ_from_itself(library: Library) -> None:
    diff, lines = compared(library, library, couples=5)

    assert diff["declared"] == diff["texts"] == {}
    assert "Nothing else is declared or said." in lines


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
    diff, lines = compared(library, edited(library, edit, **titles), couples=5)
    rules, activities = diff["declared"]["rules"], diff["declared"]["activities"]

    assert [entry["id"] for entry in rules["removed"]] == [SUGGESTS]
    assert rules["removed"][0]["sentence"].startswith("When ")
    assert [entry["id"] for entry in rules["added"]] == ["another-rule"]
    (changed,) = activities["changed"]
    first = library.ruleset.activities[0]
    assert changed == {
        "id": first.id,
        "parts": [{"part": "minutes", "old": first.minutes, "new": first.minutes + 5}],
    }
    assert activities["removed"] == [{"id": library.ruleset.activities[1].id}]
    assert diff["declared"]["insights"]["removed"][0]["id"] == library.ruleset.insights[0].id
    assert diff["texts"]["en"]["added"] == sorted(key.replace("__", "/") for key in titles)
    text = "\n".join(lines)
    for name in (SUGGESTS, "another-rule", first.id, f"minutes: {first.minutes} -> {first.minutes + 5}"):
        assert name in text


def test_an_example_can_be_posted_and_gets_something_else(library: Library) -> None:
    new = edited(library, with_rule(SUGGESTS, need=Need.slight))
    diff = json.loads(json.dumps(compared(library, new)[0]))
    examples = diff["couples"]["examples"]

    assert 1 <= len(examples) <= EXAMPLES
    for example in examples:
        viewer = example["viewer"]
        body = {name: example[name] for name in ("reports", "viewer", "seed")}
        asked = RecommendationRequest.model_validate(body)
        for side, ruleset in (("old", library), ("new", new)):
            view = json.loads(recommend(ruleset, asked, clock.NOW.date()).body)["views"][viewer]
            assert example[side]["activities"] == [activity["id"] for activity in view["activities"]]
        assert example["old"] != example["new"]


def test_a_rule_that_only_adds_a_reason_changes_reasons_alone(library: Library) -> None:
    def edit(ruleset: Ruleset) -> Ruleset:
        rule = next(rule for rule in ruleset.rules if rule.id == SUGGESTS)
        return replace(ruleset, rules=(*ruleset.rules, replace(rule, id="the-same-again")))

    texts = {f"rules__the-same-again__{part}": "Words" for part in ("title", "says", "evidence")}
    changed = compared(library, edited(library, edit, **texts))[0]["couples"]["views_changed"]

    assert changed["reasons"] > 0
    assert changed["strategies"] == changed["activities"] == changed["insights"] == 0


def test_the_command_prints_lines_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    for options in ([], ["--json"]):
        with pytest.raises(SystemExit, match="0"):
            main(["diff", "files", "files", "--couples", "5", *options])
    lines, _, data = capsys.readouterr().out.partition("{")

    assert "Of 5 synthetic couples 0 (0.0 %)" in lines
    assert json.loads("{" + data)["couples"]["count"] == 5
