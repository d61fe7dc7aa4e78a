"""What carries over of safety answers: the kinds of support that they call for, for a year, never the answers."""

import json
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.engine.self_report import GRAVEST_FIRST, Safety, SupportKind, support_kinds
from app.service.partners import Partner
from app.store.queries import reports as stored_reports

Held = dict[SupportKind, date]
"""Each kind with the day from which it is no longer held."""

HELD_FOR = timedelta(days=365)
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


def carry_over(held: Held, safety: Safety | None, today: date) -> Held:
    """What is held after a report: a block of answers replaces it, except where a question was skipped."""
    if safety is None:
        return held
    called_for = support_kinds(safety)
    kept = {kind: until for kind, until in held.items() if _is_skipped(safety, kind)}
    return kept | dict.fromkeys(called_for, today + HELD_FOR)


def _is_skipped(safety: Safety, kind: SupportKind) -> bool:
    return any(getattr(safety, question) == "skip" for question in _QUESTIONS[kind])


def as_answers(held: Held) -> Safety | None:
    """Answers that call for what is held."""
    if not held:
        return None
    answers = {question: getattr(_CALLING[kind], question) for kind in held for question in _QUESTIONS[kind]}
    return Safety(**answers)


async def find_held(connection: AsyncConnection, partner: Partner, now: datetime) -> Held:
    """What is held today."""
    return open_held(partner, await stored_reports.held(connection, partner.key), now)


def open_held(partner: Partner, sealed: bytes | None, now: datetime) -> Held:
    if sealed is None:
        return {}
    plain = json.loads(partner.data_key.open(_PLACE, partner.id, sealed))
    dated = {kind: date.fromisoformat(plain[kind]) for kind in GRAVEST_FIRST if kind in plain}
    return {kind: until for kind, until in dated.items() if now.date() < until}


async def hold(connection: AsyncConnection, partner: Partner, held: Held) -> None:
    """Written anew with every report, so that nobody can tell from the row whether anything is held."""
    plain = json.dumps({kind: until.isoformat() for kind, until in held.items()}).encode()
    padded = plain.ljust(_LONGEST)
    await stored_reports.hold(connection, partner.key, partner.data_key.seal(_PLACE, partner.id, padded))


_LONGEST = len(json.dumps(dict.fromkeys(GRAVEST_FIRST, date.max.isoformat())))
