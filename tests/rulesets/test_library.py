from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from app.rulesets.library import Library, wordings_of
from app.rulesets.load import load_ruleset


def test_a_line_past_its_day_of_review_is_not_shown(library: Library) -> None:
    for line in library.help_lines:
        on_the_day, after = line.review_by, line.review_by + timedelta(days=1)

        assert line in library.help_for(line.country, on_the_day)
        assert line not in library.help_for(line.country, after)


def test_a_country_is_shown_its_own_lines_and_those_for_everywhere(library: Library) -> None:
    today = min(line.verified_on for line in library.help_lines)

    assert {line.country for line in library.help_for("US", today)} == {"US", None}
    assert {line.country for line in library.help_for("GB", today)} == {"GB", None}


def test_a_country_without_lines_is_shown_those_for_everywhere(library: Library) -> None:
    today = min(line.verified_on for line in library.help_lines)
    everywhere = library.help_for(None, today)

    assert everywhere
    assert library.help_for("AQ", today) == everywhere


def test_when_all_is_out_of_date_nothing_is_shown(library: Library) -> None:
    assert library.help_for("US", date.max) == ()


def test_a_level_may_be_explained(few_with: Callable[..., Path]) -> None:
    root = few_with({"questions.yaml": ("label: Far too little }", "label: Far too little, help: Next to none. }")})
    library = load_ruleset(root)
    question = next(question for question in library.questions if question.id == "time_together.feels")

    assert question.levels_with_help == {"far_too_little"}
    assert library.texts["en"]["questions/time_together.feels/helps/far_too_little"] == "Next to none."


def test_a_practice_has_its_strategy_and_the_add_on_none(library: Library) -> None:
    assert library.strategy_of("retreat") == "structured_exercises"
    assert library.strategy_of("affection") is None


def test_the_version_is_that_of_the_ruleset(library: Library) -> None:
    assert library.version == library.ruleset.version


def test_every_wording_is_found_whether_there_is_one_or_several() -> None:
    texts = {"one": "A.", "several/0": "B.", "several/1": "C.", "several/3": "not reached"}

    assert wordings_of(texts, "one") == ("A.",)
    assert wordings_of(texts, "several") == ("B.", "C.")
    assert wordings_of(texts, "none") == ()
