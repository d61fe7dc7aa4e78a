"""A creating request that is sent again is answered alike, and does nothing twice."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header, Request
from starlette.responses import Response

from app.api.http.authentication import IntegratorCall, PartnerCall
from app.api.http.json_bytes import to_bytes
from app.errors import FieldError, ValidationFailed
from app.service import idempotency
from app.service.data_keys import find_data_key, make_data_key
from app.service.idempotency import IdempotencyClaim, Reply

IDEMPOTENCY_KEY = "Idempotency-Key"
LONGEST_KEY = 255

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=IDEMPOTENCY_KEY,
        max_length=LONGEST_KEY,
        description="Your own name for this request, such as a UUID. Sent again within a day, the request is answered "
        "as the first time and does nothing twice.",
    ),
]


def make_reply(content: object, status: int = 201, *, about: str | None = None, **headers: str) -> Reply:
    body = content if isinstance(content, bytes) else to_bytes(content)
    return Reply(status, body, headers, about)


async def respond_idempotently(
    request: Request, call: IntegratorCall | PartnerCall, key: str | None, make: Callable[[], Awaitable[Reply]]
) -> Response:
    """Answer with what `make` gives, or with what it gave the first time this key was sent."""
    if key is None:
        return respond(await make())
    claimed = await _claim_of(call, _unquoted(key))
    asked = f"{request.method} {request.url.path}\n".encode() + await request.body()
    before = await idempotency.claim(call.connection, claimed, asked, call.now)
    if before is not None:
        return respond(before, replayed=True)
    reply = await make()
    await idempotency.keep(call.connection, claimed, reply)
    return respond(reply)


def respond(reply: Reply, *, replayed: bool = False) -> Response:
    headers = {name.replace("_", "-"): value for name, value in reply.headers.items()}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(reply.body, reply.status, headers, "application/json")


async def _claim_of(call: IntegratorCall | PartnerCall, key: str) -> IdempotencyClaim:
    if isinstance(call, PartnerCall):
        return IdempotencyClaim(call.partner.id, key, call.partner.data_key)
    integrator = call.holder.integrator
    data_key = await find_data_key(call.connection, call.vault, integrator)
    if data_key is None:
        data_key = await make_data_key(call.connection, call.vault, integrator, call.now)
    return IdempotencyClaim(f"{call.holder.mode[0]}{integrator}", key, data_key)


def _unquoted(key: str) -> str:
    """The draft of the header has a quoted string; nearly everyone sends the bare text."""
    bare = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if not bare.isascii() or not bare.isprintable() or not bare.strip():
        raise ValidationFailed(
            [FieldError("header", f"#/{IDEMPOTENCY_KEY}", "not_a_key", "A key has 1 to 255 visible ASCII characters.")]
        )
    return bare
