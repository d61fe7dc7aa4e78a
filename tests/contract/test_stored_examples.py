"""Every example of a stored operation has the form of what is really answered, and the schema holds for both."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from app.api.http.middleware import DEFAULT_HEADERS, FIXED_HEADERS
from tests.contract.test_documented_examples import JSON
from tests.people import Integrator
from tests.reliability.scene import Operation, ask_for, set_the_scene, stored_operations
from tests.samples import examples_of

# What HTTP itself and the middleware say about every response alike.
OF_EVERY_RESPONSE = {name.decode() for name, _ in (*DEFAULT_HEADERS, *FIXED_HEADERS)} | {
    *("content-type", "content-length", "content-encoding", "vary"),
}


def shape_of(value: Any) -> Any:
    """Names and kinds of values; of a list what its first entry is, and nothing of what is empty or null."""
    match value:
        case dict():
            return {name: shape for name, one in value.items() if (shape := shape_of(one)) is not None}
        case [first, *_]:
            return [shape_of(first)]
        case None | []:
            return None
        case bool() | str():
            return type(value).__name__
        case _:
            return "number"


def differences(shown: Any, given: Any, where: str = "") -> Iterator[str]:
    """What the example has otherwise than the answer, where both say something."""
    if isinstance(shown, dict) and isinstance(given, dict):
        for name in shown.keys() & given.keys():
            yield from differences(shown[name], given[name], f"{where}/{name}")
    elif isinstance(shown, list) and isinstance(given, list):
        yield from differences(shown[0], given[0], f"{where}/0")
    elif shown is not None and given is not None and shown != given:
        yield f"{where}: {shown} is {given}"


@pytest.mark.usefixtures("unheard")
def test_what_is_shown_is_what_is_answered(integrator: Integrator, stored_app: FastAPI) -> None:
    document = stored_app.openapi()
    operations = sorted(stored_operations(stored_app), key=lambda operation: operation.method != "GET")
    scene = set_the_scene(fresh(integrator))
    seen = 0
    for operation in operations:
        if operation.method != "GET":
            scene = set_the_scene(fresh(integrator))
        asked = ask_for(scene, operation)
        answer = asked.send()
        response = operation.described["responses"].get(str(answer.status_code))
        assert response is not None, f"{operation.label} is answered {answer.status_code}, which is not documented"
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        named = {name.lower() for name in response["headers"]}
        assert answer.headers.keys() - named - OF_EVERY_RESPONSE == set(), operation.label
        media = response.get("content", {}).get(JSON)
        if media is None:
            documented = response.get("content", {"": None})
            assert answer.headers.get("content-type", "").partition(";")[0] in documented, operation.label
            continue
        check(document, operation, media, answer.json())
        seen += 1
    assert seen > 0.7 * len(operations)


def fresh(integrator: Integrator) -> Integrator:
    """As at the beginning: the external ids of one scene are those of the next, and there are two keys at most."""
    for key in integrator.get("/v1/keys").json()["data"]:
        if not integrator.bearer.endswith(key["last_four"]):
            assert integrator.delete(f"/v1/keys/{key['id']}").status_code == 204
    for partner in integrator.get("/v1/partners?limit=100").json()["data"]:
        assert integrator.delete(f"/v1/partners/{partner['id']}").status_code == 200
    return integrator


def check(document: Any, operation: Operation, media: Any, given: Any) -> None:
    validator = Draft202012Validator({**media["schema"], "components": document["components"]})
    validator.validate(given)
    shown, *_ = examples_of(document, media)
    validator.validate(shown)
    assert [*differences(shape_of(shown), shape_of(given))] == [], operation.label
    if isinstance(shown, dict):
        assert shown.keys() == given.keys(), operation.label


def test_what_differs_is_found() -> None:
    assert [*differences(shape_of({"a": 1, "b": [{"c": "x"}]}), shape_of({"a": 1, "b": [{"c": 2}]}))] == [
        "/b/0/c: str is number"
    ]
    assert [*differences(shape_of({"a": True}), shape_of({"a": 1}))] == ["/a: bool is number"]
    assert [*differences(shape_of({"a": None, "b": []}), shape_of({"a": 1, "b": [2]}))] == []
