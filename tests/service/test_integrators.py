import asyncio
import re
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.errors import (
    CredentialsExpired,
    CredentialsMalformed,
    CredentialsRevoked,
    CredentialsUnknown,
    ScopeMissing,
)
from app.service.integrators import KeyHolder, Mode, NewIntegrator, Scope, create_integrator, find_key, read_scopes
from app.store.connection.database import Database
from app.store.schema.integrators import api_keys
from tests.clock import NOW

NOWHERE = Database("sqlite+aiosqlite:////no/such/folder/rekindle.db")


async def create(database: Database, mode: Mode = "test", scopes: frozenset[Scope] = frozenset(Scope)) -> NewIntegrator:
    async with database.writing() as connection:
        return await create_integrator(connection, "A friendly app", mode, NOW, scopes)


async def change_key(database: Database, **values: object) -> None:
    async with database.writing() as connection:
        await connection.execute(update(api_keys).values(**values))


@pytest.mark.parametrize("mode", ["test", "live"])
async def test_a_new_key_tells_who_holds_it_and_what_for(database: Database, mode: Mode) -> None:
    made = await create(database, mode, frozenset({Scope.PEOPLE, Scope.KEYS}))

    holder = await find_key(database, made.api_key, NOW)

    assert holder == KeyHolder(made.integrator, made.key, mode, frozenset({"people", "keys"}))


async def test_ids_and_keys_have_the_promised_form(database: Database) -> None:
    made = await create(database, "live")

    assert re.fullmatch(r"int_[0-9A-Za-z]{22}", made.integrator)
    assert re.fullmatch(r"key_[0-9A-Za-z]{22}", made.key)
    assert re.fullmatch(r"rk_live_[0-9A-Za-z]{43}", made.api_key)
    assert 62**43 > 2**256


async def test_the_key_itself_is_kept_nowhere(database: Database) -> None:
    made = await create(database)

    async with database.reading() as connection:
        row = (await connection.execute(select(api_keys))).one()._mapping

    assert row["hash"] == sha256(made.api_key.encode()).digest()
    assert row["last_four"] == made.api_key[-4:]
    assert made.api_key not in repr(row)


async def test_a_key_nobody_holds_is_unknown(database: Database) -> None:
    made = await create(database)
    last = "a" if made.api_key[-1] != "a" else "b"

    with pytest.raises(CredentialsUnknown):
        await find_key(database, made.api_key[:-1] + last, NOW)


async def test_a_test_key_does_not_turn_live_by_its_prefix(database: Database) -> None:
    made = await create(database, "test")

    with pytest.raises(CredentialsUnknown):
        await find_key(database, made.api_key.replace("rk_test_", "rk_live_"), NOW)


async def test_a_key_works_until_its_last_moment(database: Database) -> None:
    made = await create(database)
    end = NOW + timedelta(days=1)
    await change_key(database, expires_at=end)

    assert (await find_key(database, made.api_key, end - timedelta(seconds=1))).key == made.key
    with pytest.raises(CredentialsExpired):
        await find_key(database, made.api_key, end)


async def test_a_revoked_key_stops_at_the_next_request_and_says_so_even_when_it_expired_too(database: Database) -> None:
    made = await create(database)
    await change_key(database, revoked_at=NOW, expires_at=NOW + timedelta(hours=1))

    for moment in (NOW, NOW + timedelta(days=1)):
        with pytest.raises(CredentialsRevoked):
            await find_key(database, made.api_key, moment)


@given(st.one_of(st.text(max_size=120), st.from_regex(r"rk_(test|live|prod)_[0-9A-Za-z]{0,15}", fullmatch=True)))
def test_what_cannot_be_a_key_is_told_without_asking_the_database(text: str) -> None:
    with pytest.raises(CredentialsMalformed):
        asyncio.run(find_key(NOWHERE, text, NOW))


def test_a_key_without_the_scope_is_told_which_one_it_needs() -> None:
    holder = KeyHolder("int_a", "key_a", "test", frozenset({"people"}))

    holder.require(Scope.PEOPLE)
    with pytest.raises(ScopeMissing, match="tokens"):
        holder.require(Scope.TOKENS)


def test_scopes_are_read_from_words() -> None:
    assert read_scopes("people, tokens") == {Scope.PEOPLE, Scope.TOKENS}
    assert read_scopes(" , ") == frozenset(Scope)
    with pytest.raises(ValueError, match=r"no scope 'peple'\. Scopes: recommendations, people, tokens, keys"):
        read_scopes("people,peple")
