"""Idempotent creation: a request sent again with the same key gets the first response and has no further effect."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header, Request
from starlette.responses import Response

from app.api.http.authentication import AnyContext, PartnerContext
from app.api.http.fields import invalid
from app.api.http.json_responses import json_response, to_bytes
from app.rulesets.strict_json import to_integer
from app.service import idempotency
from app.service.data_keys import find_data_key, make_data_key
from app.service.idempotency import IdempotencyClaim, StoredResponse

IDEMPOTENCY_KEY = "Idempotency-Key"
MAX_KEY_LENGTH = 255

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=IDEMPOTENCY_KEY,
        max_length=MAX_KEY_LENGTH,
        description="A unique value of yours, such as a UUID. For 24 hours, a request repeated with it gets the first "
        "response and has no further effect.",
    ),
]


def make_reply(content: object, status: int = 201, *, about: str | None = None, **headers: str) -> StoredResponse:
    body = content if isinstance(content, bytes) else to_bytes(content)
    return StoredResponse(status, body, headers, about)


async def respond_idempotently(
    request: Request, context: AnyContext, key: str | None, make: Callable[[], Awaitable[StoredResponse]]
) -> Response:
    """Return the reply of `make`, or the stored one where this caller sent `key` before (24 hours)."""
    if key is None:
        return _respond(await make())
    claim = await _claim_of(context, _parse_key(key))
    # The path is part of the request: one key on two paths is a mistake of the client, not a repetition.
    content = f"{request.method} {request.url.path}\n".encode() + _same_for_equal(await request.body())
    stored = await idempotency.claim(context, claim, content)
    if stored is not None:
        return _respond(stored, replayed=True)
    reply = await make()
    await idempotency.store(context, claim, reply)
    return _respond(reply)


def _same_for_equal(body: bytes) -> bytes:
    """Return JSON in one form: neither the order of its keys nor spaces, escapes or 4.0 for 4 change what is asked."""
    return json.dumps(json.loads(body, parse_float=_number), sort_keys=True).encode() if body else body


def _number(text: str) -> object:
    return to_integer(float(text))


def _respond(reply: StoredResponse, *, replayed: bool = False) -> Response:
    headers = {**reply.headers, **({"Idempotency_Replayed": "true"} if replayed else {})}
    return json_response(reply.body, reply.status, **headers)


async def _claim_of(context: AnyContext, key: str) -> IdempotencyClaim:
    if isinstance(context, PartnerContext):
        return IdempotencyClaim(context.caller, key, context.partner.data_key)
    integrator = context.holder.integrator
    data_key = await find_data_key(context, integrator)
    if data_key is None:
        data_key = await make_data_key(context, integrator)
    return IdempotencyClaim(context.caller, key, data_key)


def _parse_key(key: str) -> str:
    # The draft of the header (draft-ietf-httpapi-idempotency-key-header) has a quoted string; most clients send none.
    bare = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if not bare.isascii() or not bare.isprintable() or not bare.strip():
        raise invalid(IDEMPOTENCY_KEY, "not_a_key", "A key has 1 to 255 visible ASCII characters.", "header")
    return bare
