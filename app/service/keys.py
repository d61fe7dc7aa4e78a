"""Keys of an integrator: two may be active, so that one can be rotated while the other works."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from app.errors import NotFound, ScopeMissing, TooManyKeys
from app.service.integrators import KeyHolder, add_key
from app.service.session import Session
from app.store.queries import keys as stored_keys
from app.store.queries.integrators import ApiKeyRow

MAX_ACTIVE = 2
MIN_TTL, MAX_TTL = 3600, 366 * 86_400
"""The lifetime of a key that expires, in seconds."""


async def find_keys(
    session: Session, holder: KeyHolder, after: tuple[datetime, str] | None, limit: int
) -> Sequence[ApiKeyRow]:
    """Return keys of the caller's mode, the oldest first, from behind the moment and id `after`."""
    return await stored_keys.page(session.connection, holder.integrator, holder.mode, after, limit)


async def make_key(
    session: Session, holder: KeyHolder, scopes: AbstractSet[str] | None, seconds: int | None
) -> tuple[ApiKeyRow, str]:
    """Add a key of the caller's mode and return it with its text, which is not stored.

    `scopes` are the caller's own if left out, `seconds` the lifetime, None as long as the caller's own key, which the
    new one never outlives. Raises `ScopeMissing` for a scope that the caller does not have, and `TooManyKeys`.
    """
    granted = frozenset(holder.scopes if scopes is None else scopes)
    if granted - holder.scopes:
        raise ScopeMissing(f"A key can only pass on its own scopes: {', '.join(sorted(holder.scopes))}.")
    if await stored_keys.count_active(session.connection, holder.integrator, holder.mode, session.now) >= MAX_ACTIVE:
        raise TooManyKeys
    expires_at = holder.expires_at if seconds is None else holder.end_within(session.now + timedelta(seconds=seconds))
    id_, api_key = await add_key(session.connection, holder.integrator, holder.mode, granted, session.now, expires_at)
    row = ApiKeyRow(id_, holder.integrator, holder.mode, granted, api_key[-4:], session.now, expires_at, None)
    return row, api_key


async def revoke_key(session: Session, holder: KeyHolder, id_: str, *, keeps_tokens: bool) -> None:
    """Revoke a key, also the caller's own, and unless `keeps_tokens` all that came from it. Raises `NotFound`."""
    row = await stored_keys.with_id(session.connection, holder.integrator, holder.mode, id_)
    if row is None:
        raise NotFound("There is no such key.")
    # The clock of test data may be set back; a key cannot end before it was made.
    await stored_keys.revoke(session.connection, id_, max(session.now, row.created_at), keeps_tokens=keeps_tokens)
