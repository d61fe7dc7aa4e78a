"""The profile of the calling partner."""

from typing import Any

from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerContext, PartnerReadContext, PartnerWriteContext
from app.api.http.fields import Shape, as_json
from app.api.http.json_responses import json_response
from app.api.http.responses import example_response, load_example
from app.api.http.routing import ResourceRouter
from app.api.integrators.partners import MOVE, PartnerChange
from app.errors import NotFound
from app.service.couples import is_linked
from app.service.partners import Partner, change_profile

router = ResourceRouter(prefix="/v1", tags=["me"])


class MeOut(Shape):
    """The calling partner, without their answers."""

    id: str
    linked: bool = Field(
        description="Whether they are linked from their own side. It tells nothing of the other partner."
    )
    country: str | None
    locale: str | None
    time_zone: str | None
    unlocked: bool = Field(description="Whether this token is unlocked and reads the full view.")


@router.get("/me", summary="Get the calling partner", response_model=MeOut, responses=example_response("me"))
async def get_me(context: PartnerReadContext) -> Response:
    """Return the profile of the calling partner. Nothing in it depends on the other partner."""
    return json_response(await _me_out(context, context.partner))


@router.patch(
    "/me",
    summary="Change the calling partner",
    response_model=MeOut,
    responses=example_response({**load_example("me"), **MOVE}, NotFound),
)
async def change_me(body: PartnerChange, context: PartnerWriteContext) -> Response:
    """Change the country, language or time zone of the calling partner, from the next request on.

    Help lines follow the country. Times already set in the plan keep their zone.
    """
    partner = await change_profile(context, context.partner, body.model_dump(exclude_unset=True))
    return json_response(await _me_out(context, partner))


async def _me_out(context: PartnerContext, partner: Partner) -> dict[str, Any]:
    linked = await is_linked(context, partner)
    content = {
        "id": partner.id,
        "linked": linked,
        "external_id": partner.external_id,
        **partner.profile._asdict(),
        "unlocked": context.is_unlocked,
    }
    return as_json(MeOut, content)
