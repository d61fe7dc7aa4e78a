"""Partners as an integrator manages them, without access to their answers or views."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request
from pydantic import BeforeValidator, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response

from app.api.http.authentication import IntegratorReadContext, IntegratorWriteContext
from app.api.http.fields import Country, Id, Locale, Shape, ShortText, TimeZone, WholeNumber, as_json
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.json_responses import json_response
from app.api.http.openapi_headers import response_headers
from app.api.http.pagination import Page, PageParams, decode_cursor, page_response
from app.api.http.request_context import root_of, rulesets_of, settings_of
from app.api.http.responses import (
    example_created,
    example_page,
    example_request,
    example_response,
    json_example,
    load_example,
    problems,
    with_headers,
)
from app.api.http.routing import ResourceRouter
from app.errors import ExternalIdTaken, NotFound, TooManyTokens
from app.service import audit, tokens
from app.service.erasure import erase
from app.service.idempotency import StoredResponse
from app.service.integrators import Scope
from app.service.partners import (
    Partner,
    PartnerProfile,
    change_profile,
    find_or_add_partner,
    find_partner,
    find_partners,
)

router = ResourceRouter(prefix="/v1", tags=["integrators"])


def _require_true(value: object) -> object:
    # `Literal[True]` would accept 1, which equals True in Python.
    if value is not True:
        raise ValueError("only `true` says that this is an adult")
    return value


ExternalId = Annotated[ShortText, Field(max_length=128, examples=["member-4711"])]

EXAMPLE = load_example("partner")
TOKEN = {"id": "tok_3Hb8Yq5LmE2vXs7JdK1uPz", "token": "rt_test_…", "expires_at": "2026-11-23T13:00:00Z"}
MOVE = {"country": "FR", "time_zone": "Europe/Paris"}


class TokenIn(Shape, extra="forbid"):
    """The lifetime of a token."""

    expires_in: Annotated[int, Field(strict=True, ge=tokens.MIN_TTL, le=tokens.MAX_TTL), WholeNumber] | None = Field(
        None, description=f"In seconds, {tokens.DEFAULT_TTL:,} by default."
    )


class TokenOut(Shape):
    """A new token; its secret is returned this once."""

    id: str
    token: str
    expires_at: datetime


class ProfileFields(Shape, extra="forbid"):
    """Where a partner lives and reads; none of it is a name."""

    country: Country | None = Field(None, description="An ISO 3166-1 alpha-2 code, for help lines.")
    locale: Locale | None = Field(None, description="A BCP 47 tag for texts. An unknown one falls back.")
    time_zone: TimeZone | None = Field(None, description="An IANA name, for times in the plan.")


class PartnerChange(ProfileFields, json_schema_extra={"examples": [MOVE]}):
    """A merge patch (RFC 7396): absent fields stay, null removes a value."""


class PartnerIn(ProfileFields, json_schema_extra={"examples": ["partner-request"]}):
    """An adult person, without a name, e-mail address or date of birth."""

    adult: Annotated[Literal[True], BeforeValidator(_require_true)] = Field(
        description="Your attestation that this person is an adult."
    )
    external_id: ExternalId | None = Field(
        None, description="Your own id, so that a retry finds the same partner. Never a name or an address."
    )
    token: TokenIn | None = Field(None, description="Create a token as well, which needs the scope `tokens`.")


class PartnerOut(Shape):
    """A partner as their integrator may read them."""

    id: str
    external_id: str | None
    country: str | None
    locale: str | None
    time_zone: str | None
    created_on: date


class CreatedPartnerOut(PartnerOut):
    """A partner, with the token that the request asked for."""

    token: TokenOut | SkipJsonSchema[None] = Field(None, description="Only where the request has `token`.")


class ReceiptOut(Shape):
    """The receipt of an erasure."""

    receipt: str = Field(description="The id of the erasure; it identifies no person.")
    shredded_by: datetime = Field(
        description="By when this server destroys the last key that could decrypt a copy in its logs. Copies of it in "
        "the operator's backups last as long as those."
    )
    other_view_until: datetime = Field(
        description="The weekly turn until which the other partner's view may rest on what was said."
    )


class PartnerFilters(PageParams):
    """Filters of the list of partners."""

    external_id: ExternalId | None = Field(None, description="Only the partner with this `external_id`.")


@router.post(
    "/partners",
    summary="Create a partner",
    status_code=201,
    response_model=CreatedPartnerOut,
    responses={
        200: {
            "description": "The partner with this `external_id`, whose other fields are equal.",
            "model": CreatedPartnerOut,
            "headers": response_headers("Location"),
            **json_example("partner"),
        },
        **with_headers(example_created({**EXAMPLE, "token": TOKEN}, ExternalIdTaken, TooManyTokens), "Location"),
    },
)
async def create_partner(
    body: PartnerIn, request: Request, context: IntegratorWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Create a partner and attest that they are an adult. The same `external_id` again returns the same partner.

    With `token`, the response also has a first token for the partner's front end.
    """
    context.holder.require(Scope.PEOPLE)
    if body.token:
        context.holder.require(Scope.TOKENS)
    profile = PartnerProfile(body.country, body.locale, body.time_zone)

    async def make() -> StoredResponse:
        partner, is_new = await find_or_add_partner(context, context.holder, body.external_id, profile)
        status, location = 201 if is_new else 200, f"{root_of(request)}/v1/partners/{partner.id}"
        content = partner_out(partner)
        if body.token:
            content["token"] = await _mint(request, context, partner, body.token)
        return make_reply(content, status, about=partner.id, Location=location)

    return await respond_idempotently(request, context, idempotency_key, make)


@router.get(
    "/partners", summary="List your partners", response_model=Page[PartnerOut], responses=example_page("partner")
)
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
    responses=example_response("partner", NotFound),
)
async def get_partner(partner_id: Id, context: IntegratorReadContext) -> Response:
    """Return the fields you set for a partner, and nothing of their answers."""
    context.holder.require(Scope.PEOPLE)
    partner = await find_partner(context, context.holder, partner_id)
    return json_response(partner_out(partner))


@router.patch(
    "/partners/{partner_id}",
    summary="Change a partner",
    response_model=PartnerOut,
    responses=example_response({**EXAMPLE, **MOVE}, NotFound),
)
async def change_partner(partner_id: Id, body: PartnerChange, context: IntegratorWriteContext) -> Response:
    """Change the country, language or time zone of a partner, from the next request on.

    The change is listed in the partner's access log. They can make it themselves with `PATCH /v1/me`.
    """
    context.holder.require(Scope.PEOPLE)
    partner = await find_partner(context, context.holder, partner_id)
    changes = body.model_dump(exclude_unset=True)
    return json_response(partner_out(await change_profile(context, partner, changes, context.holder)))


@router.delete(
    "/partners/{partner_id}",
    summary="Erase a partner",
    response_model=ReceiptOut,
    responses=example_response("receipt", NotFound),
)
async def delete_partner(partner_id: Id, request: Request, context: IntegratorWriteContext) -> Response:
    """Erase all rows, logins and the encryption key of a partner at once. This cannot be undone.

    The other partner cannot tell it from silence. Afterwards the id is as unknown as one that never existed.
    """
    context.holder.require(Scope.PEOPLE)
    partner = await find_partner(context, context.holder, partner_id)
    receipt = await erase(context, partner, rulesets_of(request).current)
    return json_response(as_json(ReceiptOut, receipt))


@router.post(
    "/partners/{partner_id}/tokens",
    summary="Create a token for a partner's front end",
    status_code=201,
    response_model=TokenOut,
    openapi_extra=example_request({"expires_in": 3600}),
    responses=example_created(TOKEN, NotFound, TooManyTokens),
)
async def create_token(
    partner_id: Id,
    request: Request,
    context: IntegratorWriteContext,
    body: TokenIn | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Create a token that acts as this partner. Its creation is listed in the partner's access log."""
    context.holder.require(Scope.TOKENS)

    async def make() -> StoredResponse:
        partner = await find_partner(context, context.holder, partner_id)
        return make_reply(await _mint(request, context, partner, body or TokenIn()), about=partner.id)

    return await respond_idempotently(request, context, idempotency_key, make)


@router.delete(
    "/partners/{partner_id}/tokens/{token_id}",
    summary="Revoke a token of a partner",
    status_code=204,
    responses=problems(NotFound),
)
async def delete_token(partner_id: Id, token_id: Id, context: IntegratorWriteContext) -> Response:
    """Revoke a token and the partner's calendar address from the next request on. Idempotent."""
    context.holder.require(Scope.TOKENS)
    partner = await find_partner(context, context.holder, partner_id)
    await tokens.revoke_token(context, partner, token_id)
    await audit.add(context, partner.id, "token_revoked", context.holder.key)
    return Response(status_code=204)


async def _mint(request: Request, context: IntegratorWriteContext, partner: Partner, wanted: TokenIn) -> dict[str, Any]:
    await tokens.require_fewer_tokens(context, partner, settings_of(request).quota_tokens)
    token = await tokens.mint_token(context, context.holder, partner, wanted.expires_in or tokens.DEFAULT_TTL)
    return as_json(TokenOut, token)


def partner_out(partner: Partner) -> dict[str, Any]:
    own = {"id": partner.id, "external_id": partner.external_id}
    return {**own, **partner.profile._asdict(), "created_on": partner.created_on.isoformat()}
