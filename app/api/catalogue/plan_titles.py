"""The titles that plan items may have, none of which tells the activity."""

from functools import lru_cache

from fastapi import APIRouter, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import CachedCollection, Listing, collection_response, serialize_collection
from app.api.http.responses import example_cached_list
from app.rulesets.library import Library
from app.rulesets.sources import PLAN_TITLES

router = APIRouter()


class PlanTitleOut(TypedDict):
    """A title for plan items, which does not tell the activity."""

    id: str
    title: str


class PlanTitles(Listing[PlanTitleOut]):
    """The titles, the default first."""


@router.get(
    "/plan-titles",
    summary="List the plan titles",
    response_model=PlanTitles,
    responses=example_cached_list({"id": "reserved", "title": "Reserved"}),
)
async def list_plan_titles(request: Request) -> Response:
    """Return the titles that a plan item may have in plan and calendar, none of which tells the activity."""
    return collection_response(request, _titles)


@lru_cache(maxsize=16)
def _titles(library: Library, locale: str) -> CachedCollection:
    return serialize_collection({id_: {"id": id_, "title": name} for id_, name in title_names(library, locale).items()})


def title_names(library: Library, locale: str) -> dict[str, str]:
    """Return the titles of plan items in a language, by id."""
    return {id_: library.texts[locale][f"plan_titles/{id_}"] for id_ in PLAN_TITLES}
