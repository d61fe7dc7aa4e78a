"""My logins: seen, and ended without a word."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext, PartnerWriteContext
from app.api.http.fields import format_instant
from app.api.http.pagination import Page, PageQuery, decode_cursor, example_page, page_response
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.errors import NotFound
from app.service.tokens import ActiveToken, find_active_tokens, revoke_token

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)

EXAMPLE = {
    "id": "tok_3Hb8Yq5LmE2vXs7JdK1uPz",
    "created_at": "2026-11-23T09:30:00Z",
    "expires_at": "2026-11-23T10:30:00Z",
    "is_this": True,
}


class LoginOut(BaseModel):
    """A token that works now."""

    id: str
    created_at: datetime
    expires_at: datetime
    is_this: bool = Field(description="Whether it is the one that asks.")


@router.get("/tokens", summary="My logins", response_model=Page[LoginOut], responses=example_page(EXAMPLE))
async def list_my_tokens(request: Request, context: PartnerReadContext, page: PageQuery) -> Response:
    """Every token that can act as me now, the oldest first."""
    place = decode_cursor(request, context, page)
    found = await find_active_tokens(
        context.connection, context.login, context.now, UUID(place[0]) if place else None, page.limit + 1
    )
    return page_response(request, context, page.limit, [(_out(token), (token.key.hex,)) for token in found])


@router.delete(
    "/tokens/{token_id}",
    summary="End one of my logins",
    status_code=204,
    response_class=Response,
    responses=problems(NotFound),
)
async def delete_my_token(token_id: Annotated[str, Field(max_length=64)], context: PartnerWriteContext) -> Response:
    """It stops working with the next request, and the address of my calendar with it. Nobody is told, and it does not
    stand in the log: whoever else logs in as me finds nothing of it. Twice is no mistake.
    """
    await revoke_token(context.connection, context.partner, token_id, context.now)
    return Response(status_code=204)


def _out(token: ActiveToken) -> dict[str, object]:
    return {
        "id": token.id,
        "created_at": format_instant(token.created_at),
        "expires_at": format_instant(token.expires_at),
        "is_this": token.is_this,
    }
