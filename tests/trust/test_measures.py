"""The long form of tests/engine/test_measures.py: the bars that menus must reach, over two thousand couples."""

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.rulesets.load import load_ruleset
from app.rulesets.sampling import SampledCouple, sample_couples
from tests.engine import measures

COUPLES, COUPLES_OVER_WEEKS = 2_000, 400
SEEDS = [f"seed {number}" for number in range(20)]


@pytest.fixture(scope="module")
def compiled() -> CompiledRuleset:
    return load_ruleset().compiled


@pytest.fixture(scope="module")
def couples() -> list[SampledCouple]:
    return [*sample_couples(range(COUPLES))]


def test_no_ten_activities_fill_a_quarter_of_the_lists(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    assert measures.ten_most_shown(compiled, measures.first_views(compiled, couples)).percent <= 23
    assert measures.ten_most_shown(compiled, measures.first_views(compiled, couples, seeded=False)).percent <= 33


def test_a_list_begins_well_and_repeats_nothing(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    views = [*measures.first_views(compiled, couples)]

    assert measures.first_only_prepares(compiled, views).percent <= 2
    assert measures.two_of_a_family(compiled, views).of_them == 0
    assert measures.two_of_a_purpose(compiled, couples).of_them == 0


def test_what_is_loved_stands_there(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    assert measures.love_stands_there(compiled, couples).percent >= 90
    by_kind = measures.kinds_both_love_in_the_first_three(compiled, SEEDS)
    assert len(by_kind) == 18
    assert {kind for kind, found in by_kind.items() if found.percent < 100} == set()


def test_who_has_room_gets_half_an_hour(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    assert measures.roomy_lists_with_half_an_hour(compiled, couples).percent >= 98


def test_weeks_bring_different_things_to_both_alike(compiled: CompiledRuleset, couples: list[SampledCouple]) -> None:
    few = couples[:COUPLES_OVER_WEEKS]
    middle, lowest_tenth = measures.different_in_eight_weeks(compiled, few)

    assert measures.lists_in_common(compiled, few).percent >= 90
    assert middle >= 20
    assert lowest_tenth >= 14


def test_what_only_one_tells_of_does_not_part_the_lists(
    compiled: CompiledRuleset, couples: list[SampledCouple]
) -> None:
    differing = [couple for couple in couples if measures.tell_differently_of_quarrels(couple)]

    assert len(differing) > 300
    assert measures.lists_in_common(compiled, differing).percent >= 90
