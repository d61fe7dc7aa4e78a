"""Private choices of activities of one partner."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext, PartnerWriteContext
from app.api.http.caching import own_response
from app.api.http.collection import Listing, guess, whole_list
from app.api.http.fields import Id, Shape, as_json
from app.api.http.json_responses import json_response
from app.api.http.request_context import library_and_locale, rulesets_of
from app.api.http.responses import example_cached_list, example_response, localized, problems
from app.api.http.routing import ResourceRouter
from app.errors import ConsentRequired, NotFound, TooManyYeses
from app.rulesets.library import Library
from app.service import choices
from app.service.choices import Choice, ChoiceKind, activities_of
from app.service.consents import require_processing

router = ResourceRouter(prefix="/v1/me", tags=["me"])

ActivityId = Annotated[Id, Path(examples=["evening-walk"])]


class ChoiceIn(Shape, extra="forbid", json_schema_extra={"examples": [{"choice": "yes"}]}):
    """A private choice. An activity that both partners choose `yes` is in both plans."""

    choice: ChoiceKind


class ChoiceOut(Shape):
    """A choice in force."""

    activity: str
    title: str | None = Field(description="Null for an activity that the catalogue no longer has.")
    choice: ChoiceKind
    until: datetime | None = Field(description="The weekly turn at which it lapses, null for none.")


@router.get(
    "/choices",
    summary="List the choices",
    response_model=Listing[ChoiceOut],
    responses=example_cached_list("choice", ConsentRequired),
)
async def list_choices(request: Request, context: PartnerReadContext) -> Response:
    """Return the partner's own choices in force. Choices of the other partner are never returned."""
    await require_processing(context, context.partner)
    library, locale = library_and_locale(request, context.partner.profile.locale)
    by_activity = await choices.find_choices(context, context.partner)
    data = [_out(library, locale, activity, choice) for activity, choice in by_activity.items()]
    return own_response(request, whole_list(data), locale)


@router.put(
    "/choices/{activity}",
    summary="Set a choice",
    response_model=ChoiceOut,
    responses=localized(example_response("choice", ConsentRequired, NotFound, TooManyYeses)),
)
async def put_choice(activity: ActivityId, body: ChoiceIn, request: Request, context: PartnerWriteContext) -> Response:
    """Set the choice about an activity, which changes the partner's own view alone.

    At most twelve choices of `yes` are open at a time. `yes` and `not_now` lapse at the second weekly turn unless they
    are set again; `not_for_us` stays until it is deleted.
    """
    library, locale = library_and_locale(request, context.partner.profile.locale)
    activities = activities_of(library)
    if activity not in activities:
        raise NotFound(no_such_activity(library, activity))
    choice = await choices.choose(context, context.partner, library, activities[activity], body.choice)
    return json_response(_out(library, locale, activity, choice), Content_Language=locale)


@router.delete("/choices/{activity}", summary="Delete a choice", status_code=204, responses=problems(NotFound))
async def delete_choice(activity: ActivityId, request: Request, context: PartnerWriteContext) -> Response:
    """Delete the choice about an activity.

    A `yes` leaves the partner's plan at once and the other partner's plan at the next weekly turn. Idempotent.
    """
    await choices.remove_choice(context, context.partner, rulesets_of(request).current, activity)
    return Response(status_code=204)


def no_such_activity(library: Library, id_: str) -> str:
    """Return the text of a 404 for an unknown activity, with the nearest id there is."""
    return f"There is no such activity{guess(id_, activities_of(library))} /v1/activities lists them."


def _out(library: Library, locale: str, activity: str, choice: Choice) -> dict[str, Any]:
    title = library.texts[locale].get(f"activities/{activity}/title")
    return as_json(ChoiceOut, {"activity": activity, "title": title, **choice._asdict()})
