import re
from datetime import date, timedelta
from typing import get_args

import pytest

from app.engine.answer_types import SupportKind
from app.rulesets.library import HelpLine, Library
from tests.clock import NOW

CHECKED = ("AU", "BR", "CA", "DE", "ES", "FR", "GB", "IE", "IN", "IT", "NL", "NZ", "PT", "US", "ZA")
A_YEAR = timedelta(days=366)


def lines_of(library: Library, country: str) -> list[HelpLine]:
    return [line for line in library.help_lines if line.country == country]


def test_only_lines_that_somebody_has_checked_are_there(library: Library) -> None:
    assert {line.country for line in library.help_lines} == {*CHECKED, None}


def test_each_line_says_where_and_when_it_was_checked_and_when_to_check_it_again(library: Library) -> None:
    for line in library.help_lines:
        assert re.fullmatch(r"https?://[a-z0-9.-]+\.[a-z]+/\S*", line.source), line.id
        assert date(2026, 1, 1) <= line.verified_on < line.review_by, line.id
        assert line.review_by - line.verified_on <= A_YEAR, line.id
        assert NOW.date() <= line.review_by, line.id


@pytest.mark.parametrize("country", CHECKED)
def test_the_emergency_number_comes_first_and_in_digits(library: Library, country: str) -> None:
    first, *others = lines_of(library, country)

    assert first.is_emergency
    assert set(first.kinds) == set(get_args(SupportKind))
    number = first.links[0].removeprefix("tel:")
    assert re.fullmatch("[0-9]{3,5}", number)
    assert number in first.contact
    assert not any(line.is_emergency for line in others)


@pytest.mark.parametrize("country", CHECKED)
@pytest.mark.parametrize("kind", ["danger", "crisis"])
def test_violence_and_suicide_have_a_line_of_their_own(library: Library, country: str, kind: SupportKind) -> None:
    assert any(kind in line.kinds and not line.is_emergency for line in lines_of(library, country))


def test_the_united_states_have_a_line_for_those_who_were_forced(library: Library) -> None:
    assert any("forced" in (line.for_whom or "") and "danger" in line.kinds for line in lines_of(library, "US"))


def test_a_number_to_call_or_text_is_one_that_the_words_name(library: Library) -> None:
    for line in library.help_lines:
        said = re.sub(r"\D", "", line.contact)
        for link in line.links:
            if not link.startswith("https:") or link.startswith("https://wa.me/"):
                assert re.sub(r"\D", "", link)[-6:].lstrip("0") in said, (line.id, link)


def test_each_line_can_be_reached(library: Library) -> None:
    for line in library.help_lines:
        assert line.name, line.id
        assert line.contact, line.id
        assert line.hours, line.id
        assert any(link.startswith(("tel:", "sms:", "https:")) for link in line.links), line.id


def test_ids_are_given_once_in_a_country(library: Library) -> None:
    ids = [(line.country, line.id) for line in library.help_lines]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("kind", get_args(SupportKind))
def test_somewhere_to_turn_is_there_for_every_kind_and_in_every_country(library: Library, kind: SupportKind) -> None:
    today = max(line.verified_on for line in library.help_lines)

    for country in (*CHECKED, "SE", None):
        assert any(kind in line.kinds for line in library.help_for(country, today)), country


def test_an_expired_line_is_not_shown(library: Library) -> None:
    for country in (*CHECKED, None):
        last = max(line.review_by for line in library.help_lines if line.country == country)

        assert all(line.country != country for line in library.help_for(country, last + timedelta(days=1)))


@pytest.mark.parametrize(
    ("country", "word"),
    [
        ("US", "drink"),
        ("GB", "drinking"),
        ("US", "debt"),
        ("GB", "debt"),
        ("AU", "debt"),
        ("US", "Veterans"),
        ("AU", "served"),
    ],
)
def test_drink_debts_and_what_war_leaves_have_a_line_where_one_was_read(
    library: Library, country: str, word: str
) -> None:
    lines = [line for line in lines_of(library, country) if word in (line.for_whom or "")]

    assert len(lines) == 1
    assert lines[0].kinds == ()
