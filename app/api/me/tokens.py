"""The tokens of one partner, listed and revoked with one of them."""

from datetime import datetime
from uuid import UUID

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext, PartnerWriteContext
from app.api.http.fields import Id, Shape, as_json
from app.api.http.pagination import Page, PageQuery, decode_cursor, page_response
from app.api.http.responses import example_page, problems
from app.api.http.routing import ResourceRouter
from app.errors import NotFound
from app.service.tokens import find_active_tokens, revoke_token

router = ResourceRouter(prefix="/v1/me", tags=["me"])


class LoginOut(Shape):
    """A valid token of the partner."""

    id: str
    created_at: datetime
    expires_at: datetime
    is_this: bool = Field(description="Whether it is the token of this request.")


@router.get(
    "/tokens", summary="List a partner's logins", response_model=Page[LoginOut], responses=example_page("login")
)
async def list_my_tokens(request: Request, context: PartnerReadContext, page: PageQuery) -> Response:
    """Return every token that can act as this partner now, oldest first."""
    after = decode_cursor(request, context, page, UUID)
    items = []
    for row in await find_active_tokens(context, context.partner, after, page.limit + 1):
        token = {**row._asdict(), "is_this": row.id == context.login.token_id}
        items.append((as_json(LoginOut, token), (row.key.hex,)))
    return page_response(request, context, page.limit, items)


@router.delete("/tokens/{token_id}", summary="Revoke a login", status_code=204, responses=problems(NotFound))
async def delete_my_token(token_id: Id, context: PartnerWriteContext) -> Response:
    """Revoke a token and the partner's calendar address from the next request on. Idempotent.

    It is neither notified nor logged, so that someone else who logs in as this partner cannot see it.
    """
    await revoke_token(context, context.partner, token_id)
    return Response(status_code=204)
