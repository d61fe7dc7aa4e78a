from collections.abc import Callable
from pathlib import Path

import pytest

from app.rulesets.content_reader import ReadContext
from app.rulesets.load import CONTENT
from app.rulesets.wording import WordLists, holds, read_words, words_of


@pytest.fixture(scope="module")
def words() -> WordLists:
    words = read_words(ReadContext(CONTENT))
    assert words is not None
    return words


@pytest.mark.parametrize(
    ("syllables", "those"),
    [
        (1, "walk time made walked stopped rules lives called the I don't you're one's"),
        (2, "table little settled wanted houses closeness something careful lively being quiet evening lion café"),
        (3, "idea easier together beginning another handwriting museum"),
        (4, "activity appreciate conversation usually"),
        (5, "appreciated opportunity experiences communication misunderstanding"),
    ],
)
def test_syllables_are_counted_as_they_are_spoken(words: WordLists, syllables: int, those: str) -> None:
    """As the CMU Pronouncing Dictionary has them; of 30,000 words of our texts, six were counted in another way."""
    assert {word: words.count_syllables(word) for word in those.split()} == dict.fromkeys(those.split(), syllables)


@pytest.mark.parametrize(
    ("grade", "text"),
    [
        (-1.4, "The cat sat on the mat."),
        (1.5, "This is not the moment. Something plain and calm is a better start."),
        (23.7, "Structured communication interventions facilitate emotional reconnection between partners over time."),
    ],
)
def test_the_grade_is_that_of_flesch_and_kincaid(words: WordLists, grade: float, text: str) -> None:
    assert words.grade(text) == pytest.approx(grade, abs=0.05)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four: five; six", 6),
        ("Say \u201cstop.\u201d Then go on.", 2),
        ("Call 2.5 times", 1),
        ("No end", 1),
    ],
)
def test_sentences_end_where_a_reader_may_breathe(words: WordLists, text: str, sentences: int) -> None:
    count, syllables = len(words_of(text)), sum(map(words.count_syllables, words_of(text)))

    assert words.grade(text) == pytest.approx(0.39 * count / sentences + 11.8 * syllables / count - 15.59)


@pytest.mark.parametrize(
    ("text", "is_held"),
    [
        ("He went.", True),
        ("As for HIS, he's late", True),
        ("the other one", False),
        ("when they", False),
        ("a he-goat", False),
    ],
)
def test_a_word_is_found_whole_and_in_any_case(text: str, is_held: bool) -> None:  # noqa: FBT001
    assert holds(text, "he") is is_held


def test_a_word_to_avoid_is_told_with_what_to_write_instead(words: WordLists) -> None:
    assert dict(words.avoided_in("Your husband may pray.", "rules/a/says")) == {
        "husband": "write `your partner`",
        "pray": "write `sit quietly`",
    }


def test_an_exception_holds_for_its_text_alone(words: WordLists) -> None:
    asked = "questions/safety.forced/text"

    assert list(words.avoided_in("Was there sex?", asked)) == []
    assert [word for word, _ in words.avoided_in("Was there sex?", "rules/a/says")] == ["sex"]
    assert [word for word, _ in words.avoided_in("Was there wine and sex?", asked)] == ["wine"]


@pytest.mark.parametrize(
    ("step", "says_so"),
    [
        ("Stop when the timer rings.", True),
        ("After ten minutes, pause.", True),
        ("Stop.", False),
        ("Set a timer.", False),
        ("Talk about the weekend for a while.", False),
    ],
)
def test_a_step_says_how_to_stop_and_when(words: WordLists, step: str, says_so: bool) -> None:  # noqa: FBT001
    assert words.says_how_to_stop(step) is says_so


@pytest.mark.parametrize(
    ("changed", "mistake"),
    [
        (("  people: 2\n", "  people: two\n"), "`two` is not a whole number from 1 to 9"),
        (("except:\n", "except:\n  zebra: [claims/C13/text]\n"), "`zebra` is not a word to avoid"),
        (("how_to_stop: [", "how_to_stop: stop\nnot_known: ["), "here a list is needed"),
        (("how_to_stop:", "how_to_halt:"), "`how_to_stop` is missing"),
        (("avoid:\n", "avoids:\n"), "`avoid` is missing"),
    ],
)
def test_mistakes_in_the_list_of_words_are_named(
    few_with: Callable[..., Path], changed: tuple[str, str], mistake: str
) -> None:
    desk = ReadContext(few_with({"words.yaml": changed}))

    read_words(desk)

    assert any(mistake in str(found) for found in desk.mistakes.diagnostics)


def test_a_missing_list_of_words_is_named(few_with: Callable[..., Path]) -> None:
    desk = ReadContext(few_with({"words.yaml": None}))

    assert read_words(desk) is None
    assert [str(mistake) for mistake in desk.mistakes.diagnostics] == ["words.yaml:1:1: this file is missing"]
