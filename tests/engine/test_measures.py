"""The bars that menus must reach, over few couples; `make trust` holds them over many."""

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.rulesets.sampling import SampledCouple, sample_couples
from tests.engine import measures


@pytest.fixture(scope="module")
def couples() -> list[SampledCouple]:
    return [*sample_couples(range(150))]


def test_no_few_activities_fill_the_lists(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    """Wider than the bar of `make trust`, because few couples vary more."""
    views = [*measures.first_views(compiled, couples)]

    assert len(views) > 200
    assert measures.ten_most_shown(compiled, views).percent <= 31
    assert measures.ten_most_shown(compiled, measures.first_views(compiled, couples, seeded=False)).percent <= 39


def test_the_first_thing_hardly_ever_only_prepares(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    """Wider than the bar of `make trust`, because few couples vary more."""
    assert measures.first_only_prepares(compiled, [*measures.first_views(compiled, couples)]).percent <= 4


def test_nothing_stands_there_twice(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    assert measures.two_of_a_family(compiled, [*measures.first_views(compiled, couples)]).of_them == 0
    assert measures.two_of_a_purpose(compiled, couples).of_them == 0


def test_what_a_reader_loves_stands_there(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    loved = measures.love_stands_there(compiled, couples[:60])

    assert loved.among > 100
    assert loved.percent >= 90


def test_what_both_love_is_among_the_first_three(compiled: CompiledRuleset) -> None:
    by_kind = measures.kinds_both_love_in_the_first_three(compiled, ["one", "two", "three"])

    assert len(by_kind) >= 17
    assert {kind for kind, found in by_kind.items() if found.percent < 100} == set()


def test_who_has_room_gets_half_an_hour(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    roomy = measures.roomy_lists_with_half_an_hour(compiled, couples)

    assert roomy.among > 5
    assert roomy.percent >= 98


def test_two_lists_have_three_of_five_in_common(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    assert measures.lists_in_common(compiled, couples[:40]).percent >= 90


def test_weeks_bring_different_things(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    middle, lowest_tenth = measures.different_in_eight_weeks(compiled, couples[:40])

    assert middle >= 20
    assert lowest_tenth >= 14


def test_weeks_of_small_steps_bring_different_things_as_well(
    compiled: CompiledRuleset, couples: list[SampledCouple]
) -> None:
    """Whoever is worn out, wary or hurt is shown small things alone; there are enough of them for eight weeks."""
    middle, lowest_tenth = measures.different_in_eight_small_weeks(compiled, couples[:40])

    assert middle >= 18
    assert lowest_tenth >= 13
