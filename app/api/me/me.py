"""The partner themselves, as they are known here."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext
from app.api.http.idempotency import make_reply, respond
from app.api.http.routing import StrictRoute
from app.service.couples import is_linked

router = APIRouter(prefix="/v1", tags=["me"], route_class=StrictRoute)

EXAMPLE = {
    "id": "ptr_7Qm2Zk0aVx41bTn9cR5sWd",
    "linked": True,
    "country": "US",
    "locale": "en",
    "time_zone": "America/New_York",
    "unlocked": False,
}


class MeOut(BaseModel):
    """What is known of me, besides what I answered."""

    id: str
    linked: bool = Field(description="Whether I am linked, as far as I am concerned. It says nothing about the other.")
    country: str | None
    locale: str | None
    time_zone: str | None
    unlocked: bool = Field(description="Whether this token reads the full view now.")


@router.get(
    "/me",
    summary="Who I am here",
    response_model=MeOut,
    responses={200: {"content": {"application/json": {"example": EXAMPLE}}}},
)
async def get_me(context: PartnerReadContext) -> Response:
    """My own side alone: whether the other is still there, answered or looked, shows nowhere."""
    known = context.partner.profile
    return respond(
        make_reply(
            {
                "id": context.partner.id,
                "linked": await is_linked(context.connection, context.partner),
                "country": known.country,
                "locale": known.locale,
                "time_zone": known.time_zone,
                "unlocked": context.login.is_unlocked,
            },
            200,
        )
    )
