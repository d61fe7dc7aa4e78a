"""What two people get over eight weeks: what rests, what is never lost, and what stands before whom."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate
from app.engine.history import Moment
from app.engine.self_report import NO_AGREEMENT, Agreed, PooledReport, SelfReport, pool
from app.rulesets.sampling import sample_couples
from tests.engine.build import a_report, ids, offer_to, pooled, shown
from tests.engine.measures import eligible
from tests.engine.reference import Pair
from tests.engine.reference_menu import rests
from tests.engine.reference_narrowing import begins_otherwise

WEEKS = 8
SORE = {"trust": 1, "ease": "strained", "conflict": "frequent", "unresolved_issues": "many"}
CALM = {"conflict": "rare", "unresolved_issues": "none", "pattern": "discuss", "ease": "easy", "trust": 5}
LOUD = {"conflict": "chronic", "unresolved_issues": "many", "pattern": "both_blame", "ease": "strained", "trust": 2}


def shown_while_it_rests(compiled: CompiledRuleset) -> Iterator[str]:
    """What stands in a list of the first eight weeks although it rests and something else could begin the list."""
    for couple in sample_couples(range(60)):
        for mine, other in ((couple.a, couple.b), (couple.b, couple.a)):
            if mine is not None:
                yield from _shown_to(compiled, mine, pool(other) if other else None)


def _shown_to(compiled: CompiledRuleset, mine: SelfReport, theirs: PooledReport | None) -> Iterator[str]:
    seen: tuple[str, ...] = ()
    pair = Pair(compiled.ruleset, pool(mine), theirs, NO_AGREEMENT)
    own_beginning = begins_otherwise(mine)
    for turn in range(WEEKS):
        moment = Moment("s", turn, seen)
        view = evaluate(compiled, mine, theirs, moment=moment)
        resting = [activity.id for activity in shown(compiled, view) if rests(pair, moment, activity)]
        if resting and not own_beginning:
            left = eligible(offer_to(compiled, mine, theirs), mine)
            if pair.could_begin([activity for activity in left if not rests(pair, moment, activity)]):
                yield from resting
        seen += tuple(ids(compiled, view))


def test_what_was_shown_three_times_in_vain_rests_while_anything_else_could_stand(compiled: CompiledRuleset) -> None:
    assert not [*shown_while_it_rests(compiled)]


def test_what_does_not_rest_would_be_found(compiled: CompiledRuleset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.evaluate.rested", lambda _: -1)

    assert [*shown_while_it_rests(compiled)]


@pytest.mark.parametrize("agreed", [NO_AGREEMENT, Agreed(about=frozenset({"past_hurts"}))])
@pytest.mark.parametrize("more", [{}, {"energy": "drained"}])
def test_after_a_breach_of_trust_something_for_repair_comes_first_at_every_turn(
    compiled: CompiledRuleset, agreed: Agreed, more: dict[str, Any]
) -> None:
    lasting = {id_ for lead in compiled.ruleset.choosing.leads if lead.lasts for id_ in lead.activities}
    mine, seen, first = a_report(**SORE, **more, recent_breach=True), tuple[str, ...](), []
    for turn in range(WEEKS):
        view = evaluate(compiled, mine, pooled(**SORE), agreed, Moment("s", turn, seen))
        seen += tuple(ids(compiled, view))
        first.append(ids(compiled, view)[0])

    assert set(first) <= lasting
    assert all(one != two for one, two in pairwise(first))


@pytest.mark.parametrize("quiet", [False, True], ids=["full", "quiet"])
@pytest.mark.parametrize("said", [CALM, {}])
def test_who_tells_of_no_quarrels_is_shown_nothing_on_quarrels(
    compiled: CompiledRuleset, said: dict[str, Any], *, quiet: bool
) -> None:
    for turn in range(WEEKS):
        moment = Moment("s", turn, limit=20)
        view = evaluate(compiled, a_report(**said), pooled(**LOUD), moment=moment, quiet=quiet)
        assert not {activity.purpose for activity in shown(compiled, view)} & on_quarrels(compiled)


def test_who_tells_of_quarrels_is_shown_what_helps_with_them(compiled: CompiledRuleset) -> None:
    view = evaluate(compiled, a_report(**LOUD), pooled(**CALM), moment=Moment("s", limit=20))

    assert {activity.purpose for activity in shown(compiled, view)} & on_quarrels(compiled)


def on_quarrels(compiled: CompiledRuleset) -> set[str]:
    return {purpose.id for purpose in compiled.ruleset.purposes if purpose.is_on_quarrels}
