from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedStatement
from app.store.connection.session import acting_for
from app.store.schema.data_keys import data_keys
from app.store.schema.partners import partners, tokens

LOGIN = (
    select(
        tokens.c.key.label("token_key"),
        tokens.c.id.label("token_id"),
        tokens.c.created_at.label("token_created_at"),
        tokens.c.expires_at,
        tokens.c.revoked_at,
        tokens.c.unlocked_until,
        *partners.c,
        data_keys.c.epoch,
        data_keys.c.wrapped,
    )
    .join_from(tokens, partners, tokens.c.partner_key == partners.c.key)
    .join(data_keys, data_keys.c.owner == partners.c.id)
    .where(tokens.c.hash == bindparam("hash"))
)
_LOGIN = {
    "postgresql": PreparedStatement(LOGIN.add_columns(acting_for(partners.c.key))),
    "sqlite": PreparedStatement(LOGIN),
}
_LIVING = select(tokens).where(
    tokens.c.partner_key == bindparam("partner"),
    tokens.c.revoked_at.is_(None),
    tokens.c.expires_at > bindparam("now"),
)


async def login_with(connection: AsyncConnection, token_hash: bytes) -> Row[*tuple[Any, ...]] | None:
    """The token, its partner and what opens their answers, in one statement, for whom this transaction acts now."""
    return await _LOGIN[connection.dialect.name].one(connection, hash=token_hash)


async def add(connection: AsyncConnection, **values: object) -> None:
    await connection.execute(insert(tokens).values(**values))


async def living(
    connection: AsyncConnection, partner: UUID, now: datetime, after: UUID | None, most: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Tokens that work now, the oldest first."""
    wanted = _LIVING.order_by(tokens.c.key).limit(most)
    if after is not None:
        wanted = wanted.where(tokens.c.key > after)
    return (await connection.execute(wanted, {"partner": partner, "now": now})).all()


async def revoke(connection: AsyncConnection, partner: UUID, token_id: str, now: datetime) -> bool:
    """Whether there was one to revoke; doing it twice is no mistake."""
    mine = (tokens.c.partner_key == partner) & (tokens.c.id == token_id)
    ended = update(tokens).where(mine & tokens.c.revoked_at.is_(None)).values(revoked_at=now, unlocked_until=None)
    if (await connection.execute(ended)).rowcount:
        return True
    return (await connection.execute(select(tokens.c.id).where(mine))).one_or_none() is not None


async def unlock(connection: AsyncConnection, token: UUID, until: datetime | None) -> None:
    await connection.execute(update(tokens).where(tokens.c.key == token).values(unlocked_until=until))


async def lock_all(connection: AsyncConnection, partner: UUID) -> None:
    await connection.execute(update(tokens).where(tokens.c.partner_key == partner).values(unlocked_until=None))
