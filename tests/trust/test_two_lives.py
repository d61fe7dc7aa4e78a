"""The long form of tests/privacy/test_two_lives.py: two thousand pairs of lives on each kind of database."""

from collections import Counter

import pytest
from fastapi import FastAPI

from tests.client import TestClient
from tests.privacy.test_two_lives import app, client, what_differs

PAIRS, PARTS = 2_000, 4

__all__ = ["app", "client"]


@pytest.mark.usefixtures("unheard", "one_seed")
@pytest.mark.parametrize("part", range(PARTS))
def test_b_and_the_integrator_cannot_tell_in_thousands_of_lives(client: TestClient, app: FastAPI, part: int) -> None:
    seen: Counter[str] = Counter()
    for number in range(PAIRS // PARTS):
        assert what_differs(client, app, 10_000 * (part + 1) + number, seen) is None
    assert seen["5xx"] == 0
