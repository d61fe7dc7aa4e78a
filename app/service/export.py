"""Everything that is kept of one partner, for them to take along. Of the other partner nothing is in it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.service import audit
from app.service.access_log import AccessEntry, find_access_entries
from app.service.choices import Choice, find_choices
from app.service.feedback import Feedback, find_feedback
from app.service.partners import Partner
from app.service.reports import OwnReport, own_reports
from app.service.safety_carry_over import Held, find_held
from app.service.tokens import Login
from app.service.view import DecisionRecord, own_decisions
from app.store.crypto.vault import Vault
from app.store.queries import consents as stored_consents
from app.store.queries import export as stored_export
from app.store.queries import plan as stored_plan

EVERY = 1_000_000
"""More than any partner can have of anything."""
_LAPSED_TOO = datetime.min.replace(tzinfo=UTC)


class ExportedPlanItem(NamedTuple):
    """What one partner set about an item of their plan. `time` is null where it is shared, or was never set."""

    id: str
    title: str
    time: dict[str, str] | None


class ExportData(NamedTuple):
    """What is kept. `feedback` and `held` are None where the login is not unlocked, whatever there is."""

    consents: Sequence[Any]
    logins: Sequence[Any]
    couples: Sequence[Any]
    has_calendar: bool
    reports: Sequence[OwnReport]
    decisions: Sequence[DecisionRecord]
    choices: Mapping[str, Choice]
    plan: Sequence[ExportedPlanItem]
    feedback: Sequence[Feedback] | None
    held: Held | None
    log: Sequence[AccessEntry]


async def gather(connection: AsyncConnection, vault: Vault, login: Login, now: datetime) -> ExportData:
    """All of it; what is private only for an unlocked login. That it was asked for is in the partner's own log."""
    partner, whole = login.partner, login.is_unlocked
    await audit.add(connection, vault, partner.id, "exported", None, now)
    return ExportData(
        consents=sorted(await stored_consents.of_partner(connection, partner.key), key=attrgetter("purpose")),
        logins=await stored_export.logins(connection, partner.key),
        couples=await stored_export.couples_of(connection, partner.key),
        has_calendar=await stored_export.has_calendar(connection, partner.key),
        reports=await own_reports(connection, partner, None, EVERY, whole=whole),
        decisions=await own_decisions(connection, partner, now),
        choices=await find_choices(connection, partner, _LAPSED_TOO),
        plan=await _plan_of(connection, partner),
        feedback=await find_feedback(connection, partner) if whole else None,
        held=await find_held(connection, partner, now) if whole else None,
        log=await find_access_entries(connection, login, None, EVERY),
    )


async def _plan_of(connection: AsyncConnection, partner: Partner) -> list[ExportedPlanItem]:
    found = []
    for row in await stored_plan.of_partner(connection, partner.key):
        kept = json.loads(partner.data_key.open("plan_items.sealed", row.id, row.sealed))
        found.append(ExportedPlanItem(row.id, kept["title"], kept["time"]))
    return sorted(found, key=lambda item: (item.title, sorted((item.time or {}).items()), item.id))
