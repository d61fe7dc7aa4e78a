"""The gate on texts: planted evil ones are refused, each for its own reason, and every honest one passes."""

from pathlib import Path

import pytest
import yaml

from app.rulesets.library import Library
from app.rulesets.text_gate import MOST_CHARACTERS, faults_of

EVIL: dict[str, list[dict[str, str]]] = yaml.safe_load(
    (Path(__file__).parent / "evil_texts.yaml").read_text(encoding="utf-8").replace("$long", "again " * 200 + "again")
)
PLANTED = [(each["key"], each["text"], each["refused"]) for texts in EVIL.values() for each in texts]


def test_at_least_thirty_are_planted() -> None:
    assert len({text for _, text, _ in PLANTED}) == len(PLANTED) >= 30
    assert min(map(len, EVIL.values())) >= 8


@pytest.mark.parametrize(("key", "text", "refused"), PLANTED)
def test_an_evil_text_is_refused_for_its_reason(key: str, text: str, refused: str) -> None:
    assert [fault for fault in faults_of(key, text) if refused in fault], [*faults_of(key, text)]


def test_every_text_of_ours_passes(library: Library) -> None:
    texts = library.texts["en"]

    assert {key: [*faults_of(key, text)] for key, text in texts.items() if any(faults_of(key, text))} == {}


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("activities/x/steps/0", "Leave your partner's list alone."),
        ("activities/x/steps/0", "Think of something your partner has told you they like."),
        ("activities/x/steps/1", "The other one says it back. That sounds hard is enough."),
        ("activities/x/title", "Join in with what your partner is doing"),
        ("insights/x/text", "If something is meant to hurt you, it isn't your fault."),
        ("rules/x/says", "A note can be read whenever your partner is up."),
        ("insights/x/text", "You see that your partner does more at home."),
        ("purposes/x/why/0", "Much gets easier when each of you knows how the other one is."),
        ("openings/x/says/0", "You have about {time_together.hours_per_week|hour|hours} a week, and 2.5 are free."),
        ("questions/x/text", "Are you unsure whether you want to stay together?"),
    ],
)
def test_what_only_looks_like_it_passes(key: str, text: str) -> None:
    assert [*faults_of(key, text)] == []


def test_another_language_has_its_own_letters_and_the_same_marks_refused() -> None:
    assert [*faults_of("rules/x/says", "Nehmt euch heute zehn Minuten füreinander: „nur wir zwei“.", "de")] == []
    assert [*faults_of("rules/x/says", "Десять минут только для вас двоих.", "ru")] == []
    assert [*faults_of("rules/x/says", "今晚给彼此十分钟。", "zh")] == []
    assert any("more than one alphabet" in fault for fault in faults_of("rules/x/says", "Десять минyт.", "ru"))
    assert any("RIGHT-TO-LEFT" in fault for fault in faults_of("rules/x/says", "Zehn Minuten\u202e.", "de"))


def test_the_longest_text_is_bounded() -> None:
    assert [*faults_of("rules/x/says", "a" * MOST_CHARACTERS)] == []
    assert [*faults_of("rules/x/says", "a" * (MOST_CHARACTERS + 1))] != []
