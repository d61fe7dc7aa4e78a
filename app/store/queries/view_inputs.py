"""A partner's own part of what their view is made from: two statements. The other's part is in `weeks`."""

from datetime import date, datetime
from functools import reduce
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import FromClause, Integer, Select, bindparam, null, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedQuery
from app.store.connection.rows import MarkedRow
from app.store.queries.decisions import LATEST
from app.store.queries.reports import OWN, SUPPORT
from app.store.schema.choices import choices
from app.store.schema.partners import passphrases
from app.store.schema.pasts import pasts


class ViewInputRow(NamedTuple):
    """A report; beside each one what the partner has of everything else once.

    Their sealed support kinds, the generation of their passphrase, and the reference of their latest decision.
    """

    key: UUID
    id: str
    reported_at: datetime
    answered_on: date | None
    pooled: bytes
    private: bytes
    support: bytes | None
    generation: UUID | None
    decision_id: str | None
    decision_made_at: datetime | None
    decision_inputs: bytes | None


class HistoryRow(NamedTuple):
    """A choice where `mark` is set, else what the past amounts to."""

    mark: bytes | None
    sealed: bytes


def _reports_with_support_and_decision() -> Select[Any]:
    lately = OWN.limit(bindparam("limit", type_=Integer)).subquery("lately")
    support = SUPPORT.with_only_columns(*[column.label("support") for column in SUPPORT.selected_columns]).subquery(
        "support"
    )
    decision = LATEST.with_only_columns(
        *[column.label(f"decision_{column.name}") for column in LATEST.selected_columns]
    ).subquery("decision")
    passphrase = select(passphrases.c.generation).where(passphrases.c.partner_key == bindparam("partner")).subquery()
    once = (support, passphrase, decision)
    rows = reduce(lambda joined, row: joined.outerjoin(row, true()), once, cast(FromClause, lately))
    return select(*lately.c, *[column for row in once for column in row.c]).select_from(rows)


OF_PARTNER = PreparedQuery(ViewInputRow, _reports_with_support_and_decision())
_HISTORY = PreparedQuery(
    HistoryRow,
    select(null().label("mark"), pasts.c.sealed)
    .where(pasts.c.partner_key == bindparam("partner"))
    .union_all(select(choices.c.mark, choices.c.sealed).where(choices.c.partner_key == bindparam("partner"))),
)


async def of_partner(connection: AsyncConnection, partner: UUID, limit: int) -> list[ViewInputRow]:
    """Return the newest reports of a partner, the newest first."""
    rows = await OF_PARTNER.all(connection, partner=partner, limit=limit)
    return sorted(rows, key=lambda row: (row.reported_at, row.key), reverse=True)


async def history_of_partner(connection: AsyncConnection, partner: UUID) -> tuple[list[MarkedRow], bytes | None]:
    """Return a partner's choices, and what their past amounts to; None where that was never stored."""
    chosen, past = [], None
    for mark, sealed in await _HISTORY.all(connection, partner=partner):
        if mark is None:
            past = sealed
        else:
            chosen.append(MarkedRow(mark, sealed))
    return chosen, past
