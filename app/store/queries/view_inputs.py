"""A partner's own part of what their view is made from: two statements. The other's part is in `reports`."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Select, bindparam, null, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedQuery
from app.store.queries.choices import ChoiceRow
from app.store.queries.decisions import LATEST
from app.store.queries.feedback import FeedbackRow
from app.store.queries.reports import OWN, SUPPORT
from app.store.schema.choices import choices
from app.store.schema.feedback import feedback


class ViewInputRow(NamedTuple):
    """A report; beside each one the partner's sealed support kinds and the reference of their latest decision."""

    key: UUID
    id: str
    reported_at: datetime
    pooled: bytes
    private: bytes
    support: bytes | None
    decision_id: str | None
    decision_made_at: datetime | None
    decision_inputs: bytes | None


class HistoryRow(NamedTuple):
    """A choice where `mark` is set, else feedback."""

    key: UUID | None
    id: str | None
    given_on: date | None
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
    return select(*lately.c, *support.c, *decision.c).select_from(
        lately.outerjoin(support, true()).outerjoin(decision, true())
    )


OF_PARTNER = PreparedQuery(ViewInputRow, _reports_with_support_and_decision())
_HISTORY = PreparedQuery(
    HistoryRow,
    select(feedback.c.key, feedback.c.id, feedback.c.given_on, null().label("mark"), feedback.c.sealed)
    .where(feedback.c.partner_key == bindparam("partner"))
    .union_all(
        select(null(), null(), null(), choices.c.mark, choices.c.sealed).where(
            choices.c.partner_key == bindparam("partner")
        )
    )
    .order_by("given_on", "key"),
)


async def of_partner(connection: AsyncConnection, partner: UUID, limit: int) -> list[ViewInputRow]:
    """Return the newest reports of a partner, the newest first."""
    rows = await OF_PARTNER.all(connection, partner=partner, limit=limit)
    return sorted(rows, key=lambda row: (row.reported_at, row.key), reverse=True)


async def history_of_partner(connection: AsyncConnection, partner: UUID) -> tuple[list[ChoiceRow], list[FeedbackRow]]:
    """Return a partner's choices, and their feedback, the oldest first."""
    chosen, feedback_rows = [], []
    for row in await _HISTORY.all(connection, partner=partner):
        if row.mark is not None:
            chosen.append(ChoiceRow(row.mark, row.sealed))
        elif row.key and row.id and row.given_on:
            feedback_rows.append(FeedbackRow(row.key, row.id, row.given_on, row.sealed))
    return chosen, feedback_rows
