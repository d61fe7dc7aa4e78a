"""What tries the mutants can be relied on: `python -m tests.mutation` tries them all, and takes minutes."""

from random import Random

import pytest

from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from tests.mutation.bounds import MOST_MEMORY, TooLongError, at_most, within_memory
from tests.mutation.kill import Killer, all_mutants, in_force

SEED = 26


@pytest.fixture(scope="module")
def library() -> Library:
    return load_ruleset()


@pytest.fixture(scope="module")
def killer(library: Library) -> Killer:
    return Killer(library)


def test_most_mutants_are_killed(killer: Killer) -> None:
    """The others change nothing, or nothing that a few hundred couples meet."""
    chosen = Random(SEED).sample(all_mutants(), 40)

    assert sum(map(killer.kills, chosen)) >= 30


def test_the_engine_is_itself_again_afterwards(killer: Killer) -> None:
    for mutant in Random(SEED).sample(all_mutants(), 40):
        with in_force(mutant):
            pass

    assert Killer(killer.library).expected == killer.expected


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
