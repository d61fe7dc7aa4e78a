"""Whoever edits the content is told who would get something else, and what reaches nobody."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.rulesets import changes
from app.rulesets.changes import changes_since_release
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from verification.release_file import publish, with_version

STRUCTURE = "rules/structure-first-when-talk-is-strained.yaml"
NOBODY = """\
title: A rule for very few
status: draft
when:
  - conflict == chronic
  - silence == comfortable
  - purpose == wanted
  - routine == high
  - date_night_only == yes
  - closeness == high
suggest: { practice: shared_hobby, need: strong }
says: Begin with something small.
basis: editorial
evidence: { grade: D, note: Our own view. }
scenarios: []
"""
Change = Callable[[dict[str, object]], Path]
Lines = Callable[[dict[str, object]], list[str]]


@pytest.fixture(autouse=True)
def fewer_couples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "COUPLES", 200)


@pytest.fixture
def lines_with(content_with: Change, library: Library) -> Lines:
    """The lines for edits made since the content was released."""

    def lines_with(edits: dict[str, object]) -> list[str]:
        root = content_with({"releases": None, **edits})
        publish(root, with_version(library, "1"), date(2026, 12, 1))
        return list(changes_since_release(root, load_ruleset(root)))

    return lines_with


def test_content_as_it_was_released_is_not_compared(content_with: Change, change: Callable[..., None]) -> None:
    root = content_with({"releases": None, "properties.yaml": "{}\n"})
    publish(root, with_version(load_ruleset(root), "1"), date(2026, 12, 1))

    assert list(changes_since_release(root, load_ruleset(root))) == []


def test_an_activity_that_nobody_is_shown_any_more_is_warned_of(lines_with: Lines) -> None:
    """The first activity of twenty minutes there is the evening walk; here it takes a day."""
    lines = lines_with({"activities/everyday_moments.yaml": ("minutes: 20\n", "minutes: 1440\n")})

    assert "Warning: none of these couples is shown `evening-walk` of activities/everyday_moments.yaml." in lines


def test_what_an_edit_changes_is_counted_and_shown(lines_with: Lines) -> None:
    lines = lines_with({STRUCTURE: ("need: strong", "need: slight")})

    assert lines[0].startswith("Since 1:")
    assert lines[1].startswith("Of 200 synthetic couples ")
    assert 1 <= sum(line.startswith("For example, couple ") for line in lines) <= 3
    assert any("How easy is it" in line for line in lines)


def test_content_that_was_never_released_is_compared_with_nothing(content_with: Change) -> None:
    root = content_with({"releases": None})

    assert list(changes_since_release(root, load_ruleset(root))) == []


def test_what_reaches_nobody_is_warned_of(lines_with: Lines) -> None:
    scenarios = """\
scenarios:
  - given:
      { conflict: chronic, silence: comfortable, purpose: wanted, routine: high, date_night_only: yes, closeness: high }
    expect: fires
  - { given: { conflict: rare }, expect: silent }
"""
    lines = lines_with({"rules/a-rule-for-very-few.yaml": NOBODY.replace("scenarios: []\n", scenarios)})

    assert "Warning: rules/a-rule-for-very-few.yaml fires for none of these couples." in lines
