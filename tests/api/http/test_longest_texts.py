"""The longest text that the document allows in a body is taken or refused by the server, whatever a column holds."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from tests.people import Integrator
from tests.reliability.scene import Operation, ask_for, set_the_scene, stored_operations


def resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema behind a reference, and of a choice the first that is not null."""
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            return resolved(choice, schemas)
    return resolved(schemas[schema["$ref"].rpartition("/")[2]], schemas) if "$ref" in schema else schema


def bodies_with_longest(operation: Operation, body: Any, schemas: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield a body with each text at its longest, once with every true or false."""
    content = operation.described.get("requestBody", {}).get("content", {}).get("application/json", {})
    fields = {
        name: resolved(field, schemas)
        for name, field in resolved(content.get("schema", {}), schemas).get("properties", {}).items()
    }
    switches = [name for name, field in fields.items() if field.get("type") == "boolean"]
    for name, field in fields.items():
        if "maxLength" in field:
            longest = {**(body or {}), name: "x" * field["maxLength"]}
            yield name, longest
            yield from ((name, {**longest, switch: value}) for switch in switches for value in (True, False))


def test_no_longest_text_is_an_error_of_the_server(stored_app: FastAPI, integrator: Integrator) -> None:
    scene, schemas = set_the_scene(integrator), stored_app.openapi()["components"]["schemas"]
    outcomes: dict[str, list[int]] = {}
    # Without the consent nothing else would be taken.
    for operation in sorted(stored_operations(stored_app), key=lambda one: "consents" in one.path):
        if operation.method != "DELETE" and "requestBody" in operation.described:
            asked = ask_for(scene, operation)
            asked.headers.pop("Idempotency-Key", None)
            for name, body in bodies_with_longest(operation, asked.body, schemas):
                answer = replace(asked, body=body).send()
                outcomes.setdefault(f"{operation.label} {name}", []).append(answer.status_code)

    assert len(outcomes) > 10
    assert {text: statuses for text, statuses in outcomes.items() if max(statuses) >= 500} == {}
