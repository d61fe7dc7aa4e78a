"""The export of everything that is stored about one partner. It holds nothing of the other."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import NamedTuple, TypeVar
from uuid import UUID

from app.rulesets.library import Library
from app.service import audit
from app.service.access_log import AccessEntry, find_access_entries
from app.service.choices import Choice, open_choices
from app.service.feedback_codec import Feedback, page_of_feedback
from app.service.partners import Partner
from app.service.paths import OwnPath, find_paths
from app.service.private_marks import Opened
from app.service.reports import OwnReport, own_reports
from app.service.safety_carry_over import CarriedSupport, find_support, told_support
from app.service.session import Session
from app.service.tokens import Login
from app.service.view import DecisionRecord, page_of_decisions
from app.store.connection.database import Database
from app.store.connection.session import act_for
from app.store.queries import choices as stored_choices
from app.store.queries import consents as stored_consents
from app.store.queries import export as stored_export
from app.store.queries import plan as stored_plan
from app.store.queries.consents import ConsentRow
from app.store.queries.export import LoginHistoryRow, MembershipRow

PAGE = 100
"""How many rows are read at once."""

Cursor = TypeVar("Cursor")
Listed = TypeVar("Listed")
Chunk = list[tuple[Cursor, Listed]]
ReadChunk = Callable[[Session, Partner, Cursor | None, int], Awaitable[Chunk[Cursor, Listed]]]


class ExportedPlanItem(NamedTuple):
    """The title and time that one partner set for an item; there is no time where it is shared, or not set."""

    id: str
    title: str
    scheduled_for: str | None
    time_zone: str | None


class ExportData(NamedTuple):
    """The content of an export. `feedback` and `support` are None unless the login is unlocked.

    What grows for ever is read while it is written out.
    """

    consents: Sequence[ConsentRow]
    logins: Sequence[LoginHistoryRow]
    couples: Sequence[MembershipRow]
    has_calendar: bool
    choices: Mapping[str, Choice]
    plan: Sequence[ExportedPlanItem]
    paths: Sequence[OwnPath]
    support: CarriedSupport | None
    reports: AsyncIterator[OwnReport]
    decisions: AsyncIterator[DecisionRecord]
    feedback: AsyncIterator[Feedback] | None
    log: AsyncIterator[AccessEntry]


async def gather(session: Session, login: Login, library: Library, database: Database) -> ExportData:
    """Return the export, with private parts only for an unlocked login, and record it in the access log."""
    partner, opened, connection = login.partner, login.opened, session.connection
    await audit.add(session, partner.id, "exported")
    begin = partial(_begin, database, session, partner)
    return ExportData(
        consents=sorted(await stored_consents.of_partner(connection, partner.key), key=attrgetter("purpose")),
        logins=await stored_export.logins(connection, partner.key),
        couples=await stored_export.couples_of(connection, partner.key),
        has_calendar=await stored_export.has_calendar(connection, partner.key),
        choices=open_choices(partner, await stored_choices.of_partner(connection, partner.key)),
        plan=await _plan_of(session, partner),
        paths=[own for own in await find_paths(session, login, library) if own.begun_on],
        support=told_support(await find_support(session, partner), opened) if login.is_unlocked else None,
        reports=await begin(partial(_page_of_reports, opened)),
        decisions=await begin(page_of_decisions),
        feedback=_told(await begin(page_of_feedback), opened) if login.is_unlocked else None,
        log=await begin(partial(_page_of_log, login)),
    )


async def _begin(
    database: Database, session: Session, partner: Partner, read_page: ReadChunk[Cursor, Listed]
) -> AsyncIterator[Listed]:
    """Read the first page with the rest of the export, and return all items.

    Each other page is read when it is wanted, in a transaction of its own: none waits for a slow client.
    """

    async def go_on(page: Chunk[Cursor, Listed]) -> AsyncGenerator[Listed]:
        while True:
            for _, item in page:
                yield item
            if len(page) < PAGE:
                return
            async with database.reading() as connection:
                await act_for(connection, partner.key)
                page = await read_page(replace(session, connection=connection), partner, page[-1][0], PAGE)

    return go_on(await read_page(session, partner, None, PAGE))


async def _page_of_reports(
    opened: Opened, session: Session, partner: Partner, before: tuple[datetime, UUID] | None, limit: int
) -> Chunk[tuple[datetime, UUID], OwnReport]:
    return [(report.cursor, report) for report in await own_reports(session, partner, before, limit, opened)]


async def _page_of_log(
    login: Login, session: Session, _: Partner, before: int | None, limit: int
) -> Chunk[int, AccessEntry]:
    return [(entry.number, entry) for entry in await find_access_entries(session, login, before, limit)]


async def _told(feedback: AsyncIterator[Feedback], opened: Opened) -> AsyncGenerator[Feedback]:
    async for one in feedback:
        if opened.tells(one.generation):
            yield one


async def _plan_of(session: Session, partner: Partner) -> list[ExportedPlanItem]:
    items = []
    for row in await stored_plan.of_partner(session.connection, partner.key):
        plain = json.loads(partner.data_key.open("plan_items.sealed", row.id, row.sealed))
        time = plain["time"] or {}
        items.append(ExportedPlanItem(row.id, plain["title"], time.get("local"), time.get("zone")))
    # The table has no order, and an export of the same data is the same.
    return sorted(items, key=lambda item: (item.title, item.scheduled_for or "", item.id))
