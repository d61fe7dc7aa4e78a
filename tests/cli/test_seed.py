import asyncio
import json
import shlex
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from fastapi import FastAPI

from app.commands.seed import lines_to_try
from app.rulesets.active_ruleset import ActiveRuleset
from app.service.seed import SEEDED, Seeded, SeededPartner, seed
from app.service.session import Session
from app.store.connection.database import Database
from app.store.crypto.keyring import KeyRing
from app.store.crypto.vault import Vault
from tests.client import TestClient
from tests.clock import NOW

Rekindle = Callable[..., CompletedProcess[str]]
EXPECTED = {
    entry["id"]: entry["expected"]
    for entry in json.loads(Path(__file__).parents[2].joinpath("examples", "index.json").read_bytes())
}


SeedAt = Callable[..., Seeded]


@pytest.fixture
def seed_at(database_url: str, rulesets: ActiveRuleset, tmp_path: Path) -> SeedAt:
    """Seed the database that `stored_app` answers from."""

    async def seed_it(now: datetime, *, new_key: bool) -> Seeded:
        database = Database(database_url)
        async with database.writing() as connection:
            vault = Vault(KeyRing(tmp_path / "rekindle.keys"))
            seeded = await seed(Session(connection, vault, now), rulesets.current, new_key=new_key)
        await database.close()
        return seeded

    def seed_at(now: datetime | None = None, *, new_key: bool = False) -> Seeded:
        return asyncio.run(seed_it(now or NOW, new_key=new_key))

    return seed_at


def get(app: FastAPI, path: str, bearer: str, **headers: str) -> Any:
    with TestClient(app) as client:
        return client.get(path, headers={"Authorization": f"Bearer {bearer}", **headers})


def people_of(seeded: Seeded) -> list[SeededPartner]:
    return [partner for couple in seeded.couples for partner in couple.partners]


def test_six_couples_come_to_life_and_each_leads_with_what_it_is_for(seed_at: SeedAt, stored_app: FastAPI) -> None:
    seeded = seed_at()

    assert [couple.example for couple in seeded.couples] == list(SEEDED)
    for couple in seeded.couples:
        for partner in couple.partners:
            answer = get(stored_app, "/v1/me/view", partner.token).json()
            expected = EXPECTED[couple.example][partner.name]
            leading = [each["id"] for each in answer["view"]["strategies"] if each["standing"] == "leading"]
            quiet = expected["outcome"].replace("support", "nothing_now")
            assert (answer["view"]["outcome"], leading) == (quiet, [expected["leading"]] if expected["leading"] else [])
            assert (partner.outcome, partner.leading) == (quiet, expected["leading"])
            assert answer["basis"] == ("both_partners" if couple.couple else "one_partner")
    leads = {partner.leading for partner in people_of(seeded)}
    assert leads == {"quality_time", "structured_exercises", "new_experiences", None}
    found = get(stored_app, "/v1/couples", str(seeded.api_key)).json()["data"]
    assert [couple["id"] for couple in found] == [each.couple for each in seeded.couples if each.couple]


def test_a_second_run_finds_the_same_and_mints_anew(seed_at: SeedAt, stored_app: FastAPI) -> None:
    first, again = seed_at(), seed_at()

    assert first.api_key
    assert (again.integrator, again.api_key) == (first.integrator, None)
    assert [couple.couple for couple in again.couples] == [couple.couple for couple in first.couples]
    for before, after in zip(people_of(first), people_of(again), strict=True):
        assert (after.id, after.outcome, after.leading) == (before.id, before.outcome, before.leading)
        assert after.token != before.token
        for token in (before.token, after.token):
            assert len(get(stored_app, "/v1/me/reports", token).json()["data"]) == 1


def test_a_new_key_ends_the_one_before(seed_at: SeedAt, stored_app: FastAPI) -> None:
    first, again = seed_at(), seed_at(new_key=True)

    assert get(stored_app, "/v1/couples", str(first.api_key)).json()["code"] == "credentials_revoked"
    assert len(get(stored_app, "/v1/couples", str(again.api_key)).json()["data"]) == 5


def test_they_answer_once_a_week(seed_at: SeedAt, stored_app: FastAPI) -> None:
    counts = []
    for days in (0, 6, 7):
        now = NOW + timedelta(days=days)
        token = people_of(seed_at(now))[0].token
        found = get(stored_app, "/v1/me/reports", token, **{"Rekindle-Test-Now": now.isoformat()})
        counts.append(len(found.json()["data"]))

    assert counts == [1, 1, 2]


def test_what_was_taken_apart_is_put_together_again(seed_at: SeedAt, stored_app: FastAPI) -> None:
    left, erased = people_of(seed_at())[:2]
    with TestClient(stored_app) as client:
        for person, path in ((left, "/v1/me/couple"), (erased, "/v1/me")):
            gone = client.delete(path, headers={"Authorization": f"Bearer {person.token}"})
            assert gone.status_code in (200, 204), gone.text

    back = people_of(seed_at())[:2]

    assert back[0].id == left.id
    assert back[1].id != erased.id
    assert get(stored_app, "/v1/me/view", back[0].token).json()["basis"] == "both_partners"


def test_the_lines_that_are_printed_can_be_run_as_they_stand(seed_at: SeedAt, stored_app: FastAPI) -> None:
    said = []
    with TestClient(stored_app) as client:
        for line in lines_to_try(seed_at(), "http://testserver/"):
            if line.startswith("curl "):
                answer = ask_as_curl(client, shlex.split(line))
                assert answer.status_code in (200, 201), line
                said.append(answer.json().get("view", {}).get("outcome", "couples"))

    assert said[:5] == ["couples", *["suggestions"] * 4]
    assert said[5:13] == [*["suggestions"] * 4, "support", "nothing_now", "suggestions", "suggestions"]
    assert said[13:] == ["suggestions"] * 4


def test_each_week_that_is_printed_shows_something_else(seed_at: SeedAt, stored_app: FastAPI) -> None:
    weeks = seed_at().weeks
    lists = []
    for week in weeks:
        view = get(stored_app, "/v1/me/view", week.token, **{"Rekindle-Test-Now": week.now.isoformat()}).json()["view"]
        lists.append([activity["id"] for activity in view["activities"]])

    assert [week.now - NOW for week in weeks] == [timedelta(weeks=number) for number in (1, 2, 3, 4)]
    assert len({id_ for ids in lists for id_ in ids}) > 5


def ask_as_curl(client: TestClient, words: list[str]) -> Any:
    curl, quietly, url, *options = words
    assert (curl, quietly) == ("curl", "-s")
    given = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in given if option == "-H")
    body = next((value for option, value in given if option == "-d"), None)
    return client.request("POST" if body else "GET", url, content=body, headers=headers)


def test_the_command_shows_the_key_once_and_says_how_to_have_another(rekindle: Rekindle) -> None:
    first = json.loads(rekindle("seed", "--json").stdout)
    again = rekindle("seed").stdout

    assert first["api_key"].startswith("rk_test_")
    assert "curl -s http://127.0.0.1:8000/v1/me/view" in again
    public = rekindle("seed", REKINDLE_PUBLIC_URL="https://rekindle.example/").stdout
    assert "Server      https://rekindle.example; for another" in public
    assert "curl -s https://rekindle.example/v1/me/view" in public
    assert len(first["couples"]) == 6
    assert first["couples"][0]["partners"][0].keys() == {"name", "id", "token", "expires_at", "outcome", "leading"}
    assert "kept nowhere; rekindle seed --new-key makes another" in again
    assert "rk_test_" not in again
    assert first["couples"][0]["couple"] in again


def test_wrong_settings_are_named_and_nothing_is_made(rekindle: Rekindle, tmp_path: Path) -> None:
    done = rekindle("seed", REKINDLE_COLOUR="red")

    assert (done.returncode, done.stdout) == (2, "")
    assert "REKINDLE_COLOUR" in done.stderr
    assert list(tmp_path.iterdir()) == []
