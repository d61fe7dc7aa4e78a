"""Couples as an integrator manages them. It can read who was invited, never whether the two are still linked."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response

from app.api.http.authentication import IntegratorReadContext, IntegratorWriteContext
from app.api.http.fields import Id, Shape, as_json
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.json_responses import json_response
from app.api.http.pagination import Page, PageParams, decode_cursor, page_response
from app.api.http.request_context import root_of, settings_of
from app.api.http.responses import example_created, example_page, example_response, load_example, problems, with_headers
from app.api.http.routing import ResourceRouter
from app.errors import NotFound, TooManyInvitations
from app.service import couples, invitations
from app.service.couples import Couple
from app.service.idempotency import StoredResponse
from app.service.integrators import Scope
from app.service.partners import find_partner

router = ResourceRouter(prefix="/v1", tags=["integrators"])

COUPLE = load_example("couple")
INVITATION = {"code": "K7M2P-QX9RD-4HVBT-ZC6WN", "expires_at": "2026-11-30T09:30:00Z"}
NEW_COUPLE = COUPLE | {"partners": COUPLE["partners"][:1], "invitation": INVITATION}


class CoupleIn(Shape, extra="forbid", json_schema_extra={"examples": [{"partner": COUPLE["partners"][0]}]}):
    """A new couple of one partner; the other joins with a token of their own."""

    partner: Id = Field(description="The id of one of your partners.")
    invite: Annotated[bool, Field(strict=True)] | None = Field(
        None, description="Whether to create an invitation as well."
    )


class CoupleOut(Shape):
    """A couple as its integrator may read it."""

    id: str
    partners: list[str] = Field(
        description="The partners who ever joined, the second once they accepted an invitation."
    )
    created_on: date


class InvitationOut(Shape):
    """An invitation; its code is returned this once."""

    code: str = Field(description="For the other partner to send with their own token. Case and dashes are ignored.")
    expires_at: datetime


class CreatedCoupleOut(CoupleOut):
    """A couple, with the invitation that the request asked for."""

    invitation: InvitationOut | SkipJsonSchema[None] = Field(None, description="Only where the request has `invite`.")


class CoupleFilters(PageParams):
    """Filters of the list of couples."""

    partner: Id | None = Field(None, description="Only couples that this partner ever joined.")


@router.post(
    "/couples",
    summary="Create a couple",
    status_code=201,
    response_model=CreatedCoupleOut,
    responses=with_headers(example_created(NEW_COUPLE, NotFound), "Location"),
)
async def create_couple(
    body: CoupleIn, request: Request, context: IntegratorWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Create a couple of one partner, who is linked once the other accepts an invitation with their own token.

    With `invite`, the response also has the first invitation.
    """
    context.holder.require(Scope.PEOPLE)

    async def make() -> StoredResponse:
        partner = await find_partner(context, context.holder, body.partner)
        couple = await couples.add_couple(context, partner)
        content = couple_out(couple)
        if body.invite:
            content["invitation"] = await _invite(request, context, couple)
        return make_reply(content, about=body.partner, Location=f"{root_of(request)}/v1/couples/{couple.id}")

    return await respond_idempotently(request, context, idempotency_key, make)


@router.get("/couples", summary="List your couples", response_model=Page[CoupleOut], responses=example_page("couple"))
async def list_couples(
    request: Request, context: IntegratorReadContext, filters: Annotated[CoupleFilters, Query()]
) -> Response:
    """Return the couples of the key's mode, oldest first. The filter `partner` matches nothing for an unknown id."""
    context.holder.require(Scope.PEOPLE)
    after = decode_cursor(request, context, filters, UUID)
    rows = await couples.find_couples(context, context.holder, filters.partner, after, filters.limit + 1)
    return page_response(request, context, filters.limit, [(couple_out(couple), (couple.key.hex,)) for couple in rows])


@router.get(
    "/couples/{couple_id}",
    summary="Get a couple",
    response_model=CoupleOut,
    responses=example_response("couple", NotFound),
)
async def get_couple(couple_id: Id, context: IntegratorReadContext) -> Response:
    """Return the partners who ever joined. Whether they are still linked can only be read with their own tokens."""
    context.holder.require(Scope.PEOPLE)
    couple = await couples.find_couple(context, context.holder, couple_id)
    return json_response(couple_out(couple))


@router.delete("/couples/{couple_id}", summary="End a couple for both", status_code=204, responses=problems(NotFound))
async def delete_couple(couple_id: Id, context: IntegratorWriteContext) -> Response:
    """Unlink both partners from the next request on; both can read it. Their answers stay with them.

    A single partner leaves with `DELETE /v1/me/couple` and their own token, of which nobody is notified.
    """
    context.holder.require(Scope.PEOPLE)
    await couples.end_couple(context, context.holder, couple_id)
    return Response(status_code=204)


@router.post(
    "/couples/{couple_id}/invitations",
    summary="Create an invitation",
    status_code=201,
    response_model=InvitationOut,
    responses=example_created(INVITATION, NotFound, TooManyInvitations),
)
async def create_invitation(
    couple_id: Id, request: Request, context: IntegratorWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Create a code for the other partner, valid once and for seven days, to be accepted with their own token."""
    context.holder.require(Scope.PEOPLE)

    async def make() -> StoredResponse:
        couple = await couples.find_couple(context, context.holder, couple_id)
        return make_reply(await _invite(request, context, couple))

    return await respond_idempotently(request, context, idempotency_key, make)


async def _invite(request: Request, context: IntegratorWriteContext, couple: Couple) -> dict[str, Any]:
    quota = settings_of(request).quota_invitations
    return as_json(InvitationOut, await invitations.invite(context, context.holder, couple, quota))


def couple_out(couple: Couple) -> dict[str, Any]:
    return {"id": couple.id, "partners": couple.partners, "created_on": couple.created_on.isoformat()}
