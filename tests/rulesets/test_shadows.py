"""A rule that changes nothing is named, with the rules that make it so, unless it says why it is there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.rulesets.diagnostics import ContentError
from app.rulesets.load import load_ruleset
from app.rulesets.review import _review_shadows, check_content
from tests.cases import rest_thorough

COPIED = "rules/small-moments-in-full-weeks.yaml"
Change = Callable[[dict[str, object]], Path]


def near_copy(
    when: str = "busy >= full", need: str = "moderate", of: str = "purpose: daily_things_together", more: str = ""
) -> str:
    """A rule under another name, which fires in full weeks below chronic conflict."""
    return f"""\
title: Prefer little things in busy weeks
status: draft
{more}when:
  - {when}
  - conflict < chronic
suggest: {{ {of}, need: {need} }}
says: In busy weeks, a few minutes together are easier to keep than long plans.
basis: article
claims: [C28]
evidence: {{ grade: D, note: Our own view. }}
scenarios:
  - {{ given: {{ busy: overloaded, conflict: rare }}, expect: fires }}
  - {{ given: {{ busy: overloaded, conflict: chronic }}, expect: silent }}
"""


def mistakes_with(content_with: Change, changes: dict[str, object]) -> list[str]:
    """Only shadows, because the whole review takes twice as long as this."""
    return [str(mistake) for mistake in sorted(_review_shadows(load_ruleset(content_with(changes))))]


@pytest.mark.thorough
def test_the_review_of_the_content_names_shadows(content_with: Change) -> None:
    root = content_with({"rules/little-things-in-busy-weeks.yaml": near_copy()})
    with pytest.raises(ContentError) as caught:
        check_content(root)

    assert list(caught.value.mistakes) == sorted(_review_shadows(load_ruleset(root)))


def test_a_near_copy_is_named_with_the_rule_that_it_repeats(content_with: Change) -> None:
    mistakes = mistakes_with(content_with, {"rules/little-things-in-busy-weeks.yaml": near_copy()})

    assert [mistake.split(":")[0] for mistake in mistakes] == ["rules/little-things-in-busy-weeks.yaml", COPIED]
    assert f"this repeats {COPIED}: the same condition" in mistakes[0]
    assert "this repeats rules/little-things-in-busy-weeks.yaml" in mistakes[1]


IMPLIED = {
    "a narrower condition": near_copy(when="busy == overloaded"),
    "a weaker need": near_copy(need="slight"),
    "the same in other words": near_copy(when="busy in (full, overloaded)"),
}


@pytest.mark.parametrize("copied", rest_thorough(IMPLIED, first=1))
def test_a_rule_that_another_one_implies_is_shadowed(content_with: Change, copied: str) -> None:
    mistakes = mistakes_with(content_with, {"rules/little-things-in-busy-weeks.yaml": copied})

    assert mistakes[0].startswith("rules/little-things-in-busy-weeks.yaml:1:8: whenever this fires, rules/")


def test_a_rule_for_one_purpose_is_shadowed_by_one_for_its_whole_practice(content_with: Change) -> None:
    purpose = near_copy(need="slight", of="purpose: quiet_together")
    (mistake,) = mistakes_with(content_with, {"rules/little-things-in-busy-weeks.yaml": purpose})

    assert mistake.startswith("rules/little-things-in-busy-weeks.yaml:1:8: whenever this fires, ")
    assert "rules/small-moments-for-every-couple.yaml suggests quiet_together already, as much or more" in mistake


def test_a_suggestion_that_is_always_withheld_is_named(content_with: Change) -> None:
    text = near_copy(when="conflict == chronic", of="practice: retreat").replace("  - conflict < chronic\n", "")
    text = text.replace("fires }", "x }").replace("silent }", "fires }").replace("x }", "silent }")
    (mistake,) = mistakes_with(content_with, {"rules/a-weekend-to-clear-the-air.yaml": text})

    assert "whenever this suggests retreat, rules/" in mistake
    assert ".yaml withholds it; `shadowed_by_design` may say why it is here" in mistake


def test_a_rule_that_says_why_is_excused_and_shadows_no_other(content_with: Change) -> None:
    text = near_copy(more="shadowed_by_design: It gives the reason in other words.\n")

    assert mistakes_with(content_with, {"rules/little-things-in-busy-weeks.yaml": text}) == []


def test_an_excuse_that_is_not_needed_is_a_mistake(content_with: Change) -> None:
    (mistake,) = mistakes_with(content_with, {COPIED: ("status:", "shadowed_by_design: In case.\nstatus:")})

    assert mistake.endswith("no rule shadows this one, so it needs no excuse")
