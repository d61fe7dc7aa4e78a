"""The same request again and again: sent together, and answered as if it had been sent once."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from httpx2 import AsyncClient

from tests.people import REPORT
from tests.reliability.load import Repeated, talking_to, their_back_end
from tests.reliability.scene import FEEDBACK
from tests.reliability.servers import served

TOGETHER = 8
TABLES = ("partners", "tokens", "reports", "couples", "feedback")
KINDS = len(TABLES)
COUNT = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in TABLES)  # noqa: S608  named above


@dataclass
class Counted:
    """What a run of many keys showed; `effects` are rows, table by table."""

    wrong: list[str]
    effects: dict[str, int]
    doubled: dict[str, int]
    of_another_caller: list[int]
    of_another_body: list[str | None]
    answers: int


def repeat(database_url: str, folder: Path, keys: int, workers: int) -> Counted:
    """`keys` requests, each sent eight times at once."""
    with (
        served(database_url, folder, workers) as server,
        their_back_end(server, database_url) as caller,
        their_back_end(server, database_url) as stranger,
    ):
        mine, theirs = caller.add(), stranger.add()
        kinds = _requests(caller.bearer, mine.bearer, mine.id)
        asked = [Repeated(*kinds[number % len(kinds)][:3], f"key-{number}") for number in range(keys)]
        others = {caller.bearer: stranger.bearer, mine.bearer: theirs.bearer}

        async def run() -> Counted:
            watching = await asyncpg.connect(database_url.replace("+asyncpg", ""), user="postgres")
            async with talking_to(server) as client:
                before = await _rows(watching)
                for one in asked:
                    await one.send_together(client, TOGETHER)
                counted = Counted(
                    wrong=[said for one in asked if (said := one.wrong())],
                    answers=sum(len(one.answers) for one in asked),
                    effects=_difference(before, await _rows(watching)),
                    of_another_caller=[
                        (await one.send(client, others[one.caller])).status_code for one in asked[:KINDS]
                    ],
                    of_another_body=[
                        (await one.send(client, **kind[3])).json().get("code")
                        for one, kind in zip(asked, kinds, strict=False)
                    ],
                    doubled=await _doubled(watching, asked[:KINDS], client),
                )
            await watching.close()
            return counted

        return asyncio.run(run())


async def _doubled(watching: Any, asked: list[Repeated], client: AsyncClient) -> dict[str, int]:
    """What the same requests do once nothing is known of the answers to them."""
    await watching.execute("DELETE FROM kept_replies")
    before = await _rows(watching)
    for one in asked:
        await one.send(client)
    return _difference(before, await _rows(watching))


async def _rows(watching: Any) -> dict[str, int]:
    return dict(await watching.fetchrow(COUNT))


def _difference(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {table: after[table] - before[table] for table in before}


def _requests(key: str, token: str, partner: str) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """One that adds a row to each of the tables, and what makes another request of it."""
    return [
        (key, "/v1/partners", {"adult": True}, {"country": "US"}),
        (key, f"/v1/partners/{partner}/tokens", {"expires_in": 600}, {"expires_in": 601}),
        (token, "/v1/me/reports", REPORT, {"busyness": {"level": "slack"}}),
        (key, "/v1/couples", {"partner": partner}, {"partner": "another"}),
        (token, "/v1/me/feedback", FEEDBACK, {"felt_accepted": 5}),
    ]
