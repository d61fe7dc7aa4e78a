"""The paths: series of activities, each step leading to the next."""

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import Listing, collection_builder, collection_response
from app.api.http.content import content_out
from app.api.http.responses import example_cached_list
from app.api.http.routing import ResourceRouter
from app.api.recommendations.view_shapes import ClaimRefOut, EvidenceOut
from app.engine.ruleset import ActivityPath
from app.rulesets.library import Library

router = ResourceRouter(prefix="/v1", tags=["catalogue"])


class PathStepOut(TypedDict):
    """A step: an activity for two (`together`), or for one alone."""

    activity: str
    title: str
    together: bool


class CataloguePathOut(TypedDict):
    """A path. Each step comes once the one before it was done, one for two only where both began the path."""

    id: str
    title: str
    summary: str
    steps: list[PathStepOut]
    claims: list[ClaimRefOut]
    evidence: EvidenceOut


class CataloguePaths(Listing[CataloguePathOut]):
    """The paths, in their order."""


@router.get("/paths", summary="List the paths", response_model=CataloguePaths, responses=example_cached_list("path"))
async def list_paths(request: Request) -> Response:
    """Return the series of activities that a partner may begin with `PUT /v1/me/paths/{path}`."""
    return collection_response(request, _paths)


def _path_out(path: ActivityPath, library: Library, locale: str) -> CataloguePathOut:
    texts, joint = library.texts[locale], {activity.id: activity.together for activity in library.ruleset.activities}
    steps = [
        {"activity": step, "title": texts[f"activities/{step}/title"], "together": joint[step]} for step in path.steps
    ]
    return content_out(CataloguePathOut, path, "paths", library, locale, steps=steps)


_paths = collection_builder(lambda library: library.ruleset.paths, _path_out)
