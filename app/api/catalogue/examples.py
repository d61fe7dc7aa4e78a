"""Example requests to try, with the expected responses."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal, NotRequired

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import CachedCollection, Listing, localized_response, serialize_collection
from app.api.http.request_context import DEFAULT_LANGUAGE
from app.api.http.responses import example_cached_list
from app.api.http.routing import ResourceRouter

router = ResourceRouter(prefix="/v1", tags=["catalogue"])

EXAMPLES = Path(__file__).parents[3] / "examples"


class NeverOut(TypedDict):
    """What is not suggested here: an activity that matches all of these fields."""

    says: str
    practice: NotRequired[list[str]]
    strategy: NotRequired[list[str]]
    kinds: NotRequired[list[str]]
    talk: NotRequired[list[str]]
    energy: NotRequired[list[str]]
    children: NotRequired[list[str]]
    purpose: NotRequired[list[str]]
    asks: NotRequired[list[str]]
    together: NotRequired[list[bool]]
    minutes_over: NotRequired[int]
    first: NotRequired[bool]


class ExpectedOut(TypedDict):
    """The expected content of one partner's view."""

    outcome: Literal["suggestions", "nothing_now", "support"]
    leading: str | None
    never: list[NeverOut]


class ExampleOut(TypedDict):
    """A request for `/v1/recommendations`, with the expected content of its views."""

    id: str
    title: str
    description: str
    # Open, as everything in a response: tomorrow's example may hold an answer that there is not today.
    request: dict[str, Any]
    expected: dict[Literal["a", "b"], ExpectedOut]


class Examples(Listing[ExampleOut]):
    """Example requests, simplest first."""


@router.get("/examples", summary="List the examples", response_model=Examples, responses=example_cached_list("example"))
async def list_examples(request: Request) -> Response:
    """Return requests of invented couples for `/v1/recommendations`, to compare with `expected`."""
    collection = _examples()
    return localized_response(DEFAULT_LANGUAGE, request, collection.body, collection.etag)


@cache
def _examples() -> CachedCollection:
    # A request is a file of its own, so that it can be posted as it is.
    read = {file.stem: json.loads(file.read_bytes()) for file in EXAMPLES.glob("*.json")}
    return serialize_collection({entry["id"]: entry | {"request": read[entry["id"]]} for entry in read["index"]})
