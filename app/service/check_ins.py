"""Check-ins: the weekly way to answer. What is not sent is carried over from the last report, with its label and mark.

What is carried of private answers may only take away, silently, and lapses. So an app never has to send back what it
may not read, and cannot disclose it by leaving it out.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from app.engine.plain_values import Plain, from_plain, to_plain, without_none
from app.engine.self_report import SelfReport, answer_at
from app.engine.vocabulary import ANSWERS
from app.errors import FieldError, ValidationFailed
from app.rulesets.library import Library, Question
from app.service import report_codec
from app.service.answers_by_path import (
    KEEP_PRIVATE,
    LIKES,
    LIKING_OF_TOUCH,
    OWN_MEMBERS,
    SEASON,
    SEPARATION,
    as_report,
    by_path,
    is_private,
)
from app.service.consents import require_processing
from app.service.private_marks import Mark, Opened
from app.service.report_codec import MarkedAnswers
from app.service.reports import ENERGY, NewReport, SubmittedReport, store_report
from app.service.safety_carry_over import carry_over, find_support, kinds_called_for
from app.service.session import Session
from app.service.tokens import Login
from app.service.weekly_boundary import next_week, weeks_between
from app.store.queries import couples as stored_couples
from app.store.queries import reports as stored_reports

CLEARED_GROUPS = ("private", KEEP_PRIVATE, "mutual", "safety")
ANSWERED_BACK = timedelta(days=7)
"""How far back the day of answering may lie."""
_QUESTION_OF = {LIKING_OF_TOUCH: LIKES, SEPARATION: SEASON}
_LAPSES_AFTER = 2
"""A carried private answer lapses after so many times the days after which its question is asked again."""
_FIRST_MONDAY = date(1970, 1, 5)
_WEEK_DAYS = 7


class CheckIn(NamedTuple):
    """What was sent: answers, the paths and groups to clear, and the day on which it was answered."""

    answers: SelfReport
    clear: Collection[str]
    answered_on: date


class NextCheckIn(NamedTuple):
    """What to ask this week, the optional pooled answers of the last report, and the day of the next check-in."""

    due: list[Question]
    answers: Plain
    next_on: date


class Carried(NamedTuple):
    """Answers by path, the paths kept from the pool, and the marks of what is private."""

    answers: Plain
    unpooled: frozenset[str]
    marks: Mapping[str, Mark]

    @property
    def report(self) -> SelfReport:
        unpooled = {KEEP_PRIVATE: sorted(self.unpooled)} if self.unpooled else {}
        return from_plain(SelfReport, as_report(self.answers | unpooled))


NOTHING = Carried({}, frozenset(), {})


def due_questions(library: Library, today: date) -> list[Question]:
    """Return the questions of this week, the same for everyone: what was answered has no part in it.

    Those that a report needs are always due, the others every so many weeks, each group in weeks of its own.
    """
    week, shifts = weeks_between(_FIRST_MONDAY, today), {group: number for number, group in enumerate(library.groups)}
    due = []
    for question in library.questions:
        every = max(1, round(question.ask_every_days / _WEEK_DAYS))
        if question.required or not (week + shifts.get(question.group, 0)) % every:
            due.append(question)
    return due


async def find_check_in(session: Session, login: Login, library: Library) -> NextCheckIn:
    """Return what to ask this week. Raises `ConsentRequired`."""
    partner, today = login.partner, session.now.date()
    await require_processing(session, partner)
    rows = await stored_reports.page_of_own(session.connection, partner.key, None, 1)
    pooled = report_codec.open_answers(partner.data_key, rows[0], Opened()) if rows else {}
    required = {question.id for question in library.questions if question.required}
    answers = {path: answer for path, answer in by_path(pooled).items() if path not in required}
    return NextCheckIn(due_questions(library, today), as_report(answers), next_week(session.now).date())


async def check_in(session: Session, login: Login, library: Library, sent: CheckIn, locale: str) -> SubmittedReport:
    """Store a report of what was sent and what is carried over, and return the view that it leads to.

    Raises `ConsentRequired`, and `ValidationFailed` where there is no report yet to carry a required answer over from.
    """
    partner = login.partner
    await require_processing(session, partner)
    # Of two check-ins at once the second carries over what the first sent.
    await stored_couples.lock_partners(session.connection, [partner.key])
    rows = await stored_reports.page_of_own(session.connection, partner.key, None, 1)
    last = NOTHING
    if rows:
        stored = report_codec.open_report(partner.data_key, rows[0])
        last = carried_of(report_codec.read_marked(*stored), rows[0].reported_on)
    mark = Mark(sent.answered_on, login.generation)
    after = carried_into(last, sent, library, session.now.date(), mark)
    if not rows:
        _require(library, after.answers)
    support = {} if "safety" in sent.clear else await find_support(session, partner)
    # Nothing that was carried over is told, so that only what was just sent is open.
    just_sent = [path for path in after.marks if after.marks[path] is mark]
    opened = Opened(None, frozenset([*just_sent, *kinds_called_for(sent.answers.safety)]))
    new = NewReport(
        after.report,
        after.marks,
        carry_over(support, sent.answers.safety, session.now.date(), login.generation),
        sent.answered_on,
        opened,
        answer_at(sent.answers, ENERGY),
    )
    return await store_report(session, partner, library, new, locale)


def carried_of(last: MarkedAnswers, reported_on: date) -> Carried:
    """Return all of a stored report; what has no mark was sent over a locked token."""
    answers = by_path(last.plain)
    unpooled = frozenset(answers.pop(KEEP_PRIVATE, ()))
    private = {*unpooled, *(path for path in answers if is_private(path, unpooled))}
    return Carried(answers, unpooled, {path: last.marks.get(path, Mark(reported_on, None)) for path in private})


def carried_into(last: Carried, sent: CheckIn, library: Library, today: date, mark: Mark) -> Carried:
    """Return what a check-in amounts to, after the report `last`; `mark` is that of what was sent."""
    return joined(cleared(without_lapsed(last, library, today), sent.clear), sent.answers, mark)


def without_lapsed(before: Carried, library: Library, today: date) -> Carried:
    """Return what is carried without private answers that are too old. Paths kept from the pool stay so."""
    days = {question.id: question.ask_every_days for question in library.questions}
    lapsed = {
        path
        for path, mark in before.marks.items()
        if (today - mark.sent_on).days >= _LAPSES_AFTER * days[_QUESTION_OF.get(path, path)]
    }
    return _without_answers(before, lapsed)


def cleared(before: Carried, clear: Collection[str]) -> Carried:
    """Return what is carried without the paths and groups to clear.

    A path stays kept from the pool until the group `keep_private` is cleared, and then goes with its answer: so no
    answer that was kept private is ever pooled without being sent again.
    """
    gone = {path for path in before.answers if path in clear or _label(path) in clear}
    gone |= {member for member in OWN_MEMBERS if _QUESTION_OF[member] in clear}
    unpooled = before.unpooled
    if KEEP_PRIVATE in clear:
        gone, unpooled = gone | unpooled, frozenset()
    return _without_answers(before._replace(unpooled=unpooled), gone)


def joined(before: Carried, sent: SelfReport, mark: Mark) -> Carried:
    """Return what is carried with what was sent in its place. What is kept from the pool stays so, and may grow."""
    new = by_path(without_none(to_plain(replace(sent, safety=None))))
    new_unpooled = frozenset(new.pop(KEEP_PRIVATE, ()))
    unpooled = before.unpooled | new_unpooled
    marked = {*new_unpooled, *(path for path in new if is_private(path, unpooled))}
    return Carried({**before.answers, **new}, unpooled, {**before.marks, **dict.fromkeys(marked, mark)})


def _label(path: str) -> str:
    return "private" if path in OWN_MEMBERS else ANSWERS[path].label


def _without_answers(carried: Carried, paths: Collection[str]) -> Carried:
    answers = {path: answer for path, answer in carried.answers.items() if path not in paths}
    # The mark of a path that is kept from the pool stays: it tells who may read that it is.
    marks = {path: mark for path, mark in carried.marks.items() if path in answers or path in carried.unpooled}
    return carried._replace(answers=answers, marks=marks)


def _require(library: Library, answers: Plain) -> None:
    missing = [question.id for question in library.questions if question.required and question.id not in answers]
    if missing:
        pointers = (f"#/answers/{path.replace('.', '/')}" for path in missing)
        reason = "A first check-in needs this answer."
        raise ValidationFailed([FieldError("body", pointer, "required", reason) for pointer in pointers])
