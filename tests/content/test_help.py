from datetime import date, timedelta
from typing import get_args

import pytest

from app.engine.answer_types import SupportKind
from app.rulesets.library import Library

CHECKED = ("US", "GB")
A_YEAR = timedelta(days=366)


def test_only_lines_that_somebody_has_checked_are_there(library: Library) -> None:
    assert {line.country for line in library.help_lines} == {*CHECKED, None}


def test_each_line_says_where_and_when_it_was_checked_and_when_to_check_it_again(library: Library) -> None:
    for line in library.help_lines:
        assert line.source.startswith("https://"), line.id
        assert date(2026, 1, 1) <= line.verified_on < line.review_by, line.id
        assert line.review_by - line.verified_on <= A_YEAR, line.id


def test_each_line_can_be_reached(library: Library) -> None:
    for line in library.help_lines:
        assert line.name, line.id
        assert line.contact, line.id
        assert line.hours, line.id
        assert any(link.startswith(("tel:", "https:")) for link in line.links), line.id


def test_ids_are_given_once_in_a_country(library: Library) -> None:
    ids = [(line.country, line.id) for line in library.help_lines]

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("kind", get_args(SupportKind))
def test_somewhere_to_turn_is_there_for_every_kind_and_in_every_country(library: Library, kind: SupportKind) -> None:
    today = max(line.verified_on for line in library.help_lines)

    for country in (*CHECKED, "FR", None):
        assert any(kind in line.kinds for line in library.help_for(country, today)), country


def test_an_expired_line_is_not_shown(library: Library) -> None:
    for country in (*CHECKED, None):
        last = max(line.review_by for line in library.help_lines if line.country == country)

        assert all(line.country != country for line in library.help_for(country, last + timedelta(days=1)))
