import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import CredentialsExpired, CredentialsMalformed, CredentialsRevoked, CredentialsUnknown, ScopeMissing
from app.store.connection.database import Database
from app.store.crypto.ids import new_secret
from app.store.queries import integrators as stored_integrators

Mode = Literal["test", "live"]

_KEY = re.compile(r"rk_(test|live)_[0-9A-Za-z_-]{16,100}", re.ASCII)


class Scope(StrEnum):
    """What a key may be used for."""

    RECOMMENDATIONS = "recommendations"
    PEOPLE = "people"
    TOKENS = "tokens"
    KEYS = "keys"


def read_scopes(text: str) -> frozenset[Scope]:
    """Read words parted by commas; none at all means every scope."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in set(Scope)]
    if unknown:
        raise ValueError(f"There is no scope '{unknown[0]}'. Scopes: {', '.join(Scope)}.")
    return frozenset(map(Scope, words)) or frozenset(Scope)


@dataclass(frozen=True, slots=True)
class NewIntegrator:
    """The only moment at which its key can be seen."""

    integrator: str
    key: str
    api_key: str


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who calls, and what their key is for."""

    integrator: str
    key: str
    mode: Mode
    scopes: frozenset[str]

    def require(self, scope: Scope) -> None:
        if scope not in self.scopes:
            raise ScopeMissing(f"This needs a key with the scope '{scope}'.")


async def create_integrator(
    connection: AsyncConnection,
    name: str,
    mode: Mode,
    now: datetime,
    scopes: AbstractSet[Scope] = frozenset(Scope),
) -> NewIntegrator:
    integrator = await stored_integrators.add_integrator(connection, name, now)
    return NewIntegrator(integrator, *await add_key(connection, integrator, mode, frozenset(scopes), now))


async def add_key(
    connection: AsyncConnection,
    integrator: str,
    mode: Mode,
    scopes: frozenset[str],
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[str, str]:
    """The id of a new key, and the key itself, which is kept nowhere."""
    api_key = f"rk_{mode}_{new_secret()}"
    id_ = await stored_integrators.add_key(
        connection,
        integrator_id=integrator,
        mode=mode,
        scopes=scopes,
        hash=_hash(api_key),
        last_four=api_key[-4:],
        created_at=now,
        expires_at=expires_at,
    )
    return id_, api_key


async def find_key(database: Database, api_key: str, now: datetime) -> KeyHolder:
    """Say who holds this key, or why nobody does."""
    require_form_of_a_key(api_key)
    async with database.reading() as connection:
        return authenticate_key(await find_key_row(connection, api_key), now)


async def find_key_row(connection: AsyncConnection, api_key: str) -> Any:
    """What is stored of a key. Raises `CredentialsMalformed` or `CredentialsUnknown`."""
    require_form_of_a_key(api_key)
    found = await stored_integrators.key_with_hash(connection, _hash(api_key))
    if found is None:
        raise CredentialsUnknown
    return found


def authenticate_key(found: Any, now: datetime) -> KeyHolder:
    """Who holds the key of this row, or why nobody does any more."""
    if found.revoked_at is not None:
        raise CredentialsRevoked
    if found.expires_at is not None and found.expires_at <= now:
        raise CredentialsExpired
    return KeyHolder(found.integrator_id, found.id, found.mode, found.scopes)


def require_form_of_a_key(api_key: str) -> None:
    if not _KEY.fullmatch(api_key):
        raise CredentialsMalformed("A key begins with rk_test_ or rk_live_.")


def _hash(api_key: str) -> bytes:
    return sha256(api_key.encode()).digest()
