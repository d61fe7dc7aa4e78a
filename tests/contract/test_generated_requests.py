"""Requests made from the OpenAPI document alone, as it allows them and as it does not: each is answered as documented.

No status, content type or shape that the document does not name, and never a 5xx; what the document allows is taken,
and what it does not allow is refused. Every check that Schemathesis has for a single request is on.
"""

import asyncio
import shutil
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, seed
from hypothesis import settings as examples
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode
from schemathesis.core.failures import Failure, FailureGroup, ServerError
from schemathesis.core.result import Ok
from schemathesis.openapi.checks import JsonSchemaError, UndefinedContentType, UndefinedStatusCode
from schemathesis.python.asgi import shutdown_lifespans
from starlette.responses import Response

from app.main import create_app
from app.settings import Settings
from tests import clock
from tests.client import TestClient
from tests.conftest import create_database
from tests.contract.fed import Fed, only_looks_wrong
from tests.contract.self_report import SHORTEST
from tests.people import Integrator
from tests.reliability.load import an_integrator
from tests.reliability.scene import STORED_TAGS

ALLOWED, NOT_ALLOWED = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
RECOMMENDATIONS = "POST /v1/recommendations"
# Asked on one of the two databases; make trust asks everything on both.
ON_SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize(
    "settings", [pytest.param("sqlite", marks=pytest.mark.thorough), "postgresql"], indirect=True
)
Operation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Any]

PARTS = 3
IN_A_PART = 100
OF_A_BODY = 40
OF_A_QUERY = 40
OF_A_NAME = 15
OF_WHAT_IS_STORED = 5
AT_LEAST = 1_500


@pytest.fixture(scope="module")
def described(settings: Settings) -> Iterator[BaseSchema]:
    yield schemathesis.openapi.from_asgi("/openapi.json", create_app(settings, clock=clock.now))
    shutdown_lifespans()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("generated")
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_at_head'), folder / 'rekindle.db')}"
    else:
        url = create_database(request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_at_head"))
    # One partner asks for more than anybody would.
    quotas = {"quota_invitations": 1000, "quota_tokens": 1000, "quota_explanations": 1_000_000}
    return Settings.model_validate({"database_url": url, "key_file": folder / "rekindle.keys", **quotas})


@pytest.fixture(scope="module")
def fed(settings: Settings) -> Iterator[Fed]:
    """Through an application of its own, on the same database."""
    id_, key = asyncio.run(an_integrator(settings.database_url))
    # It stands still between two calls: what is begun in the background would keep its locks until the next.
    still = settings.model_copy(update={"maintenance": False})
    with TestClient(create_app(still, clock=clock.now)) as client:
        yield Fed(Integrator(client, key, id=id_))


def operations(described: BaseSchema) -> Iterator[Operation]:
    for found in described.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def send_generated(operation: Operation, mode: GenerationMode, count: int, fed: Fed, number: int = 0) -> int:
    """How many were sent: fewer than asked only where there are no more to make."""
    sent = 0
    cases = operation.as_strategy(generation_mode=mode)

    @seed(number)
    @examples(
        max_examples=count,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def check(case: AnyCase) -> None:
        nonlocal sent
        assume(not only_looks_wrong(case))
        sent += 1
        case.call_and_validate(headers=fed.feed(case))

    check()
    return sent


def find_wrong(
    tried: Iterable[Operation], planned: Callable[[Operation], dict[GenerationMode, int]], fed: Fed, number: int = 0
) -> tuple[int, list[str]]:
    """How many were sent, and which operations answered otherwise than documented."""
    total, wrong = 0, []
    for operation in tried:
        for mode, count in planned(operation).items():
            try:
                sent = send_generated(operation, mode, count, fed, number)
            except FailureGroup as found:
                wrong.append(f"{operation.label}, {mode.value}: {found}")
            else:
                total += sent
                assert sent >= min(count, OF_A_NAME), operation.label
    return total, wrong


def is_stored(operation: Operation) -> bool:
    return not STORED_TAGS.isdisjoint(operation.tags or ())


def planned(operation: Operation) -> dict[GenerationMode, int]:
    """How many of each mode."""
    if operation.label == RECOMMENDATIONS:
        return {}
    if is_stored(operation):
        return {ALLOWED: OF_WHAT_IS_STORED, NOT_ALLOWED: OF_WHAT_IS_STORED}
    if operation.body:
        return {ALLOWED: OF_A_BODY, NOT_ALLOWED: OF_A_BODY}
    if operation.query:
        return {ALLOWED: OF_A_QUERY, NOT_ALLOWED: OF_A_QUERY}
    return {ALLOWED: OF_A_NAME if operation.path_parameters else 1}


@pytest.mark.usefixtures("unheard")
@ON_SQLITE
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("mode", [ALLOWED, NOT_ALLOWED], ids=["allowed", "not allowed"])
def test_recommendations_are_answered_as_documented(
    described: BaseSchema, fed: Fed, mode: GenerationMode, part: int
) -> None:
    operation = described["/v1/recommendations"]["POST"]

    assert send_generated(operation, mode, IN_A_PART, fed, number=part) >= IN_A_PART


@ON_SQLITE
@pytest.mark.usefixtures("unheard")
def test_what_keeps_nothing_is_answered_as_documented(described: BaseSchema, fed: Fed) -> None:
    _, wrong = find_wrong((one for one in operations(described) if not is_stored(one)), planned, fed)

    assert not wrong, "\n".join(wrong)


@ON_POSTGRESQL
@pytest.mark.usefixtures("unheard")
def test_what_is_stored_is_answered_as_documented(described: BaseSchema, fed: Fed) -> None:
    _, wrong = find_wrong((one for one in operations(described) if is_stored(one)), planned, fed)

    assert not wrong, "\n".join(wrong)


@ON_SQLITE
@pytest.mark.usefixtures("unheard")
def test_whatever_a_list_names_can_be_read_alone(described: BaseSchema, caller: TestClient) -> None:
    read = 0
    for operation in operations(described):
        listed, _, name = operation.path.rpartition("/")
        if operation.method.upper() != "GET" or not name.startswith("{") or "{" in listed:
            continue
        if is_stored(operation):
            continue
        for entry in caller.get(listed, headers={"Accept": "application/json"}).json()["data"]:
            id_ = entry.get("id") or entry.get("version") or entry["code"].replace("_", "-")
            answer = operation.Case(path_parameters={name.strip("{}"): id_}).call_and_validate()
            assert answer.status_code == 200, (operation.path, id_)
            read += 1
    assert read > 300


@ON_SQLITE
def test_enough_are_planned(described: BaseSchema) -> None:
    others = sum(sum(planned(operation).values()) for operation in operations(described))

    assert PARTS * 2 * IN_A_PART + others >= AT_LEAST


@ON_SQLITE
@pytest.mark.usefixtures("unheard")
@pytest.mark.parametrize(
    ("status", "body", "media_type", "found"),
    [
        (418, b"{}", "application/problem+json", UndefinedStatusCode),
        (500, b"{}", "application/problem+json", ServerError),
        (200, b'{"basis":"both_partners","views":{}}', "application/json", JsonSchemaError),
        (200, b"{}", "text/plain", UndefinedContentType),
    ],
)
def test_what_is_not_as_documented_would_be_found(
    described: BaseSchema,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    body: bytes,
    media_type: str,
    found: type[Failure],
) -> None:
    def answer_otherwise(*_: object, **__: object) -> Response:
        return Response(body, status, media_type=media_type)

    monkeypatch.setattr("app.api.recommendations.recommendations.Response", answer_otherwise)
    case = described["/v1/recommendations"]["POST"].Case(
        body={"reports": {"a": SHORTEST}}, media_type="application/json"
    )

    with pytest.raises(FailureGroup) as refused:
        case.call_and_validate()
    assert any(isinstance(one, found) for one in refused.value.exceptions)
