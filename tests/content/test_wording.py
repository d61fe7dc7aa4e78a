from app.rulesets.library import Library
from app.rulesets.review import HIGHEST_GRADE, check_content


def test_nothing_is_left_to_do_before_this_content_is_shown_to_anyone(library: Library) -> None:
    """Reading level, word list, coverage, claims, stops, bounds, titles, and that every rule can fire."""
    assert HIGHEST_GRADE == 8.0
    assert check_content().digest == library.digest


def test_every_text_is_said_once(library: Library) -> None:
    """Two entries with one sentence would be one entry too many. Short labels and stock notes may repeat."""
    seen: dict[str, str] = {}
    for key, text in library.texts["en"].items():
        if key.endswith(("/says", "/summary", "/text")) and not key.startswith("claims/"):
            assert text not in seen, f"{key} says what {seen[text]} says"
            seen[text] = key


def test_a_text_speaks_of_your_partner_and_never_of_theirs_alone(library: Library) -> None:
    """What only the other one can have told is in no text of a rule or insight."""
    telling = ("your partner said", "your partner told", "your partner answered", "your partner feels unloved")
    for key, text in library.texts["en"].items():
        if key.startswith(("rules/", "insights/", "phrases/")):
            assert not any(words in text.casefold() for words in telling), key


def test_texts_are_plain(library: Library) -> None:
    for key, text in library.texts["en"].items():
        assert not set("<>*_`#|\t\n").intersection(text), key
        assert "  " not in text, key
