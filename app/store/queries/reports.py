"""Reports: the pooled part here, the private part in a table of its own that serving the other never touches."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Insert, Join, Select, and_, bindparam, insert, join, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.functions import coalesce

from app.store.connection.prepared_statement import PreparedInsert, PreparedQuery
from app.store.connection.rows import fetch_all
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
    """The sealed pooled part of a report, with its owner's id and wrapped data key."""

    key: UUID
    pooled: bytes
    id: str
    epoch: int
    wrapped: bytes


class SupportRow(NamedTuple):
    """The sealed kinds of support that carry over."""

    sealed: bytes


OF_PARTNER = (
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
OWN = OF_PARTNER.order_by(reports.c.reported_at.desc(), reports.c.key.desc())
SUPPORT = select(held_support.c.sealed).where(held_support.c.partner_key == bindparam("partner"))
_SUPPORT = PreparedQuery(SupportRow, SUPPORT)

# SQLAlchemy takes the names of columns for itself in an INSERT; both parts share the key and the owner.
_report = insert(reports).values({column: bindparam(f"its_{column.name}") for column in reports.c})
_private = insert(private_answers).values(
    report_key=bindparam("its_key"), partner_key=bindparam("its_partner_key"), sealed=bindparam("private")
)
# SQLite cannot write into two tables in one statement.
_BOTH_PARTS = {
    "postgresql": (PreparedInsert(_private.add_cte(_report.cte("pooled_part"))),),
    "sqlite": (PreparedInsert(_report), PreparedInsert(_private)),
}


def _upsert_support(statement: postgresql.Insert | sqlite.Insert) -> Insert:
    insertion = statement.values(partner_key=bindparam("partner"), sealed=bindparam("support"))
    return insertion.on_conflict_do_update(index_elements=["partner_key"], set_={"sealed": insertion.excluded.sealed})


PUT_SUPPORT = {
    "postgresql": PreparedInsert(_upsert_support(postgresql.insert(held_support))),
    "sqlite": PreparedInsert(_upsert_support(sqlite.insert(held_support))),
}

_me, _them = members.alias("me"), members.alias("them")
_mine, _theirs = consents.alias("mine"), consents.alias("theirs")
_processing = consents.alias("processing")


def _since_both_agreed(report: FromClause) -> ColumnElement[bool]:
    return and_(
        report.c.partner_key == _them.c.partner_key,
        report.c.reported_at >= _mine.c.decided_at,
        report.c.reported_at >= _theirs.c.decided_at,
    )


# The last report from before this week counts. Where there is none, the very first one counts at once.
_LINK = (_them, _mine, _theirs)
_last_before_this_week = (
    select(reports.c.key, reports.c.pooled)
    .where(_since_both_agreed(reports))
    .where(reports.c.reported_at >= bindparam("horizon"), reports.c.reported_at < bindparam("turn"))
    .order_by(reports.c.reported_at.desc(), reports.c.key.desc())
    .limit(1)
)
_very_first = (
    select(reports.c.key, reports.c.pooled, reports.c.reported_at)
    .where(_since_both_agreed(reports))
    .order_by(reports.c.reported_at, reports.c.key)
    .limit(1)
)


def _is_fresh(report: FromClause) -> ColumnElement[bool]:
    return report.c.reported_at.between(bindparam("horizon"), bindparam("now"))


def _of_the_other(report: Sequence[ColumnElement[Any]], counting: Callable[[Join], Join]) -> Select[Any]:
    """Select the other's report and wrapped data key, where the two are linked and both agreed to pooling."""
    link = (
        join(_me, _them, and_(_them.c.couple_key == _me.c.couple_key, _them.c.place != _me.c.place))
        .join(_mine, and_(_mine.c.partner_key == _me.c.partner_key, _mine.c.couple_key == _me.c.couple_key))
        .join(_theirs, and_(_theirs.c.partner_key == _them.c.partner_key, _theirs.c.couple_key == _me.c.couple_key))
        .join(_processing, _processing.c.partner_key == _them.c.partner_key)
        .join(partners, partners.c.key == _them.c.partner_key)
        .join(data_keys, data_keys.c.owner == partners.c.id)
    )
    return (
        select(*report, partners.c.id, data_keys.c.epoch, data_keys.c.wrapped)
        .select_from(counting(link))
        .where(
            _me.c.partner_key == bindparam("partner"),
            _me.c.standing == "linked",
            _them.c.standing == "linked",
            _mine.c.purpose == "pooling",
            _mine.c.granted,
            _theirs.c.purpose == "pooling",
            _theirs.c.granted,
            _processing.c.purpose == "processing",
            _processing.c.granted,
        )
    )


def _of_the_other_side_by_side() -> Select[Any]:
    """Use lateral joins: the very first report is searched only where there is no last one."""
    last = _last_before_this_week.correlate(*_LINK).lateral("last")
    first = _very_first.where(last.c.key.is_(None)).correlate(*_LINK, last).lateral("first")
    key, pooled = (coalesce(last.c[name], first.c[name]).label(name) for name in ("key", "pooled"))
    query = _of_the_other([key, pooled], lambda link: link.outerjoin(last, true()).outerjoin(first, _is_fresh(first)))
    return query.where(key.is_not(None))


def _of_the_other_by_its_key() -> Select[Any]:
    """Find the key of the report, then the report: SQLite has no lateral joins."""
    counted = reports.alias("counted")
    last, first = (
        query.with_only_columns(reports.c.key).correlate(*_LINK).scalar_subquery()
        for query in (_last_before_this_week, _very_first)
    )
    return _of_the_other(
        [counted.c.key, counted.c.pooled],
        lambda link: link.join(counted, and_(counted.c.key == coalesce(last, first), _is_fresh(counted))),
    )


OF_THE_OTHER = {
    "postgresql": PreparedQuery(PooledReportRow, _of_the_other_side_by_side()),
    "sqlite": PreparedQuery(PooledReportRow, _of_the_other_by_its_key()),
}


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


async def pooled_by_the_other(
    connection: AsyncConnection, partner: UUID, *, now: datetime, turn: datetime, horizon: datetime
) -> PooledReportRow | None:
    """Return the other's pooled answers that count in this partner's view at `now`.

    None alike where they are not linked, where either did not agree, and where no report counts. `turn` is the start
    of this week; reports from before `horizon` are too old.
    """
    return await OF_THE_OTHER[connection.dialect.name].one(
        connection, partner=partner, now=now, turn=turn, horizon=horizon
    )


async def find_support(connection: AsyncConnection, partner: UUID) -> bytes | None:
    row = await _SUPPORT.one(connection, partner=partner)
    return None if row is None else row.sealed


async def put_support(connection: AsyncConnection, partner: UUID, sealed: bytes) -> None:
    await PUT_SUPPORT[connection.dialect.name].run(connection, partner=partner, support=sealed)
