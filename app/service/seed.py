"""Invented couples to try the API with, made from the examples, as test data."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from app.engine.view import View
from app.rulesets.library import Library
from app.rulesets.sources import Purpose
from app.service import consents, couples, invitations, keys, partners, report_codec, tokens
from app.service.integrators import KeyHolder, Scope, create_integrator
from app.service.partners import Partner
from app.service.reports import own_reports, submit_report
from app.service.view import show_now
from app.service.weekly_boundary import WEEK
from app.store.connection import session
from app.store.connection.database import Connection
from app.store.crypto.vault import Vault
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
_MANY = 1000


class SeededPartner(NamedTuple):
    """A partner with a new token, and the outcome and leading strategy of `GET /v1/me/view` with it."""

    name: Literal["a", "b"]
    id: str
    token: str
    expires_at: datetime
    outcome: str
    leading: str | None


class SeededCouple(NamedTuple):
    """A couple made from one example; `couple` is None for a partner alone."""

    example: str
    title: str
    couple: str | None
    partners: list[SeededPartner]


class Seeded(NamedTuple):
    """The result of one run; `api_key` is None where an earlier run made the key, which is shown once."""

    integrator: str
    api_key: str | None
    couples: list[SeededCouple]


class _SeedContext(NamedTuple):
    """The arguments of every step."""

    connection: Connection
    vault: Vault
    library: Library
    holder: KeyHolder
    now: datetime


async def seed(
    connection: Connection, vault: Vault, library: Library, now: datetime, *, new_key: bool = False
) -> Seeded:
    """Make couples that are missing, find the others, and mint a token for every partner. Idempotent but for tokens."""
    holder, api_key = await _find_or_make_key(connection, now, new_key=new_key)
    context = _SeedContext(connection, vault, library, holder, now)
    titles = {entry["id"]: entry["title"] for entry in json.loads((EXAMPLES / "index.json").read_bytes())}
    return Seeded(
        holder.integrator, api_key, [await _make_couple(context, example, titles[example]) for example in SEEDED]
    )


async def _find_or_make_key(connection: Connection, now: datetime, *, new_key: bool) -> tuple[KeyHolder, str | None]:
    """Return a key that works, and its text where it was made now. With `new_key`, revoke earlier ones."""
    integrator = await stored_integrators.id_of_name(connection, NAME)
    if integrator is None:
        new = await create_integrator(connection, NAME, "test", now)
        return KeyHolder(new.integrator, new.key, "test", frozenset(Scope)), new.api_key
    holder = KeyHolder(integrator, "", "test", frozenset(Scope))
    existing = await keys.find_keys(connection, holder, None, _MANY)
    active = [key.id for key in existing if not key.revoked_at and (key.expires_at is None or key.expires_at > now)]
    if active and not new_key:
        return replace(holder, key=active[-1]), None
    for id_ in active:
        await keys.revoke_key(connection, holder, id_, now)
    key, api_key = await keys.make_key(connection, holder, None, None, now)
    return replace(holder, key=key.id), api_key


async def _make_couple(context: _SeedContext, example: str, title: str) -> SeededCouple:
    request = json.loads((EXAMPLES / f"{example}.json").read_bytes())
    people = {name: await _find_or_add(context, example, name, request) for name in request["reports"]}
    couple = await _find_or_link(context, *people.values()) if len(people) > 1 else None
    for name, partner in people.items():
        await _answer(context, partner, request["reports"][name])
    return SeededCouple(example, title, couple, [await _mint_token(context, *person) for person in people.items()])


async def _find_or_add(context: _SeedContext, example: str, name: str, request: dict[str, Any]) -> Partner:
    country = request.get("country")
    profile = partners.PartnerProfile(
        external_id=f"seed-{example}-{name}",
        country=country[name] if isinstance(country, dict) else country,
        locale=LOCALE,
    )
    partner, _is_new = await partners.find_or_add_partner(
        context.connection, context.vault, context.holder, profile, context.now
    )
    await _agree(context, partner, "processing")
    return partner


async def _find_or_link(context: _SeedContext, a: Partner, b: Partner) -> str:
    connection, vault, holder, now = context.connection, context.vault, context.holder, context.now
    are_linked = [await couples.is_linked(connection, partner) for partner in (a, b)]
    if all(are_linked):
        couple = (await couples.find_couples(connection, holder, a.id, None, _MANY))[-1]
    else:
        couple = await couples.add_couple(connection, vault, a, now)
        invitation = await invitations.invite(connection, vault, holder, couple, now)
        await invitations.accept(connection, vault, b, invitation.code, now)
    for partner in (a, b):
        await _agree(context, partner, "pooling")
    return couple.id


async def _agree(context: _SeedContext, partner: Partner, purpose: Purpose) -> None:
    current = await consents.find_consents(context.connection, partner, context.library)
    consent = next(consent for consent in current if consent.purpose == purpose)
    if not consent.granted:
        decision = consents.ConsentDecision(consent.version, granted=True, current=consent.version)
        await consents.decide(context.connection, context.vault, partner, purpose, decision, context.now)


async def _answer(context: _SeedContext, partner: Partner, report: dict[str, Any]) -> None:
    """Submit a report unless there is one from this week."""
    await session.act_for(context.connection, partner.key)
    last = await own_reports(context.connection, partner, None, 1, whole=False)
    if last and context.now - last[0].cursor[0] < WEEK:
        return
    self_report = report_codec.decode_report(json.dumps(report).encode(), b"{}")
    await submit_report(
        context.connection, context.vault, partner, context.library, self_report, context.now, locale=LOCALE
    )


async def _mint_token(context: _SeedContext, name: Literal["a", "b"], partner: Partner) -> SeededPartner:
    await session.act_for(context.connection, partner.key)
    shown = await show_now(
        context.connection, context.vault, partner, context.library, context.now, locale=LOCALE, quiet=True
    )
    token = await tokens.mint_token(
        context.connection, context.vault, context.holder, partner, tokens.MAX_TTL, context.now
    )
    return SeededPartner(name, partner.id, token.token, token.expires_at, shown.view.outcome, leading_in(shown.view))


def leading_in(view: View) -> str | None:
    """Return the id of the leading strategy, or None."""
    return next((strategy.strategy for strategy in view.strategies if strategy.standing == "leading"), None)
