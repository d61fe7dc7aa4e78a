"""The export of everything that is stored about one partner. It holds nothing of the other."""

import json
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from app.rulesets.library import Library
from app.service import audit
from app.service.access_log import AccessEntry, find_access_entries
from app.service.choices import Choice, open_choices
from app.service.feedback_codec import Feedback, find_feedback
from app.service.partners import Partner
from app.service.paths import OwnPath, find_paths
from app.service.reports import OwnReport, own_reports
from app.service.safety_carry_over import CarriedSupport, find_support, told_support
from app.service.session import Session
from app.service.tokens import Login
from app.service.view import DecisionRecord, own_decisions
from app.store.queries import choices as stored_choices
from app.store.queries import consents as stored_consents
from app.store.queries import export as stored_export
from app.store.queries import plan as stored_plan
from app.store.queries.consents import ConsentRow
from app.store.queries.export import LoginHistoryRow, MembershipRow

NO_LIMIT = 1_000_000


class ExportedPlanItem(NamedTuple):
    """The title and time that one partner set for an item; there is no time where it is shared, or not set."""

    id: str
    title: str
    scheduled_for: str | None
    time_zone: str | None


class ExportData(NamedTuple):
    """The content of an export. `feedback` and `support` are None unless the login is unlocked."""

    consents: Sequence[ConsentRow]
    logins: Sequence[LoginHistoryRow]
    couples: Sequence[MembershipRow]
    has_calendar: bool
    reports: Sequence[OwnReport]
    decisions: Sequence[DecisionRecord]
    choices: Mapping[str, Choice]
    plan: Sequence[ExportedPlanItem]
    paths: Sequence[OwnPath]
    feedback: Sequence[Feedback] | None
    support: CarriedSupport | None
    log: Sequence[AccessEntry]


async def gather(session: Session, login: Login, library: Library) -> ExportData:
    """Return the export, with private parts only for an unlocked login, and record it in the access log."""
    partner, opened = login.partner, login.opened
    await audit.add(session, partner.id, "exported")
    return ExportData(
        consents=sorted(await stored_consents.of_partner(session.connection, partner.key), key=attrgetter("purpose")),
        logins=await stored_export.logins(session.connection, partner.key),
        couples=await stored_export.couples_of(session.connection, partner.key),
        has_calendar=await stored_export.has_calendar(session.connection, partner.key),
        reports=await own_reports(session, partner, None, NO_LIMIT, opened),
        decisions=await own_decisions(session, partner),
        choices=open_choices(partner, await stored_choices.of_partner(session.connection, partner.key)),
        plan=await _plan_of(session, partner),
        paths=[own for own in await find_paths(session, login, library) if own.begun_on],
        feedback=[one for one in await find_feedback(session, partner) if opened.tells(one.generation)]
        if login.is_unlocked
        else None,
        support=told_support(await find_support(session, partner), opened) if login.is_unlocked else None,
        log=await find_access_entries(session, login, None, NO_LIMIT),
    )


async def _plan_of(session: Session, partner: Partner) -> list[ExportedPlanItem]:
    items = []
    for row in await stored_plan.of_partner(session.connection, partner.key):
        plain = json.loads(partner.data_key.open("plan_items.sealed", row.id, row.sealed))
        time = plain["time"] or {}
        items.append(ExportedPlanItem(row.id, plain["title"], time.get("local"), time.get("zone")))
    # The table has no order, and an export of the same data is the same.
    return sorted(items, key=lambda item: (item.title, item.scheduled_for or "", item.id))
