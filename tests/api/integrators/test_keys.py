import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from sqlalchemy import update

from app.service.integrators import Scope, create_integrator
from app.store.connection.database import Database
from app.store.schema.integrators import api_keys
from tests.api.strangers import another_integrator, said, the_same_with
from tests.client import TestClient
from tests.clock import NOW
from tests.people import Integrator, Person

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


def test_several_spaces_may_stand_before_a_key(
    client: TestClient, make_key: Callable[..., str], whole_report: dict[str, object]
) -> None:
    assert ask(client, whole_report, f"Bearer   {make_key()}").status_code == 200


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

    assert [said.split(";")[1] for said in first] == ["r=1", "r=0"]
    assert client.get("/problems").status_code == 200


def test_a_key_makes_a_second_one_of_its_mode_with_its_scopes(integrator: Integrator) -> None:
    made = integrator.post("/v1/keys")

    assert made.status_code == 201
    key = made.json()
    assert re.fullmatch(r"rk_test_[0-9A-Za-z]{43}", key["api_key"])
    assert key["last_four"] == key["api_key"][-4:]
    assert (key["mode"], key["expires_at"], key["revoked_at"]) == ("test", None, None)
    assert key["scopes"] == sorted(Scope)
    assert with_key(integrator, key["api_key"]).get("/v1/keys").status_code == 200


def test_a_key_is_seen_once(integrator: Integrator) -> None:
    made = integrator.post("/v1/keys", {"scopes": ["people"]}).json()

    listed = integrator.get("/v1/keys")

    assert made["api_key"] not in listed.text
    assert {name: value for name, value in made.items() if name != "api_key"} in listed.json()["data"]


def test_a_key_gives_only_what_it_has_itself(integrator: Integrator, database_url: str) -> None:
    lesser = the_same_with(integrator, database_url, scopes=frozenset({Scope.KEYS, Scope.PEOPLE}))

    answer = lesser.post("/v1/keys", {"scopes": ["people", "tokens"]})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert "keys, people" in answer.json()["detail"]


def test_a_third_active_key_is_refused(integrator: Integrator) -> None:
    second = integrator.post("/v1/keys", {"expires_in": 3600}).json()

    refused = integrator.post("/v1/keys")
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_keys")

    integrator.delete(f"/v1/keys/{second['id']}")
    assert integrator.post("/v1/keys").status_code == 201


def test_what_has_expired_is_not_active(integrator: Integrator) -> None:
    integrator.post("/v1/keys", {"expires_in": 3600})
    integrator.now = (NOW + timedelta(seconds=3601)).isoformat()

    assert integrator.post("/v1/keys").status_code == 201


def test_two_requests_at_once_make_one_key(integrator: Integrator) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: integrator.post("/v1/keys"), range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


def test_a_key_expires_when_it_was_said_to(integrator: Integrator) -> None:
    start = datetime(2026, 11, 23, 12, tzinfo=UTC)
    integrator.now = start.isoformat()
    made = integrator.post("/v1/keys", {"expires_in": 3600}).json()
    key = with_key(integrator, made["api_key"])

    assert made["expires_at"] == "2026-11-23T13:00:00Z"
    key.now = (start + timedelta(seconds=3599)).isoformat()
    assert key.get("/v1/keys").status_code == 200
    key.now = (start + timedelta(seconds=3600)).isoformat()
    assert key.get("/v1/keys").json()["code"] == "credentials_expired"


def test_a_revoked_key_stops_with_the_next_request(integrator: Integrator) -> None:
    made = integrator.post("/v1/keys").json()
    key = with_key(integrator, made["api_key"])

    assert integrator.delete(f"/v1/keys/{made['id']}").status_code == 204

    assert key.get("/v1/keys").json()["code"] == "credentials_revoked"
    ended = {each["id"]: each["revoked_at"] for each in integrator.get("/v1/keys").json()["data"]}
    assert ended.pop(made["id"]) is not None
    assert list(ended.values()) == [None]
    assert integrator.delete(f"/v1/keys/{made['id']}").status_code == 204


def test_a_key_revokes_itself(integrator: Integrator) -> None:
    own = integrator.get("/v1/keys").json()["data"][0]["id"]

    assert integrator.delete(f"/v1/keys/{own}").status_code == 204
    assert integrator.get("/v1/keys").json()["code"] == "credentials_revoked"


@pytest.mark.parametrize(("asked", "code"), [("", 401), ("?tokens=end", 401), ("?tokens=keep", 200)])
def test_what_came_from_a_key_ends_with_it_unless_it_is_kept(integrator: Integrator, asked: str, code: int) -> None:
    made = integrator.post("/v1/keys").json()
    person = with_key(integrator, made["api_key"]).add()
    calendar = person.post("/v1/me/calendar").json()["url"]
    spared = integrator.add()

    assert integrator.delete(f"/v1/keys/{made['id']}{asked}").status_code == 204

    assert person.get("/v1/me").status_code == code
    assert integrator.client.get(calendar).status_code == (200 if code == 200 else 404)
    assert spared.get("/v1/me").status_code == 200
    again = Person(integrator.client, integrator.token_for(person.id))
    assert len(again.get("/v1/me/tokens").json()["data"]) == (2 if code == 200 else 1)
    ended = [each["ended_at"] is not None for each in again.get("/v1/me/export").json()["logins"]]
    assert sorted(ended) == ([False, False] if code == 200 else [False, True])


def test_kept_tokens_can_still_be_ended(integrator: Integrator) -> None:
    made = integrator.post("/v1/keys").json()
    person = with_key(integrator, made["api_key"]).add(agrees=False)

    for asked, code in (("?tokens=keep", 200), ("", 401), ("?tokens=keep", 401)):
        integrator.delete(f"/v1/keys/{made['id']}{asked}")
        assert person.get("/v1/me").status_code == code


def test_nothing_outlives_the_key_that_made_it(integrator: Integrator) -> None:
    integrator.now = "2026-11-23T12:00:00Z"
    first = integrator.post("/v1/keys", {"expires_in": 3600}).json()
    key = with_key(integrator, first["api_key"])
    [before] = [each["id"] for each in key.get("/v1/keys").json()["data"] if each["id"] != first["id"]]
    key.delete(f"/v1/keys/{before}")
    partner = key.post("/v1/partners", {"adult": True, "token": {"expires_in": 86_400}}).json()

    assert partner["token"]["expires_at"] == first["expires_at"] == "2026-11-23T13:00:00Z"
    for asked in ({}, {"expires_in": 7200}):
        made = key.post("/v1/keys", asked).json()
        assert made["expires_at"] == first["expires_at"]
        key.delete(f"/v1/keys/{made['id']}")


def test_a_key_is_revoked_even_when_test_data_is_told_an_earlier_time(integrator: Integrator) -> None:
    made = integrator.post("/v1/keys").json()
    integrator.now = "2020-01-01T00:00:00Z"

    assert integrator.delete(f"/v1/keys/{made['id']}").status_code == 204


def test_keys_of_the_other_mode_and_of_others_are_as_if_they_never_were(
    integrator: Integrator, database_url: str
) -> None:
    live = the_same_with(integrator, database_url, "live")
    other = another_integrator(integrator, database_url)
    unknown = said(integrator.delete("/v1/keys/key_0000000000000000000000"))

    assert unknown[0] == 404
    for stranger in (live, other):
        theirs = stranger.get("/v1/keys").json()["data"]
        assert len(theirs) == 1
        assert said(integrator.delete(f"/v1/keys/{theirs[0]['id']}")) == unknown
        assert stranger.get("/v1/keys").status_code == 200
    assert live.post("/v1/keys").json()["mode"] == "live"
    assert len(integrator.get("/v1/keys").json()["data"]) == 1


def test_the_same_request_again_makes_no_second_key(integrator: Integrator) -> None:
    first, again = (integrator.post("/v1/keys", {"scopes": ["people"]}, Idempotency_Key="one") for _ in range(2))

    assert first.content == again.content
    assert len(integrator.get("/v1/keys").json()["data"]) == 2


@pytest.mark.parametrize("body", [{"scopes": []}, {"scopes": ["peple"]}, {"expires_in": 60}, {"mode": "live"}])
def test_what_a_key_cannot_be_is_refused(integrator: Integrator, body: dict[str, object]) -> None:
    assert integrator.post("/v1/keys", body).status_code == 422


@pytest.mark.parametrize(
    ("body", "asked"),
    [({"scopes": []}, "a list of 1 to 4, each"), ({"expires_in": 60}, "a whole number from 3600 to 31622400.")],
)
def test_a_refusal_asks_for_what_was_not_there(integrator: Integrator, body: dict[str, object], asked: str) -> None:
    (mistake,) = integrator.post("/v1/keys", body).json()["errors"]

    assert asked in mistake["detail"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/keys"), ("POST", "/v1/keys"), ("DELETE", "/v1/keys/key_x")])
def test_keys_are_managed_with_the_scope_keys(
    integrator: Integrator, database_url: str, method: str, path: str
) -> None:
    lesser = the_same_with(integrator, database_url, scopes=frozenset(Scope) - {Scope.KEYS})
    person = integrator.add(agrees=False)

    assert lesser.ask(method, path).json()["code"] == "scope_missing"
    assert person.ask(method, path).json()["code"] == "key_needed"
    assert integrator.client.request(method, path).json()["code"] == "credentials_missing"


def with_key(integrator: Integrator, api_key: str) -> Integrator:
    return Integrator(integrator.client, api_key, integrator.now, id=integrator.id)
