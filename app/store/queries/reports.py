"""Reports: the pooled part here, the private part in a table of its own that serving the other never touches."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.connection.prepared_statement import PreparedQuery, PreparedStatement
from app.store.connection.rows import SealedRow, fetch_all, page_of
from app.store.connection.upsert import prepare_upserts
from app.store.queries.consents import is_granted
from app.store.schema.consents import consents
from app.store.schema.couples import members
from app.store.schema.data_keys import data_keys
from app.store.schema.partners import partners
from app.store.schema.reports import held_support, private_answers, reports


class ReportRow(NamedTuple):
    """Both sealed parts of one report."""

    key: UUID
    id: str
    reported_at: datetime
    answered_on: date | None
    pooled: bytes
    private: bytes

    @property
    def reported_on(self) -> date:
        """Return the day of the answers, which may lie before that of their arrival."""
        return self.answered_on or self.reported_at.date()


class PooledReportRow(NamedTuple):
    """The sealed pooled part of the report that counts, with its owner's place, id and wrapped data key."""

    place: int
    key: UUID | None
    pooled: bytes | None
    id: str
    epoch: int
    wrapped: bytes


_OF_PARTNER = (
    select(
        reports.c.key,
        reports.c.id,
        reports.c.reported_at,
        reports.c.answered_on,
        reports.c.pooled,
        private_answers.c.sealed.label("private"),
    )
    .join_from(reports, private_answers, private_answers.c.report_key == reports.c.key)
    .where(reports.c.partner_key == bindparam("partner"))
)
OWN = _OF_PARTNER.order_by(reports.c.reported_at.desc(), reports.c.key.desc())
SUPPORT = select(held_support.c.sealed).where(held_support.c.partner_key == bindparam("partner"))
_SUPPORT = PreparedQuery(SealedRow, SUPPORT)

# SQLAlchemy takes the names of columns for itself in an INSERT; both parts share the key and the owner.
_report = insert(reports).values({column: bindparam(f"its_{column.name}") for column in reports.c})
_private = insert(private_answers).values(
    report_key=bindparam("its_key"), partner_key=bindparam("its_partner_key"), sealed=bindparam("private")
)
# SQLite cannot write into two tables in one statement.
_BOTH_PARTS = {
    "postgresql": (PreparedStatement(_private.add_cte(_report.cte("pooled_part"))),),
    "sqlite": (PreparedStatement(_report), PreparedStatement(_private)),
}


PUT_SUPPORT = prepare_upserts(held_support, "partner_key")

_pooling, _processing = consents.alias("pooling"), consents.alias("processing")
_last = reports.alias("last")
_LAST_BEFORE = (
    select(_last.c.key)
    .where(
        _last.c.partner_key == members.c.partner_key,
        _last.c.reported_at >= _pooling.c.decided_at,
        _last.c.reported_at >= bindparam("horizon"),
        _last.c.reported_at < bindparam("before"),
    )
    .order_by(_last.c.reported_at.desc(), _last.c.key.desc())
    .limit(1)
    .correlate(members, _pooling)
    .scalar_subquery()
)
# A row for each of the two who is linked and agreed, also where no report of theirs counts.
OF_COUPLE = PreparedQuery(
    PooledReportRow,
    select(members.c.place, reports.c.key, reports.c.pooled, partners.c.id, data_keys.c.epoch, data_keys.c.wrapped)
    .join_from(members, partners, partners.c.key == members.c.partner_key)
    .join(data_keys, data_keys.c.owner == partners.c.id)
    .join(_pooling, is_granted(_pooling, "pooling") & (_pooling.c.couple_key == members.c.couple_key))
    .join(_processing, is_granted(_processing, "processing"))
    .outerjoin(reports, reports.c.key == _LAST_BEFORE)
    .where(members.c.couple_key == bindparam("couple"), members.c.standing == "linked"),
)


async def add(connection: AsyncConnection, private: bytes, **report: object) -> None:
    """Add a report: the columns of `report` to its table, the sealed private part to its own."""
    parameters = {f"its_{name}": value for name, value in report.items()}
    for part in _BOTH_PARTS[connection.dialect.name]:
        await part.run(connection, private=private, **parameters)


async def page_of_own(
    connection: AsyncConnection, partner: UUID, before: tuple[datetime, UUID] | None, limit: int
) -> list[ReportRow]:
    """Return a partner's reports, the newest first, from before the moment and key `before`."""
    query = OWN.limit(limit)
    if before is not None:
        at, key = before
        older = (reports.c.reported_at < at) | ((reports.c.reported_at == at) & (reports.c.key < key))
        query = query.where(older)
    return await fetch_all(connection, ReportRow, query, {"partner": partner})


async def page_of_oldest(
    connection: AsyncConnection, partner: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> list[ReportRow]:
    """Return a partner's reports, the oldest first, from behind the moment and key `after`."""
    query = page_of(_OF_PARTNER, after, limit, reports.c.reported_at, reports.c.key)
    return await fetch_all(connection, ReportRow, query, {"partner": partner})


async def pooled_of_couple(
    connection: AsyncConnection, couple: UUID, *, before: datetime, horizon: datetime
) -> list[PooledReportRow]:
    """Return the last pooled answers of each of a couple from before a moment and not from before `horizon`.

    There is a row for each of the two who is linked and agreed to processing and pooling; answers from before they
    agreed to pool do not count.
    """
    return await OF_COUPLE.all(connection, couple=couple, before=before, horizon=horizon)


async def find_support(connection: AsyncConnection, partner: UUID) -> bytes | None:
    row = await _SUPPORT.one(connection, partner=partner)
    return None if row is None else row.sealed


async def put_support(connection: AsyncConnection, partner: UUID, sealed: bytes) -> None:
    await PUT_SUPPORT[connection.dialect.name].run(connection, partner_key=partner, sealed=sealed)
