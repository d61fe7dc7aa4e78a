"""A drill: back up, erase one of two, restore the older backup by the commands of docs/backup.md, look who is there."""

import asyncio
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.service.integrators import create_integrator
from app.settings import Settings
from app.store.connection.database import Database
from tests import clock
from tests.client import TestClient
from tests.people import Integrator, Person

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "backup.md").read_text("utf-8")


def commands(at: str) -> str:
    """The commands of the page that follow these words."""
    return PAGE.partition(at)[2].partition("```sh\n")[2].partition("```")[0]


BACK_UP = commands("# Back up and restore")
RESTORE = {"sqlite": commands("SQLite: move the old files away."), "postgresql": commands("PostgreSQL: keep the old")}


class Operator:
    """Types commands into a shell in a folder of their own."""

    def __init__(self, folder: Path, settings: Settings, **variables: str) -> None:
        self.folder, self.settings = folder, settings
        programs = folder / "programs"
        programs.mkdir()
        (programs / "rekindle").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m app "$@"\n')
        (programs / "rekindle").chmod(0o755)
        (folder / "deploy").symlink_to(ROOT / "deploy")
        url = settings.database_url.replace("+aiosqlite", "").replace("+asyncpg", "")
        path = f"{programs}:{variables.pop('PATH', os.environ['PATH'])}"
        self.environment = {
            "PATH": path,
            "PYTHONPATH": str(ROOT),
            "REKINDLE_DATABASE_URL": url,
            "REKINDLE_KEY_FILE": str(settings.key_file),
            **variables,
        }

    def types(self, line: str) -> str:
        done = subprocess.run(
            ["sh", "-euc", line], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def serving(settings: Settings, rulesets: ActiveRuleset) -> Generator[TestClient]:
    """A new server of these settings."""
    with TestClient(create_app(settings, rulesets, clock=clock.now)) as client:
        yield client


def drill(
    operator: Operator, rulesets: ActiveRuleset, kind: str, meanwhile: Callable[[], object] = lambda: None
) -> Mapping[str, int]:
    """Return the statuses that both get after the restore; `meanwhile` is between the erasure and the restore."""
    settings = operator.settings
    with serving(settings, rulesets) as client:
        integrator = Integrator(client, asyncio.run(api_key(settings.database_url)))
        erased, stays = integrator.add(), integrator.add()
        integrator.link(erased, stays)
        erased.report()
        operator.types(BACK_UP)
        assert erased.delete("/v1/me").status_code == 200
    meanwhile()
    said = operator.types(RESTORE[kind])
    assert re.search(r"Verified: \d+ keys open, and every access log is whole\.", said), said
    with serving(settings, rulesets) as client:
        both = {"erased": erased, "stays": stays}
        return {name: Person(client, who.bearer).get("/v1/me").status_code for name, who in both.items()}


async def api_key(database_url: str) -> str:
    database = Database(database_url)
    async with database.writing() as connection:
        made = await create_integrator(connection, "Lighthouse", "test", clock.NOW)
    await database.close()
    return made.api_key
