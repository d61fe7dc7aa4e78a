"""Couples to try the API with: made in the database of the settings, and printed as lines for a terminal."""

import json
from collections.abc import Iterator
from datetime import datetime
from shlex import quote
from typing import Any

from app.rulesets.active_ruleset import ActiveRuleset
from app.service.seed import EXAMPLES, Seeded, SeededCouple, SeededPartner
from app.service.seed import seed as seed_couples
from app.settings import Settings
from app.store.connection.database import Database
from app.store.connection.migration import prepare
from app.store.crypto.keyring import KeyRing
from app.store.crypto.vault import Vault

AFRAID = "one-partner-needs-support"
EARLIER_KEY = "was shown when it was made, and is kept nowhere; rekindle seed --new-key makes another and ends that one"


async def make_or_find(settings: Settings, now: datetime, *, new_key: bool) -> Seeded:
    """In one transaction: all of it, or nothing."""
    library = ActiveRuleset(settings.content_folder, settings.ruleset).current
    vault = Vault(KeyRing(settings.key_file))
    await prepare(settings.database_url)
    database = Database(settings.database_url)
    try:
        async with database.writing() as connection:
            return await seed_couples(connection, vault, library, now, new_key=new_key)
    finally:
        await database.close()


def as_plain(seeded: Seeded) -> dict[str, Any]:
    """For other programs."""
    return {
        "integrator": seeded.integrator,
        "api_key": seeded.api_key,
        "couples": [
            couple._asdict()
            | {
                "partners": [
                    partner._asdict() | {"expires_at": partner.expires_at.isoformat().replace("+00:00", "Z")}
                    for partner in couple.partners
                ]
            }
            for couple in seeded.couples
        ],
    }


def lines_to_try(seeded: Seeded, url: str) -> Iterator[str]:
    """Every line that begins with curl can be run as it stands, while the server answers at this address."""
    url = url.rstrip("/")
    yield f"Integrator  {seeded.integrator}, with test data alone"
    yield f"Key         {seeded.api_key or EARLIER_KEY}"
    if seeded.api_key:
        yield "            This is the only time it is shown."
        yield ""
        yield f"curl -s {quote(f'{url}/v1/couples')} -H {quote(f'Authorization: Bearer {seeded.api_key}')}"
    for couple in seeded.couples:
        yield ""
        yield f"{couple.title}  ({couple.couple or 'one partner alone'})"
        for partner in couple.partners:
            yield from _lines_of(couple, partner, url)
    yield ""
    until = seeded.couples[0].partners[0].expires_at
    yield f"The tokens are good until {until:%Y-%m-%d %H:%M} UTC. Run this again for new ones."


def _lines_of(couple: SeededCouple, partner: SeededPartner, url: str) -> Iterator[str]:
    bearer = f"-H {quote(f'Authorization: Bearer {partner.token}')}"
    if couple.example == AFRAID and partner.name == "a":
        report = json.loads((EXAMPLES / f"{AFRAID}.json").read_bytes())["reports"]["a"]
        yield f"  {partner.name.upper()} answers, and is told once where help is"
        yield (
            f"curl -s {quote(f'{url}/v1/me/reports')} {bearer} -H 'Content-Type: application/json' "
            f"-d {quote(json.dumps(report, separators=(',', ':')))}"
        )
    yield f"  {partner.name.upper()} reads: {_said_to(partner)}"
    yield f"curl -s {quote(f'{url}/v1/me/view')} {bearer}"


def _said_to(partner: SeededPartner) -> str:
    if partner.leading is None:
        return "nothing for now, and nothing that says why"
    return f"{partner.leading.replace('_', ' ')} first"
