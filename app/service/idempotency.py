"""Stored responses to requests with an Idempotency-Key, written in the transaction of what the request did."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from app.errors import IdempotencyKeyReused, StillRunning
from app.service.session import Session
from app.store.crypto.ids import sha256_of
from app.store.crypto.vault import DataKey
from app.store.queries import idempotency as stored_idempotency

STORED_FOR = timedelta(hours=24)
_PLACE = "kept_replies.sealed"


class StoredResponse(NamedTuple):
    """A response, and the id of the partner whom it is about, with whom it is erased."""

    status: int
    body: bytes
    headers: dict[str, str]
    about: str | None = None


class IdempotencyClaim(NamedTuple):
    """An Idempotency-Key of one caller, and the data key that opens the response stored under it."""

    caller: str
    key: str
    data_key: DataKey

    @property
    def hash(self) -> bytes:
        return sha256_of(self.key)


async def claim(session: Session, key: IdempotencyClaim, request: bytes) -> StoredResponse | None:
    """Take the key for this request and return None, or return the response that was stored under it.

    Raises `IdempotencyKeyReused` where it belongs to another request, `StillRunning` where the first has not ended.
    """
    request_hash = sha256(request).digest()
    now = session.now
    row = await stored_idempotency.claim(session.connection, key.caller, key.hash, request_hash, now, now + STORED_FOR)
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise IdempotencyKeyReused
    if row.sealed is None or row.status is None:
        raise StillRunning
    plain = json.loads(key.data_key.open(_PLACE, key.hash.hex(), row.sealed))
    return StoredResponse(row.status, plain["body"].encode(), plain["headers"])


async def store(session: Session, key: IdempotencyClaim, response: StoredResponse) -> None:
    """Store the response to the request that took this key."""
    plain = json.dumps({"body": response.body.decode(), "headers": response.headers}).encode()
    sealed = key.data_key.seal(_PLACE, key.hash.hex(), plain)
    await stored_idempotency.store(
        session.connection, key.caller, key.hash, status=response.status, sealed=sealed, about=response.about
    )
