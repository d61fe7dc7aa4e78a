"""Tokens, with which a front end acts as one partner for a limited time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from app.errors import (
    CredentialsExpired,
    CredentialsMalformed,
    CredentialsRevoked,
    CredentialsUnknown,
    NotFound,
    TooManyTokens,
)
from app.service import audit
from app.service.integrators import KeyHolder
from app.service.partners import Partner, partner_of
from app.service.private_marks import Opened
from app.service.session import Session
from app.store.connection.database import Connection
from app.store.crypto.ids import new_id, new_key, new_secret, sha256_of
from app.store.crypto.vault import Vault
from app.store.queries import calendars as stored_calendars
from app.store.queries import tokens as stored_tokens
from app.store.queries.tokens import ActiveTokenRow, LoginRow

MIN_TTL, MAX_TTL, DEFAULT_TTL = 60, 86_400, 3600
"""The lifetime of a token, in seconds."""
FRESH_FOR = timedelta(minutes=10)

_TOKEN = re.compile(r"rt_(?:test|live)_[0-9A-Za-z]{16,100}", re.ASCII)


class NewToken(NamedTuple):
    """A token, which is not stored and can be shown only now."""

    id: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Login:
    """The partner who acts, and whether their private answers may be shown on this device now.

    `generation` is that of the passphrase which unlocked it, None where it is locked. `is_fresh` for ten minutes after
    the token was minted: the app has just checked who holds the device. `minted_by` is the id of the key that did.
    """

    partner: Partner
    token_key: UUID
    token_id: str
    generation: UUID | None
    is_fresh: bool
    minted_by: str

    @property
    def is_unlocked(self) -> bool:
        return self.generation is not None

    @property
    def opened(self) -> Opened:
        return Opened(self.generation)


async def mint_token(session: Session, holder: KeyHolder, partner: Partner, seconds: int) -> NewToken:
    """Add a token that works for `seconds`, and no longer than the key that mints it."""
    token = f"rt_{partner.mode}_{new_secret()}"
    new = NewToken(new_id("tok"), token, holder.end_within(session.now + timedelta(seconds=seconds)))
    await stored_tokens.add(
        session.connection,
        key=new_key(),
        id=new.id,
        partner_key=partner.key,
        hash=sha256_of(token),
        api_key_id=holder.key,
        created_at=session.now,
        expires_at=new.expires_at,
    )
    await audit.add(session, partner.id, "token_minted", holder.key)
    return new


async def require_fewer_tokens(session: Session, partner: Partner, quota: int) -> None:
    """Raise `TooManyTokens` where `quota` tokens of this partner work."""
    if await stored_tokens.count_active(session.connection, partner.key, session.now) >= quota:
        raise TooManyTokens


async def find_token_row(connection: Connection, token: str) -> LoginRow:
    """Return the row of a token. Raises `CredentialsMalformed` or `CredentialsUnknown`."""
    require_token_format(token)
    row = await stored_tokens.find_login(connection, sha256_of(token))
    if row is None:
        raise CredentialsUnknown
    return row


def require_token_format(token: str) -> None:
    """Raise `CredentialsMalformed` unless the text can be a token."""
    if not _TOKEN.fullmatch(token):
        raise CredentialsMalformed("A token begins with rt_test_ or rt_live_.")


def authenticate_token(row: LoginRow, vault: Vault, now: datetime) -> Login:
    """Return the login of a row. Raises `CredentialsRevoked` or `CredentialsExpired`."""
    if row.revoked_at is not None:
        raise CredentialsRevoked
    if row.expires_at <= now:
        raise CredentialsExpired
    is_unlocked = row.unlocked_until is not None and row.unlocked_until > now
    generation = row.unlocked_with if is_unlocked else None
    is_fresh = now < row.token_created_at + FRESH_FOR
    return Login(partner_of(row.partner, vault), row.token_key, row.token_id, generation, is_fresh, row.api_key_id)


async def find_active_tokens(
    session: Session, partner: Partner, after: UUID | None, limit: int
) -> Sequence[ActiveTokenRow]:
    """Return tokens of this partner that work, the oldest first, from behind the key `after`."""
    return await stored_tokens.active(session.connection, partner.key, session.now, after, limit)


async def revoke_token(session: Session, partner: Partner, token_id: str) -> None:
    """Revoke a token of this partner, and their calendar's address. Raises `NotFound`."""
    if not await stored_tokens.revoke(session.connection, partner.key, token_id, session.now):
        raise NotFound("There is no such token.")
    # The address may have been opened with this token, and must not outlive it.
    await stored_calendars.remove(session.connection, partner.key)
