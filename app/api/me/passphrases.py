"""A passphrase of one's own, which shows the full view for ten minutes on the device that sent it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerWriteContext
from app.api.http.fields import format_instant
from app.api.http.idempotency import make_reply, respond
from app.api.http.problems import problem_response, problems
from app.api.http.routing import StrictRoute
from app.errors import PassphraseRefused, ValidationFailed
from app.service import passphrases

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)

SHORTEST, LONGEST = 8, 256
Given = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class NewPassphraseIn(BaseModel):
    """A passphrase, and the one before it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"passphrase": "four words nobody guesses"}]}
    )

    passphrase: Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST)]
    current: Given | None = Field(None, description="The one before, unless this token is unlocked.")


class PassphraseIn(BaseModel):
    """The passphrase as it was set."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"passphrase": "four words nobody guesses"}]}
    )

    passphrase: Given


class UnlockedOut(BaseModel):
    """How long this token reads the full view."""

    unlocked_until: datetime


@router.put(
    "/passphrase",
    summary="Set or change my passphrase",
    status_code=204,
    response_class=Response,
    responses=problems(PassphraseRefused, ValidationFailed),
)
async def put_passphrase(body: NewPassphraseIn, request: Request, context: PartnerWriteContext) -> Response:
    """The first one is set within ten minutes of the token being minted; another one with `current`, or while this
    token is unlocked. All tokens are locked by it. Nobody can set it anew for someone who forgot it.
    """
    was_set = await passphrases.set_passphrase(
        context.connection, context.vault, context.login, body.passphrase, body.current, context.now
    )
    return Response(status_code=204) if was_set else await _refuse(request)


@router.post(
    "/unlock",
    summary="Unlock this token for ten minutes",
    response_model=UnlockedOut,
    responses={
        200: {"content": {"application/json": {"example": {"unlocked_until": "2026-11-23T09:40:00Z"}}}},
        **problems(PassphraseRefused, ValidationFailed),
    },
)
async def unlock_token(body: PassphraseIn, request: Request, context: PartnerWriteContext) -> Response:
    """One answer whether the passphrase is another one, none was set, or too many were tried: after five that failed,
    none is looked at for a quarter of an hour.
    """
    until = await passphrases.unlock(context.connection, context.vault, context.login, body.passphrase, context.now)
    if until is None:
        return await _refuse(request)
    return respond(make_reply({"unlocked_until": format_instant(until)}, 200))


async def _refuse(request: Request) -> Response:
    """An answer rather than an error, so that what it counted is kept: an error undoes the transaction."""
    return await problem_response(request, PassphraseRefused())
