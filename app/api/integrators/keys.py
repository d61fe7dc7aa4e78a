"""API keys of an integrator, listed, created and revoked with one of them."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import BeforeValidator, Field
from starlette.responses import Response

from app.api.http.authentication import IntegratorReadContext, IntegratorWriteContext
from app.api.http.fields import Id, Shape, WholeNumber, as_json
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.pagination import Page, PageQuery, decode_cursor, page_response
from app.api.http.responses import example_created, example_page, example_request, load_example, problems
from app.api.http.routing import ResourceRouter
from app.errors import NotFound, TooManyKeys
from app.service import keys
from app.service.idempotency import StoredResponse
from app.service.integrators import Scope

router = ResourceRouter(prefix="/v1", tags=["integrators"])


class ApiKeyOut(Shape):
    """An API key without its secret."""

    id: str
    mode: Literal["test", "live"]
    scopes: Annotated[list[str], BeforeValidator(sorted)] = Field(description="What the key may be used for.")
    last_four: str = Field(description="The secret's last four characters.")
    created_at: datetime
    expires_at: datetime | None = Field(description="Null for a key without an end.")
    revoked_at: datetime | None


class NewKeyOut(ApiKeyOut):
    """A new API key; its secret is returned this once."""

    api_key: str = Field(description="For `Authorization: Bearer`.")


class ApiKeyIn(Shape, extra="forbid"):
    """The scopes and lifetime of a new key."""

    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))] | None = Field(
        None, description="A subset of the calling key's; all by default."
    )
    expires_in: Annotated[int, Field(strict=True, ge=keys.MIN_TTL, le=keys.MAX_TTL), WholeNumber] | None = Field(
        None,
        description="In seconds, from an hour to 366 days; by default that of the calling key, which the new one never "
        "outlives.",
    )


TokensOfKey = Annotated[
    Literal["end", "keep"], Query(description="`keep` lets the tokens work on that were minted with the key.")
]


@router.get("/keys", summary="List the keys", response_model=Page[ApiKeyOut], responses=example_page("api-key"))
async def list_keys(request: Request, context: IntegratorReadContext, page: PageQuery) -> Response:
    """Return all keys of the calling key's mode, oldest first, with those that expired or were revoked."""
    context.holder.require(Scope.KEYS)
    after = decode_cursor(request, context, page, lambda time, id_: (datetime.fromisoformat(time), id_))
    rows = await keys.find_keys(context, context.holder, after, page.limit + 1)
    items = [(as_json(ApiKeyOut, key), (key.created_at.isoformat(), key.id)) for key in rows]
    return page_response(request, context, page.limit, items)


@router.post(
    "/keys",
    summary="Create a key",
    status_code=201,
    response_model=NewKeyOut,
    openapi_extra=example_request({"scopes": ["people", "tokens"], "expires_in": 7_776_000}),
    responses=example_created({**load_example("api-key"), "api_key": "rk_test_…"}, TooManyKeys),
)
async def create_key(
    request: Request,
    context: IntegratorWriteContext,
    body: ApiKeyIn | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Create a key of the calling key's mode and return its secret, this once. At most two keys of a mode are active.

    To rotate keys: create the second one, deploy it to your servers, then revoke the first.
    """
    context.holder.require(Scope.KEYS)
    requested = body or ApiKeyIn()

    async def make() -> StoredResponse:
        scopes = None if requested.scopes is None else set(requested.scopes)
        key, api_key = await keys.make_key(context, context.holder, scopes, requested.expires_in)
        return make_reply({**as_json(ApiKeyOut, key), "api_key": api_key})

    return await respond_idempotently(request, context, idempotency_key, make)


@router.delete("/keys/{key_id}", summary="Revoke a key", status_code=204, responses=problems(NotFound))
async def delete_key(key_id: Id, context: IntegratorWriteContext, tokens: TokensOfKey = "end") -> Response:
    """Revoke a key, the calling one included, from the next request on. Idempotent.

    The tokens minted with it, and calendar addresses opened with those, end too, unless `tokens` is `keep`: for the
    rotation of a key that nobody else has seen.
    """
    context.holder.require(Scope.KEYS)
    await keys.revoke_key(context, context.holder, key_id, keeps_tokens=tokens == "keep")
    return Response(status_code=204)
