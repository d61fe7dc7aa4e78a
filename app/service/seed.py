"""Made-up couples to try the API with, taken from the examples. All of it is test data, and none of it is anyone's."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from app.engine.view import View
from app.rulesets.library import Library
from app.service import audit, consents, couples, invitations, keys, partners, report_codec, tokens
from app.service.consents import Purpose
from app.service.integrators import KeyHolder, Scope, create_integrator
from app.service.partners import Partner
from app.service.reports import own_reports, take_report
from app.service.view import show_now
from app.service.weekly_boundary import WEEK
from app.store.connection import session
from app.store.crypto.vault import Vault
from app.store.queries import integrators as stored_integrators

NAME = "Rekindle seed"
"""By which a later run finds the integrator again."""
EXAMPLES = Path(__file__).parents[2] / "examples"
SEEDED = (
    "first-request",
    "silence-at-dinner",
    "twenty-two-calm-years",
    "arguments-most-days",
    "one-partner-needs-support",
    "only-one-takes-part",
)
"""Each strategy in the lead once, then conflict on most days, somebody who is afraid, and one who answers alone."""

LOCALE = "en"
_MANY = 1000


class SeededPartner(NamedTuple):
    """A partner with a fresh token, and what `GET /v1/me/view` tells them with it."""

    name: Literal["a", "b"]
    id: str
    token: str
    expires_at: datetime
    outcome: str
    leading: str | None


class SeededCouple(NamedTuple):
    """One example that has come to life; `couple` is None for a partner alone."""

    example: str
    title: str
    couple: str | None
    partners: list[SeededPartner]


class Seeded(NamedTuple):
    """`api_key` is None where it was made by an earlier run: a key is shown once."""

    integrator: str
    api_key: str | None
    couples: list[SeededCouple]


class _Place(NamedTuple):
    """What every step needs."""

    connection: AsyncConnection
    vault: Vault
    library: Library
    holder: KeyHolder
    now: datetime


async def seed(
    connection: AsyncConnection, vault: Vault, library: Library, now: datetime, *, new_key: bool = False
) -> Seeded:
    """Make what is missing, find the rest, and mint a token for everyone. Run again, it doubles nothing."""
    holder, api_key = await _find_or_make_key(connection, now, new_key=new_key)
    place = _Place(connection, vault, library, holder, now)
    titles = {entry["id"]: entry["title"] for entry in json.loads((EXAMPLES / "index.json").read_bytes())}
    return Seeded(holder.integrator, api_key, [await _bring_to_life(place, each, titles[each]) for each in SEEDED])


async def _find_or_make_key(
    connection: AsyncConnection, now: datetime, *, new_key: bool
) -> tuple[KeyHolder, str | None]:
    """A key that works, and its text where it was made just now. A new one ends those before it."""
    integrator = await stored_integrators.id_of_name(connection, NAME)
    if integrator is None:
        made = await create_integrator(connection, NAME, "test", now)
        return KeyHolder(made.integrator, made.key, "test", frozenset(Scope)), made.api_key
    holder = KeyHolder(integrator, "", "test", frozenset(Scope))
    found = await keys.find_keys(connection, holder, None, _MANY)
    active = [key.id for key in found if not key.revoked_at and (key.expires_at is None or key.expires_at > now)]
    if active and not new_key:
        return replace(holder, key=active[-1]), None
    for id_ in active:
        await keys.revoke_key(connection, holder, id_, now)
    made_now, api_key = await keys.make_key(connection, holder, None, None, now)
    return replace(holder, key=made_now.id), api_key


async def _bring_to_life(place: _Place, example: str, title: str) -> SeededCouple:
    request = json.loads((EXAMPLES / f"{example}.json").read_bytes())
    people = {name: await _find_or_add(place, example, name, request) for name in request["reports"]}
    couple = await _find_or_link(place, *people.values()) if len(people) > 1 else None
    for name, partner in people.items():
        await _answer(place, partner, request["reports"][name])
    return SeededCouple(example, title, couple, [await _let_in(place, *person) for person in people.items()])


async def _find_or_add(place: _Place, example: str, name: str, request: dict[str, Any]) -> Partner:
    country = request.get("country")
    given = partners.PartnerProfile(
        external_id=f"seed-{example}-{name}",
        country=country[name] if isinstance(country, dict) else country,
        locale=LOCALE,
    )
    partner, is_new = await partners.find_or_add_partner(place.connection, place.vault, place.holder, given, place.now)
    if is_new:
        await audit.add(place.connection, place.vault, partner.id, "partner_added", place.holder.key, place.now)
    await _agree(place, partner, "processing")
    return partner


async def _find_or_link(place: _Place, a: Partner, b: Partner) -> str:
    connection, vault, holder, now = place.connection, place.vault, place.holder, place.now
    are_linked = [await couples.is_linked(connection, partner) for partner in (a, b)]
    if all(are_linked):
        couple = (await couples.find_couples(connection, holder, a.id, None, _MANY))[-1]
    else:
        couple = await couples.add_couple(connection, vault, a, now)
        invitation = await invitations.invite(connection, vault, holder, couple, now)
        await invitations.accept(connection, vault, b, invitation.code, now)
    for partner in (a, b):
        await _agree(place, partner, "pooling")
    return couple.id


async def _agree(place: _Place, partner: Partner, purpose: Purpose) -> None:
    found = await consents.find_consents(place.connection, partner, place.library)
    asked = next(consent for consent in found if consent.purpose == purpose)
    if not asked.granted:
        decision = consents.ConsentDecision(asked.version, granted=True, asked=asked.version)
        await consents.decide(place.connection, place.vault, partner, purpose, decision, place.now)


async def _answer(place: _Place, partner: Partner, report: dict[str, Any]) -> None:
    """Once a week, as a couple would; what was answered longer ago lapses."""
    await session.act_for(place.connection, partner.key)
    last = await own_reports(place.connection, partner, None, 1, whole=False)
    if last and place.now - last[0].place[0] < WEEK:
        return
    given = report_codec.decode_report(json.dumps(report).encode(), b"{}")
    await take_report(place.connection, place.vault, partner, place.library, given, place.now, locale=LOCALE)


async def _let_in(place: _Place, name: Literal["a", "b"], partner: Partner) -> SeededPartner:
    await session.act_for(place.connection, partner.key)
    shown = await show_now(place.connection, place.vault, partner, place.library, place.now, locale=LOCALE, quiet=True)
    made = await tokens.mint_token(place.connection, partner, place.holder.key, tokens.LONGEST, place.now)
    await audit.add(place.connection, place.vault, partner.id, "token_minted", place.holder.key, place.now)
    return SeededPartner(name, partner.id, made.token, made.expires_at, shown.view.outcome, leading_in(shown.view))


def leading_in(view: View) -> str | None:
    return next((each.strategy for each in view.strategies if each.standing == "leading"), None)
