"""What one may have or ask for at a time: the defaults, what an operator makes of them, and how each ends."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.people import Integrator, Person

EXPLAINED = {"target": "evening-walk"}


@pytest.fixture
def stored_app(database_url: str, rulesets: ActiveRuleset, tmp_path: Path) -> FastAPI:
    """With quotas of two."""
    url = database_url.replace("+aiosqlite", "").replace("+asyncpg", "")
    quotas = {f"quota_{name}": 2 for name in ("invitations", "tokens", "explanations")}
    settings = Settings.model_validate({"database_url": url, "key_file": tmp_path / "rekindle.keys", **quotas})
    return create_app(settings, rulesets, clock=clock.now)


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_defaults_are_those_that_are_documented() -> None:
    settings = Settings()

    assert (settings.quota_invitations, settings.quota_tokens, settings.quota_explanations) == (5, 20, 40)


def test_only_so_many_invitations_of_a_couple_are_open(integrator: Integrator) -> None:
    integrator.now = clock.NOW.isoformat()
    made = integrator.post("/v1/couples", {"partner": integrator.add().id, "invite": True}).json()
    more = f"/v1/couples/{made['id']}/invitations"
    code = integrator.post(more).json()["code"]

    assert refused(integrator.post(more)) == (409, "too_many_invitations")
    assert integrator.add().post("/v1/invitations/accept", {"code": code}).status_code == 200
    assert integrator.post(more).status_code == 201
    assert refused(integrator.post(more)) == (409, "too_many_invitations")
    integrator.now = (clock.NOW + timedelta(days=7)).isoformat()
    assert integrator.post(more).status_code == 201


def test_only_so_many_tokens_of_a_partner_work(integrator: Integrator) -> None:
    integrator.now = clock.NOW.isoformat()
    person = integrator.add(external_id="one", expires_in=60)
    tokens = f"/v1/partners/{person.id}/tokens"
    second = integrator.post(tokens).json()["id"]

    assert refused(integrator.post(tokens)) == (409, "too_many_tokens")
    again = integrator.post("/v1/partners", {"adult": True, "external_id": "one", "token": {}})
    assert refused(again) == (409, "too_many_tokens")
    person.delete(f"/v1/me/tokens/{second}")
    assert integrator.post(tokens).status_code == 201
    assert refused(integrator.post(tokens)) == (409, "too_many_tokens")
    integrator.now = (clock.NOW + timedelta(seconds=60)).isoformat()
    assert integrator.post(tokens).status_code == 201


@pytest.fixture
def couple(integrator: Integrator) -> tuple[Person, Person]:
    integrator.now = clock.NOW.isoformat()
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    for person in (a, b):
        person.report()
    return a, b


def test_a_partner_asks_for_so_many_explanations_in_a_day(couple: tuple[Person, Person]) -> None:
    """What did not come to an explanation does not count, and neither does what the other asks for."""
    a, b = couple
    assert a.post("/v1/me/explanations", {"target": "nothing-known"}).status_code == 422
    answers = [a.post("/v1/me/explanations", EXPLAINED) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == str(12 * 3600)
    assert b.post("/v1/me/explanations", EXPLAINED).status_code == 200
    a.now = (clock.NOW + timedelta(hours=12)).isoformat()
    assert a.post("/v1/me/explanations", EXPLAINED).status_code == 200


def test_a_login_on_another_device_adds_no_explanations(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, _ = couple
    again = Person(a.client, integrator.token_for(a.id), a.now, a.id)

    assert [one.post("/v1/me/explanations", EXPLAINED).status_code for one in (a, again, a)] == [200, 200, 429]


def test_the_stateless_operation_has_no_quota(integrator: Integrator, whole_report: dict[str, object]) -> None:
    asked = {"reports": {"a": whole_report}, "viewer": "a", **EXPLAINED}

    assert {integrator.client.post("/v1/explanations", json=asked).status_code for _ in range(3)} == {200}
