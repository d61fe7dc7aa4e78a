import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import NotReady
from app.rulesets.active_ruleset import ActiveRuleset
from app.service.maintenance import run_once
from app.service.readiness import ReadinessProbe
from app.store.connection.migration import prepare
from app.store.connection.revision import HEAD, State
from app.store.queries import readiness
from tests.admin import ask_admin
from tests.client import TestClient
from tests.clock import NOW
from tests.conftest import name_of
from tests.people import Integrator
from tests.store.rows import execute


def test_the_process_answers_for_itself_alone(client: TestClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_means_database_tables_and_ruleset(
    connect: Callable[..., TestClient], database_url: str, rulesets: ActiveRuleset
) -> None:
    client = connect(database_url=database_url)

    assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (200, {"status": "ready"})
    answer = ask_admin(client, "/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "database": "at head",
        "migration": HEAD,
        "ruleset": {"version": rulesets.current.version, "digest": rulesets.current.digest},
    }
    assert rulesets.current.digest.startswith("sha256:")


def test_without_tables_it_is_not_ready_and_tells_the_operator_what_to_do(
    connect: Callable[..., TestClient], empty_database_url: str
) -> None:
    client = connect(database_url=empty_database_url)

    answer = ask_admin(client, "/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert "rekindle migrate" in answer.json()["detail"]
    assert answer.headers["retry-after"] == "5"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "The server is not ready")


def test_without_a_database_it_is_not_ready_and_still_alive(connect: Callable[..., TestClient]) -> None:
    client = connect(database_url="postgresql://nobody:secret@127.0.0.1:1/none")

    answer = ask_admin(client, "/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert "secret" not in answer.text
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert client.get("/healthz").status_code == 200


def test_the_public_listener_has_no_metrics(client: TestClient) -> None:
    assert client.get("/metrics").status_code == 404


def test_the_root_shows_the_way(client: TestClient) -> None:
    answer = client.get("/")

    assert answer.headers["link"] == '</openapi.json>; rel="service-desc", </docs>; rel="service-doc"'
    for path in ("/openapi.json", "/docs", "/problems"):
        assert path in answer.json()["links"].values()
        assert client.get(path).status_code == 200


def test_three_hundred_probes_cost_one_connection(
    stored_app: FastAPI, integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    look = readiness.require_served

    async def counted(connection: AsyncConnection) -> State:
        looks.append(connection)
        return await look(connection)

    monkeypatch.setattr(readiness, "require_served", counted)
    integrator.get("/v1/partners")
    looks.clear()

    async def probe() -> list[State]:
        probes: ReadinessProbe = stored_app.state.readiness
        return await asyncio.gather(*[probes.require() for _ in range(300)])

    assert integrator.client.portal
    assert {*integrator.client.portal.call(probe)} == {State.AT_HEAD}
    assert len(looks) == 1


def test_a_role_that_gets_around_row_level_security_is_refused_unless_that_is_allowed(
    connect: Callable[..., TestClient], postgresql_url: str, postgresql: str
) -> None:
    as_superuser = postgresql.replace("/postgres?", f"/{name_of(postgresql_url)}?")
    bearer = {"Authorization": "Bearer rk_test_0000000000000000000000"}

    def answer(url: str, **settings: object) -> tuple[int, int, str]:
        client = connect(database_url=url, **settings)
        asked = client.get("/v1/partners", headers=bearer)
        return asked.status_code, client.get("/readyz").status_code, asked.json()["detail"]

    assert answer(postgresql_url.replace("+asyncpg", ""))[:2] == (401, 200)
    assert answer(as_superuser)[:2] == (503, 503)
    assert "gets around row-level security" in answer(as_superuser)[2]
    assert answer(as_superuser, require_row_security=False)[:2] == (401, 200)
    with pytest.raises(NotReady, match="gets around row-level security"):
        asyncio.run(prepare(as_superuser.replace("postgresql:", "postgresql+asyncpg:")))
    asyncio.run(execute(postgresql_url, "ALTER TABLE choices NO FORCE ROW LEVEL SECURITY"))
    assert answer(postgresql_url.replace("+asyncpg", ""))[:2] == (503, 503)


def test_the_age_of_maintenance_is_a_metric(stored_app: FastAPI, integrator: Integrator) -> None:
    async def maintain() -> None:
        await run_once(stored_app.state.database, stored_app.state.vault(), lambda: NOW - timedelta(hours=2))

    integrator.add()
    before = ask_admin(integrator.client, "/metrics").text
    assert integrator.client.portal
    integrator.client.portal.call(maintain)

    assert "rekindle_maintenance_age_seconds" not in before
    assert "rekindle_maintenance_age_seconds 7200.0" in ask_admin(integrator.client, "/metrics").text
