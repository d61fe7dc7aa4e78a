"""Joining a couple with a code, and leaving it: each with their own token, for themselves."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from app.api.http.authentication import PartnerWriteContext
from app.api.http.content import rulesets_of
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.errors import IdempotencyKeyReused, InvitationNotFound, StillRunning, ValidationFailed
from app.service.choices import count_yeses_in_couple
from app.service.couples import unlink
from app.service.invitations import accept

router = APIRouter(prefix="/v1", tags=["me"], route_class=StrictRoute)


class CodeIn(BaseModel):
    """The code as it came."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"code": "K7M2P-QX9RD-4HVBT-ZC6WN"}]})

    code: str


class AcceptedOut(BaseModel):
    """The couple that was joined."""

    couple: str
    linked: bool


@router.post(
    "/invitations/accept",
    summary="Join with a code",
    response_model=AcceptedOut,
    responses={
        200: {"content": {"application/json": {"example": {"couple": "cpl_9Vd4Ts7YpKq2Nw6Xr1LbZf", "linked": True}}}},
        **problems(InvitationNotFound, ValidationFailed, StillRunning, IdempotencyKeyReused),
    },
)
async def accept_invitation(
    body: CodeIn, request: Request, context: PartnerWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """From now on the two are linked, and whichever link either had before has ended. Nothing is pooled by it:
    that is agreed to apart, by each.

    Every code that does not work is answered alike, whatever is wrong with it.
    """

    async def make() -> Any:
        couple = await accept(context.connection, context.vault, context.partner, body.code, context.now)
        await count_yeses_in_couple(
            context.connection, context.vault, context.partner, rulesets_of(request).current, context.now
        )
        return make_reply({"couple": couple, "linked": True}, 200)

    return await respond_idempotently(request, context, idempotency_key, make)


@router.delete("/me/couple", summary="Leave, for myself alone", status_code=204, response_class=Response)
async def leave_couple(context: PartnerWriteContext) -> Response:
    """Always 204, linked or not. What I pooled no longer counts from the next request on, a yes of mine lapses, and
    the address of my calendar ends. The other is told nothing: it looks like a partner who has gone quiet.
    """
    await unlink(context.connection, context.vault, context.partner, context.now)
    return Response(status_code=204)
