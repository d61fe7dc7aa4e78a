from collections.abc import Callable
from typing import cast

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.rulesets.active_ruleset import ActiveRuleset
from app.store.connection.revision import HEAD


def test_the_process_answers_for_itself_alone(client: TestClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def admin_of(client: TestClient) -> TestClient:
    return TestClient(cast(FastAPI, client.app).state.admin)


def test_ready_means_database_tables_and_ruleset(
    connect: Callable[..., TestClient], database_url: str, rulesets: ActiveRuleset
) -> None:
    client = connect(database_url=database_url)

    assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (200, {"status": "ready"})
    answer = admin_of(client).get("/readyz")
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

    answer = admin_of(client).get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert "rekindle migrate" in answer.json()["detail"]
    assert answer.headers["retry-after"] == "5"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "The server is not ready")


def test_without_a_database_it_is_not_ready_and_still_alive(connect: Callable[..., TestClient]) -> None:
    client = connect(database_url="postgresql://nobody:secret@127.0.0.1:1/none")

    answer = admin_of(client).get("/readyz")
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
