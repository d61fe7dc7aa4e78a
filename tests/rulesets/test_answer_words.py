import pytest

from app.rulesets.answer_words import answer_in_words
from app.rulesets.library import SOURCE_LOCALE, Texts
from app.rulesets.load import load_ruleset


@pytest.fixture(scope="module")
def texts() -> Texts:
    return load_ruleset().texts[SOURCE_LOCALE]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("conflict.level", None, ""),
        ("circumstances.alcohol_free", True, "Yes"),
        ("circumstances.alcohol_free", False, "No"),
        ("time_together.hours_per_week", 1.5, "1.5"),
        ("time_together.hours_per_week", 4.0, "4"),
        ("busyness.sources", frozenset(), "None of these"),
    ],
)
def test_plain_answers(texts: Texts, path: str, value: object, words: str) -> None:
    assert answer_in_words(texts, path, value) == words


def test_levels_members_and_keys_are_said_by_their_labels(texts: Texts) -> None:
    strained = texts["questions/communication.ease/labels/strained"]
    lonely, distant = (texts[f"questions/closeness.feelings/labels/{level}"] for level in ("lonely", "distant"))
    likes = "questions/activity_preferences.likes"
    love, walk, meal = (texts[f"{likes}/{key}"] for key in ("labels/love", "keys/walk/label", "keys/meal/label"))

    assert answer_in_words(texts, "communication.ease", "strained") == strained
    both = answer_in_words(texts, "closeness.feelings", frozenset({"lonely", "distant"}))
    assert both == "; ".join(sorted((lonely, distant)))
    assert (
        answer_in_words(texts, likes.partition("/")[2], {"walk": "love", "meal": "love"}) == f"{love}: {walk}, {meal}"
    )


def test_names_of_practices_and_questions_are_said_by_their_titles(texts: Texts) -> None:
    assert (
        answer_in_words(texts, "time_together.we_already", frozenset({"retreat"})) == texts["practices/retreat/title"]
    )
    assert answer_in_words(texts, "keep_private", frozenset({"goal"})) == texts["questions/goal/text"]
