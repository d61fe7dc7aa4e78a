"""Carry-over of safety answers: what they call for is stored for a year, never the answers.

That is the kinds of support, and two soft signs, which call for care: humiliated sometimes, and every question skipped.
"""

import json
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from app.engine.answer_types import SupportKind
from app.engine.plain_values import from_plain
from app.engine.self_report import GRAVEST_FIRST, SAFETY_QUESTIONS, Safety, support_kinds
from app.service.partners import Partner
from app.service.private_marks import Opened, generation_in, generation_out
from app.service.session import Session
from app.store.queries import reports as stored_reports


class Held(NamedTuple):
    """The day from which a kind of support no longer counts, and the generation that its token was unlocked with."""

    until: date
    generation: UUID | None


SoftSign = Literal["humiliated_sometimes", "all_skipped"]
CarriedKind = SupportKind | SoftSign
CarriedSupport = dict[CarriedKind, Held]

CARRIED_FOR = timedelta(days=365)
_PLACE = "held_support.sealed"
_ALL_KINDS: tuple[CarriedKind, ...] = (*GRAVEST_FIRST, "humiliated_sometimes", "all_skipped")
_QUESTIONS: dict[CarriedKind, tuple[str, ...]] = {
    "crisis": ("self_harm",),
    "danger": ("fear", "hurt", "injury", "threat", "forced", "control"),
    "concern": ("humiliated",),
    "own_acts": ("worried_about_own_acts",),
    "humiliated_sometimes": ("humiliated",),
    "all_skipped": (),
}
_CALLING: dict[CarriedKind, Safety] = {
    "crisis": Safety(self_harm="yes"),
    "danger": Safety(fear="yes"),
    "concern": Safety(humiliated="often"),
    "own_acts": Safety(worried_about_own_acts="yes"),
    "humiliated_sometimes": Safety(humiliated="sometimes"),
}
_EVERYTHING_SKIPPED = from_plain(Safety, dict.fromkeys(SAFETY_QUESTIONS, "skip"))


def carry_over(support: CarriedSupport, safety: Safety | None, today: date, generation: UUID | None) -> CarriedSupport:
    """Return the support that counts after a report.

    Safety answers replace what counted before, except the kinds of which a question was skipped. A block without any
    answer is none: an app that always sends one ends nothing.
    """
    if safety in (None, Safety()):
        return support
    called_for = kinds_called_for(safety)
    skipped = {
        kind: carried
        for kind, carried in support.items()
        if any(getattr(safety, question) == "skip" for question in _QUESTIONS[kind])
    }
    return skipped | dict.fromkeys(called_for, Held(today + CARRIED_FOR, generation))


def kinds_called_for(safety: Safety | None) -> tuple[CarriedKind, ...]:
    """Return the kinds of support and the soft signs that safety answers call for."""
    if safety is None:
        return ()
    signs: dict[SoftSign, bool] = {
        "humiliated_sometimes": safety.humiliated == "sometimes",
        "all_skipped": bool(safety.all_skipped),
    }
    return (*support_kinds(safety), *(sign for sign in signs if signs[sign]))


def told_support(support: CarriedSupport, opened: Opened) -> CarriedSupport:
    return {kind: carried for kind, carried in support.items() if opened.tells(carried.generation, kind)}


def as_answers(support: CarriedSupport) -> Safety | None:
    """Return safety answers that call for this support, for the engine."""
    if not support:
        return None
    if [*support] == ["all_skipped"]:
        return _EVERYTHING_SKIPPED
    answers = {question: getattr(_CALLING[kind], question) for kind in support for question in _QUESTIONS[kind]}
    return Safety(**answers)


async def find_support(session: Session, partner: Partner) -> CarriedSupport:
    return open_support(partner, await stored_reports.find_support(session.connection, partner.key), session.now)


def open_support(partner: Partner, sealed: bytes | None, now: datetime) -> CarriedSupport:
    """Open the stored support, and leave out what no longer counts."""
    if sealed is None:
        return {}
    plain = json.loads(partner.data_key.open(_PLACE, partner.id, sealed))
    support = {kind: _held_in(plain[kind]) for kind in _ALL_KINDS if kind in plain}
    return {kind: carried for kind, carried in support.items() if now.date() < carried.until}


def _held_in(stored: list[str] | str) -> Held:
    # What was stored as a day alone bears no mark.
    day, generation = (stored, None) if isinstance(stored, str) else (stored[0], generation_in(stored[1]))
    return Held(date.fromisoformat(day), generation)


async def store_support(session: Session, partner: Partner, support: CarriedSupport) -> None:
    """Store support with every report: the row does not tell whether there is any."""
    plain = {kind: [carried.until.isoformat(), generation_out(carried.generation)] for kind, carried in support.items()}
    sealed = partner.data_key.seal(_PLACE, partner.id, json.dumps(plain).encode())
    await stored_reports.put_support(session.connection, partner.key, sealed)
