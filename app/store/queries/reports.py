"""Reports: the pooled part here, the private part in a table of its own that serving the other never touches."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Insert,
    Join,
    Row,
    Select,
    and_,
    bindparam,
    insert,
    join,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.functions import coalesce

from app.store.connection.prepared_statement import PreparedStatement
from app.store.schema.consents import consents
from app.store.schema.couples import members
from app.store.schema.data_keys import data_keys
from app.store.schema.partners import partners
from app.store.schema.reports import held_support, private_answers, reports

OWN = (
    select(
        reports.c.key,
        reports.c.id,
        reports.c.reported_at,
        reports.c.pooled,
        private_answers.c.sealed.label("private"),
    )
    .join_from(reports, private_answers, private_answers.c.report_key == reports.c.key)
    .where(reports.c.partner_key == bindparam("partner"))
    .order_by(reports.c.reported_at.desc(), reports.c.key.desc())
)
HELD = select(held_support.c.sealed).where(held_support.c.partner_key == bindparam("partner"))
_HELD = PreparedStatement(HELD)

_report = insert(reports).values({each: bindparam(f"its_{each.name}") for each in reports.c})
_private = insert(private_answers).values(
    report_key=bindparam("its_key"), partner_key=bindparam("its_partner_key"), sealed=bindparam("private")
)
# SQLite has no way to write into two tables at once.
_BOTH_PARTS = {
    "postgresql": (PreparedStatement(_private.add_cte(_report.cte("pooled_part"))),),
    "sqlite": (PreparedStatement(_report), PreparedStatement(_private)),
}


def _holding(held: postgresql.Insert | sqlite.Insert) -> Insert:
    """What is held now takes the place of what was."""
    written = held.values(partner_key=bindparam("partner"), sealed=bindparam("held"))
    return written.on_conflict_do_update(index_elements=["partner_key"], set_={"sealed": written.excluded.sealed})


HOLD = {
    "postgresql": PreparedStatement(_holding(postgresql.insert(held_support))),
    "sqlite": PreparedStatement(_holding(sqlite.insert(held_support))),
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


# What counts is the last report from before this week. Where there is none, the very first one need not wait a week.
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
    """The other's report that counts, with what opens it; only where the two are linked and both agreed."""
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
    """The very first is looked for only where the last was not found, and none is looked up a second time."""
    last = _last_before_this_week.correlate(*_LINK).lateral("last")
    first = _very_first.where(last.c.key.is_(None)).correlate(*_LINK, last).lateral("first")
    key, pooled = (coalesce(last.c[name], first.c[name]).label(name) for name in ("key", "pooled"))
    found = _of_the_other([key, pooled], lambda link: link.outerjoin(last, true()).outerjoin(first, _is_fresh(first)))
    return found.where(key.is_not(None))


def _of_the_other_by_its_key() -> Select[Any]:
    """For SQLite, which knows nothing of the kind: the key of the report, and then the report."""
    counted = reports.alias("counted")
    last, first = (
        each.with_only_columns(reports.c.key).correlate(*_LINK).scalar_subquery()
        for each in (_last_before_this_week, _very_first)
    )
    return _of_the_other(
        [counted.c.key, counted.c.pooled],
        lambda link: link.join(counted, and_(counted.c.key == coalesce(last, first), _is_fresh(counted))),
    )


OF_THE_OTHER = {
    "postgresql": PreparedStatement(_of_the_other_side_by_side()),
    "sqlite": PreparedStatement(_of_the_other_by_its_key()),
}

Found = Row[*tuple[Any, ...]]


async def add(connection: AsyncConnection, private: bytes, **report: object) -> None:
    """Both parts, each in its table."""
    given = {f"its_{name}": value for name, value in report.items()}
    for part in _BOTH_PARTS[connection.dialect.name]:
        await part.run(connection, private=private, **given)


async def page_of_own(
    connection: AsyncConnection, partner: UUID, before: tuple[datetime, UUID] | None, most: int
) -> Sequence[Found]:
    """Both parts of every report, the newest first."""
    wanted = OWN.limit(most)
    if before is not None:
        at, key = before
        older = (reports.c.reported_at < at) | ((reports.c.reported_at == at) & (reports.c.key < key))
        wanted = wanted.where(older)
    return (await connection.execute(wanted, {"partner": partner})).all()


async def pooled_by_the_other(
    connection: AsyncConnection, partner: UUID, *, now: datetime, turn: datetime, horizon: datetime
) -> Found | None:
    """The other's pooled answers that count in this partner's view now, with what opens them.

    None alike for: not linked, not agreed by either, nothing answered since, too old. `turn` is when this week began,
    `horizon` how old an answer may be.
    """
    return await OF_THE_OTHER[connection.dialect.name].one(
        connection, partner=partner, now=now, turn=turn, horizon=horizon
    )


async def held(connection: AsyncConnection, partner: UUID) -> bytes | None:
    found = await _HELD.one(connection, partner=partner)
    return None if found is None else found.sealed


async def hold(connection: AsyncConnection, partner: UUID, sealed: bytes) -> None:
    await HOLD[connection.dialect.name].run(connection, partner=partner, held=sealed)
