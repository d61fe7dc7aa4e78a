"""The paths that one partner is on."""

from datetime import date
from typing import Annotated, Any

from fastapi import Path, Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext, PartnerWriteContext
from app.api.http.collection import Listing, whole_list
from app.api.http.fields import Id, Shape
from app.api.http.json_responses import json_response
from app.api.http.request_context import library_and_locale, rulesets_of
from app.api.http.responses import example_list, example_response, localized, problems
from app.api.http.routing import ResourceRouter
from app.errors import ConsentRequired, NotFound
from app.rulesets.library import Library
from app.service import paths
from app.service.consents import require_processing
from app.service.paths import OwnPath

router = ResourceRouter(prefix="/v1/me", tags=["me"])

PathId = Annotated[Id, Path(examples=["turns-to-repair"])]


class MyPathOut(Shape):
    """A path of `/v1/paths`, and where the partner stands on it.

    One that rests on something private reads as not begun, unless it was begun over a token unlocked with the same
    passphrase.
    """

    id: str
    title: str
    begun_on: date | None = Field(description="Null for a path that was not begun.")
    step: int | None = Field(description="The first that is not done; null where all are.")
    of: int = Field(description="The number of its steps.")


@router.get(
    "/paths",
    summary="List the paths",
    response_model=Listing[MyPathOut],
    responses=localized(example_list("own-path", ConsentRequired)),
)
async def list_my_paths(request: Request, context: PartnerReadContext) -> Response:
    """Return every path and where the partner stands on it. Nothing is told of the other partner."""
    await require_processing(context, context.partner)
    library, locale = library_and_locale(request, context.partner.profile.locale)
    data = [_out(library, locale, own) for own in await paths.find_paths(context, context.login, library)]
    return json_response(whole_list(data), Content_Language=locale)


@router.put(
    "/paths/{path}",
    summary="Begin a path",
    response_model=MyPathOut,
    responses=localized(example_response("own-path", ConsentRequired, NotFound)),
)
async def put_path(path: PathId, request: Request, context: PartnerWriteContext) -> Response:
    """Begin a path, which changes the partner's own view alone. Idempotent.

    A path that rests on something private is begun as well, though the response and the list read as not begun.

    Its next step comes once feedback says that the one before was done. Steps for two come once both partners have
    begun the path, from the weekly turn after. A step that is marked `not_for_us` is passed over.
    """
    library, locale = library_and_locale(request, context.partner.profile.locale)
    own = await paths.begin_path(context, context.login, library, path)
    return json_response(_out(library, locale, own), Content_Language=locale)


@router.delete("/paths/{path}", summary="Leave a path", status_code=204, responses=problems(NotFound))
async def delete_path(path: PathId, request: Request, context: PartnerWriteContext) -> Response:
    """Leave a path, silently: its steps come no longer, and those for two leave the other's view at the weekly turn.

    Idempotent.
    """
    await paths.leave_path(context, context.partner, rulesets_of(request).current, path)
    return Response(status_code=204)


def _out(library: Library, locale: str, own: OwnPath) -> dict[str, Any]:
    return {
        "id": own.path.id,
        "title": library.texts[locale][f"paths/{own.path.id}/title"],
        "begun_on": own.begun_on and own.begun_on.isoformat(),
        "step": own.step,
        "of": len(own.path.steps),
    }
