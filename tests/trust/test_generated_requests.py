"""A hundred thousand requests made from the OpenAPI document: one by one, and in chains that follow its links.

Each run draws a quarter of them by the seed that pytest-randomly prints; `TRUST_SHARE=1 make trust` sends them all.
"""

import os
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import BaseSchema, Case, GenerationMode

from tests.contract.fed import Fed
from tests.contract.test_generated_requests import (
    ALLOWED,
    IN_A_PART,
    NOT_ALLOWED,
    Operation,
    described,
    fed,
    find_wrong,
    operations,
    planned,
    settings,
)

__all__ = ["described", "fed", "settings"]

SHARE = float(os.environ.get("TRUST_SHARE", "0.25"))
ONE_BY_ONE, IN_CHAINS = int(70_000 * SHARE), int(30_000 * SHARE)
PARTS = 10
RUNS = 1_000_000
"""A run begins with one of so many seeds."""
CHAINS = examples(
    max_examples=100,
    stateful_step_count=10,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_hundred_thousand_are_answered_as_documented(described: BaseSchema, fed: Fed, part: int) -> None:
    every = list(operations(described))
    modes = {one.label: planned(one) or {ALLOWED: IN_A_PART, NOT_ALLOWED: IN_A_PART} for one in every}
    each = max(1, ONE_BY_ONE // (PARTS * sum(count > 1 for counts in modes.values() for count in counts.values())))

    def share(operation: Operation) -> dict[GenerationMode, int]:
        return {mode: each if count > 1 else 1 for mode, count in modes[operation.label].items()}

    sent, wrong = find_wrong(every, share, fed, number=PARTS * random.randrange(RUNS) + part)

    print(sent, "sent")  # noqa: T201  the figures of a long run
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("part", range(PARTS))
def test_chains_are_answered_as_documented(described: BaseSchema, fed: Fed, part: int) -> None:
    sent = 0
    usual: type[Any] = described.as_state_machine()
    own_key = fed.scene.integrator.get("/v1/keys").json()["data"][0]["id"]

    class Chains(usual):  # type: ignore[misc]  # made by Schemathesis from the document
        headers: dict[str, str]

        def setup(self) -> None:
            fed.renew()

        def before_call(self, case: Case[Any]) -> None:
            nonlocal sent
            sent += 1
            self.headers = fed.feed(case, named=False)
            if (case.path_parameters or {}).get("key_id") == own_key:
                case.path_parameters["key_id"] = "key_of_nobody"

        def get_call_kwargs(self, _: Case[Any]) -> dict[str, Any]:
            return {"headers": self.headers}

    while sent < IN_CHAINS // PARTS:
        # What was answered before decides what may follow, so the same choices do not always lead the same way.
        with suppress(FlakyStrategyDefinition):
            Chains.run(settings=CHAINS)
    print(sent, "sent")  # noqa: T201
