"""Carry-over of safety answers: the kinds of support that they call for are stored for a year, never the answers."""

import json
from datetime import date, datetime, timedelta

from app.engine.answer_types import SupportKind
from app.engine.self_report import GRAVEST_FIRST, Safety, support_kinds
from app.service.partners import Partner
from app.service.session import Session
from app.store.queries import reports as stored_reports

CarriedSupport = dict[SupportKind, date]
"""Kinds of support, with the day from which each no longer counts."""

CARRIED_FOR = timedelta(days=365)
_PLACE = "held_support.sealed"
_QUESTIONS: dict[SupportKind, tuple[str, ...]] = {
    "crisis": ("self_harm",),
    "danger": ("fear", "hurt", "injury", "threat", "forced", "control"),
    "concern": ("humiliated",),
    "own_acts": ("worried_about_own_acts",),
}
_CALLING: dict[SupportKind, Safety] = {
    "crisis": Safety(self_harm="yes"),
    "danger": Safety(fear="yes"),
    "concern": Safety(humiliated="often"),
    "own_acts": Safety(worried_about_own_acts="yes"),
}


def carry_over(support: CarriedSupport, safety: Safety | None, today: date) -> CarriedSupport:
    """Return the support that counts after a report.

    Safety answers replace what counted before, except the kinds of which a question was skipped.
    """
    if safety is None:
        return support
    called_for = support_kinds(safety)
    skipped = {kind: until for kind, until in support.items() if _is_skipped(safety, kind)}
    return skipped | dict.fromkeys(called_for, today + CARRIED_FOR)


def _is_skipped(safety: Safety, kind: SupportKind) -> bool:
    return any(getattr(safety, question) == "skip" for question in _QUESTIONS[kind])


def as_answers(support: CarriedSupport) -> Safety | None:
    """Return safety answers that call for this support, for the engine."""
    if not support:
        return None
    answers = {question: getattr(_CALLING[kind], question) for kind in support for question in _QUESTIONS[kind]}
    return Safety(**answers)


async def find_support(session: Session, partner: Partner) -> CarriedSupport:
    """Return the support that counts today."""
    return open_support(partner, await stored_reports.find_support(session.connection, partner.key), session.now)


def open_support(partner: Partner, sealed: bytes | None, now: datetime) -> CarriedSupport:
    """Open the stored support, and leave out what no longer counts."""
    if sealed is None:
        return {}
    plain = json.loads(partner.data_key.open(_PLACE, partner.id, sealed))
    support = {kind: date.fromisoformat(plain[kind]) for kind in GRAVEST_FIRST if kind in plain}
    return {kind: until for kind, until in support.items() if now.date() < until}


async def store_support(session: Session, partner: Partner, support: CarriedSupport) -> None:
    """Store support, padded to one size, with every report: the row does not tell whether there is any."""
    plain = json.dumps({kind: until.isoformat() for kind, until in support.items()}).encode()
    padded = plain.ljust(_PADDED_LENGTH)
    await stored_reports.put_support(session.connection, partner.key, partner.data_key.seal(_PLACE, partner.id, padded))


_PADDED_LENGTH = len(json.dumps(dict.fromkeys(GRAVEST_FIRST, date.max.isoformat())))
