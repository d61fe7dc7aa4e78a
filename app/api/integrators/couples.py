"""Couples, as an integrator manages them: who was invited shows, whether the two are still linked does not."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.api.http.authentication import IntegratorReadContext, IntegratorWriteContext
from app.api.http.fields import format_instant
from app.api.http.idempotency import IdempotencyKey, make_reply, respond, respond_idempotently
from app.api.http.pagination import Page, PageParams, decode_cursor, example_page, page_response
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.api.integrators.partners import PartnerId
from app.errors import IdempotencyKeyReused, NotFound, StillRunning, ValidationFailed
from app.service import couples, invitations
from app.service.couples import Couple
from app.service.integrators import Scope
from app.service.partners import find_partner

router = APIRouter(prefix="/v1", tags=["integrators"], route_class=StrictRoute)

EXAMPLE = {
    "id": "cpl_9Vd4Ts7YpKq2Nw6Xr1LbZf",
    "partners": ["ptr_7Qm2Zk0aVx41bTn9cR5sWd", "ptr_1Hs8Fj5uMe72gPy3vK6oQa"],
    "created_on": "2026-11-23",
}
INVITATION = {"code": "K7M2P-QX9RD-4HVBT-ZC6WN", "expires_at": "2026-11-30T09:30:00Z"}

CoupleId = Annotated[str, Field(max_length=64)]


class CoupleIn(BaseModel):
    """The one who is there first; the other joins with a token of their own."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"partner": EXAMPLE["partners"][0]}]})

    partner: PartnerId = Field(description="The id of a partner of yours.")


class CoupleOut(BaseModel):
    """A couple, as far as an integrator may know of it."""

    id: str
    partners: list[str] = Field(description="Who ever joined; the second one once they accepted an invitation.")
    created_on: date


class CoupleFilters(PageParams):
    """Which couples."""

    partner: PartnerId | None = Field(None, description="Those that this partner ever joined.")


class InvitationOut(BaseModel):
    """An invitation, seen this once."""

    code: str = Field(description="For the other, to send with their own token. Capitals and dashes do not matter.")
    expires_at: datetime


@router.post(
    "/couples",
    summary="Make a couple of one, who waits for the other",
    status_code=201,
    response_model=CoupleOut,
    responses={
        201: {"content": {"application/json": {"example": {**EXAMPLE, "partners": EXAMPLE["partners"][:1]}}}},
        **problems(NotFound, ValidationFailed, StillRunning, IdempotencyKeyReused),
    },
)
async def create_couple(
    body: CoupleIn, request: Request, context: IntegratorWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Nobody is linked by it: that takes an invitation, and the other's own token."""
    context.holder.require(Scope.PEOPLE)

    async def make() -> Any:
        partner = await find_partner(context.connection, context.vault, context.holder, body.partner)
        couple = await couples.add_couple(context.connection, context.vault, partner, context.now)
        return make_reply(couple_out(couple), about=body.partner, Location=f"/v1/couples/{couple.id}")

    return await respond_idempotently(request, context, idempotency_key, make)


@router.get(
    "/couples",
    summary="List your couples, or those of one partner",
    response_model=Page[CoupleOut],
    responses=example_page(EXAMPLE),
)
async def list_couples(
    request: Request, context: IntegratorReadContext, filters: Annotated[CoupleFilters, Query()]
) -> Response:
    """Those of the calling key's mode, the first ones first. Of a partner nobody knows there are none."""
    context.holder.require(Scope.PEOPLE)
    place = decode_cursor(request, context, filters)
    after = UUID(place[0]) if place else None
    found = await couples.find_couples(context.connection, context.holder, filters.partner, after, filters.limit + 1)
    return page_response(request, context, filters.limit, [(couple_out(couple), (couple.key.hex,)) for couple in found])


@router.get(
    "/couples/{couple_id}",
    summary="Read a couple",
    response_model=CoupleOut,
    responses={200: {"content": {"application/json": {"example": EXAMPLE}}}, **problems(NotFound)},
)
async def get_couple(couple_id: CoupleId, context: IntegratorReadContext) -> Response:
    """Who ever joined. Whether both are still linked is theirs to know, and each knows it of themselves alone."""
    context.holder.require(Scope.PEOPLE)
    return respond(
        make_reply(couple_out(await couples.find_couple(context.connection, context.holder, couple_id)), 200)
    )


@router.delete(
    "/couples/{couple_id}",
    summary="End a couple for both",
    status_code=204,
    response_class=Response,
    responses=problems(NotFound),
)
async def delete_couple(couple_id: CoupleId, context: IntegratorWriteContext) -> Response:
    """Both are unlinked with the next request, and both can see it. What each answered stays theirs.

    One of the two leaves with their own token, at `DELETE /v1/me/couple`, and nobody is told.
    """
    context.holder.require(Scope.PEOPLE)
    await couples.end_couple(context.connection, context.vault, context.holder, couple_id, context.now)
    return Response(status_code=204)


@router.post(
    "/couples/{couple_id}/invitations",
    summary="Invite the other partner",
    status_code=201,
    response_model=InvitationOut,
    responses={
        201: {"content": {"application/json": {"example": INVITATION}}},
        **problems(NotFound, StillRunning, IdempotencyKeyReused),
    },
)
async def create_invitation(
    couple_id: CoupleId, request: Request, context: IntegratorWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """A code for one person, good once and for seven days. Whoever redeems it does so with their own token."""
    context.holder.require(Scope.PEOPLE)

    async def make() -> Any:
        couple = await couples.find_couple(context.connection, context.holder, couple_id)
        made = await invitations.invite(context.connection, context.vault, context.holder, couple, context.now)
        return make_reply({"code": made.code, "expires_at": format_instant(made.expires_at)})

    return await respond_idempotently(request, context, idempotency_key, make)


def couple_out(couple: Couple) -> dict[str, Any]:
    return {"id": couple.id, "partners": couple.partners, "created_on": couple.created_on.isoformat()}
