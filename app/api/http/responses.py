"""Examples of requests and responses, as routes declare them for the OpenAPI document.

An example is a value, or the name of a file in `app/api/examples`.
"""

import json
from pathlib import Path
from typing import Any

from app.api.http.collection import whole_list
from app.api.http.openapi_headers import response_headers
from app.api.http.problems import MEDIA_TYPE, example_of
from app.errors import RekindleError

Responses = dict[int | str, dict[str, Any]]

# FastAPI drops null wherever it finds it, so until its document is completed this stands for it.
NULL = "\0null"
EXAMPLES = Path(__file__).parents[1] / "examples"
LINK = response_headers("Link")
CACHE_HEADERS = response_headers("ETag", "Cache-Control", "Content-Language")
NOT_MODIFIED_RESPONSE = {
    "description": "Not modified: your copy, named by its `ETag`, is current.",
    "headers": CACHE_HEADERS,
}


def load_example(name: str) -> Any:
    """Return the example in `app/api/examples/<name>.json`."""
    return json.loads((EXAMPLES / f"{name}.json").read_bytes())


def problems(*kinds: type[RekindleError]) -> Responses:
    """Return the `responses` of a route for problems of its own; `openapi.py` adds those of any route."""
    by_status: dict[int | str, list[type[RekindleError]]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {
        status: {
            "description": " · ".join(kind.title for kind in alike),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {kind.code: {"value": example_of(kind)} for kind in alike},
                }
            },
        }
        for status, alike in by_status.items()
    }


def shown_example(example: object) -> Any:
    """Return an example that may be named by its file."""
    return load_example(example) if isinstance(example, str) else example


def example_request(example: object) -> dict[str, Any]:
    """Return the `openapi_extra` of a route with an example of its body."""
    return {"requestBody": json_example(example)}


def example_response(example: object, *kinds: type[RekindleError]) -> Responses:
    """Return the `responses` of a route: success with an example of the body, and problems of its own."""
    return {200: json_example(example), **problems(*kinds)}


def example_created(example: object, *kinds: type[RekindleError]) -> Responses:
    """Return the `responses` of a route that creates: 201 with an example of the body, and problems of its own."""
    return {201: json_example(example), **problems(*kinds)}


def localized(responses: Responses) -> Responses:
    """Add to the success of `responses` that its texts are in a language."""
    return with_headers(responses, "Content-Language")


def with_headers(responses: Responses, *names: str) -> Responses:
    """Add headers to the success of `responses`."""
    (status, success), *others = responses.items()
    headers = {**success.get("headers", {}), **response_headers(*names)}
    return {status: {**success, "headers": headers}, **dict(others)}


def in_part(example: Any) -> Any:
    """Return `example` with the first entry alone of each list in it, which shows what the entries are like."""
    if isinstance(example, dict):
        return {name: in_part(value) for name, value in example.items()}
    return [in_part(value) for value in example[:1]] if isinstance(example, list) else example


def example_list(item: object, *kinds: type[RekindleError]) -> Responses:
    """Return the `responses` of a route with a whole list of one item, in part, as the example."""
    return example_response(_list_of(item), *kinds)


def example_page(item: object, *kinds: type[RekindleError]) -> Responses:
    """Return the `responses` of a route with a page of one item, in part, as the example."""
    return {200: {**json_example(_list_of(item)), "headers": LINK}, **problems(*kinds)}


def example_cached(example: object, *kinds: type[RekindleError]) -> Responses:
    """Return the `responses` of a cacheable route: 200 with `example`, 304, and its own problems."""
    return {
        200: {**json_example(example), "headers": CACHE_HEADERS},
        304: NOT_MODIFIED_RESPONSE,
        **problems(*kinds),
    }


def example_cached_list(item: object, *kinds: type[RekindleError]) -> Responses:
    """Return the `responses` of a cacheable route with a whole list of one item, in part, as the example."""
    return example_cached(_list_of(item), *kinds)


def json_example(example: object) -> dict[str, Any]:
    return {"content": {"application/json": {"example": replace_values(shown_example(example), None, NULL)}}}


def replace_values(node: Any, old: object, new: object) -> Any:
    """Return JSON with `new` for each value in it that is `old`."""
    if isinstance(node, dict):
        return {name: replace_values(value, old, new) for name, value in node.items()}
    if isinstance(node, list):
        return [replace_values(value, old, new) for value in node]
    return new if node == old else node


def _list_of(item: object) -> object:
    return whole_list([in_part(shown_example(item))])
