"""Keys of an integrator: two at a time, so that one can take the place of the other."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import NotFound, ScopeMissing, TooManyKeys
from app.service.integrators import KeyHolder, Mode, add_key
from app.store.queries import keys as stored_keys

MOST_ACTIVE = 2
SHORTEST, LONGEST = 3600, 366 * 86_400
"""For how many seconds a key that expires may be good."""


class Key(NamedTuple):
    """What may be seen of a key."""

    id: str
    mode: Mode
    scopes: frozenset[str]
    last_four: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


async def find_keys(
    connection: AsyncConnection, holder: KeyHolder, after: tuple[datetime, str] | None, most: int
) -> Sequence[Key]:
    """The keys of the caller's own mode, the first ones first."""
    return [_key_of(row) for row in await stored_keys.page(connection, holder.integrator, holder.mode, after, most)]


async def make_key(
    connection: AsyncConnection, holder: KeyHolder, scopes: AbstractSet[str] | None, seconds: int | None, now: datetime
) -> tuple[Key, str]:
    """A key for the mode of the caller's own, and its text, which is seen this once.

    Raises `ScopeMissing` for a scope that the caller does not have, and `TooManyKeys`.
    """
    given = frozenset(holder.scopes if scopes is None else scopes)
    if given - holder.scopes:
        raise ScopeMissing(f"A key gives only what it has itself: {', '.join(sorted(holder.scopes))}.")
    if await stored_keys.count_active(connection, holder.integrator, holder.mode, now) >= MOST_ACTIVE:
        raise TooManyKeys
    expires_at = None if seconds is None else now + timedelta(seconds=seconds)
    id_, api_key = await add_key(connection, holder.integrator, holder.mode, given, now, expires_at)
    return Key(id_, holder.mode, given, api_key[-4:], now, expires_at, None), api_key


async def revoke_key(connection: AsyncConnection, holder: KeyHolder, id_: str, now: datetime) -> None:
    """Of no use from the next request on, also the caller's own. Raises `NotFound`."""
    found = await stored_keys.with_id(connection, holder.integrator, holder.mode, id_)
    if found is None:
        raise NotFound("There is no such key.")
    await stored_keys.revoke(connection, id_, max(now, found.created_at))


def _key_of(row: Any) -> Key:
    return Key(row.id, row.mode, row.scopes, row.last_four, row.created_at, row.expires_at, row.revoked_at)
