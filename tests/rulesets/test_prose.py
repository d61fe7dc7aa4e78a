import pytest

from app.engine.condition_parser import parse_rule_condition
from app.engine.ruleset import Finding
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from app.rulesets.prose import Prose, say_condition

ABOUTS = {
    "talk": "how talking feels",
    "busy": "how full your days are",
    "time": "time for the two of you, measured by your own wish",
    "trust": "trust between you",
    "drifting": "feeling apart from each other",
    "breach": "a recent breach of trust",
}
VALUES = {
    "talk": ("easy", "effortful", "strained"),
    "busy": ("slack", "normal", "full", "overloaded"),
    "time": ("plenty", "adequate", "low", "very_low"),
    "trust": ("high", "middling", "low"),
    "drifting": ("no", "yes"),
    "breach": ("no", "yes"),
}
FINDINGS = {
    id_: Finding(id_, values, "worse", "pooled", wish=False, tries=(), gap=None, origin="product")
    for id_, values in VALUES.items()
}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_ruleset()


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("talk == strained", "talking feels strained"),
        ("busy >= full", "your days are full or overloaded"),
        ("talk != easy", "talking feels effortful or strained"),
        ("trust < low", "the answers put trust between you at “high” or “middling”"),
        (
            "time in (low, very_low)",
            "the answers put time for the two of you, measured by your own wish, at “low” or “very low”",
        ),
        ("drifting == yes", "the answers speak of feeling apart from each other"),
        ("breach == no", "the answers speak against a recent breach of trust"),
        ("talk == strained and busy == full", "talking feels strained and your days are full"),
        (
            "drifting == yes and trust == low and busy == full",
            "the answers speak of feeling apart from each other, put trust between you at “low” and your days are full",
        ),
        ("breach == yes or drifting == yes", "the answers speak of a recent breach of trust or {drifting}"),
        ("talk == strained and (trust == low or breach == yes)", "talking feels strained and ({trust} or {breach})"),
        ("not talk == strained", "it is not so that talking feels strained"),
        ("not (talk == easy or busy == slack)", "it is not so that (talking feels easy or your days are slack)"),
    ],
)
def test_a_condition_reads_as_english(condition: str, said: str) -> None:
    parts = {
        "drifting": "feeling apart from each other",
        "trust": "the answers put trust between you at “low”",
        "breach": "speak of a recent breach of trust",
    }

    assert say_condition(parse_rule_condition(condition, VALUES), FINDINGS, ABOUTS) == said.format(**parts)


ASKS = {"kind_reading": "a kinder reading"}


def test_every_rule_is_one_sentence_that_names_all_it_does(library: Library) -> None:
    prose = Prose(library)

    for rule in library.ruleset.rules:
        said = prose.rule(rule)
        assert said.startswith(("When ", "For every couple: "))
        assert said.endswith(".")
        assert "_" not in said
        for practice in (rule.suggests, *rule.withholds):
            assert practice is None or practice.replace("_", " ") in said
        for ask in rule.withholds_asks:
            assert ASKS.get(ask, ask) in said
        assert rule.need is None or f"({rule.need.name} need)" in said


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "structure-first-when-talk-is-strained",
            "When talking feels strained: suggest take turns (strong need).",
        ),
        ("small-moments-for-every-couple", "For every couple: suggest everyday moments (slight need)."),
        (
            "less-is-kinder-in-a-tender-season",
            (
                "When the answers put the season of life you are in at “tender”: "
                "withhold retreat, a challenge for two, try something new and any activity that asks for a surprise."
            ),
        ),
    ],
)
def test_the_sentence_of_a_rule(library: Library, rule: str, said: str) -> None:
    (found,) = [each for each in library.ruleset.rules if each.id == rule]

    assert Prose(library).rule(found) == said


def test_conditions_that_differ_are_said_differently(library: Library) -> None:
    prose = Prose(library)
    said = {rule.when: prose.rule(rule).partition(": ")[0] for rule in library.ruleset.rules}

    assert len(set(said.values())) == len(said)


def test_every_insight_is_a_sentence(library: Library) -> None:
    prose = Prose(library)

    assert all(prose.insight(insight).endswith(": show this insight.") for insight in library.ruleset.insights)
