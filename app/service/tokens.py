"""Tokens: what a front end holds for a while to act as one partner."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import CredentialsExpired, CredentialsMalformed, CredentialsRevoked, CredentialsUnknown, NotFound
from app.service.partners import Partner, partner_of
from app.store.crypto.ids import new_id, new_key, new_secret
from app.store.crypto.vault import Vault
from app.store.queries import calendars as stored_calendars
from app.store.queries import tokens as stored_tokens

SHORTEST, LONGEST, USUAL = 60, 86_400, 3600
"""For how many seconds a token may be good."""
FRESH_FOR = timedelta(minutes=10)

_TOKEN = re.compile(r"rt_(?:test|live)_[0-9A-Za-z]{16,100}", re.ASCII)


class NewToken(NamedTuple):
    """The only moment at which a token can be seen."""

    id: str
    token: str
    expires_at: datetime


class LivingToken(NamedTuple):
    """A login that works now. `key` never leaves the server."""

    key: UUID
    id: str
    created_at: datetime
    expires_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class Login:
    """Who acts, and whether their private answers may be shown on this device now.

    `is_fresh`: so short a time after the token was minted, whoever runs the app has just seen who it is.
    """

    partner: Partner
    token_key: UUID
    token_id: str
    is_unlocked: bool
    is_fresh: bool


async def mint_token(
    connection: AsyncConnection, partner: Partner, api_key_id: str, seconds: int, now: datetime
) -> NewToken:
    token = f"rt_{partner.mode}_{new_secret()}"
    made = NewToken(new_id("tok"), token, now + timedelta(seconds=seconds))
    await stored_tokens.add(
        connection,
        key=new_key(),
        id=made.id,
        partner_key=partner.key,
        hash=_hash(token),
        api_key_id=api_key_id,
        created_at=now,
        expires_at=made.expires_at,
    )
    return made


def require_form_of_a_token(token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise CredentialsMalformed("A token begins with rt_test_ or rt_live_.")


async def find_row(connection: AsyncConnection, token: str) -> Any:
    """What is stored of a token. Raises `CredentialsMalformed` or `CredentialsUnknown`."""
    require_form_of_a_token(token)
    found = await stored_tokens.login_with(connection, _hash(token))
    if found is None:
        raise CredentialsUnknown
    return found


def authenticate_token(found: Any, vault: Vault, now: datetime) -> Login:
    """Who acts by this row, or why nobody does any more."""
    if found.revoked_at is not None:
        raise CredentialsRevoked
    if found.expires_at <= now:
        raise CredentialsExpired
    is_unlocked = found.unlocked_until is not None and found.unlocked_until > now
    is_fresh = now < found.token_created_at + FRESH_FOR
    return Login(partner_of(found, vault), found.token_key, found.token_id, is_unlocked, is_fresh)


async def living_tokens(
    connection: AsyncConnection, login: Login, now: datetime, after: UUID | None, most: int
) -> Sequence[LivingToken]:
    """Logins of this partner that work now, the oldest first."""
    return [
        LivingToken(row.key, row.id, row.created_at, row.expires_at, row.id == login.token_id)
        for row in await stored_tokens.living(connection, login.partner.key, now, after, most)
    ]


async def revoke_token(connection: AsyncConnection, partner: Partner, token_id: str, now: datetime) -> None:
    """End a login, and the address of the calendar with it. Raises `NotFound` for what is no token of this partner."""
    if not await stored_tokens.revoke(connection, partner.key, token_id, now):
        raise NotFound("There is no such token.")
    await stored_calendars.remove(connection, partner.key)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
