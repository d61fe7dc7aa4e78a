"""The secret address under which a calendar program reads one partner's plan."""

from datetime import datetime
from typing import NamedTuple

from app.errors import ConsentRequired, NotFound
from app.rulesets.library import Library
from app.rulesets.sources import PlanTitle
from app.service import audit
from app.service.consents import require_processing
from app.service.partners import Partner, partner_of
from app.service.plan import PlanItem, PlanTime, find_plan
from app.service.session import Session
from app.service.tokens import Login
from app.service.weekly_boundary import start_of_week
from app.store.connection.database import Connection
from app.store.connection.session import act_for
from app.store.crypto.ids import new_secret, sha256_of
from app.store.crypto.vault import Vault
from app.store.queries import calendars as stored_calendars


class CalendarEntry(NamedTuple):
    """A time that is taken, under a title that does not tell for what. `stamp` is when it was set, roughly."""

    id: str
    title: PlanTitle
    starts_at: datetime
    stamp: datetime


async def open_calendar(session: Session, login: Login) -> str:
    """Return a new secret for the address; the one before no longer works. Raises `ConsentRequired`."""
    partner = login.partner
    await require_processing(session, partner)
    secret = new_secret()
    await stored_calendars.put(session.connection, partner.key, sha256_of(secret), login.minted_by)
    await audit.add(session, partner.id, "calendar_opened")
    return secret


async def close_calendar(session: Session, partner: Partner) -> None:
    """Remove the address. Idempotent."""
    if await stored_calendars.remove(session.connection, partner.key):
        await audit.add(session, partner.id, "calendar_closed")


async def find_owner(connection: Connection, vault: Vault, secret: str) -> Partner:
    """Return the partner whose address has this secret. Raises `NotFound`."""
    row = await stored_calendars.owner_of(connection, sha256_of(secret))
    if row is None:
        raise NotFound
    partner = partner_of(row, vault)
    await act_for(connection, partner.key)
    return partner


async def find_entries(session: Session, partner: Partner, library: Library) -> list[CalendarEntry]:
    """Return the items of the plan that have a time.

    Raises `NotFound`, as for an unknown address, where the partner took back the consent to processing.
    """
    try:
        items = await find_plan(session, partner, library)
    except ConsentRequired as error:
        raise NotFound from error
    return [_entry(item, item.time) for item in items if item.time]


def _entry(item: PlanItem, time: PlanTime) -> CalendarEntry:
    # By the week alone: the moment of a shared time would tell when the other set it.
    return CalendarEntry(item.id, item.title, time.starts_at, stamp=start_of_week(time.set_at))
