"""People who write to a real server, and what is there afterwards of what they were told."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any, cast
from uuid import uuid4

from httpx2 import AsyncClient, Client, Response, TransportError

from app.service.integrators import create_integrator
from app.store.connection.database import Database
from tests.client import TestClient
from tests.clock import NOW
from tests.people import REPORT, Integrator, Person
from tests.reliability.servers import Cluster, Server

STORED = "SELECT reports.id FROM reports JOIN partners ON partners.key = partner_key WHERE partners.id = $1"
WAIT_BEFORE_THE_NEXT = 0.05
PATIENCE = 120


async def an_integrator(database_url: str) -> tuple[str, str]:
    """Id and key."""
    database = Database(database_url)
    async with database.writing() as connection:
        made = await create_integrator(connection, "Lighthouse", "test", NOW)
    await database.close()
    return made.integrator, made.api_key


@contextmanager
def their_back_end(server: Server, database_url: str) -> Generator[Integrator]:
    id_, key = asyncio.run(an_integrator(database_url))
    with Client(base_url=server.address, trust_env=False, timeout=30) as client:
        yield Integrator(cast(TestClient, client), key, id=id_)


@asynccontextmanager
async def talking_to(server: Server) -> AsyncGenerator[AsyncClient]:
    async with AsyncClient(base_url=server.address, trust_env=False, timeout=30) as client:
        yield client


@dataclass
class Writer:
    """One partner, who sends everything until it is acknowledged, and remembers what was."""

    person: Person
    activities: list[str]
    reports: set[str] = field(default_factory=set)
    choices: dict[str, str] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)

    async def write_until(self, stopped: asyncio.Event, client: AsyncClient) -> None:
        for number in count():
            if stopped.is_set():
                return
            await self._report(client)
            activity = self.activities[number % len(self.activities)]
            await self._choose(client, activity, ("not_now", "not_for_us")[number % 2])

    async def _report(self, client: AsyncClient) -> None:
        key = {"Idempotency-Key": str(uuid4())}
        answer = await self._acknowledged(client, "POST", "/v1/me/reports", REPORT, key)
        self.reports.add(answer.json()["id"])

    async def _choose(self, client: AsyncClient, activity: str, choice: str) -> None:
        await self._acknowledged(client, "PUT", f"/v1/me/choices/{activity}", {"choice": choice}, {})
        self.choices[activity] = choice

    async def _acknowledged(
        self, client: AsyncClient, method: str, path: str, body: object, headers: dict[str, str]
    ) -> Response:
        headers = {**headers, "Authorization": f"Bearer {self.person.bearer}"}
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    answer = await client.request(method, path, json=body, headers=headers)
                except TransportError:
                    self.refusals["cut off"] += 1
                else:
                    if answer.is_success:
                        return answer
                    self.refusals[answer.json()["code"]] += 1
                await asyncio.sleep(WAIT_BEFORE_THE_NEXT)

    async def lost(self, cluster: Cluster) -> list[str]:
        """What was acknowledged and is not there, by report id or activity; and what is there and never was."""
        stored = Counter(row["id"] for row in await cluster.ask(STORED.replace("$1", f"'{self.person.id}'")))
        found = await asyncio.to_thread(self.person.get, "/v1/me/choices")
        chosen = {each["activity"]: each["choice"] for each in found.json()["data"]}
        wrong = [id_ for id_ in self.reports | stored.keys() if stored[id_] != (id_ in self.reports)]
        return wrong + [name for name in self.choices if chosen.get(name) != self.choices[name]]


@dataclass
class Outcome:
    acknowledged: int
    lost: list[str]
    refusals: Counter[str]


def disturbed(writers: list[Writer], server: Server, cluster: Cluster, kills: int, restarts: int) -> Outcome:
    """Let them write while the server is killed and the database loses its power, in an order that chance gives."""
    blows: list[Callable[[], None]] = [cluster.restart_at_once] * restarts + [lambda: kill(server)] * kills
    Random(kills).shuffle(blows)

    async def run() -> Outcome:
        stopped = asyncio.Event()
        async with talking_to(server) as client, asyncio.TaskGroup() as group:
            for writer in writers:
                group.create_task(writer.write_until(stopped, client))
            for number, blow in enumerate(blows):
                await everyone_wrote(writers)
                await asyncio.sleep(Random(number).uniform(0, 0.3))
                await asyncio.to_thread(blow)
            await everyone_wrote(writers)
            stopped.set()
        return Outcome(
            sum(len(writer.reports) + len(writer.choices) for writer in writers),
            [one for writer in writers for one in await writer.lost(cluster)],
            sum((writer.refusals for writer in writers), Counter()),
        )

    return asyncio.run(run())


async def everyone_wrote(writers: list[Writer]) -> None:
    """Something since now, so that every blow hits someone at work."""
    before = [len(writer.reports) for writer in writers]
    async with asyncio.timeout(PATIENCE):
        while any(len(writer.reports) == had for writer, had in zip(writers, before, strict=True)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def kill(server: Server) -> None:
    server.kill()
    server.start()
    server.wait_until_it_answers()


@dataclass
class Repeated:
    """A request under one key, and all that was answered to it."""

    caller: str
    path: str
    body: dict[str, Any]
    key: str
    answers: list[Response] = field(default_factory=list)

    async def send(self, client: AsyncClient, caller: str | None = None, **changed: Any) -> Response:
        headers = {"Authorization": f"Bearer {caller or self.caller}", "Idempotency-Key": self.key}
        return await client.post(self.path, json={**self.body, **changed}, headers=headers)

    async def send_together(self, client: AsyncClient, times: int) -> None:
        self.answers += await asyncio.gather(*[self.send(client) for _ in range(times)])

    def wrong(self) -> str | None:
        """Why these are not one first answer, its exact repetitions, and refusals to wait any longer."""
        given = [answer for answer in self.answers if answer.status_code != 409]
        running = [answer for answer in self.answers if answer.status_code == 409]
        first = [answer for answer in given if "idempotency-replayed" not in answer.headers]
        said = {(answer.status_code, answer.content, answer.headers.get("location")) for answer in given}
        if len(said) == 1 == len(first) and all(answer.json()["code"] == "still_running" for answer in running):
            return None
        return f"{self.path} {self.key}: {sorted(answer.status_code for answer in self.answers)}, {len(first)} first"
