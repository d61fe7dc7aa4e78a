"""Whole requests to try, with what to expect of the answer."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal, NotRequired

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import (
    CachedCollection,
    Listing,
    documented_responses,
    example_collection,
    localized_response,
    serialize_collection,
)
from app.api.http.content import DEFAULT_LANGUAGE
from app.api.http.routing import router_without_query
from app.api.recommendations.recommendations import RecommendationRequest

router = router_without_query()

EXAMPLES = Path(__file__).parents[3] / "examples"
INDEX = "index.json"


class NeverOut(TypedDict):
    """A kind of activity that is not suggested here: one that has all of these. `minutes_over`: one that takes longer.

    `first`: it may be suggested, only not in the first place.
    """

    says: str
    practice: NotRequired[list[str]]
    strategy: NotRequired[list[str]]
    kinds: NotRequired[list[str]]
    talk: NotRequired[list[str]]
    energy: NotRequired[list[str]]
    children: NotRequired[list[str]]
    tones: NotRequired[list[str]]
    minutes_over: NotRequired[int]
    first: NotRequired[bool]


class ExpectedOut(TypedDict):
    """What one partner's view holds, whatever else it holds. `leading` is null where no strategy leads."""

    outcome: Literal["suggestions", "nothing_now", "support"]
    leading: str | None
    never: list[NeverOut]


class ExampleOut(TypedDict):
    """A request as it can be posted to `/v1/recommendations`, and what to expect in each view."""

    id: str
    title: str
    description: str
    request: RecommendationRequest
    expected: dict[Literal["a", "b"], ExpectedOut]


class Examples(Listing[ExampleOut]):
    """Examples, the simplest first."""


EXAMPLE: dict[str, Any] = {
    "id": "shortest",
    "title": "The shortest report there is",
    "description": "The four answers that are asked for at least, from one of the two.",
    "request": {
        "reports": {
            "a": {
                "time_together": {"hours_per_week": 4},
                "conflict": {"level": "occasional"},
                "busyness": {"level": "full"},
                "activity_preferences": {"likes": {"walk": "love", "screen": "ok"}},
            }
        }
    },
    "expected": {"a": {"outcome": "suggestions", "leading": "quality_time", "never": []}},
}


@router.get(
    "/examples",
    summary="List examples",
    response_model=Examples,
    responses=documented_responses(example_collection(EXAMPLE)),
)
async def list_examples(request: Request) -> Response:
    """Invented couples as whole requests. Post one to `/v1/recommendations` and compare the answer with `expected`."""
    collection = _examples()
    return localized_response(DEFAULT_LANGUAGE, request, collection.body, collection.etag)


@cache
def _examples() -> CachedCollection:
    """Each request is a file of its own, to be posted as it is; the index says what it is about."""
    index = json.loads((EXAMPLES / INDEX).read_bytes())
    return serialize_collection({about["id"]: _example(about) for about in index})


def _example(about: dict[str, Any]) -> dict[str, Any]:
    request = json.loads((EXAMPLES / f"{about['id']}.json").read_bytes())
    return {
        "id": about["id"],
        "title": about["title"],
        "description": about["description"],
        "request": request,
        "expected": about["expected"],
    }
