"""Partners, as an integrator manages them: nothing here reads an answer or a view."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from app.api.http.authentication import IntegratorReadContext, IntegratorWriteContext
from app.api.http.fields import Country, TimeZone, format_instant
from app.api.http.idempotency import IdempotencyKey, make_reply, respond, respond_idempotently
from app.api.http.pagination import Page, PageParams, decode_cursor, example_page, page_response
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.errors import (
    ExternalIdTaken,
    IdempotencyKeyReused,
    NotFound,
    StillRunning,
    ValidationFailed,
)
from app.service import audit, tokens
from app.service.integrators import Scope
from app.service.partners import (
    Partner,
    PartnerProfile,
    PartnerSummary,
    find_or_add_partner,
    find_partner,
    find_partners,
)

router = APIRouter(prefix="/v1", tags=["integrators"], route_class=StrictRoute)


def _only_true(given: object) -> object:
    """To Python 1 is true."""
    if given is not True:
        raise ValueError("only `true` says that this is an adult")
    return given


Locale = Annotated[str, Field(max_length=35, examples=["en"])]
ExternalId = Annotated[str, Field(min_length=1, max_length=128, examples=["member-4711"])]
PartnerId = Annotated[str, Field(max_length=64)]

EXAMPLE = {
    "id": "ptr_7Qm2Zk0aVx41bTn9cR5sWd",
    "external_id": "member-4711",
    "country": "US",
    "locale": "en",
    "time_zone": "America/New_York",
    "created_on": "2026-11-23",
}


class PartnerIn(BaseModel):
    """One adult person. There is no place for a name, an e-mail address or a date of birth."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"adult": True, **{k: EXAMPLE[k] for k in ("country", "external_id")}}]},
    )

    adult: Annotated[Literal[True], BeforeValidator(_only_true)] = Field(
        description="That you made sure of it: Rekindle is for adults only."
    )
    country: Country | None = Field(None, description="ISO 3166-1 alpha-2, for the help lines.")
    locale: Locale | None = Field(None, description="A BCP 47 tag; an unknown one falls back.")
    time_zone: TimeZone | None = Field(None, description="An IANA name, for the times in their plan.")
    external_id: ExternalId | None = Field(
        None, description="What you call this partner, so that a retry finds the same one. No name, no address."
    )


class PartnerOut(BaseModel):
    """What an integrator may know of a partner."""

    id: str
    external_id: str | None
    country: str | None
    locale: str | None
    time_zone: str | None
    created_on: date


class PartnerFilters(PageParams):
    """Which partners."""

    external_id: ExternalId | None = Field(None, description="The one you call this, or none.")


class TokenIn(BaseModel):
    """How long the login lasts."""

    model_config = ConfigDict(extra="forbid")

    expires_in: Annotated[int, Field(strict=True, ge=tokens.MIN_TTL, le=tokens.MAX_TTL)] | None = Field(
        None, description=f"In seconds, {tokens.DEFAULT_TTL:,} when left out."
    )


class TokenOut(BaseModel):
    """A token, seen this once."""

    id: str
    token: str
    expires_at: datetime


@router.post(
    "/partners",
    summary="Add a partner, or find the one with this external_id",
    status_code=201,
    response_model=PartnerOut,
    responses={
        201: {"content": {"application/json": {"example": EXAMPLE}}},
        200: {
            "description": "There is one already, and all fields are alike.",
            "model": PartnerOut,
            "content": {"application/json": {"example": EXAMPLE}},
        },
        **problems(ValidationFailed, ExternalIdTaken, StillRunning, IdempotencyKeyReused),
    },
)
async def create_partner(
    body: PartnerIn, request: Request, context: IntegratorWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Attest that this is an adult, and get an id for them. The same `external_id` again finds the same partner."""
    context.holder.require(Scope.PEOPLE)
    given = PartnerProfile(body.external_id, body.country, body.locale, body.time_zone)

    async def make() -> Any:
        partner, is_new = await find_or_add_partner(
            context.connection, context.vault, context.holder, given, context.now
        )
        if is_new:
            await audit.add(
                context.connection, context.vault, partner.id, "partner_added", context.holder.key, context.now
            )
        status, place = 201 if is_new else 200, f"/v1/partners/{partner.id}"
        return make_reply(partner_out(partner), status, about=partner.id, Location=place)

    return await respond_idempotently(request, context, idempotency_key, make)


@router.get(
    "/partners",
    summary="List your partners, or find one by external_id",
    response_model=Page[PartnerOut],
    responses=example_page(EXAMPLE),
)
async def list_partners(
    request: Request, context: IntegratorReadContext, filters: Annotated[PartnerFilters, Query()]
) -> Response:
    """Those of the calling key's mode, the first ones first."""
    context.holder.require(Scope.PEOPLE)
    place = decode_cursor(request, context, filters)
    after = UUID(place[0]) if place else None
    found = await find_partners(context.connection, context.holder, filters.external_id, after, filters.limit + 1)
    entries = [(partner_out(partner), (partner.key.hex,)) for partner in found]
    return page_response(request, context, filters.limit, entries)


@router.get(
    "/partners/{partner_id}",
    summary="Read what you said of a partner",
    response_model=PartnerOut,
    responses={200: {"content": {"application/json": {"example": EXAMPLE}}}, **problems(NotFound)},
)
async def get_partner(partner_id: PartnerId, context: IntegratorReadContext) -> Response:
    """What you said when you added them; of what they answered, nothing."""
    context.holder.require(Scope.PEOPLE)
    partner = await find_partner(context.connection, context.vault, context.holder, partner_id)
    return respond(make_reply(partner_out(partner), 200))


@router.post(
    "/partners/{partner_id}/tokens",
    summary="Mint a token for a partner's front end",
    status_code=201,
    response_model=TokenOut,
    openapi_extra={"requestBody": {"content": {"application/json": {"example": {"expires_in": 3600}}}}},
    responses={
        201: {
            "content": {
                "application/json": {
                    "example": {
                        "id": "tok_3Hb8Yq5LmE2vXs7JdK1uPz",
                        "token": "rt_test_…",
                        "expires_at": "2026-11-23T13:00:00Z",
                    }
                }
            }
        },
        **problems(NotFound, ValidationFailed, StillRunning, IdempotencyKeyReused),
    },
)
async def create_token(
    partner_id: PartnerId,
    request: Request,
    context: IntegratorWriteContext,
    body: TokenIn | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Whoever holds the token acts as this partner. That it was minted shows in the partner's own log."""
    context.holder.require(Scope.TOKENS)
    seconds = (body and body.expires_in) or tokens.DEFAULT_TTL

    async def make() -> Any:
        partner = await find_partner(context.connection, context.vault, context.holder, partner_id)
        made = await tokens.mint_token(context.connection, partner, context.holder.key, seconds, context.now)
        await audit.add(context.connection, context.vault, partner.id, "token_minted", context.holder.key, context.now)
        minted = {"id": made.id, "token": made.token, "expires_at": format_instant(made.expires_at)}
        return make_reply(minted, about=partner.id)

    return await respond_idempotently(request, context, idempotency_key, make)


@router.delete(
    "/partners/{partner_id}/tokens/{token_id}",
    summary="End a login of a partner",
    status_code=204,
    response_class=Response,
    responses=problems(NotFound),
)
async def delete_token(partner_id: PartnerId, token_id: PartnerId, context: IntegratorWriteContext) -> Response:
    """The token stops working with the next request, and the address of their calendar too. Twice is no mistake."""
    context.holder.require(Scope.TOKENS)
    partner = await find_partner(context.connection, context.vault, context.holder, partner_id)
    await tokens.revoke_token(context.connection, partner, token_id, context.now)
    await audit.add(context.connection, context.vault, partner.id, "token_revoked", context.holder.key, context.now)
    return Response(status_code=204)


def partner_out(partner: Partner | PartnerSummary) -> dict[str, Any]:
    return {"id": partner.id, **partner.profile._asdict(), "created_on": partner.created_on.isoformat()}
