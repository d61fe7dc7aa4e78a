import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import event, text

from app.api.http.turns import Turns
from app.service import passphrases
from app.service.passphrases import MAX_FAILURES
from app.store.connection.database import Database
from app.store.queries import passphrases as stored_passphrases
from tests.api.strangers import said
from tests.people import Integrator, Person

PASSPHRASE, OTHER = "four words nobody guesses", "five more words nobody guesses"
START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def put(person: Person, passphrase: str, current: str | None = None) -> Response:
    body = {"passphrase": passphrase} if current is None else {"passphrase": passphrase, "current": current}
    return person.put("/v1/me/passphrase", body)


def unlock(person: Person, passphrase: str = PASSPHRASE) -> Response:
    return person.post("/v1/me/unlock", {"passphrase": passphrase})


@pytest.fixture
def person(integrator: Integrator) -> Person:
    """With a passphrase, at a time of our own."""
    integrator.now = START.isoformat()
    person = integrator.add()
    assert put(person, PASSPHRASE).status_code == 204
    return person


def test_the_passphrase_unlocks_this_token_alone_for_ten_minutes(integrator: Integrator, person: Person) -> None:
    elsewhere = Person(integrator.client, integrator.token_for(person.id), person.now, person.id)

    answer = unlock(person)

    assert (answer.status_code, answer.json()) == (200, {"unlocked_until": "2026-11-23T12:10:00Z"})
    assert person.get("/v1/me").json()["unlocked"] is True
    assert elsewhere.get("/v1/me").json()["unlocked"] is False
    person.now = (START + timedelta(minutes=10, seconds=-1)).isoformat()
    assert person.get("/v1/me").json()["unlocked"] is True
    person.now = (START + timedelta(minutes=10)).isoformat()
    assert person.get("/v1/me").json()["unlocked"] is False


def test_an_unlocked_token_reads_the_full_view(person: Person) -> None:
    unlock(person)
    person.report({"safety": {"fear": "yes"}})
    person.delete("/v1/me/unlock")
    assert person.view()["view"]["outcome"] == "nothing_now"

    unlock(person)

    assert person.view()["view"]["outcome"] == "support"


def test_wrong_and_none_set_are_answered_alike(integrator: Integrator, person: Person) -> None:
    without = integrator.add()

    answers = [unlock(person, "another one"), unlock(without), unlock(person, "x")]

    assert {answer.status_code for answer in answers} == {403}
    assert said(answers[0]) == said(answers[1]) == said(answers[2])
    assert answers[0].json()["code"] == "passphrase_refused"
    assert answers[0].headers.keys() == answers[1].headers.keys()
    assert answers[0].headers["content-type"] == "application/problem+json"


def test_after_five_that_failed_none_is_looked_at_for_a_quarter_of_an_hour(person: Person) -> None:
    refused = [said(unlock(person, "another one")) for _ in range(5)]

    assert said(unlock(person)) == refused[0] == refused[4]
    person.now = (START + timedelta(minutes=15, seconds=-1)).isoformat()
    assert said(unlock(person)) == refused[0]
    person.now = (START + timedelta(minutes=15)).isoformat()
    assert unlock(person).status_code == 200


def test_the_right_one_forgives_what_failed_before(person: Person) -> None:
    for _ in range(3):
        for _ in range(4):
            unlock(person, "another one")
        assert unlock(person).status_code == 200


def attempts_at_once(person: Person, count: int = 8) -> list[int]:
    with ThreadPoolExecutor(count) as pool:
        return [answer.status_code for answer in pool.map(lambda _: unlock(person, "another one"), range(count))]


def test_of_attempts_at_once_one_is_compared(person: Person) -> None:
    """The others cost nothing and are told to come back."""
    answered = attempts_at_once(person)

    assert set(answered) == {403, 429}
    assert unlock(person).status_code == (200 if answered.count(403) < MAX_FAILURES else 403)


def test_attempts_at_once_all_count_where_several_are_compared(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by several workers, none of which knows of the others' turns."""
    monkeypatch.setattr(Turns, "compare", lambda _self, _partner: nullcontext())

    assert attempts_at_once(person, MAX_FAILURES) == [403] * MAX_FAILURES
    assert unlock(person).status_code == 403


def test_one_that_was_right_is_refused_where_another_was_counted_meanwhile(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare, compared = passphrases.compare, list[bool]()

    async def compare_and_be_overtaken(challenge: passphrases.Attempt, passphrase: str | None) -> passphrases.Attempt:
        if not compared:
            compared.append(True)
            monkeypatch.setattr(Turns, "compare", lambda _self, _partner: nullcontext())
            assert (await asyncio.to_thread(unlock, person, "another one")).status_code == 403
        return await compare(challenge, passphrase)

    monkeypatch.setattr(passphrases, "compare", compare_and_be_overtaken)

    assert unlock(person).status_code == 403
    assert unlock(person).status_code == 200


def test_trying_a_new_passphrase_with_a_wrong_current_one_counts_too(person: Person) -> None:
    for _ in range(5):
        assert put(person, OTHER, "another one").status_code == 403

    assert unlock(person).status_code == 403
    assert put(person, OTHER, PASSPHRASE).status_code == 403


def test_what_is_refused_without_a_guess_counts_nothing(person: Person) -> None:
    person.now = (START + timedelta(minutes=10)).isoformat()
    for _ in range(6):
        assert put(person, OTHER).status_code == 403

    assert unlock(person).status_code == 200


def test_each_further_failure_doubles_the_pause_up_to_four_hours(integrator: Integrator, person: Person) -> None:
    now = START
    for _ in range(5):
        unlock(person, "another one")
    for minutes in (15, 30, 60, 120, 240, 240, 240):
        now += timedelta(minutes=minutes)
        integrator.move_to((now - timedelta(seconds=1)).isoformat(), person)
        assert unlock(person).status_code == 403
        integrator.move_to(now.isoformat(), person)
        assert unlock(person, "another one").status_code == 403
    integrator.move_to((now + timedelta(hours=4)).isoformat(), person)

    assert unlock(person).status_code == 200


def test_it_is_changed_with_the_current_one(person: Person) -> None:
    assert put(person, OTHER, PASSPHRASE).status_code == 204

    assert unlock(person).status_code == 403
    assert unlock(person, OTHER).status_code == 200


def test_all_tokens_are_locked_when_it_is_changed(integrator: Integrator, person: Person) -> None:
    elsewhere = Person(integrator.client, integrator.token_for(person.id), person.now, person.id)
    unlock(person)
    unlock(elsewhere)

    assert put(person, OTHER, PASSPHRASE).status_code == 204

    assert [one.get("/v1/me").json()["unlocked"] for one in (person, elsewhere)] == [False, False]
    assert unlock(person).status_code == 403
    assert unlock(elsewhere, OTHER).status_code == 200


def test_an_unlocked_token_that_is_not_fresh_needs_the_current_one(person: Person) -> None:
    person.now = (START + timedelta(minutes=10)).isoformat()
    unlock(person)

    assert put(person, OTHER).status_code == 403
    assert put(person, OTHER, PASSPHRASE).status_code == 204


def test_without_the_current_one_it_is_set_by_a_fresh_login_alone(integrator: Integrator) -> None:
    integrator.now = START.isoformat()
    stale, fresh = integrator.add(), integrator.add()
    stale.now = (START + timedelta(minutes=10)).isoformat()
    fresh.now = (START + timedelta(minutes=10, seconds=-1)).isoformat()

    assert put(stale, PASSPHRASE).status_code == 403
    assert unlock(stale).status_code == 403
    assert put(fresh, PASSPHRASE).status_code == 204


def test_a_stale_login_cannot_tell_whether_there_is_one(integrator: Integrator, person: Person) -> None:
    without = integrator.add()
    person.now = without.now = (START + timedelta(minutes=11)).isoformat()

    assert said(put(person, OTHER)) == said(put(without, OTHER))
    assert said(put(person, OTHER, "x")) == said(put(without, OTHER, "x"))


def test_the_same_passphrase_from_another_keyboard_is_the_same(integrator: Integrator) -> None:
    person = integrator.add()
    put(person, "cafe\u0301 au lait, please")

    assert unlock(person, "caf\u00e9 au lait, please").status_code == 200


@pytest.mark.parametrize("body", [{"passphrase": "seven77"}, {"passphrase": "x" * 257}, {}, {"passphrase": None}])
def test_what_is_no_passphrase_is_refused_without_repeating_it(integrator: Integrator, body: dict[str, object]) -> None:
    answer = integrator.add().put("/v1/me/passphrase", body)

    assert answer.status_code == 422
    assert "8 to 256 characters" in answer.json()["errors"][0]["detail"]
    assert "seven77" not in answer.text


def test_half_a_character_is_no_passphrase(person: Person) -> None:
    half = b'{"passphrase":"\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800\\ud800"}'
    headers = {"Authorization": f"Bearer {person.bearer}", "Content-Type": "application/json"}

    for method, path in (("PUT", "/v1/me/passphrase"), ("POST", "/v1/me/unlock")):
        assert person.client.request(method, path, content=half, headers=headers).status_code == 422


def test_it_is_kept_sealed_and_unreadable(person: Person, database_url: str) -> None:
    sealed = asyncio.run(read_sealed(database_url))

    assert PASSPHRASE.encode() not in sealed
    assert b"argon2" not in sealed


async def read_sealed(database_url: str) -> bytes:
    database = Database(database_url)
    async with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT set_config('rekindle.partner', 'upkeep', true)"))
        sealed: bytes = (await connection.execute(text("SELECT sealed FROM passphrases"))).scalar_one()
    await database.close()
    return sealed


def test_wrong_none_set_and_paused_take_the_same_statements_and_the_same_work(
    integrator: Integrator, person: Person, stored_app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    without, paused = integrator.add(), integrator.add()
    put(paused, PASSPHRASE)
    for _ in range(5):
        unlock(paused, "another one")
    done: list[str] = []

    class Counting:
        @staticmethod
        def verify_phc_encoded(passphrase: bytes, kept: str) -> None:
            done.append(kept.rpartition("$")[0].rpartition("$")[0])
            Argon2id.verify_phc_encoded(passphrase, kept)

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        done.append(statement)

    monkeypatch.setattr(stored_passphrases, "Argon2id", Counting)
    event.listen(stored_app.state.database._engine.sync_engine, "before_cursor_execute", hear)
    heard = []
    for one, passphrase in (
        (person, "another one"),
        (without, "another one"),
        (paused, "another one"),
        (paused, PASSPHRASE),
    ):
        done.clear()
        assert unlock(one, passphrase).status_code == 403
        heard.append(list(done))

    assert heard[0] == heard[1] == heard[2] == heard[3]
    assert heard[0].count("$argon2id$v=19$m=19456,t=2,p=1") == 1
    assert sum("passphrases" in each for each in heard[0]) == 3


@pytest.mark.parametrize(("method", "path"), [("PUT", "/v1/me/passphrase"), ("POST", "/v1/me/unlock")])
def test_it_takes_a_token(integrator: Integrator, method: str, path: str) -> None:
    body = {"passphrase": PASSPHRASE}

    assert integrator.ask(method, path, body).json()["code"] == "token_needed"
    assert integrator.client.request(method, path, json=body).json()["code"] == "credentials_missing"
