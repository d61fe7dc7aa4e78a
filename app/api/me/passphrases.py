"""Passphrases, which unlock the full view on one token for ten minutes."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerTransactions, PartnerWriteContext, TransactionsOfPartner, turns_of
from app.api.http.fields import Shape, ShortText, format_instant, invalid
from app.api.http.json_responses import json_response
from app.api.http.responses import example_response, problems
from app.api.http.routing import ResourceRouter
from app.errors import PassphraseRefused
from app.service import passphrases
from app.service.common_passphrases import is_common

router = ResourceRouter(prefix="/v1/me", tags=["me"])

MIN_LENGTH, MAX_LENGTH = 8, 256
EXAMPLE = {"passphrase": "four words nobody guesses"}
PassphraseText = Annotated[ShortText, Field(max_length=MAX_LENGTH)]


class NewPassphraseIn(Shape, extra="forbid", json_schema_extra={"examples": [EXAMPLE]}):
    """A new passphrase with the current one."""

    passphrase: Annotated[PassphraseText, Field(min_length=MIN_LENGTH)]
    current: PassphraseText | None = Field(
        None,
        description="The current passphrase.",
    )


class PassphraseIn(Shape, extra="forbid", json_schema_extra={"examples": [EXAMPLE]}):
    """The passphrase of the partner."""

    passphrase: PassphraseText


class UnlockedOut(Shape):
    """The end of the time for which the token is unlocked."""

    unlocked_until: datetime


@router.put(
    "/passphrase", summary="Set or change the passphrase", status_code=204, responses=problems(PassphraseRefused)
)
async def put_passphrase(body: NewPassphraseIn, request: Request, transactions: TransactionsOfPartner) -> Response:
    """Set the passphrase and lock all tokens of the partner.

    A passphrase opens only what is sent over a token unlocked with it. With `current` the new one opens what the
    current one opens. Without, which takes a token made within the last ten minutes, it opens nothing that was sent
    before: so nobody who holds a key or the phone can read with it what was private.
    """
    if is_common(body.passphrase):
        raise invalid(
            "passphrase", "too_common", "Many people use this one or one much like it. Four words are better."
        )
    async with _compared(request, transactions, body.current) as attempt:
        hash_ = await passphrases.hash_passphrase(body.passphrase)
        async with transactions.writing() as context:
            was_set = await passphrases.set_passphrase(
                context, context.login, hash_, attempt, is_blind=body.current is None
            )
    if not was_set:
        raise PassphraseRefused
    return Response(status_code=204)


@router.post(
    "/unlock",
    summary="Unlock the token",
    response_model=UnlockedOut,
    responses=example_response({"unlocked_until": "2026-11-23T09:40:00Z"}, PassphraseRefused),
)
async def unlock_token(body: PassphraseIn, request: Request, transactions: TransactionsOfPartner) -> Response:
    """Unlock this token for ten minutes, so that it reads the full view and private answers.

    It reads the private answers that were sent over a token unlocked with this passphrase. A wrong passphrase, none set
    and too many attempts get the same response. After five failed attempts, none is checked for fifteen minutes; each
    further one doubles the pause, up to four hours. One passphrase of a partner is compared at a time.
    """
    async with _compared(request, transactions, body.passphrase) as attempt, transactions.writing() as context:
        until = await passphrases.unlock(context, context.login, attempt)
    if until is None:
        raise PassphraseRefused
    return json_response({"unlocked_until": format_instant(until)})


@router.delete("/unlock", summary="Lock the token", status_code=204)
async def lock_token(context: PartnerWriteContext) -> Response:
    """Lock this token at once. The same response where it was not unlocked."""
    await passphrases.lock(context, context.login)
    return Response(status_code=204)


@asynccontextmanager
async def _compared(
    request: Request, transactions: PartnerTransactions, passphrase: str | None
) -> AsyncGenerator[passphrases.Attempt]:
    """Compare a passphrase between two transactions, while no other one of this partner is."""
    async with turns_of(request).compare(transactions.partner):
        async with transactions.reading() as context:
            challenge = await passphrases.challenge(context, context.partner, passphrase)
        yield await passphrases.compare(challenge, passphrase)
