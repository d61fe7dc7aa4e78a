"""`rekindle seed`: makes couples to try the API with, and prints the lines to try."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from shlex import quote
from typing import Annotated

import typer
from pydantic import TypeAdapter

from app.api.http.fields import format_instant
from app.commands.run_with_database import run_with_database
from app.rulesets.active_ruleset import ActiveRuleset
from app.service.seed import EXAMPLES, Seeded, SeededCouple, SeededPartner
from app.service.seed import seed as seed_couples
from app.service.session import Session
from app.settings import read_settings
from app.store.connection.database import Database
from app.store.crypto.vault import Vault

HERE = "http://127.0.0.1:8000"
NEEDS_SUPPORT = "one-partner-needs-support"
EARLIER_KEY = "was shown when it was made, and is kept nowhere; rekindle seed --new-key makes another and ends that one"


def seed(
    *,
    url: Annotated[
        str | None,
        typer.Option(help=f"Where the server answers, for the lines to try: REKINDLE_PUBLIC_URL, else {HERE}."),
    ] = None,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make another key for the seeded couples, and end the one before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make six couples of test data to try the API with, or find them again, and print how."""
    settings = read_settings()
    library = ActiveRuleset(settings.content_folder, settings.ruleset).current

    async def make_or_find(database: Database, vault: Vault) -> Seeded:
        async with database.writing() as connection:
            return await seed_couples(Session(connection, vault, datetime.now(UTC)), library, new_key=new_key)

    seeded = run_with_database(make_or_find, prepares=True)
    if as_json:
        typer.echo(TypeAdapter(Seeded).dump_json(seeded))
    else:
        typer.echo("\n".join(lines_to_try(seeded, url or settings.public_url or HERE)))


def lines_to_try(seeded: Seeded, url: str) -> Iterator[str]:
    """Yield the lines to print. Those that begin with curl run as they stand while a server answers at `url`."""
    url = url.rstrip("/")
    yield f"Server      {url}; for another: rekindle seed --url http://127.0.0.1:8001"
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
    yield "Weeks pass: test data takes the present from a header. Tokens end by it too, so each week has its own."
    for week in seeded.weeks:
        headers = f"Authorization: Bearer {week.token}", f"Rekindle-Test-Now: {format_instant(week.now)}"
        yield f"curl -s {quote(f'{url}/v1/me/view')} " + " ".join(f"-H {quote(header)}" for header in headers)
    yield ""
    until = seeded.couples[0].partners[0].expires_at
    yield f"The tokens are good until {until:%Y-%m-%d %H:%M} UTC. Run this again for new ones."


def _lines_of(couple: SeededCouple, partner: SeededPartner, url: str) -> Iterator[str]:
    bearer = f"-H {quote(f'Authorization: Bearer {partner.token}')}"
    if couple.example == NEEDS_SUPPORT and partner.name == "a":
        report = json.loads((EXAMPLES / f"{NEEDS_SUPPORT}.json").read_bytes())["reports"]["a"]
        yield f"  {partner.name.upper()} answers, and is told once where help is"
        yield (
            f"curl -s {quote(f'{url}/v1/me/reports')} {bearer} -H 'Content-Type: application/json' "
            f"-d {quote(json.dumps(report, separators=(',', ':')))}"
        )
    yield f"  {partner.name.upper()} reads: {_summary(partner)}"
    yield f"curl -s {quote(f'{url}/v1/me/view')} {bearer}"


def _summary(partner: SeededPartner) -> str:
    if partner.leading is None:
        return "nothing for now, and nothing that says why"
    return f"{partner.leading.replace('_', ' ')} first"
