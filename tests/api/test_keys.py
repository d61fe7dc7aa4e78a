import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import update

from app.service.integrators import Scope, create_integrator
from app.store.database import Database
from app.store.tables import api_keys

NOW = datetime.now(UTC)
ASK = ("POST", "/v1/recommendations")


@pytest.fixture
def client(connect: Callable[..., TestClient], database_url: str) -> TestClient:
    return connect(require_key="true", database_url=database_url)


@pytest.fixture
def make_key(database_url: str) -> Callable[..., str]:
    def make(scopes: frozenset[Scope] = frozenset(Scope), **changed: datetime) -> str:
        return asyncio.run(make_in(database_url, scopes, changed))

    return make


async def make_in(url: str, scopes: frozenset[Scope], changed: dict[str, datetime]) -> str:
    async with aclosing_database(url) as database, database.writing() as connection:
        made = await create_integrator(connection, "An app", "test", NOW - timedelta(days=1), scopes)
        if changed:
            await connection.execute(update(api_keys).where(api_keys.c.id == made.key).values(**changed))
    return made.api_key


@asynccontextmanager
async def aclosing_database(url: str) -> AsyncGenerator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def ask(client: TestClient, whole_report: dict[str, object], authorization: str | None = None) -> Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return client.request(*ASK, json={"reports": {"a": whole_report}}, headers=headers)


def test_without_asking_for_a_key_none_is_needed(
    connect: Callable[..., TestClient], whole_report: dict[str, object]
) -> None:
    assert ask(connect(), whole_report).status_code == 200


def test_without_asking_for_a_key_none_is_looked_at(
    connect: Callable[..., TestClient], whole_report: dict[str, object]
) -> None:
    assert ask(connect(), whole_report, "Bearer nonsense").status_code == 200


def test_a_good_key_opens(client: TestClient, make_key: Callable[..., str], whole_report: dict[str, object]) -> None:
    assert ask(client, whole_report, f"Bearer {make_key()}").status_code == 200


def test_bearer_is_read_in_any_case(
    client: TestClient, make_key: Callable[..., str], whole_report: dict[str, object]
) -> None:
    assert ask(client, whole_report, f"bearer {make_key()}").status_code == 200


def test_a_missing_key_is_called_missing(client: TestClient, whole_report: dict[str, object]) -> None:
    answer = ask(client, whole_report)

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_missing")
    assert answer.headers["www-authenticate"] == 'Bearer realm="rekindle"'


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer sk_live_0123456789abcdef", "Basic YTpi", "rk_test_0123456789abcdef"],
)
def test_a_malformed_key_is_called_malformed(
    client: TestClient, whole_report: dict[str, object], authorization: str
) -> None:
    answer = ask(client, whole_report, authorization)

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_malformed")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_key_that_nobody_holds_is_called_unknown(client: TestClient, whole_report: dict[str, object]) -> None:
    answer = ask(client, whole_report, f"Bearer rk_test_{'0' * 43}")

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_unknown")


def test_an_expired_key_is_called_expired(
    client: TestClient, make_key: Callable[..., str], whole_report: dict[str, object]
) -> None:
    answer = ask(client, whole_report, f"Bearer {make_key(expires_at=NOW - timedelta(seconds=1))}")

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_expired")


def test_a_revoked_key_is_called_revoked(
    client: TestClient, make_key: Callable[..., str], whole_report: dict[str, object]
) -> None:
    answer = ask(client, whole_report, f"Bearer {make_key(revoked_at=NOW)}")

    assert (answer.status_code, answer.json()["code"]) == (401, "credentials_revoked")


def test_a_key_for_something_else_does_not_open(
    client: TestClient, make_key: Callable[..., str], whole_report: dict[str, object]
) -> None:
    answer = ask(client, whole_report, f"Bearer {make_key(frozenset({Scope.PEOPLE}))}")

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert "recommendations" in answer.json()["detail"]


def test_a_key_is_never_repeated(
    client: TestClient, make_key: Callable[..., str], whole_report: dict[str, object]
) -> None:
    key = make_key(revoked_at=NOW)

    answer = ask(client, whole_report, f"Bearer {key}")

    assert key not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/docs",
        "/docs/start.js",
        "/openapi.json",
        "/problems",
        "/problems/not-found",
    ],
)
def test_the_server_itself_never_asks_for_a_key(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


def test_help_never_asks_for_a_key(client: TestClient) -> None:
    assert client.get("/v1/help").status_code != 401


def test_a_database_that_does_not_answer_is_said_politely(
    connect: Callable[..., TestClient], tmp_path: Path, whole_report: dict[str, object]
) -> None:
    client = connect(require_key="true", database_url=f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")

    answer = ask(client, whole_report, f"Bearer rk_test_{'0' * 43}")

    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert answer.headers["retry-after"] == "5"


def test_a_key_counts_for_itself_once_it_is_known(
    connect: Callable[..., TestClient], sqlite_url: str, whole_report: dict[str, object]
) -> None:
    key = asyncio.run(make_in(sqlite_url, frozenset(Scope), {}))
    client = connect(require_key="true", database_url=sqlite_url, rate_limit="2/minute")
    first = [ask(client, whole_report, f"Bearer {key}").headers["ratelimit"] for _ in range(2)]

    assert [said.split(";")[1] for said in first] == ["r=1", "r=1"]
    assert client.get("/problems").headers["ratelimit"].split(";")[1] == "r=0"
