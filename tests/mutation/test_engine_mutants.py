"""What tries the mutants can be relied on: `python -m tests.mutation` tries them all, and takes minutes."""

from dataclasses import replace
from random import Random

import pytest

from app.engine.conditions import positive
from app.engine.evaluate import evaluate
from app.engine.ruleset import Ruleset
from app.engine.self_report import pool as pooled
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from tests.engine.reference import decide, decision_of
from tests.mutation.bounds import MOST_MEMORY, TooLongError, at_most, within_memory
from tests.mutation.kill import Killer, all_mutants, couples, in_force
from tests.mutation.living import living

SEED = 26


@pytest.fixture(scope="module")
def library() -> Library:
    return load_ruleset()


@pytest.fixture(scope="module")
def killer(library: Library) -> Killer:
    return Killer(library, couples())


def test_only_mutants_that_exist_are_listed() -> None:
    assert living().keys() <= {mutant.name for mutant in all_mutants()}


def without_not(ruleset: Ruleset) -> Ruleset:
    """The plain reading does not name as a reason what stands under `not`."""
    sizes = {finding.id: len(finding.values) for finding in ruleset.findings}
    return replace(ruleset, rules=tuple(replace(rule, when=positive(rule.when, sizes)) for rule in ruleset.rules))


def test_the_engine_decides_the_chosen_couples_as_the_plain_reading_does(killer: Killer) -> None:
    for mine, theirs, most, why, ruleset, past, quiet in killer.cases:
        if not why:
            prepared = killer.compiled_rulesets[ruleset]
            other = None if theirs is None else pooled(theirs)
            decided = decision_of(prepared.index.order, evaluate(prepared, mine, other, most, past, quiet=quiet))

            assert decided == decide(without_not(killer.rulesets[ruleset]), mine, other, most, past, quiet=quiet)


def test_the_engine_is_itself_again_afterwards(killer: Killer) -> None:
    for mutant in Random(SEED).sample(all_mutants(), 40):
        with in_force(mutant):
            pass

    again = Killer(killer.library, couples())

    assert [*again.expected.values()] == [*killer.expected.values()]


def test_what_does_not_come_to_an_end_is_stopped(killer: Killer) -> None:
    endless = next(mutant for mutant in all_mutants() if mutant.name == "bitset.positions: mask ^= low -> pass")

    assert killer.kills(endless)


def test_what_asks_for_too_much_memory_is_refused() -> None:
    with within_memory(), pytest.raises(MemoryError):
        bytearray(2 * MOST_MEMORY)

    assert len(bytearray(MOST_MEMORY + 1)) > MOST_MEMORY


def swallowing(stops: int) -> None:
    """Goes on for ever, until it has been stopped once more than so often."""
    try:
        while True:
            pass
    except TooLongError:
        if not stops:
            raise
        swallowing(stops - 1)


def test_what_swallows_a_stop_is_stopped_again() -> None:
    with pytest.raises(TooLongError), at_most(0.01):
        swallowing(3)


def test_mutants_have_names_of_their_own() -> None:
    names = [mutant.name for mutant in all_mutants()]

    assert len(names) == len(set(names)) > 2000
