"""While one partner floods a real server, nobody else is refused or held up."""

import asyncio
from collections import Counter
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.people import REPORT, Integrator, Person
from tests.reliability.load import talking_to, their_back_end
from tests.reliability.servers import Server, served

AT_ONCE = 30
VIEWS_OF_EACH = 20
FLOODS: dict[str, dict[str, Any]] = {
    "unlock": {"passphrase": "another one"},
    "feedback": {"activity": "evening-walk", "outcome": "declined"},
    "explanations": {"target": "evening-walk"},
    "reports": REPORT,
}


async def flood(client: AsyncClient, person: Person, stopped: asyncio.Event, answered: Counter[int]) -> None:
    headers = {"Authorization": f"Bearer {person.bearer}"}

    async def send_without_end(name: str) -> None:
        while not stopped.is_set():
            answer = await client.post(f"/v1/me/{name}", json=FLOODS[name], headers=headers)
            answered[answer.status_code] += 1

    await asyncio.gather(*[send_without_end(name) for name in FLOODS for _ in range(AT_ONCE)])


async def views(client: AsyncClient, person: Person) -> Counter[int]:
    headers = {"Authorization": f"Bearer {person.bearer}"}
    return Counter([(await client.get("/v1/me/view", headers=headers)).status_code for _ in range(VIEWS_OF_EACH)])


@pytest.mark.parametrize("limit", ["3000/minute", "off"])
def test_one_who_floods_takes_nothing_from_the_others(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """Also where the operator has set limits off."""
    monkeypatch.setenv("REKINDLE_RATE_LIMIT", limit)
    address = database_url.replace("+asyncpg", "").replace("+aiosqlite", "")
    with served(address, tmp_path) as server, their_back_end(server, database_url) as integrator:
        flooder, *others = people_with_reports(integrator, 7)
        answered, met = asyncio.run(views_under_flood(server, flooder, others))

    print(dict(answered), "of the flood,", dict(met), "of the others")  # noqa: T201  the figures of a long run
    assert met == {200: len(others) * VIEWS_OF_EACH}
    assert answered[429] > 0
    assert max(answered) < HTTPStatus.INTERNAL_SERVER_ERROR


async def views_under_flood(server: Server, flooder: Person, others: list[Person]) -> tuple[Counter[int], ...]:
    stopped, answered, met = asyncio.Event(), Counter[int](), Counter[int]()
    async with talking_to(server) as client, talking_to(server) as elsewhere:
        flooding = asyncio.create_task(flood(client, flooder, stopped, answered))
        for one in await asyncio.gather(*[views(elsewhere, other) for other in others]):
            met.update(one)
        stopped.set()
        await flooding
    return answered, met


def people_with_reports(integrator: Integrator, count: int) -> list[Person]:
    people = [integrator.add() for _ in range(count)]
    for person in people:
        person.report()
    people[0].put("/v1/me/passphrase", {"passphrase": "four words nobody guesses"})
    return people
