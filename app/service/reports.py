"""Self-reports: store one, carry over its safety answers as kinds of support, and return the full view."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.engine.answer_types import Energy
from app.engine.self_report import SelfReport, answer_at, pool
from app.engine.vocabulary import GROUPS
from app.rulesets.library import Library
from app.service import report_codec, safety_carry_over
from app.service.consents import require_processing
from app.service.partners import Partner
from app.service.past import fold
from app.service.private_marks import Mark, Opened
from app.service.report_codec import Marks
from app.service.safety_carry_over import CarriedSupport
from app.service.session import Session
from app.service.view import RenderedView, show_now
from app.service.week import begin_first_time, find_link, note_mutual_answers
from app.store.crypto.ids import new_id, new_key
from app.store.queries import couples as stored_couples
from app.store.queries import reports as stored_reports

ENERGY = "busyness.energy"


class SubmittedReport(NamedTuple):
    """A stored report, with the full view for the partner who has just answered."""

    id: str
    reported_on: date
    view: RenderedView


class NewReport(NamedTuple):
    """A report to store, with the marks of its private answers and the support that counts after it.

    `opened` is what the view may tell that is returned now. `energy` is the answer about it that was just sent.
    """

    report: SelfReport
    marks: Marks
    support: CarriedSupport
    answered_on: date
    opened: Opened
    energy: Energy | None


class OwnReport(NamedTuple):
    """A report as its owner may read it now; `cursor` is its place in the list."""

    id: str
    reported_on: date
    answers: dict[str, Any]
    cursor: tuple[datetime, UUID]


async def submit_report(
    session: Session,
    partner: Partner,
    generation: UUID | None,
    library: Library,
    report: SelfReport,
    locale: str,
) -> SubmittedReport:
    """Store a report and return the view that it leads to. Raises `ConsentRequired`.

    `generation` is that of the passphrase which the sender's token is unlocked with, None for a locked one.
    """
    await require_processing(session, partner)
    today = session.now.date()
    marks = report_codec.marks_of(report, Mark(today, generation))
    support = await safety_carry_over.find_support(session, partner)
    support = safety_carry_over.carry_over(support, report.safety, today, generation)
    opened = Opened(generation, frozenset([*marks, *safety_carry_over.kinds_called_for(report.safety)]))
    new = NewReport(report, marks, support, today, opened, answer_at(report, ENERGY))
    return await store_report(session, partner, library, new, locale)


async def store_report(
    session: Session, partner: Partner, library: Library, new: NewReport, locale: str
) -> SubmittedReport:
    """Store a report and the support that it leaves, and return the view that it leads to."""
    report, marks, support, answered_on, opened, energy = new
    link = await find_link(session, partner.key)
    if link and link.pools and link.first_at is None:
        # Of two first reports at once, the later one sees the other.
        await stored_couples.lock(session.connection, link.key)
    await safety_carry_over.store_support(session, partner, support)
    key, id_ = new_key(), new_id("rpt")
    pooled = report_codec.encode_pooled(report)
    private = report_codec.encode_private(report, marks, pooled)
    await stored_reports.add(
        session.connection,
        partner.data_key.seal("private_answers.sealed", key.hex, private),
        key=key,
        id=id_,
        partner_key=partner.key,
        reported_at=session.now,
        answered_on=answered_on,
        pooled=partner.data_key.seal("reports.pooled", key.hex, pooled),
    )
    if link and link.pools:
        await note_mutual_answers(session, link, report.mutual)
        if link.first_at is None:
            await begin_first_time(session, link, library)
    # What is kept private may only take away, so it ends nothing; the past is written all the same, in equal time.
    if energy is not None:
        shown = energy if answer_at(pool(report), ENERGY) is not None else "drained"
        await fold(session, partner, lambda past: past.with_energy(library.compiled.index, shown, answered_on))
    view = await show_now(session, partner, library, opened, locale)
    return SubmittedReport(id_, answered_on, view)


async def own_reports(
    session: Session, partner: Partner, before: tuple[datetime, UUID] | None, limit: int, opened: Opened
) -> list[OwnReport]:
    """Return reports, the newest first, with private answers that may be told."""
    return [
        OwnReport(
            row.id,
            row.reported_on,
            with_unanswered(report_codec.open_answers(partner.data_key, row, opened)),
            (row.reported_at, row.key),
        )
        for row in await stored_reports.page_of_own(session.connection, partner.key, before, limit)
    ]


def with_unanswered(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return every path of a report except safety, with None where there is no answer to show."""
    return {
        group: {name: (answers.get(group) or {}).get(name) for name in names} if names else answers.get(group)
        for group, names in _FORM.items()
    }


_FORM = {
    field.name: tuple(answer.name for answer in fields(GROUPS[field.name])) if field.name in GROUPS else ()
    for field in fields(SelfReport)
    if field.name != "safety"
}
