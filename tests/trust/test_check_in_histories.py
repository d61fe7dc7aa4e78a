"""The long form of tests/api/me/test_check_in_histories.py: five hundred histories on each kind of database."""

from random import Random

import pytest

from tests.api.me.test_check_in_histories import OverHttp, days_of
from tests.check_in_histories import faults
from tests.people import Integrator

HISTORIES, PARTS = 500, 4


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_private_is_lost_or_disclosed_in_hundreds_of_histories(integrator: Integrator, part: int) -> None:
    days = days_of(integrator)

    for number in range(HISTORIES // PARTS):
        assert faults(Random(10_000 * (part + 1) + number), OverHttp(integrator), days) == []
