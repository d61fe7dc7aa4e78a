"""Invented couples to try the API with, made from the examples, as test data."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from app.rulesets.library import Library
from app.rulesets.sources import ConsentPurpose
from app.service import consents, couples, invitations, keys, partners, report_codec, tokens
from app.service.integrators import KeyHolder, Scope, create_integrator
from app.service.partners import Partner
from app.service.private_marks import NOTHING_OPENED
from app.service.reports import own_reports, submit_report
from app.service.session import Session
from app.service.view import show_now
from app.service.weekly_boundary import WEEK
from app.store.connection.session import act_for
from app.store.queries import integrators as stored_integrators

NAME = "Rekindle seed"
"""A later run finds the integrator by this name."""
EXAMPLES = Path(__file__).parents[2] / "examples"
SEEDED = (
    "first-request",
    "silence-at-dinner",
    "twenty-two-calm-years",
    "arguments-most-days",
    "one-partner-needs-support",
    "only-one-takes-part",
)
"""Examples in which each strategy leads once, then frequent conflict, a partner in fear, and one without the other."""

LOCALE = "en"
WEEKS = range(1, 5)
_MANY = 1000


@dataclass(frozen=True, slots=True)
class SeededPartner:
    """A partner with a new token, and the outcome and leading strategy of `GET /v1/me/view` with it."""

    name: Literal["a", "b"]
    id: str
    token: str
    expires_at: datetime
    outcome: str
    leading: str | None


@dataclass(frozen=True, slots=True)
class SeededCouple:
    """A couple made from one example; `couple` is None for a partner alone."""

    example: str
    title: str
    couple: str | None
    partners: list[SeededPartner]


@dataclass(frozen=True, slots=True)
class SeededWeek:
    """A token of the first partner that works at `now`, some weeks ahead, by the clock of test data."""

    now: datetime
    token: str


@dataclass(frozen=True, slots=True)
class Seeded:
    """The result of one run; `api_key` is None where an earlier run made the key, which is shown once."""

    integrator: str
    api_key: str | None
    couples: list[SeededCouple]
    weeks: list[SeededWeek]


@dataclass(frozen=True, slots=True)
class _SeedSession(Session):
    """The session of all steps, with the ruleset in force and whose partners they are."""

    library: Library
    holder: KeyHolder


async def seed(session: Session, library: Library, *, new_key: bool = False) -> Seeded:
    """Make couples that are missing, find the others, and mint a token for every partner. Idempotent but for tokens."""
    holder, api_key = await _find_or_make_key(session, new_key=new_key)
    session = _SeedSession(session.connection, session.vault, session.now, library, holder)
    titles = {entry["id"]: entry["title"] for entry in json.loads((EXAMPLES / "index.json").read_bytes())}
    made = [await _make_couple(session, example, titles[example]) for example in SEEDED]
    first = await partners.find_partner(session, holder, made[0].partners[0].id)
    return Seeded(holder.integrator, api_key, made, [await _make_week(session, first, week) for week in WEEKS])


async def _find_or_make_key(session: Session, *, new_key: bool) -> tuple[KeyHolder, str | None]:
    """Return a key that works, and its text where it was made now. With `new_key`, revoke earlier ones."""
    integrator = await stored_integrators.id_of_name(session.connection, NAME)
    if integrator is None:
        new = await create_integrator(session.connection, NAME, "test", session.now)
        return KeyHolder(new.integrator, new.key, "test", frozenset(Scope)), new.api_key
    holder = KeyHolder(integrator, "", "test", frozenset(Scope))
    existing = await keys.find_keys(session, holder, None, _MANY)
    now = session.now
    active = [key.id for key in existing if not key.revoked_at and (key.expires_at is None or key.expires_at > now)]
    if active and not new_key:
        return replace(holder, key=active[-1]), None
    for id_ in active:
        await keys.revoke_key(session, holder, id_, keeps_tokens=False)
    key, api_key = await keys.make_key(session, holder, None, None)
    return replace(holder, key=key.id), api_key


async def _make_couple(session: _SeedSession, example: str, title: str) -> SeededCouple:
    request = json.loads((EXAMPLES / f"{example}.json").read_bytes())
    people = {name: await _find_or_add(session, example, name, request) for name in request["reports"]}
    couple = await _find_or_link(session, *people.values()) if len(people) > 1 else None
    for name, partner in people.items():
        await _answer(session, partner, request["reports"][name])
    return SeededCouple(example, title, couple, [await _mint_token(session, *person) for person in people.items()])


async def _find_or_add(session: _SeedSession, example: str, name: str, request: dict[str, Any]) -> Partner:
    country = request.get("country")
    profile = partners.PartnerProfile(country[name] if isinstance(country, dict) else country, LOCALE)
    external_id = f"seed-{example}-{name}"
    partner, _is_new = await partners.find_or_add_partner(session, session.holder, external_id, profile)
    await _agree(session, partner, "processing")
    return partner


async def _find_or_link(session: _SeedSession, a: Partner, b: Partner) -> str:
    are_linked = [await couples.is_linked(session, partner) for partner in (a, b)]
    if all(are_linked):
        couple = (await couples.find_couples(session, session.holder, a.id, None, _MANY))[-1]
    else:
        couple = await couples.add_couple(session, a)
        invitation = await invitations.invite(session, session.holder, couple, quota=1)
        await act_for(session.connection, b.key)
        await invitations.accept(session, b, invitation.code, session.library)
    for partner in (a, b):
        await _agree(session, partner, "pooling")
    return couple.id


async def _agree(session: _SeedSession, partner: Partner, purpose: ConsentPurpose) -> None:
    await act_for(session.connection, partner.key)
    current = await consents.find_consents(session, partner, session.library)
    consent = next(consent for consent in current if consent.purpose == purpose)
    if not consent.granted:
        await consents.decide(session, partner, session.library, purpose, consent.version, granted=True)


async def _answer(session: _SeedSession, partner: Partner, report: dict[str, Any]) -> None:
    """Submit a report unless there is one from this week."""
    await act_for(session.connection, partner.key)
    last = await own_reports(session, partner, None, 1, NOTHING_OPENED)
    if last and session.now - last[0].cursor[0] < WEEK:
        return
    self_report = report_codec.decode_report(json.dumps(report).encode(), b"{}")
    await submit_report(session, partner, None, session.library, self_report, LOCALE)


async def _mint_token(session: _SeedSession, name: Literal["a", "b"], partner: Partner) -> SeededPartner:
    await act_for(session.connection, partner.key)
    shown = await show_now(session, partner, session.library, NOTHING_OPENED, LOCALE)
    token = await tokens.mint_token(session, session.holder, partner, tokens.MAX_TTL)
    leading = next((one.strategy for one in shown.view.strategies if one.standing == "leading"), None)
    return SeededPartner(name, partner.id, token.token, token.expires_at, shown.view.outcome, leading)


async def _make_week(session: _SeedSession, partner: Partner, week: int) -> SeededWeek:
    later = replace(session, now=session.now + week * WEEK)
    token = await tokens.mint_token(later, session.holder, partner, tokens.MAX_TTL)
    return SeededWeek(later.now, token.token)
