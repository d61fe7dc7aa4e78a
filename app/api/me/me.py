"""The profile of the calling partner."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext
from app.api.http.examples import load_example
from app.api.http.fields import as_json
from app.api.http.idempotency import make_reply, respond
from app.api.http.responses import example_response
from app.api.http.routing import StrictRoute
from app.service.couples import is_linked

router = APIRouter(prefix="/v1", tags=["me"], route_class=StrictRoute)

EXAMPLE = load_example("me")


class MeOut(BaseModel):
    """The calling partner, without their answers."""

    id: str
    linked: bool = Field(
        description="Whether this partner is linked from their own side. It says nothing about the other partner."
    )
    country: str | None
    locale: str | None
    time_zone: str | None
    unlocked: bool = Field(description="Whether this token is unlocked and reads the full view.")


@router.get("/me", summary="Get the calling partner", response_model=MeOut, responses=example_response(EXAMPLE))
async def get_me(context: PartnerReadContext) -> Response:
    """Return the profile of the calling partner. Nothing in it depends on the other partner."""
    partner = context.partner
    linked = await is_linked(context, partner)
    content = {"id": partner.id, "linked": linked, **partner.profile._asdict(), "unlocked": context.is_unlocked}
    return respond(make_reply(as_json(MeOut, content), 200))
