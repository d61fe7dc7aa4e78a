"""In JSON, 5.0 is 5: libraries that know one kind of number alone write a whole one so."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from app.api.http.schema_lookup import inside, variants_of
from tests.people import Integrator
from tests.reliability.scene import ask_for, set_the_scene, stored_operations


def whole_numbers_of(operation: Any, document: Any) -> Iterator[tuple[str, int]]:
    """Yield the names of the body's whole numbers, each with the least that it may be."""
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for body in variants_of(schema, document):
        for name in body.get("properties", {}):
            for inner in inside(body, name, document):
                least = [each["minimum"] for each in variants_of(inner, document) if each.get("type") == "integer"]
                yield from ((name, each) for each in least)


def test_a_whole_number_may_have_a_point(stored_app: FastAPI, integrator: Integrator) -> None:
    scene, document, sent = set_the_scene(integrator), stored_app.openapi(), []
    for operation in stored_operations(stored_app):
        for name, least in whole_numbers_of(operation.described, document):
            asked = ask_for(scene, operation)
            body = {**(asked.body or {}), name: float(least)}  # type: ignore[dict-item]
            answer = asked.caller.ask(asked.method, asked.path, body)
            assert answer.is_success, f"{operation.label} {name}: {answer.text}"
            sent.append(name)
    assert {"weeks", "felt_accepted", "felt_pressured", "expires_in"} == {*sent}
