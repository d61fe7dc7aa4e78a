from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, case, func, insert, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedStatement
from app.store.connection.rows import fetch_all, page_of, select_row
from app.store.connection.session import acting_for
from app.store.queries.partners import PARTNER_COLUMNS, PartnerRow
from app.store.schema.data_keys import data_keys
from app.store.schema.integrators import api_keys
from app.store.schema.partners import partners, tokens


class LoginRow(NamedTuple):
    """A token and its partner with their wrapped data key."""

    token_key: UUID
    token_id: str
    token_created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    unlocked_until: datetime | None
    unlocked_with: UUID | None
    api_key_id: str
    partner: PartnerRow


class UnlockedRow(NamedTuple):
    """A token that is or was unlocked, its partner, and until when."""

    key: UUID
    partner_id: str
    unlocked_until: datetime


class ActiveTokenRow(NamedTuple):
    key: UUID
    id: str
    created_at: datetime
    expires_at: datetime


MINTED_BY = tokens.c.api_key_id == api_keys.c.id
WITH_ITS_KEY = case((api_keys.c.keeps_tokens, null()), else_=api_keys.c.revoked_at)
"""When the key was revoked, where what came from it ended then."""
ENDED_AT = func.coalesce(tokens.c.revoked_at, WITH_ITS_KEY)

LOGIN = (
    select(
        tokens.c.key.label("token_key"),
        tokens.c.id.label("token_id"),
        tokens.c.created_at.label("token_created_at"),
        tokens.c.expires_at,
        ENDED_AT.label("revoked_at"),
        tokens.c.unlocked_until,
        tokens.c.unlocked_with,
        tokens.c.api_key_id,
        *PARTNER_COLUMNS,
    )
    .join_from(tokens, partners, tokens.c.partner_key == partners.c.key)
    .outerjoin(data_keys, data_keys.c.owner == partners.c.id)
    .outerjoin(api_keys, MINTED_BY)
    .where(tokens.c.hash == bindparam("hash"))
)
_OF_TOKEN = LoginRow._fields.index("partner")
_LOGIN = {
    "postgresql": PreparedStatement(LOGIN.add_columns(acting_for(partners.c.key))),
    "sqlite": PreparedStatement(LOGIN),
}
_UNLOCKED = (
    select(tokens.c.key, partners.c.id.label("partner_id"), tokens.c.unlocked_until)
    .join_from(tokens, partners, tokens.c.partner_key == partners.c.key)
    .where(tokens.c.unlocked_until.is_not(None), tokens.c.key > bindparam("after"))
    .order_by(tokens.c.key)
    .limit(bindparam("limit"))
)
_LOCKED = {"unlocked_until": None, "unlocked_with": None}
_IS_ACTIVE = (
    (tokens.c.partner_key == bindparam("partner")) & ENDED_AT.is_(None) & (tokens.c.expires_at > bindparam("now"))
)
_ACTIVE = select_row(ActiveTokenRow, tokens).outerjoin(api_keys, MINTED_BY).where(_IS_ACTIVE)
_COUNT_ACTIVE = select(func.count()).select_from(tokens).outerjoin(api_keys, MINTED_BY).where(_IS_ACTIVE)


async def find_login(connection: AsyncConnection, token_hash: bytes) -> LoginRow | None:
    """Return the login of a token, and let this transaction act for its partner."""
    for row in await _LOGIN[connection.dialect.name].run(connection, hash=token_hash):
        values = list(row)
        partner = PartnerRow._make(values[_OF_TOKEN : _OF_TOKEN + len(PARTNER_COLUMNS)])
        return LoginRow._make([*values[:_OF_TOKEN], partner])
    return None


async def add(connection: AsyncConnection, **values: object) -> None:
    await connection.execute(insert(tokens).values(**values))


async def active(
    connection: AsyncConnection, partner: UUID, now: datetime, after: UUID | None, limit: int
) -> list[ActiveTokenRow]:
    """Return tokens that work, the oldest first, from behind the key `after`."""
    query = page_of(_ACTIVE, after, limit, tokens.c.key)
    return await fetch_all(connection, ActiveTokenRow, query, {"partner": partner, "now": now})


async def count_active(connection: AsyncConnection, partner: UUID, now: datetime) -> int:
    return int((await connection.execute(_COUNT_ACTIVE, {"partner": partner, "now": now})).scalar_one())


async def revoke(connection: AsyncConnection, partner: UUID, token_id: str, now: datetime) -> bool:
    """Revoke a token; return False where the partner has none with this id. Idempotent."""
    own = (tokens.c.partner_key == partner) & (tokens.c.id == token_id)
    ended = update(tokens).where(own & tokens.c.revoked_at.is_(None)).values(revoked_at=now, **_LOCKED)
    if (await connection.execute(ended)).rowcount:
        return True
    return (await connection.execute(select(tokens.c.id).where(own))).one_or_none() is not None


async def unlock(connection: AsyncConnection, token: UUID, until: datetime, generation: UUID) -> None:
    unlocked = {"unlocked_until": until, "unlocked_with": generation}
    await connection.execute(update(tokens).where(tokens.c.key == token).values(unlocked))


async def lock(connection: AsyncConnection, token: UUID) -> None:
    await connection.execute(update(tokens).where(tokens.c.key == token).values(_LOCKED))


async def lock_all(connection: AsyncConnection, partner: UUID) -> None:
    """End the unlocked state of every token of a partner."""
    await connection.execute(update(tokens).where(tokens.c.partner_key == partner).values(_LOCKED))


async def unlocked_after(connection: AsyncConnection, key: UUID, limit: int) -> list[UnlockedRow]:
    """Return tokens that are or were unlocked, from behind this key."""
    return await fetch_all(connection, UnlockedRow, _UNLOCKED, {"after": key, "limit": limit})
