"""Every example of the OpenAPI document is sent, and the answer says what the document says it does."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from httpx2 import Response

from app.api.http.middleware import UNLIMITED_PATHS
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.client import TestClient
from tests.document import DOCUMENT, Document, security_of
from tests.samples import examples_of, resolved

# What stands there changes with every edit of the content or the database; that it stands there does not.
CHANGES = frozenset({"digest", "counts", "version", "in_force", "migration", "verified_on", "source", "why", "share"})
JSON = "application/json"


class Documented(NamedTuple):
    """One operation with its path filled in."""

    method: str
    path: str
    operation: Document
    body: Any = None

    def send(self, caller: TestClient, **given: Any) -> Response:
        content = {} if self.body is None or "content" in given else {"json": self.body}
        return caller.request(self.method, self.path, **content, **given)


# What is stored needs somebody to be there first: tests/contract/test_stored_examples.py.
NEEDS_SOMEBODY = {"/v1/calendars/{secret}.ics"}


def documented() -> Iterator[Documented]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if path in NEEDS_SOMEBODY or {} not in security_of(operation) != []:
                continue
            (shown, *_) = [*examples_of(DOCUMENT, operation["responses"]["200"]["content"].get(JSON, {})), None]
            filled = path
            parameters = [resolved(DOCUMENT, one) for one in operation.get("parameters", ())]
            for parameter in parameters:
                if parameter["in"] == "path":
                    filled = filled.replace(f"{{{parameter['name']}}}", name_in(shown))
            asked = {
                one["name"]: one["schema"]["examples"][0]
                for one in parameters
                if one["in"] == "query" and "examples" in one["schema"]
            }
            if asked:
                filled += f"?{urlencode(asked)}"
            bodies = [
                one
                for media in operation.get("requestBody", {}).get("content", {}).values()
                for one in examples_of(DOCUMENT, media)
            ]
            for body in bodies or [None]:
                yield Documented(method.upper(), filled, operation, body)


def name_in(shown: Any) -> str:
    """How the example of one thing says that it is called."""
    return str(shown.get("id") or shown.get("version") or shown["code"].replace("_", "-"))


OPERATIONS = list(documented())
each_operation = pytest.mark.parametrize("one", OPERATIONS, ids=[one.operation["operationId"] for one in OPERATIONS])


def says(shown: Any, given: Any, where: str = "") -> Iterator[str]:
    """What the example shows and the answer does not; lists are shown in part, and words may have been edited since."""
    if where.rpartition("/")[2] in CHANGES or (isinstance(shown, str) and " " in shown):
        if type(shown) is not type(given):
            yield where
    elif isinstance(shown, dict) and isinstance(given, dict):
        for name, value in shown.items():
            yield from says(value, given[name], f"{where}/{name}") if name in given else [f"{where}/{name}"]
    elif isinstance(shown, list) and isinstance(given, list):
        for number, value in enumerate(shown):
            if all(any(says(value, other, where)) for other in given):
                yield f"{where}/{number}"
    elif shown != given:
        yield f"{where}: {shown!r} is {given!r}"


@each_operation
def test_what_is_shown_is_what_is_answered(caller: TestClient, one: Documented) -> None:
    answer = one.send(caller, headers={"Accept": JSON})

    assert answer.status_code == 200, answer.text
    shown = examples_of(DOCUMENT, one.operation["responses"]["200"]["content"].get(JSON, {}))
    if shown:
        assert [*says(shown[0], answer.json())] == []
    else:
        (text,) = examples_of(DOCUMENT, next(iter(one.operation["responses"]["200"]["content"].values())))
        assert text.partition("{")[0] in answer.text


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory, rulesets: ActiveRuleset) -> Iterator[TestClient]:
    settings = {"database_url": f"sqlite:///{tmp_path_factory.mktemp('absent') / 'absent.db'}", "require_key": True}
    with TestClient(create_app(Settings.model_validate(settings), rulesets, clock=clock.now)) as keyed:
        yield keyed


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, rulesets: ActiveRuleset) -> Iterator[TestClient]:
    settings = {"database_url": f"sqlite:///{tmp_path_factory.mktemp('absent') / 'absent.db'}", "rate_limit": "1/day"}
    with TestClient(create_app(Settings.model_validate(settings), rulesets, clock=clock.now)) as limited:
        yield limited


def check_problem(answer: Response, one: Documented, code: str) -> None:
    """The answer is the problem that the document shows for it, but for the words of this one time."""
    reference = one.operation["responses"][str(answer.status_code)]["$ref"]
    shared = DOCUMENT["components"]["responses"][reference.rpartition("/")[2]]
    media = shared["content"]["application/problem+json"]
    shown = resolved(DOCUMENT, media["examples"][code])["value"]
    assert answer.headers["content-type"] == "application/problem+json"
    given = answer.json()
    assert {name: given[name] for name in ("type", "title", "status", "code")} == {
        name: shown[name] for name in ("type", "title", "status", "code")
    }
    assert given.keys() == shown.keys()


@each_operation
def test_each_problem_is_answered_as_it_is_shown(
    caller: TestClient, keyed: TestClient, limited: TestClient, one: Documented
) -> None:
    if one.body is not None:
        media = {"Content-Type": JSON}
        check_problem(one.send(caller, content=b"{", headers=media), one, "malformed_json")
        check_problem(one.send(caller, content=b" " * 300_000, headers=media), one, "body_too_large")
        check_problem(
            one.send(caller, content=b"{}", headers={"Content-Type": "text/plain"}), one, "unsupported_media_type"
        )
        check_problem(one.send(caller, content=b"{}", headers=media), one, "validation_failed")
    if "404" in one.operation["responses"]:
        check_problem(caller.get(f"{one.path.rpartition('/')[0]}/no-such-thing"), one, "not_found")
    if security_of(one.operation):
        check_problem(one.send(keyed), one, "credentials_missing")
        check_problem(one.send(keyed, headers={"Authorization": "Basic eDp5"}), one, "credentials_malformed")
    if one.path.partition("?")[0] not in UNLIMITED_PATHS:
        one.send(limited)
        check_problem(one.send(limited), one, "too_many_requests")


def test_what_is_not_said_would_be_found() -> None:
    answer = {"id": "a", "list": [{"id": "b", "n": 1}], "digest": "1", "text": "Other words"}

    assert not [*says({"id": "a", "list": [{"id": "b"}], "digest": "2", "text": "Some words"}, answer)]
    for shown in (
        {"id": "b"},
        {"gone": 1},
        {"list": [{"id": "c"}]},
        {"list": [{"n": 2}]},
        {"digest": 2},
        {"text": None},
    ):
        assert [*says(shown, answer)], shown
