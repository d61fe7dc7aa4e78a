"""Every gate of the review is shown to catch a fault planted for it; all are planted in one copy of the content."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.rulesets.diagnostics import ContentError
from app.rulesets.library import Library
from app.rulesets.load import CONTENT, load_ruleset
from app.rulesets.plain_reports import report_of
from app.rulesets.reach import Reach
from app.rulesets.review import check_content, realised_by, review, rules_in_force

NEVER = """\
title: A rule that no answers reach
status: draft
when: [time == plenty, blind_spot == yes]
suggest: { practice: protected_time, need: slight }
says: Nobody will read this.
basis: editorial
evidence: { grade: D, note: Not studied. }
scenarios:
  - { given: { time: plenty, blind_spot: yes }, expect: fires }
  - { given: { time: plenty, blind_spot: no }, expect: silent }
"""
HARD = """\
title: Structured communication interventions
status: draft
when: [talk == strained]
suggest: { practice: communication_exercises, need: slight }
says: Structured communication interventions facilitate emotional reconnection between partners.
basis: editorial
evidence: { grade: D, note: "As C01 and C99 have it, wine and a good  husband. Your partner said so." }
scenarios:
  - { given: { talk: strained }, expect: fires }
  - { given: { talk: easy }, expect: silent }
"""
FAULTS = {
    "rules/never.yaml": (r"\A", NEVER),
    "rules/hard.yaml": (r"\A", HARD),
    "rules/hard-again.yaml": (r"\A", HARD.replace("interventions\nstatus", "INTERVENTIONS\nstatus")),
    "rules/a-guided-weekend-to-begin-again.yaml": (r"status: \w+", "status: retired"),
    "rules/a-guided-weekend-when-talk-is-hard-too.yaml": (r"status: \w+", "status: retired"),
    "rules/a-day-away-from-full-weeks.yaml": (r"status: \w+", "status: retired"),
    "activities/communication_exercises.yaml": (r"(?i)(?<!-)\b(stop|pause|close|end)\b(?!-)", "halt"),
    "activities/check_ins_and_affirmations.yaml": (r"\bminutes: \d+\n", "minutes: 46\n"),
    "activities/everyday_moments.yaml": (r"fixed_end: true", "fixed_end: false"),
    "activities/learn_together.yaml": (r"conflict_ceiling: \w+", "conflict_ceiling: chronic"),
    "activities/serve_together.yaml": (r"\bminutes: \d+\n", "minutes: 91\n"),
    "activities/retreat.yaml": (r"\bminutes: \d+\n", "minutes: 50\n"),
    "activities/protected_time.yaml": (r"talk: \w+\n", "talk: needed\n"),
    "activities/gratitude_and_surprise.yaml": (r"summary: .*", "summary: One small thing. Set a timer for 99 minutes."),
    "activities/shared_meaning.yaml": (r"steps:\n", "steps:\n    - Set a timer for 999 minutes.\n"),
    "words.yaml": (r"\bexcept:\n", "except:\n  wine: [claims/C01/text]\n"),
}


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    root = Path(shutil.copytree(CONTENT, tmp_path_factory.mktemp("spoilt") / "content"))
    for file, (pattern, new) in FAULTS.items():
        path = root / file
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(re.sub(pattern, lambda _, new=new: new, old), encoding="utf-8")  # type: ignore[misc]
    with pytest.raises(ContentError) as caught:
        check_content(root)
    return [str(mistake) for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    "mistake",
    [
        r"rules/hard\.yaml:5:7: this reads at grade \d\d\.\d; 8 is the most: Structured communication",
        r"rules/hard\.yaml:7:29: there is no claim C99",
        r"rules/hard\.yaml:7:29: `husband`: write `your partner`",
        r"rules/hard\.yaml:7:29: `wine`: write `a drink`",
        r"rules/hard\.yaml:1:8: `Structured communication interventions` is also the title of hard-again",
        r"rules/never\.yaml:1:8: no answers were found that make this fire as its scenarios say",
        r"strategies\.yaml:\d+:\d+: no rule ever suggests retreat",
        r"activities/communication_exercises\.yaml:\d+:\d+: speaker-listener needs talk, so one step says how to stop",
        r"activities/check_ins_and_affirmations\.yaml:\d+:\d+: .* in chronic conflict, so it takes at most 45 minutes",
        r"activities/everyday_moments\.yaml:\d+:\d+: .*, so as quality time it takes at most 30 minutes and has",
        r"activities/learn_together\.yaml:\d+:\d+: .* in chronic conflict, and nothing of learn_together may",
        r"rules/hard\.yaml:7:29: this speaks of what only the other partner can have told",
        r"rules/hard\.yaml:7:29: a text is words with one blank between them",
        r"activities/retreat\.yaml:\d+:\d+: .* has minutes 50; at least 60 fits its kind, says the property each-idea",
        r"activities/protected_time\.yaml:\d+:\d+: .* is done alone, so it needs no talk",
        r"activities/gratitude_and_surprise\.yaml:\d+:\d+: `activities/.*/summary` says the same, word for word",
        r"activities/shared_meaning\.yaml:\d+:\d+: the timer is longer than the \d+ minutes that this takes",
        r"activities/serve_together\.yaml:1:1: serve_together has 0 fitting activities, and 3 leave a choice: 10",
        r"words\.yaml:1:1: `wine` does not stand in `claims/C01/text`, so it needs no exception there",
    ],
)
def test_a_planted_fault_is_found_where_it_stands(spoilt: list[str], mistake: str) -> None:
    assert any(re.match(mistake, found) for found in spoilt), "\n".join(spoilt)


def test_no_other_place_is_blamed(spoilt: list[str]) -> None:
    blamed = {found.split(":")[0] for found in spoilt}

    retired = {file for file, (_, new) in FAULTS.items() if new == "status: retired"}
    assert blamed == {*FAULTS, "strategies.yaml"} - retired


def test_a_purpose_that_no_activity_serves_is_found(few: Path) -> None:
    found = [str(mistake) for mistake in review(load_ruleset(few), few)]

    assert any(re.match(r"strategies\.yaml:\d+:\d+: no activity serves the purpose take_turns", each) for each in found)
    assert not any(each.endswith("no activity serves the purpose quiet_together") for each in found)


def test_a_claim_that_nothing_realises_is_found(few: Path) -> None:
    library = load_ruleset(few)

    assert realised_by(library)["C02"] == ()
    assert realised_by(library)["C42"][0] == "rules/structure-first"
    assert "nothing realises C02: no rule, insight, activity, purpose or practice" in [
        m.reason for m in review(library, few)
    ]


def test_a_retired_rule_realises_nothing_and_is_not_in_force(library: Library) -> None:
    rule = library.ruleset.rules[0]
    retired = replace(library.ruleset, rules=(replace(rule, status="retired"), *library.ruleset.rules[1:]))
    shrunk = replace(library, ruleset=retired)

    assert rule not in rules_in_force(shrunk)
    assert len(rules_in_force(shrunk)) == len(rules_in_force(library)) - 1
    assert all(f"rules/{rule.id}" not in by for by in realised_by(shrunk).values())


def test_the_review_says_when_there_is_no_list_of_words(few_with: Callable[..., Path]) -> None:
    root = few_with({"words.yaml": None})

    assert "words.yaml:1:1: this file is missing" in map(str, review(load_ruleset(root), root))


def test_answers_are_found_for_findings_of_every_kind(few: Path) -> None:
    """A gap needs both; a private one its owner; what rests on a set or on hours is met by trying."""
    library = load_ruleset(few)
    reach = Reach(library)

    for rule in library.ruleset.rules:
        assert reach.is_reached(rule.when, rule.scenarios)
    for insight in library.ruleset.insights:
        assert reach.is_reached(insight.when, insight.scenarios)


def test_a_report_of_given_answers_has_no_other() -> None:
    report = report_of({"goal": "repair", "communication.ease": "easy"})

    assert report.goal == "repair"
    assert report.communication is not None
    assert report.communication.ease == "easy"
    assert report.communication.silence is None
    assert report.closeness is None
