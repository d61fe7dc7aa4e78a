"""Carry-over of safety answers: the kinds of support that they call for are stored for a year, never the answers."""

import json
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from app.engine.answer_types import SupportKind
from app.engine.self_report import GRAVEST_FIRST, Safety, support_kinds
from app.service.partners import Partner
from app.service.private_marks import Opened, generation_in, generation_out
from app.service.session import Session
from app.store.queries import reports as stored_reports


class Held(NamedTuple):
    """The day from which a kind of support no longer counts, and the generation that its token was unlocked with."""

    until: date
    generation: UUID | None


CarriedSupport = dict[SupportKind, Held]

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


def carry_over(support: CarriedSupport, safety: Safety | None, today: date, generation: UUID | None) -> CarriedSupport:
    """Return the support that counts after a report.

    Safety answers replace what counted before, except the kinds of which a question was skipped.
    """
    if safety is None:
        return support
    called_for = support_kinds(safety)
    skipped = {kind: carried for kind, carried in support.items() if _is_skipped(safety, kind)}
    return skipped | dict.fromkeys(called_for, Held(today + CARRIED_FOR, generation))


def _is_skipped(safety: Safety, kind: SupportKind) -> bool:
    return any(getattr(safety, question) == "skip" for question in _QUESTIONS[kind])


def told_support(support: CarriedSupport, opened: Opened) -> CarriedSupport:
    """Return the kinds of support that may be told."""
    return {kind: carried for kind, carried in support.items() if opened.tells(carried.generation, kind)}


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
    support = {kind: _held_in(plain[kind]) for kind in GRAVEST_FIRST if kind in plain}
    return {kind: carried for kind, carried in support.items() if now.date() < carried.until}


def _held_in(stored: list[str] | str) -> Held:
    # What was stored as a day alone bears no mark.
    day, generation = (stored, None) if isinstance(stored, str) else (stored[0], generation_in(stored[1]))
    return Held(date.fromisoformat(day), generation)


async def store_support(session: Session, partner: Partner, support: CarriedSupport) -> None:
    """Store support, padded to one size, with every report: the row does not tell whether there is any."""
    padded = _held_out(support).ljust(_PADDED_LENGTH)
    await stored_reports.put_support(session.connection, partner.key, partner.data_key.seal(_PLACE, partner.id, padded))


def _held_out(support: CarriedSupport) -> bytes:
    plain = {kind: [carried.until.isoformat(), generation_out(carried.generation)] for kind, carried in support.items()}
    return json.dumps(plain).encode()


_PADDED_LENGTH = len(_held_out(dict.fromkeys(GRAVEST_FIRST, Held(date.max, None))))
