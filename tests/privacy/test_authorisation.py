"""Every operation, every actor: who is let in, who is told nothing; and holes that are planted are found."""

import asyncio
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import bindparam

from app.errors import CredentialsExpired, CredentialsRevoked, RekindleError
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.service import integrators, tokens
from app.service.integrators import Mode, Scope, create_integrator
from app.settings import Settings
from app.store.connection.database import Database
from app.store.connection.rows import select_row
from app.store.queries import couples as stored_couples
from app.store.queries import decisions as stored_decisions
from app.store.queries import keys as stored_keys
from app.store.queries import partners as stored_partners
from app.store.queries import tokens as stored_tokens
from app.store.queries.integrators import ApiKeyRow
from app.store.schema.couples import couples
from app.store.schema.decisions import decisions
from app.store.schema.integrators import api_keys
from app.store.schema.partners import partners
from tests import clock
from tests.client import TestClient
from tests.clock import NOW
from tests.document import DOCUMENT
from tests.people import Caller, Integrator, Person
from tests.privacy.authorisation import TABLE, Row

OPERATIONS = sorted(f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods)
# What somebody may be told of what is theirs.
OF_THEIR_OWN = ("no_report", "invitation_not_found")
# What ends something comes last, and what ends most comes at the very end.
ENDINGS = ("DELETE /v1/me/couple", "DELETE /v1/couples/{}", "DELETE /v1/keys/{}", "DELETE /v1/me")


def shape(operation: str) -> str:
    return re.sub(r"\{\w+\}", "{}", operation)


ROWS = {shape(operation): row for operation, row in TABLE.items()}


WITHOUT_A_ROW = [operation for operation in OPERATIONS if shape(operation) not in ROWS]
needs_every_row = pytest.mark.skipif(bool(WITHOUT_A_ROW), reason=f"no row for {', '.join(WITHOUT_A_ROW)}")


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert WITHOUT_A_ROW == [], "each needs a row in tests/privacy/authorisation.py"
    assert sorted(ROWS.keys() - set(map(shape, OPERATIONS))) == [], "there is no such operation"


@dataclass
class Around:
    """A, whose things are asked for, and everybody else who could ask."""

    a: Person
    own_key: Integrator
    narrow: Caller
    refused: dict[str, tuple[Caller, str]]
    keys: dict[str, Caller]
    tokens: dict[str, Caller]
    filled: dict[str, str]
    secrets: tuple[str, ...]

    def ask(self, caller: Caller, operation: str, row: Row) -> Response:
        method, path = operation.split(" ")
        for name in re.findall(r"\{(\w+)\}", path):
            path = path.replace(f"{{{name}}}", self.filled[name])
        body = {"partner": self.a.id} if row.names == "partner in the body" else row.body
        headers = {"If_Match": '"any"'} if row.names == "item" else {}
        return caller.ask(method, path, body, **headers)


@pytest.fixture
def around(integrator: Integrator, stored_app: FastAPI) -> Around:
    return settle(integrator, stored_app)


def settle(integrator: Integrator, app: FastAPI) -> Around:
    integrator.now = NOW.isoformat()
    a, b, ex, stranger = (integrator.add(country="US") for _ in range(4))
    integrator.link(a, ex)
    assert a.delete("/v1/me/couple").status_code == 204
    couple = integrator.share(a, b, "evening-walk")
    said = a.report()
    assert a.put("/v1/me/passphrase", {"passphrase": "a sentence of my own"}).status_code == 204
    item = a.get("/v1/me/plan").json()["data"][0]["id"]
    minted = integrator.post(f"/v1/partners/{a.id}/tokens", {"expires_in": 3600}).json()
    other, live = made_by(integrator, app, "test"), made_by(integrator, app, "live")
    elsewhere = other.add()
    gone = integrator.add()
    erased = gone.delete("/v1/me")
    assert erased.status_code == 200, erased.text
    nowhere = refused(integrator, a, gone)
    second = integrator.post("/v1/keys", {}).json()
    return Around(
        a=a,
        own_key=integrator,
        narrow=made_by(integrator, app, "test", {Scope.RECOMMENDATIONS}),
        refused=nowhere,
        keys={"another integrator": other, "live data": live},
        tokens={"the other partner": b, "an ex-partner": ex, "a stranger": stranger, "elsewhere": elsewhere},
        filled={
            "partner_id": a.id,
            "token_id": minted["id"],
            "couple_id": couple,
            "key_id": second["id"],
            "item": item,
            "decision_id": said["decision"],
            "activity": "evening-walk",
            "path": "turns-to-repair",
            "purpose": "processing",
            "secret": "0" * 32,
        },
        secrets=(a.id, said["id"], said["decision"], item, minted["id"], minted["token"]),
    )


def made_by(integrator: Integrator, app: FastAPI, mode: Mode, scopes: set[Scope] | None = None) -> Integrator:
    async def make() -> Any:
        async with app.state.database.writing() as connection:
            return await create_integrator(connection, "Harbour", mode, NOW, scopes or set(Scope))

    assert integrator.client.portal
    made = integrator.client.portal.call(make)
    return Integrator(integrator.client, made.api_key, NOW.isoformat(), made.integrator)


def refused(integrator: Integrator, a: Person, gone: Person) -> dict[str, tuple[Caller, str]]:
    """Callers that are let in nowhere, each with the code that says why."""
    client = integrator.client
    key = integrator.post("/v1/keys", {}).json()
    assert integrator.delete(f"/v1/keys/{key['id']}").status_code == 204
    short = integrator.token_for(a.id, 60)
    ended = integrator.post(f"/v1/partners/{a.id}/tokens", {"expires_in": 3600}).json()
    assert a.delete(f"/v1/me/tokens/{ended['id']}").status_code == 204
    later = (NOW + timedelta(minutes=2)).isoformat()
    return {
        "malformed": (Caller(client, "sesame"), "credentials_malformed"),
        "an unknown key": (Caller(client, f"rk_test_{'0' * 43}"), "credentials_unknown"),
        "an unknown token": (Caller(client, f"rt_test_{'0' * 43}"), "credentials_unknown"),
        "a revoked key": (Caller(client, key["api_key"]), "credentials_revoked"),
        "an expired token": (Person(client, short, later), "credentials_expired"),
        "a revoked token": (Person(client, ended["token"], NOW.isoformat()), "credentials_revoked"),
        "one who is gone": (Person(client, gone.bearer, NOW.isoformat()), "credentials_unknown"),
    }


def holes(around: Around) -> Iterator[str]:
    """Everything in which an answer is not what the table says; nothing is ended by any of these requests."""
    for operation in OPERATIONS:
        row = ROWS[shape(operation)]
        if row.caller in ("key", "token"):
            yield from holes_in(around, operation, row)


def holes_in(around: Around, operation: str, row: Row) -> Iterator[str]:
    method, path = operation.split(" ")
    nobody = around.own_key.client.request(method, re.sub(r"\{\w+\}", "x", path), json=row.body)
    yield from unless(operation, "nobody", nobody, 401, "credentials_missing")
    for name, (caller, code) in around.refused.items():
        yield from unless(operation, name, around.ask(caller, operation, row), 401, code)
    if row.caller == "key":
        yield from unless(operation, "narrow", around.ask(around.narrow, operation, row), 403, "scope_missing")
        for name, caller in {**around.tokens, "A's own": around.a}.items():
            yield from unless(operation, name, around.ask(caller, operation, row), 403, "key_needed")
        yield from strangers_in(around, operation, row, around.keys)
    else:
        for name, caller in {**around.keys, "the own integrator": around.own_key}.items():
            yield from unless(operation, name, around.ask(caller, operation, row), 403, "token_needed")
        if shape(operation) not in ENDINGS:
            yield from strangers_in(around, operation, row, around.tokens)


def strangers_in(around: Around, operation: str, row: Row, callers: dict[str, Any]) -> Iterator[str]:
    """Those who may do this with what is theirs, and find nothing of A."""
    for name, caller in callers.items():
        answer = around.ask(caller, operation, row)
        if row.names:
            yield from unless(operation, name, answer, 404)
        elif answer.status_code in (401, 404, 500) and answer.json()["code"] not in (
            "no_report",
            "invitation_not_found",
        ):
            yield f"{operation}: {name} is answered {answer.status_code}"
        for secret in around.secrets:
            if secret in answer.text:
                yield f"{operation}: {name} reads {secret}"


def unless(operation: str, who: str, answer: Response, status: int, code: str | None = None) -> Iterator[str]:
    if answer.status_code != status or (code is not None and answer.json()["code"] != code):
        yield f"{operation}: {who} is answered {answer.status_code} {answer.text[:120]}, not {status} {code or ''}"


@needs_every_row
@pytest.mark.usefixtures("unheard")
def test_everybody_is_answered_as_the_table_says(around: Around) -> None:
    assert [*holes(around)] == []


@needs_every_row
@pytest.mark.usefixtures("unheard")
def test_whose_own_it_is_is_let_in(around: Around) -> None:
    operations = [each for each in OPERATIONS if ROWS[shape(each)].caller in ("key", "token")]
    for operation in sorted(operations, key=how_late):
        row = ROWS[shape(operation)]
        caller: Caller = around.own_key if row.caller == "key" else around.a
        if operation.startswith("DELETE /v1/partners/{partner_id}") and "tokens" not in operation:
            around.filled["partner_id"] = around.tokens["a stranger"].id  # type: ignore[attr-defined]
        answer = around.ask(caller, operation, row)
        around.filled["partner_id"] = around.a.id
        expected = (412,) if row.names == "item" else (404,) if "accept" in operation else (200, 201, 204)
        is_full = operation == "POST /v1/keys" and answer.json()["code"] == "too_many_keys"
        assert is_full or answer.status_code in expected, (operation, answer.status_code, answer.text)


def how_late(operation: str) -> tuple[int, bool, str]:
    ends = shape(operation)
    return ENDINGS.index(ends) + 1 if ends in ENDINGS else 0, operation.startswith("DELETE"), operation


# Holes, planted one at a time


Plant = Callable[[pytest.MonkeyPatch], None]


def statement(module: Any, name: str, becomes: Any) -> Plant:
    return lambda patch: patch.setattr(module, name, becomes)


def without(*errors: type[RekindleError]) -> Plant:
    """Whoever holds a row is let in, whatever it says of them."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        everlasting = {"revoked_at": None, "expires_at": datetime.max.replace(tzinfo=UTC)}
        for module, name in ((integrators, "authenticate_key"), (tokens, "authenticate_token")):
            judge = getattr(module, name)

            def let_in(found: Any, *rest: Any, judge: Any = judge) -> Any:
                try:
                    return judge(found, *rest)
                except errors:
                    return judge(found._replace(**everlasting), *rest)

            patch.setattr(module, name, let_in)

    return plant


def anybody_in_keys(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(integrators.KeyHolder, "require", lambda _self, _scope: None)


async def always(*_: object, **__: object) -> bool:
    return True


PARTNER, COUPLE, KEY = partners, couples, api_keys
WHOLE_PARTNER = stored_partners._WHOLE.where(PARTNER.c.id == bindparam("id"))
HOLES: dict[str, Plant] = {
    "a partner of another integrator": statement(
        stored_partners, "_BY_ID", WHOLE_PARTNER.where(PARTNER.c.mode == bindparam("mode"))
    ),
    "a partner of live data": statement(
        stored_partners, "_BY_ID", WHOLE_PARTNER.where(PARTNER.c.integrator_id != bindparam("id"))
    ),
    "the partners of all": statement(stored_partners, "_OF_INTEGRATOR", stored_partners._WHOLE),
    "a couple of another integrator": statement(
        stored_couples, "_BY_ID", select_row(stored_couples.CoupleRow, COUPLE).where(COUPLE.c.id == bindparam("id"))
    ),
    "a decision of another partner": statement(
        stored_decisions,
        "_WITH_ID",
        select_row(stored_decisions.DecisionRow, decisions).where(decisions.c.id == bindparam("id")),
    ),
    "a revoked credential": without(CredentialsRevoked),
    "an expired credential": without(CredentialsExpired),
    "no scope": anybody_in_keys,
    "a login of another partner": statement(stored_tokens, "revoke", always),
    "a key of another integrator": statement(
        stored_keys, "_BY_ID", select_row(ApiKeyRow, KEY).where(KEY.c.id == bindparam("id"))
    ),
}


@needs_every_row
@pytest.mark.usefixtures("unheard")
@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_is_found(
    hole: str, sqlite_url: str, rulesets: ActiveRuleset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"database_url": sqlite_url.replace("+aiosqlite", ""), "key_file": tmp_path / "rekindle.keys"}
    app = create_app(Settings.model_validate(settings), rulesets, clock=clock.now)
    with TestClient(app, raise_server_exceptions=False) as client:
        made = asyncio.run(first_integrator(sqlite_url))
        around = settle(Integrator(client, made.api_key, id=made.integrator), app)
        HOLES[hole](monkeypatch)

        assert next(holes(around), None) is not None


async def first_integrator(url: str) -> Any:
    database = Database(url)
    async with database.writing() as connection:
        made = await create_integrator(connection, "Lighthouse", "test", NOW)
    await database.close()
    return made
