from random import Random

import pytest

from app.rulesets.library import Library
from tests.people import Integrator
from tests.privacy.test_lengths import random_worlds, tell_apart


@pytest.mark.parametrize("seed", range(5))
def test_no_length_tells_what_one_keeps_to_oneself(
    integrator: Integrator, database_url: str, library: Library, seed: int
) -> None:
    assert tell_apart(integrator, database_url, library, random_worlds(Random(seed), 12)) == {}
