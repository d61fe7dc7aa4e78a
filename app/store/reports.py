"""Reports: the pooled part here, the private part in a table of its own that serving the other never touches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.store.tables import consents, data_keys, held_support, members, partners, private_answers, reports
from app.store.upsert import insert_into

_OWN = (
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
_LATEST_OWN = _OWN.limit(1)
_HELD = select(held_support.c.sealed).where(held_support.c.partner_key == bindparam("partner"))

_me, _them = members.alias("me"), members.alias("them")
_mine, _theirs = consents.alias("mine"), consents.alias("theirs")
_processing = consents.alias("processing")
_first = reports.alias("first")
_since_both_agreed = and_(
    reports.c.partner_key == _them.c.partner_key,
    reports.c.reported_at >= _mine.c.decided_at,
    reports.c.reported_at >= _theirs.c.decided_at,
)
_first_since_both_agreed = (
    select(_first.c.key)
    .where(
        _first.c.partner_key == _them.c.partner_key,
        _first.c.reported_at >= _mine.c.decided_at,
        _first.c.reported_at >= _theirs.c.decided_at,
    )
    .order_by(_first.c.reported_at, _first.c.key)
    .limit(1)
    .correlate(_them, _mine, _theirs)
    .scalar_subquery()
)
_counting_now = (
    select(reports.c.key)
    .where(
        _since_both_agreed,
        reports.c.reported_at >= bindparam("horizon"),
        reports.c.reported_at <= bindparam("now"),
        or_(reports.c.reported_at < bindparam("turn"), reports.c.key == _first_since_both_agreed),
    )
    .order_by(reports.c.reported_at.desc(), reports.c.key.desc())
    .limit(1)
    .correlate(_them, _mine, _theirs)
    .scalar_subquery()
)
_counted = reports.alias("counted")
_OF_THE_OTHER = (
    select(_counted.c.key, _counted.c.pooled, partners.c.id, data_keys.c.epoch, data_keys.c.wrapped)
    .select_from(_me)
    .join(_them, and_(_them.c.couple_key == _me.c.couple_key, _them.c.place != _me.c.place))
    .join(_mine, and_(_mine.c.partner_key == _me.c.partner_key, _mine.c.couple_key == _me.c.couple_key))
    .join(_theirs, and_(_theirs.c.partner_key == _them.c.partner_key, _theirs.c.couple_key == _me.c.couple_key))
    .join(
        _processing,
        and_(
            _processing.c.partner_key == _them.c.partner_key,
            _processing.c.purpose == "processing",
            _processing.c.granted,
        ),
    )
    .join(partners, partners.c.key == _them.c.partner_key)
    .join(data_keys, data_keys.c.owner == partners.c.id)
    .join(_counted, _counted.c.key == _counting_now)
    .where(
        _me.c.partner_key == bindparam("partner"),
        _me.c.standing == "linked",
        _them.c.standing == "linked",
        _mine.c.purpose == "pooling",
        _mine.c.granted,
        _theirs.c.purpose == "pooling",
        _theirs.c.granted,
    )
)

Found = Row[*tuple[Any, ...]]


async def add(connection: AsyncConnection, private: bytes, **report: object) -> None:
    """Both parts, each in its table."""
    await connection.execute(insert(reports), report)
    apart = {"report_key": report["key"], "partner_key": report["partner_key"], "sealed": private}
    await connection.execute(insert(private_answers), apart)


async def latest_own(connection: AsyncConnection, partner: UUID) -> Found | None:
    """Both parts of the newest report."""
    return (await connection.execute(_LATEST_OWN, {"partner": partner})).one_or_none()


async def page_of_own(
    connection: AsyncConnection, partner: UUID, before: tuple[datetime, UUID] | None, most: int
) -> Sequence[Found]:
    """Both parts of every report, the newest first."""
    wanted = _OWN.limit(most)
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
    given = {"partner": partner, "now": now, "turn": turn, "horizon": horizon}
    return (await connection.execute(_OF_THE_OTHER, given)).one_or_none()


async def held(connection: AsyncConnection, partner: UUID) -> bytes | None:
    return (await connection.execute(_HELD, {"partner": partner})).scalar_one_or_none()


async def hold(connection: AsyncConnection, partner: UUID, sealed: bytes) -> None:
    statement = insert_into(connection, held_support).values(partner_key=partner, sealed=sealed)
    await connection.execute(statement.on_conflict_do_update(index_elements=["partner_key"], set_={"sealed": sealed}))
