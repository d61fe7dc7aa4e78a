"""The address under which a calendar program reads one partner's plan, and what it finds there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from importlib import import_module
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import ConsentRequired, NotFound
from app.rulesets.library import Library
from app.service import audit
from app.service.consents import require_processing
from app.service.partners import Partner, partner_of
from app.service.plan import PlanTitle, find_plan
from app.store.connection import session
from app.store.crypto.ids import new_secret
from app.store.crypto.vault import Vault
from app.store.queries import calendars as stored_calendars


class Entry(NamedTuple):
    """What a calendar shows: that some time is taken, under a name that tells nothing."""

    id: str
    title: PlanTitle
    starts_at: datetime


async def open_calendar(connection: AsyncConnection, vault: Vault, partner: Partner, now: datetime) -> str:
    """A new secret for the address; the one before no longer works. Raises `ConsentRequired`."""
    await require_processing(connection, partner)
    secret = new_secret()
    await stored_calendars.put(connection, partner.key, _hash(secret))
    await audit.add(connection, vault, partner.id, "calendar_opened", None, now)
    return secret


async def close_calendar(connection: AsyncConnection, vault: Vault, partner: Partner, now: datetime) -> None:
    """Twice is no mistake."""
    if await stored_calendars.remove(connection, partner.key):
        await audit.add(connection, vault, partner.id, "calendar_closed", None, now)


async def find_owner(connection: AsyncConnection, vault: Vault, secret: str) -> Partner:
    """Whose plan is read here. Raises `NotFound`, whyever the address does not work."""
    found = await stored_calendars.owner_of(connection, _hash(secret))
    if found is None:
        raise _no_such_address()
    partner = partner_of(found, vault)
    await session.act_for(connection, partner.key)
    return partner


async def find_entries(
    connection: AsyncConnection, vault: Vault, partner: Partner, library: Library, now: datetime
) -> list[Entry]:
    """What has a time. Raises `NotFound` like an address that never was when the partner no longer agrees."""
    try:
        items = await find_plan(connection, vault, partner, library, now)
    except ConsentRequired as error:
        raise _no_such_address() from error
    return [Entry(item.id, item.title, item.time.starts_at) for item in items if item.time]


def write_file(entries: Sequence[Entry], names: Mapping[str, str], now: datetime) -> bytes:
    """As calendar programs read it. What writes it takes half a second to load, so only this loads it."""
    written: bytes = import_module("app.service.calendar_file").write(entries, names, now)
    return written


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _no_such_address() -> NotFound:
    return NotFound("Nothing is read at this address.")
