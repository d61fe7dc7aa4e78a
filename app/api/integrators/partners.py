"""Partners as an integrator manages them, without access to their answers or views."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, BeforeValidator, Field
from starlette.responses import Response

from app.api.http.authentication import IntegratorReadContext, IntegratorWriteContext
from app.api.http.examples import load_example
from app.api.http.fields import Country, TimeZone, format_instant
from app.api.http.idempotency import IdempotencyKey, make_reply, respond, respond_idempotently
from app.api.http.pagination import Page, PageParams, decode_cursor, page_response
from app.api.http.problems import problems
from app.api.http.responses import example_created, example_page, example_request, example_response, json_example
from app.api.http.routing import StrictRoute
from app.errors import ExternalIdTaken, NotFound, ValidationFailed
from app.service import audit, tokens
from app.service.idempotency import StoredResponse
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


def _require_true(value: object) -> object:
    # `Literal[True]` would accept 1, which equals True in Python.
    if value is not True:
        raise ValueError("only `true` says that this is an adult")
    return value


Locale = Annotated[str, Field(max_length=35, examples=["en"])]
ExternalId = Annotated[str, Field(min_length=1, max_length=128, examples=["member-4711"])]
PartnerId = Annotated[str, Field(max_length=64)]

EXAMPLE = load_example("partner")
REQUEST = {"adult": True, "country": EXAMPLE["country"], "external_id": EXAMPLE["external_id"]}
TOKEN = {"id": "tok_3Hb8Yq5LmE2vXs7JdK1uPz", "token": "rt_test_…", "expires_at": "2026-11-23T13:00:00Z"}


class PartnerIn(BaseModel, extra="forbid", json_schema_extra={"examples": [REQUEST]}):
    """An adult person, without a name, e-mail address or date of birth."""

    adult: Annotated[Literal[True], BeforeValidator(_require_true)] = Field(
        description="Your attestation that this person is an adult."
    )
    country: Country | None = Field(None, description="An ISO 3166-1 alpha-2 code, used to choose help lines.")
    locale: Locale | None = Field(
        None, description="A BCP 47 tag of the language for texts; an unknown one falls back to another."
    )
    time_zone: TimeZone | None = Field(None, description="An IANA name, used for times in the partner's plan.")
    external_id: ExternalId | None = Field(
        None, description="Your own id of this partner, so that a retry finds the same one. Never a name or an address."
    )


class PartnerOut(BaseModel):
    """A partner as their integrator may read them."""

    id: str
    external_id: str | None
    country: str | None
    locale: str | None
    time_zone: str | None
    created_on: date


class PartnerFilters(PageParams):
    """Filters of the list of partners."""

    external_id: ExternalId | None = Field(None, description="Only the partner with this `external_id`.")


class TokenIn(BaseModel, extra="forbid"):
    """The lifetime of a token."""

    expires_in: Annotated[int, Field(strict=True, ge=tokens.MIN_TTL, le=tokens.MAX_TTL)] | None = Field(
        None, description=f"The lifetime in seconds, {tokens.DEFAULT_TTL:,} by default."
    )


class TokenOut(BaseModel):
    """A new token; its secret is returned this once."""

    id: str
    token: str
    expires_at: datetime


@router.post(
    "/partners",
    summary="Create a partner",
    status_code=201,
    response_model=PartnerOut,
    responses={
        200: {
            "description": "The partner with this `external_id`, whose other fields are equal.",
            "model": PartnerOut,
            **json_example(EXAMPLE),
        },
        **example_created(EXAMPLE, ValidationFailed, ExternalIdTaken),
    },
)
async def create_partner(
    body: PartnerIn, request: Request, context: IntegratorWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Create a partner and attest that they are an adult. The same `external_id` again returns the same partner."""
    context.holder.require(Scope.PEOPLE)
    profile = PartnerProfile(body.external_id, body.country, body.locale, body.time_zone)

    async def make() -> StoredResponse:
        partner, is_new = await find_or_add_partner(context, context.holder, profile)
        status, location = 201 if is_new else 200, f"/v1/partners/{partner.id}"
        return make_reply(partner_out(partner), status, about=partner.id, Location=location)

    return await respond_idempotently(request, context, idempotency_key, make)


@router.get("/partners", summary="List your partners", response_model=Page[PartnerOut], responses=example_page(EXAMPLE))
async def list_partners(
    request: Request, context: IntegratorReadContext, filters: Annotated[PartnerFilters, Query()]
) -> Response:
    """Return the partners of the key's mode, oldest first, or the one with the given `external_id`."""
    context.holder.require(Scope.PEOPLE)
    after = decode_cursor(request, context, filters, UUID)
    rows = await find_partners(context, context.holder, filters.external_id, after, filters.limit + 1)
    items = [(partner_out(partner), (partner.key.hex,)) for partner in rows]
    return page_response(request, context, filters.limit, items)


@router.get(
    "/partners/{partner_id}",
    summary="Get a partner",
    response_model=PartnerOut,
    responses=example_response(EXAMPLE, NotFound),
)
async def get_partner(partner_id: PartnerId, context: IntegratorReadContext) -> Response:
    """Return the fields you set for a partner, and nothing of their answers."""
    context.holder.require(Scope.PEOPLE)
    partner = await find_partner(context, context.holder, partner_id)
    return respond(make_reply(partner_out(partner), 200))


@router.post(
    "/partners/{partner_id}/tokens",
    summary="Create a token for a partner's front end",
    status_code=201,
    response_model=TokenOut,
    openapi_extra=example_request({"expires_in": 3600}),
    responses=example_created(TOKEN, NotFound, ValidationFailed),
)
async def create_token(
    partner_id: PartnerId,
    request: Request,
    context: IntegratorWriteContext,
    body: TokenIn | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Create a token that acts as this partner. Its creation is listed in the partner's access log."""
    context.holder.require(Scope.TOKENS)
    seconds = (body and body.expires_in) or tokens.DEFAULT_TTL

    async def make() -> StoredResponse:
        partner = await find_partner(context, context.holder, partner_id)
        token = await tokens.mint_token(context, context.holder, partner, seconds)
        content = {"id": token.id, "token": token.token, "expires_at": format_instant(token.expires_at)}
        return make_reply(content, about=partner.id)

    return await respond_idempotently(request, context, idempotency_key, make)


@router.delete(
    "/partners/{partner_id}/tokens/{token_id}",
    summary="Revoke a token of a partner",
    status_code=204,
    responses=problems(NotFound),
)
async def delete_token(partner_id: PartnerId, token_id: PartnerId, context: IntegratorWriteContext) -> Response:
    """Revoke a token and the partner's calendar address from the next request on. Idempotent."""
    context.holder.require(Scope.TOKENS)
    partner = await find_partner(context, context.holder, partner_id)
    await tokens.revoke_token(context, partner, token_id)
    await audit.add(context, partner.id, "token_revoked", context.holder.key)
    return Response(status_code=204)


def partner_out(partner: Partner | PartnerSummary) -> dict[str, Any]:
    return {"id": partner.id, **partner.profile._asdict(), "created_on": partner.created_on.isoformat()}
