"""All small mistakes in the rules, tried on the scenarios at the lines that the rules draw."""

import pytest

from app.rulesets.load import load_ruleset
from verification.boundaries import generate
from verification.equivalents import unseen
from verification.mutants import mutants

PARTS = 8
"""The mutants are tried in so many parts, which may run side by side."""


@pytest.mark.parametrize("part", range(PARTS))
def test_every_mutant_of_the_rules_is_shown_by_a_scenario_or_equivalent(part: int) -> None:
    library = load_ruleset()

    assert unseen(library, generate(library), [*mutants(library.ruleset)][part::PARTS]) == []
