"""Integrators, and authentication by their keys."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, cast

from app.errors import CredentialsExpired, CredentialsMalformed, CredentialsRevoked, CredentialsUnknown, ScopeMissing
from app.store.connection.database import Connection, Database
from app.store.crypto.ids import new_secret, sha256_of
from app.store.queries import integrators as stored_integrators
from app.store.queries.integrators import ApiKeyRow

Mode = Literal["test", "live"]

_KEY = re.compile(r"rk_(test|live)_[0-9A-Za-z_-]{16,100}", re.ASCII)


class Scope(StrEnum):
    """A kind of operation that a key may be used for."""

    RECOMMENDATIONS = "recommendations"
    PEOPLE = "people"
    TOKENS = "tokens"
    KEYS = "keys"


def read_scopes(text: str) -> frozenset[Scope]:
    """Read scopes separated by commas; an empty text means every scope. Raises `ValueError`."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in set(Scope)]
    if unknown:
        raise ValueError(f"There is no scope '{unknown[0]}'. Scopes: {', '.join(Scope)}.")
    return frozenset(map(Scope, words)) or frozenset(Scope)


@dataclass(frozen=True, slots=True)
class NewIntegrator:
    """A new integrator and its key, which is not stored and can be shown only now."""

    integrator: str
    key: str
    api_key: str


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """The integrator that calls, with the mode, the scopes and the end of its key."""

    integrator: str
    key: str
    mode: Mode
    scopes: frozenset[str]
    expires_at: datetime | None = None

    def end_within(self, end: datetime) -> datetime:
        """Return `end`, or the end of the key where that is sooner: nothing outlives what made it."""
        return min(end, self.expires_at or end)

    def require(self, scope: Scope) -> None:
        """Raise `ScopeMissing` unless the key has this scope."""
        if scope not in self.scopes:
            raise ScopeMissing(f"This needs a key with the scope '{scope}'.")


async def create_integrator(
    connection: Connection, name: str, mode: Mode, now: datetime, scopes: AbstractSet[Scope] = frozenset(Scope)
) -> NewIntegrator:
    integrator = await stored_integrators.add_integrator(connection, name, now)
    return NewIntegrator(integrator, *await add_key(connection, integrator, mode, frozenset(scopes), now))


async def add_key(
    connection: Connection,
    integrator: str,
    mode: Mode,
    scopes: frozenset[str],
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """Add a key; return its id, and the key itself, which is not stored."""
    api_key = f"rk_{mode}_{new_secret()}"
    id_ = await stored_integrators.add_key(
        connection,
        integrator_id=integrator,
        mode=mode,
        scopes=scopes,
        hash=sha256_of(api_key),
        last_four=api_key[-4:],
        created_at=now,
        expires_at=expires_at,
    )
    return id_, api_key


async def find_key(database: Database, api_key: str, now: datetime) -> KeyHolder:
    """Return the holder of a key. Raises `NotAuthenticated`: malformed, unknown, revoked or expired."""
    require_key_format(api_key)
    async with database.reading() as connection:
        return authenticate_key(await find_key_row(connection, api_key), now)


async def find_key_row(connection: Connection, api_key: str) -> ApiKeyRow:
    """Return the row of a key. Raises `CredentialsMalformed` or `CredentialsUnknown`."""
    require_key_format(api_key)
    row = await stored_integrators.key_with_hash(connection, sha256_of(api_key))
    if row is None:
        raise CredentialsUnknown
    return row


def authenticate_key(row: ApiKeyRow, now: datetime) -> KeyHolder:
    """Return the holder of the key in this row. Raises `CredentialsRevoked` or `CredentialsExpired`."""
    if row.revoked_at is not None:
        raise CredentialsRevoked
    if row.expires_at is not None and row.expires_at <= now:
        raise CredentialsExpired
    return KeyHolder(row.integrator_id, row.id, cast(Mode, row.mode), row.scopes, row.expires_at)


def require_key_format(api_key: str) -> None:
    """Raise `CredentialsMalformed` unless the text can be a key."""
    if not _KEY.fullmatch(api_key):
        raise CredentialsMalformed("A key begins with rk_test_ or rk_live_.")
