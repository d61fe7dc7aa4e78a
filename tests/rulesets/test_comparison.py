from dataclasses import replace

import pytest

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.evaluate import evaluate
from app.engine.history import Moment
from app.engine.ruleset import Need
from app.engine.self_report import NO_AGREEMENT, Communication, agree, pool
from app.rulesets.comparison import (
    EVERYONE,
    CoupleComparison,
    compare_couples,
    comparison_lines,
    deciding_paths,
    percent,
    shown_view,
)
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from app.rulesets.sampling import sample_couples

STRAINED = "structure-first-when-talk-is-strained"
COUPLES = range(300)


@pytest.fixture(scope="module")
def old() -> Library:
    return load_ruleset()


@pytest.fixture(scope="module")
def new(old: Library) -> Library:
    """The content without one rule."""
    rules = tuple(rule for rule in old.ruleset.rules if rule.id != STRAINED)
    ruleset = replace(old.ruleset, rules=rules)
    return replace(old, ruleset=ruleset, compiled=compile_ruleset(ruleset, old.compiled.shares))


@pytest.fixture(scope="module")
def comparison(old: Library, new: Library) -> CoupleComparison:
    return compare_couples(old.compiled, new.compiled, sample_couples(COUPLES))


def test_the_same_rules_change_nothing(old: Library) -> None:
    again = compile_ruleset(old.ruleset, old.compiled.shares)

    comparison = compare_couples(old.compiled, again, sample_couples(range(100)))

    assert comparison.couples == 100
    assert comparison.couples_changed == 0
    assert not comparison.changed
    assert not comparison.examples()


def test_a_rule_that_is_gone_no_longer_fires_and_shows_whom_it_reached(
    comparison: CoupleComparison, old: Library, new: Library
) -> None:
    assert comparison.fired[STRAINED, True, False] > 0
    assert {key for key in comparison.fired if key[1] != key[2]} == {(STRAINED, True, False)}
    assert 0 < comparison.couples_changed < comparison.couples
    for difference in comparison.examples():
        assert difference.no_longer_fires == (STRAINED,)
        assert not difference.now_fires
        assert "communication.ease" in deciding_paths(old, new, difference)
        mine, theirs = difference.couple.a, difference.couple.b
        talk = [report.communication or Communication() for report in (mine, theirs) if report]
        assert "strained" in {each.ease for each in talk}


def test_an_example_is_what_the_engine_shows(comparison: CoupleComparison, old: Library, new: Library) -> None:
    for difference in comparison.examples():
        reports = difference.couple.a, difference.couple.b
        mine, theirs = reports if difference.viewer == "a" else reports[::-1]
        assert mine is not None
        other, agreed = (pool(theirs), agree(mine.mutual, theirs.mutual)) if theirs else (None, NO_AGREEMENT)
        moment = Moment(seed=f"couple {difference.couple.number}")
        for library, shown in ((old, difference.old), (new, difference.new)):
            assert shown_view(library.compiled, evaluate(library.compiled, mine, other, agreed, moment)) == shown
        assert difference.old != difference.new


def test_parts_add_up_to_the_whole_in_any_order(comparison: CoupleComparison, old: Library, new: Library) -> None:
    parts = [
        compare_couples(old.compiled, new.compiled, sample_couples(part))
        for part in (COUPLES[180:], COUPLES[:70], COUPLES[70:180])
    ]
    total = CoupleComparison()
    for part in parts:
        total.add(part)

    assert total.examples() == comparison.examples()
    for count in ("couples", "couples_changed", "views", "changed", "leading", "gained", "lost", "fired", "ways"):
        assert getattr(total, count) == getattr(comparison, count)


def test_counts_agree_with_each_other(comparison: CoupleComparison) -> None:
    changed = comparison.changed["any", EVERYONE]

    assert changed == sum(comparison.ways.values())
    assert comparison.couples_changed <= changed <= 2 * comparison.couples_changed
    assert sum(comparison.leading.values()) == comparison.views[EVERYONE]
    moved = sum(views for (before, after), views in comparison.leading.items() if before != after)
    assert moved == comparison.changed["leading", EVERYONE]
    assert len(list(sample_couples(COUPLES))) <= comparison.views[EVERYONE]


def test_examples_come_in_the_order_of_how_much_they_differ(comparison: CoupleComparison) -> None:
    ranks = [difference.rank for difference in comparison.examples()]

    assert ranks == sorted(ranks)
    assert len({difference.way for difference in comparison.examples()}) == len(ranks) <= 20


def test_a_segment_counts_its_own_couples(old: Library, new: Library) -> None:
    comparison = compare_couples(
        old.compiled, new.compiled, sample_couples(COUPLES), lambda couple: ["alone"] if couple.b is None else []
    )

    assert comparison.views["alone"] == sum(couple.b is None for couple in sample_couples(COUPLES))
    assert comparison.changed["any", "alone"] <= comparison.views["alone"]


def test_a_weaker_need_changes_views_though_the_same_rules_fire(old: Library) -> None:
    rules = tuple(replace(r, need=Need.slight) if r.id == STRAINED else r for r in old.ruleset.rules)
    new = compile_ruleset(replace(old.ruleset, rules=rules))

    comparison = compare_couples(old.compiled, new, sample_couples(COUPLES))

    assert comparison.couples_changed
    assert all(before == after for _, before, after in comparison.fired)


def test_the_lines_name_deciding_answers_in_plain_words(
    comparison: CoupleComparison, old: Library, new: Library
) -> None:
    lines = list(comparison_lines(comparison, old, new, examples=2))

    assert lines[0].startswith(f"Of 300 synthetic couples {comparison.couples_changed} (")
    assert sum(line.startswith("For example") for line in lines) == 2
    assert any("How easy is it to talk with each other? It is hard and tense" in line for line in lines)
    assert f"  no longer fires: {STRAINED}" in lines


def test_a_small_share_does_not_read_as_none() -> None:
    assert percent(0, 10) == "0.0 %"
    assert percent(1, 100_000) == "below 0.1 %"
    assert percent(1, 8) == "12.5 %"
    assert percent(0, 0) == "0.0 %"


def test_where_the_activities_stay_an_example_says_what_else_changed(old: Library) -> None:
    gone = "a-light-exercise-when-talk-takes-effort"
    ruleset = replace(old.ruleset, rules=tuple(rule for rule in old.ruleset.rules if rule.id != gone))
    new = replace(old, ruleset=ruleset, compiled=compile_ruleset(ruleset, old.compiled.shares))
    comparison = compare_couples(old.compiled, new.compiled, sample_couples(range(30)))

    lines = list(comparison_lines(comparison, old, new, examples=20))

    assert any(line.endswith("is shown the same activities") for line in lines)
    assert any(
        line.startswith("  reasons no longer there: ") and old.texts["en"][f"rules/{gone}/says"] in line
        for line in lines
    )
