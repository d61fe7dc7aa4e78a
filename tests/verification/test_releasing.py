"""A release is checked, proved, named by the calendar and sealed, in one job."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.engine.shares import ShareTable
from app.rulesets.active_ruleset import ActiveRuleset, load_head
from app.rulesets.diagnostics import ContentError
from app.rulesets.load import CONTENT, load_ruleset
from app.rulesets.question_shares import FILE
from app.rulesets.releases import ReleaseStore, is_proved, newest_release
from verification.commands.release import NothingNew, NotProved, proved, release
from verification.release_file import with_version

RULE = "rules/structure-first-when-talk-is-strained.yaml"
DAY = date(2026, 12, 14)
REPORTS = 4
"""Enough to see that shares are counted."""
FALSE = """
no-talk-ever:
  says: Nothing is called for.
  covers: Every pair of reports.
  kind: withholds
  means: [cells]
  cases:
    - { when: [talk == strained], practices: [communication_exercises] }
"""


@pytest.fixture
def content(content_with: Callable[..., Path]) -> Path:
    """Content that one property is asked of, so that it is proved within a second."""
    properties = (CONTENT / "properties.yaml").read_text(encoding="utf-8")
    start = properties.index("a-tender-season-is-gentle:")
    return content_with({"releases": None, "properties.yaml": properties[start : properties.index("\n\n", start) + 1]})


def test_each_release_takes_the_next_version_and_stores_what_was_proved(
    content: Path, change: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    assert load_head(content).version == "unreleased"

    release(content, DAY, REPORTS)
    first = ActiveRuleset(content).current
    change(content, {RULE: ("need: strong", "need: slight")})
    edited = ActiveRuleset(content).current
    release(content, DAY, REPORTS)
    second = ActiveRuleset(content).current

    assert [each.version for each in (first, edited, second)] == ["2026.12", "2026.12+edited", "2026.12.1"]
    assert [is_proved(each) for each in (first, edited, second)] == [True, False, True]
    assert first.proofs is not None
    assert first.proofs.proved_on == "2026-12-14"
    said = capsys.readouterr().out.splitlines()
    assert "It is the first release." in said
    assert "The release before it is 2026.12." in said
    with pytest.raises(NothingNew, match="what was released as"):
        release(content, DAY, REPORTS)


@pytest.mark.thorough
def test_a_release_keeps_the_shares_it_counted_and_edited_files_go_on_with_them(
    content: Path, change: Callable[..., None]
) -> None:
    (content / FILE).unlink()
    assert load_head(content).compiled.shares.table == ShareTable()

    release(content, DAY, REPORTS)
    counted = ReleaseStore().open(content, "2026.12").compiled.shares.table
    change(content, {RULE: ("need: strong", "need: slight")})

    assert counted.reports == REPORTS
    assert load_head(content).compiled.shares.table == counted

    (content / FILE).unlink()
    change(content, {RULE: ("need: slight", "need: strong")})
    assert load_head(content).compiled.shares.table == counted


def test_nothing_is_released_that_was_not_checked(content: Path, change: Callable[..., None]) -> None:
    change(content, {RULE: ("talk == strained", "talk == straind")})

    with pytest.raises(ContentError, match="did you mean `strained`"):
        release(content, DAY, REPORTS)

    assert newest_release(content) is None


def test_nothing_is_released_that_does_not_hold(content: Path) -> None:
    with (content / "properties.yaml").open("a", encoding="utf-8") as properties:
        properties.write(FALSE)

    with pytest.raises(NotProved):
        release(content, DAY, REPORTS)

    assert newest_release(content) is None


def test_what_is_proved_is_of_exactly_this_version(content: Path) -> None:
    library = proved(load_ruleset(content), DAY)

    assert is_proved(library)
    assert not is_proved(with_version(library, "other"))
