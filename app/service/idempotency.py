"""The first answer to a request with an Idempotency-Key, kept for a day in the transaction of what it did."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import IdempotencyKeyReused, StillRunning
from app.store.crypto.vault import DataKey
from app.store.queries import idempotency as stored_idempotency

KEPT_FOR = timedelta(hours=24)
_PLACE = "kept_replies.sealed"


class Reply(NamedTuple):
    """An answer as bytes, with the headers that belong to it, and the id of the partner whom it is about."""

    status: int
    body: bytes
    headers: dict[str, str]
    about: str | None = None


class IdempotencyClaim(NamedTuple):
    """Whose key it is, which key, and what opens what is kept under it."""

    caller: str
    key: str
    data_key: DataKey

    @property
    def hash(self) -> bytes:
        return sha256(self.key.encode()).digest()


async def claim(connection: AsyncConnection, claimed: IdempotencyClaim, request: bytes, now: datetime) -> Reply | None:
    """None: go on. Else what was answered before. Raises `IdempotencyKeyReused` or `StillRunning`."""
    asked = sha256(request).digest()
    found = await stored_idempotency.claim(connection, claimed.caller, claimed.hash, asked, now, now + KEPT_FOR)
    if found is None:
        return None
    if found.request_hash != asked:
        raise IdempotencyKeyReused
    if found.sealed is None:
        raise StillRunning
    kept = json.loads(claimed.data_key.open(_PLACE, claimed.hash.hex(), found.sealed))
    return Reply(found.status, kept["body"].encode(), kept["headers"])


async def keep(connection: AsyncConnection, claimed: IdempotencyClaim, reply: Reply) -> None:
    kept = json.dumps({"body": reply.body.decode(), "headers": reply.headers}).encode()
    sealed = claimed.data_key.seal(_PLACE, claimed.hash.hex(), kept)
    await stored_idempotency.keep(
        connection, claimed.caller, claimed.hash, status=reply.status, sealed=sealed, about=reply.about
    )
