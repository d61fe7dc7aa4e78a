"""The roles and the database that `deploy/postgresql` makes on the first start of the database container."""

import asyncio
import os
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import asyncpg

SCRIPTS = sorted((Path(__file__).parents[1] / "deploy" / "postgresql").iterdir())
PASSWORDS = {"OWNER_PASSWORD": 'it\'s "owned"', "SERVER_PASSWORD": "$served\\"}


class Made(NamedTuple):
    """The addresses for the two roles, and the environment in which the scripts ran."""

    owner: str
    server: str
    environment: Mapping[str, str]


@contextmanager
def made_roles(postgresql: str, programs: Path) -> Generator[Made]:
    """Run the scripts, one test at a time: roles are of the whole server, and the names are fixed."""
    host = parse_qs(urlsplit(postgresql).query)["host"][0]
    environment = {"PATH": f"{programs}:{os.defpath}", "PGHOST": host, "PGUSER": "postgres", **PASSWORDS}
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(postgresql))
        runner.run(connection.execute("SELECT pg_advisory_lock(2)"))
        try:
            for script in SCRIPTS:
                done = subprocess.run([script], env=environment, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stderr
            owner, server = (
                f"postgresql://{role}:@/rekindle?host={host}" for role in ("rekindle_owner", "rekindle_server")
            )
            yield Made(owner, server, environment)
        finally:
            for name in ("rekindle", "rekindle_before"):
                runner.run(connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            runner.run(connection.execute("DROP ROLE IF EXISTS rekindle_owner, rekindle_server"))
            runner.run(connection.close())
