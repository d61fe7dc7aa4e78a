"""The week of a link: what each of the two sees of the other from one weekly turn to the next.

It is taken from what counts at the turn, and at the first time that both have answered. It is stored before anything of
the two changes, so that no act of the one shows to the other before the next turn: answering, saying yes, setting a
time and every way to leave look alike until then. It is sealed with the link's own key and gone at the turn.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.offer import read
from app.engine.reading_record import ReadingRecord, to_reading_record
from app.engine.self_report import NO_AGREEMENT, Agreed, Mutual, agree
from app.rulesets.library import Library
from app.service import report_codec
from app.service.session import Session
from app.service.weekly_boundary import FRESH_FOR, WEEK, next_week, start_of_week
from app.store.crypto.ids import new_seed
from app.store.crypto.vault import DataKey, Wrapped
from app.store.queries import couples as stored_couples
from app.store.queries import reports as stored_reports
from app.store.queries import weeks as stored_weeks
from app.store.queries.reports import PooledReportRow

_PLACE, _TIMES, _MUTUAL = "weeks.sealed", "appointments.sealed", "mutual_answers.sealed"
_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two brings into a week.

    `yeses` are the marks of their open yeses and begun paths in base 16, `times` what they set by such marks.
    """

    reading: ReadingRecord | None = None
    yeses: frozenset[str] = frozenset()
    times: Mapping[str, str] = field(default_factory=dict)


NOTHING = Side()


@dataclass(frozen=True, slots=True)
class Week:
    """What the two bring, by their place, under the ruleset of this digest."""

    ruleset: str
    sides: Mapping[int, Side]
    agreed: Agreed = NO_AGREEMENT

    def of_the_other(self, place: int) -> Side:
        """Return what the one who is not at this place brings."""
        return self.sides.get(3 - place, NOTHING)


class Link(NamedTuple):
    """The couple in which a partner is linked, as that partner stands in it, with its week where it is stored.

    It is open once a request of this partner's own has stored it.
    """

    key: UUID
    id: str
    partner: UUID
    place: int
    pools: bool
    seed: str | None
    first_at: datetime | None
    data_key: DataKey
    week: Week | None
    is_open: bool

    def mark(self, activity: str) -> bytes:
        """Return the mark that the yeses of both to an activity have."""
        return self.data_key.mark("yes", activity)

    def path_mark(self, path: str) -> bytes:
        """Return the mark that a path has where a partner began it: it counts like a yes that does not lapse."""
        return self.data_key.mark("path", path)

    def begun_by_both(self, week: Week, paths: Iterable[str]) -> frozenset[str]:
        """Return those of the paths that both were on when the week was taken."""
        begun = week.sides.get(1, NOTHING).yeses & week.sides.get(2, NOTHING).yeses
        return frozenset([path for path in paths if self.path_mark(path).hex() in begun])


@dataclass(frozen=True, slots=True)
class MutualReport:
    """A report's mutual answers, and when it was given."""

    at: datetime
    mutual: Mutual | None


async def find_link(session: Session, partner: UUID) -> Link | None:
    """Return the couple in which a partner stands as linked, whether or not the other has left."""
    row = await stored_weeks.link_of(session.connection, partner)
    if row is None:
        return None
    data_key = session.vault.unwrap(row.id, Wrapped(row.epoch, row.wrapped))
    week = None
    if row.sealed is not None and row.until == next_week(session.now):
        week = msgspec.json.decode(data_key.open(_PLACE, row.id, row.sealed), type=Week)
    is_open = row.opened_until == next_week(session.now)
    return Link(row.key, row.id, partner, row.place, row.pools, row.seed, row.first_at, data_key, week, is_open)


async def open_week(session: Session, partner: UUID, library: Library) -> Link | None:
    """Return a partner's link with its week stored: what changes after this shows to the other at the next turn.

    The first of each one's requests in a week runs the same statements whether it was stored or not, and the others
    only read it: how long they take does not tell whether the other was here.
    """
    link = await find_link(session, partner)
    if link is None or (link.is_open and link.week and link.week.ruleset == library.digest):
        return link
    taken = await _take(session, link, library, before=start_of_week(session.now), is_heard=link.first_at is not None)
    await stored_weeks.put_if_new(session.connection, link.key, *_sealed(session, link, taken))
    await stored_weeks.note_opened(session.connection, link.key, link.place, next_week(session.now))
    # Another request may have stored the week, and changed something, while this one was taken.
    link = await find_link(session, partner)
    if link is None or link.week is None or link.week.ruleset == library.digest:
        return link
    # Another ruleset reads the answers anew. Whoever left in this week has none, and lapses before the turn.
    week = _with_readings_of(taken, link.week)
    await _store(session, link, week)
    return link._replace(week=week)


async def begin_first_time(session: Session, link: Link, library: Library) -> None:
    """Let answers count at once where both have given some and never had before; the caller holds the couple's lock."""
    taken = await _take(session, link, library, before=session.now + _A_MOMENT, is_heard=True)
    if any(taken.sides.get(place, NOTHING).reading is None for place in (1, 2)):
        return
    await stored_couples.begin_first_time(session.connection, link.key, new_seed(), session.now)
    await _store(session, link, _with_readings_of(taken, link.week or taken))


async def note_mutual_answers(session: Session, link: Link, mutual: Mutual | None) -> None:
    """Keep what a partner said of the mutual answers, for as long as a turn can ask for it."""
    sealed = await stored_weeks.own_mutual(session.connection, link.key, link.partner)
    reports = (*(_opened(link, link.place, sealed) if sealed else ()), MutualReport(session.now, mutual))
    plain = msgspec.json.encode(still_asked_for(reports, start_of_week(session.now)))
    sealed = link.data_key.seal(_MUTUAL, f"{link.id}/{link.place}", plain)
    await stored_weeks.put_mutual(session.connection, link.key, link.partner, sealed)


def still_asked_for(reports: Iterable[MutualReport], turn: datetime) -> tuple[MutualReport, ...]:
    """Return what a later turn can ask for, of reports in their order: the last one of each week.

    Everything from before the week before this one counts as one week.
    """
    earliest = turn - 2 * WEEK
    return tuple({max(start_of_week(report.at), earliest): report for report in reports}.values())


def seal_time(link: Link, mark: bytes, time: str) -> bytes:
    return link.data_key.seal(_TIMES, mark.hex(), time.encode())


def open_time(link: Link, mark: bytes, sealed: bytes) -> str:
    return link.data_key.open(_TIMES, mark.hex(), sealed).decode()


def _with_readings_of(taken: Week, stored: Week) -> Week:
    """Return a stored week with the readings of another."""
    sides = {
        place: replace(stored.sides.get(place, NOTHING), reading=taken.sides.get(place, NOTHING).reading)
        for place in (1, 2)
    }
    return Week(taken.ruleset, sides, stored.agreed)


def _sealed(session: Session, link: Link, week: Week) -> tuple[datetime, bytes]:
    return next_week(session.now), link.data_key.seal(_PLACE, link.id, msgspec.json.encode(week))


async def _store(session: Session, link: Link, week: Week) -> None:
    await stored_weeks.put(session.connection, link.key, *_sealed(session, link, week))


async def _take(session: Session, link: Link, library: Library, *, before: datetime, is_heard: bool) -> Week:
    """Return what counts of both: answers from before a moment, and everything else as it stands.

    Without `is_heard` there are no readings: nobody is heard before the first time.
    """
    connection, turn = session.connection, start_of_week(session.now)
    rows = await stored_reports.pooled_of_couple(connection, link.key, before=before, horizon=turn - FRESH_FOR)
    # Either hears the other only where both agreed.
    heard = rows if is_heard and len(rows) > 1 else []
    sides = {1: NOTHING, 2: NOTHING}
    for row in heard:
        sides[row.place] = Side(_read(session, library.compiled, row))
    for yes in await stored_weeks.yeses_of(connection, link.key, session.now):
        side = sides[yes.place]
        sides[yes.place] = replace(side, yeses=side.yeses | {yes.mark.hex()})
    for time in await stored_weeks.times_of(connection, link.key):
        side, opened = sides[time.place], open_time(link, time.mark, time.sealed)
        sides[time.place] = replace(side, times={**side.times, time.mark.hex(): opened})
    agreed = await _agreed(session, link)
    return Week(library.digest, sides, agreed if heard else NO_AGREEMENT)


def _read(session: Session, compiled: CompiledRuleset, row: PooledReportRow) -> ReadingRecord | None:
    if row.key is None or row.pooled is None:
        return None
    data_key = session.vault.unwrap(row.id, Wrapped(row.epoch, row.wrapped))
    pooled = report_codec.decode_pooled(data_key.open("reports.pooled", row.key.hex, row.pooled))
    return to_reading_record(compiled, read(compiled, pooled))


async def _agreed(session: Session, link: Link) -> Agreed:
    """Return what both hold at the last turn and held at the one before."""
    turn = start_of_week(session.now)
    rows = await stored_weeks.mutual_of(session.connection, link.key)
    reports = {row.place: _opened(link, row.place, row.sealed) for row in rows}
    now, before = (agree(*(held_at(reports.get(place, ()), at) for place in (1, 2))) for at in (turn, turn - WEEK))
    return agree(as_mutual(now), as_mutual(before))


def as_mutual(agreed: Agreed) -> Mutual:
    """Return what was agreed as the answers of one."""
    return Mutual(affection=agreed.affection, about=agreed.about)


def held_at(reports: tuple[MutualReport, ...], turn: datetime) -> Mutual | None:
    """Return the mutual answers that count at a turn."""
    earlier = [report for report in reports if turn - FRESH_FOR <= report.at < turn]
    return earlier[-1].mutual if earlier else None


def _opened(link: Link, place: int, sealed: bytes) -> tuple[MutualReport, ...]:
    opened = link.data_key.open(_MUTUAL, f"{link.id}/{place}", sealed)
    return msgspec.json.decode(opened, type=tuple[MutualReport, ...])
