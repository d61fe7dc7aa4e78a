"""No request costs more than twenty times what the usual one of its operation does, whatever it holds.

The cost is the number of calls of Python and C functions, which is the same on a busy machine and on an idle one. Those
of Starlette's client are among them, as those of an HTTP server would be.
"""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.http import validation
from app.rulesets import strict_json
from tests.api.conftest import BuildApp
from tests.conftest import _make_integrator
from tests.contract.self_report import SHORTEST
from tests.people import Integrator
from tests.reliability.scene import Asked, ask_for, set_the_scene, stored_operations

MOST = 20
"""How many times as dear as the usual request of its operation one may be."""
BODY = 255_000
MANY = strict_json.MAX_VALUES - 100
STATELESS: dict[str, dict[str, Any]] = {
    "/v1/recommendations": {"reports": {"a": SHORTEST}},
    "/v1/explanations": {"reports": {"a": SHORTEST}, "viewer": "a", "target": "dance-class"},
    "/v1/questions/next": {"answers": SHORTEST},
}
LARGE: dict[str, Any] = {
    "long": "x-" * (BODY // 2),
    "many texts": ["greif"] * (BODY // 8),
    "many names": {f"comunication{number}": None for number in range(BODY // 25)},
    "texts": [f"greif{number}" for number in range(MANY)],
    "names": {f"comunication{number}": {} for number in range(MANY // 2)},
    "number": 10**4200,
}
HEADERS = {
    "Accept-Language": ("x-" * 8_000, "x;q=0.1," * 2_000, "," * 16_000),
    "Accept": ("text/x," * 2_300,),
    "If-None-Match": ('"x",' * 4_000,),
    "X-Request-Id": ("x" * 16_000,),
    "Authorization": ("Bearer " + "x" * 16_000,),
    "Idempotency-Key": ("x" * 16_000,),
    "Origin": ("https://" + "x" * 16_000,),
}
QUERIES = ("&".join(f"x{number}=1" for number in range(2_000)), "kind=walk&" * 1_600, "x=" + "%41" * 5_000)


class Counted:
    """An application that counts the calls which each of its answers took."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.calls = 0
        sys.setprofile(self._count)
        try:
            await self.app(scope, receive, send)
        finally:
            sys.setprofile(None)

    def _count(self, _frame: object, event: str, _argument: object) -> None:
        self.calls += event in ("call", "c_call")


def larger(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield a body with each large value in the place of each of its values, and beside them."""
    for name, large in LARGE.items():
        yield name, large
        for field in (*body, "unknown"):
            yield f"{field}: {name}", {**body, field: large}
    if isinstance(body.get("reports"), dict):
        for name, report in larger(body["reports"]["a"]):
            yield f"report: {name}", {**body, "reports": {"a": report}}
        for place in ("circumstances", "activity_preferences"):
            for name, large in LARGE.items():
                groups = {"season": large, "likes": large} if name != "number" else {"season": large}
                yield f"{place}: {name}", {**body, "reports": {"a": {**SHORTEST, place: groups}}}


def dearer(counted: Counted, asked: Asked) -> dict[str, float]:
    """Return what costs more than it may: how many times the usual request."""
    asked.send()
    asked.send()
    usual, found = counted.calls, {}
    variants: list[tuple[str, str, object, dict[str, str]]] = []
    if isinstance(asked.body, dict):
        variants += [(name, asked.path, body, {}) for name, body in larger(asked.body)]
    variants += [
        (f"{name} {value[:9]}", asked.path, asked.body, {name: value}) for name in HEADERS for value in HEADERS[name]
    ]
    variants += [(query[:9], f"{asked.path}?{query}", asked.body, {}) for query in QUERIES]
    for name, path, body, headers in variants:
        asked.caller.ask(asked.method, path, body, **{**asked.headers, **headers})
        assert counted.calls
        if counted.calls > MOST * usual:
            found[name] = round(counted.calls / usual, 1)
    return found


class Anonymous(Integrator):
    """Whoever sends no key."""

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        content = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **headers}
        return self.client.request(method, path, content=content, headers=sent)


@pytest.fixture
def counted(build_app: BuildApp) -> Counted:
    app = build_app()
    # Made once, for whoever is first to make a mistake.
    app.openapi()
    return Counted(app)


@pytest.fixture
def counted_store(stored_app: FastAPI) -> Counted:
    return Counted(stored_app)


@pytest.fixture
def integrator(counted_store: Counted, database_url: str) -> Iterator[Integrator]:
    made = asyncio.run(_make_integrator(database_url))
    with TestClient(counted_store) as client:
        yield Integrator(client, made.api_key, id=made.integrator)  # type: ignore[arg-type]


def open_requests(counted: Counted) -> Iterator[Asked]:
    caller = Anonymous(TestClient(counted), "")  # type: ignore[arg-type]
    for path, body in STATELESS.items():
        yield Asked(caller, "POST", path, body)
    for path in ("/v1/help", "/v1/activities", "/v1/rules", "/v1/activities/evening-walk", "/problems", "/"):
        yield Asked(caller, "GET", path)


def test_no_request_without_a_key_costs_more_than_its_budget(counted: Counted) -> None:
    found = {asked.path: dearer(counted, asked) for asked in open_requests(counted)}

    assert not {path: dear for path, dear in found.items() if dear}


def test_no_request_with_a_key_or_token_does(
    stored_app: FastAPI, counted_store: Counted, integrator: Integrator
) -> None:
    found, scene = {}, set_the_scene(integrator)
    # A passphrase is set but once, and what is planned goes with a choice.
    first = ("/v1/me/unlock", "/v1/me/plan/items/{item}")
    for operation in sorted(stored_operations(stored_app), key=lambda one: one.path not in first):
        if operation.method != "DELETE":
            found[operation.label] = dearer(counted_store, ask_for(scene, operation))

    assert len(found) > 20
    assert not {label: dear for label, dear in found.items() if dear}


@pytest.mark.parametrize(
    ("module", "bound"), [(strict_json, "MAX_VALUES"), (validation, "MAX_GUESSED")], ids=["values", "guesses"]
)
def test_without_its_bounds_one_would(
    counted: Counted, monkeypatch: pytest.MonkeyPatch, module: object, bound: str
) -> None:
    monkeypatch.setattr(module, bound, 10**9)

    assert dearer(counted, next(open_requests(counted)))
