"""Six ways to go are one picture for the other: nothing before the weekly turn, and the same from then on."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import event

from app.service import week
from app.service.maintenance import run_once
from app.service.weekly_boundary import start_of_week
from app.store.connection.database import Database
from app.store.crypto.keyring import KeyRing
from app.store.crypto.vault import Vault
from tests.cases import rest_thorough
from tests.contract.self_report import SHORTEST
from tests.people import Integrator, Person
from tests.privacy.lives import PLANNING
from tests.store.rows import fetch

WEDNESDAY, THURSDAY = "2026-11-25T10:00:00+00:00", "2026-11-26T10:00:00+00:00"
LAST_MOMENT, TURN, LATER = "2026-11-29T23:59:59+00:00", "2026-11-30T00:00:00+00:00", "2026-12-02T10:00:00+00:00"
LONG_AGO = "2026-10-28T10:00:00+00:00"
BETWEEN = "2026-11-18T10:00:00+00:00"
WALK, TEA = "evening-walk", "tea-in-silence"
REPORT = {"activity_preferences": {"likes": {"walk": "love", "meal": "like"}}, "mutual": {"affection": "open"}}

Act = Callable[[Integrator, Person], object]
WAYS: dict[str, Act] = {
    "silence": lambda _integrator, _a: None,
    "unlinking": lambda _integrator, a: a.delete("/v1/me/couple"),
    "pooling": lambda _integrator, a: a.agree("pooling", granted=False),
    "processing": lambda _integrator, a: a.agree(granted=False),
    "erasing": lambda _integrator, a: a.delete("/v1/me"),
    "being erased": lambda integrator, a: integrator.delete(f"/v1/partners/{a.id}"),
}
PATHS = ("/v1/me", "/v1/me/view", "/v1/me/plan", "/v1/me/choices", "/v1/me/consents", "/v1/me/access-log")


def seen_by(b: Person, integrator: Integrator, now: str) -> dict[str, Any]:
    """Everything that B reads at a moment, without ids that are random for each."""
    integrator.move_to(now, b)
    read = {path: b.get(path).json() for path in PATHS}
    read["/v1/me/view"].pop("decision", None)
    read["/v1/me"].pop("id")
    for item in read["/v1/me/plan"].get("data", ()):
        item["id"] = item["etag"] = "…"
    # The test itself mints the logins with which it looks.
    kinds = [entry["kind"] for entry in read["/v1/me/access-log"]["data"]]
    read["/v1/me/access-log"] = [kind for kind in kinds if kind != "login_made"]
    return read


def couple_with_a_date(integrator: Integrator) -> tuple[Person, Person]:
    """Two who have answered, agreed, and set a time for a walk; A was last heard of just before answers lapse."""
    integrator.now = LONG_AGO
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    a.report(REPORT)
    b.report(REPORT)
    integrator.move_to(BETWEEN, a, b)
    b.report(REPORT)
    for person in (a, b):
        assert person.put(f"/v1/me/choices/{WALK}", {"choice": "yes"}).status_code == 200
    integrator.move_to("2026-11-23T10:00:00+00:00", a, b)
    (item,) = a.get("/v1/me/plan").json()["data"]
    change = {"scheduled_for": "2026-12-05T19:00", "time_zone": "Europe/Paris"}
    # The time was set a week before it shows, and shows no more in the week after it.
    changed = a.ask("PATCH", f"/v1/me/plan/items/{item['id']}", change, If_Match=item["etag"])
    assert changed.status_code == 200
    return a, b


def history(integrator: Integrator, way: Act) -> list[dict[str, Any]]:
    a, b = couple_with_a_date(integrator)
    integrator.move_to(WEDNESDAY, a, b)
    seen = [seen_by(b, integrator, WEDNESDAY)]
    way(integrator, a)
    return seen + [seen_by(b, integrator, now) for now in (THURSDAY, LAST_MOMENT, TURN, LATER)]


@pytest.mark.usefixtures("one_seed")
def test_six_ways_to_go_are_one_picture(integrator: Integrator) -> None:
    seen = {name: history(integrator, way) for name, way in WAYS.items()}

    silence = seen.pop("silence")
    before, thursday, last, turn, later = silence
    for name, of_b in seen.items():
        assert of_b == silence, name
    assert before["/v1/me/view"]["basis"] == "both_partners"
    assert before == thursday == last
    assert [each["shared"] for each in before["/v1/me/plan"]["data"]] == [True]
    assert (turn["/v1/me/view"]["basis"], later["/v1/me/view"]["basis"]) == ("one_partner", "one_partner")
    assert turn["/v1/me/plan"]["data"] == []


@pytest.mark.usefixtures("one_seed")
@pytest.mark.parametrize("way", ["unlinking", "erasing"])
def test_a_week_that_nobody_stored_before_the_leaving_leaks(
    integrator: Integrator, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the week, both ways show at once."""

    async def of_now(session: Any, partner: Any, library: Any, **_: Any) -> Any:
        link = await week.find_link(session, partner)
        before = start_of_week(session.now)
        return link and link._replace(week=await week._take(session, link, library, before=before, is_heard=True))

    monkeypatch.setattr("app.service.view.open_week", of_now)
    seen = history(integrator, WAYS[way])

    assert seen[0] != seen[1]


@pytest.mark.parametrize("way", ["unlinking", "erasing", "pooling"])
async def test_the_reading_is_gone_at_the_turn_though_nobody_reads(
    integrator: Integrator, way: str, database: Database, database_url: str, tmp_path: Any
) -> None:
    a, b = couple_with_a_date(integrator)
    integrator.move_to(WEDNESDAY, a, b)
    WAYS[way](integrator, a)
    sealed = "SELECT sealed FROM weeks"
    keys = "SELECT wrapped FROM data_keys WHERE owner LIKE 'cpl%'"
    before, key = await fetch(database_url, sealed), await fetch(database_url, keys)
    vault = Vault(KeyRing(tmp_path / "rekindle.keys"))
    turn = datetime.fromisoformat(TURN)
    await run_once(database, vault, lambda: turn - timedelta(seconds=1), whole=True)
    in_the_week = await fetch(database_url, sealed)
    await run_once(database, vault, lambda: turn, whole=True)

    assert len(before) == len(in_the_week) == 1
    assert await fetch(database_url, sealed) == []
    if way == "erasing":
        assert await fetch(database_url, "SELECT rekey_at FROM couples") == [(None,)]
        assert key != await fetch(database_url, keys)


def test_what_one_does_in_a_week_shows_to_the_other_at_the_turn(integrator: Integrator) -> None:
    """Answering, a second yes, a time: none of it shows before."""
    a, b = couple_with_a_date(integrator)
    integrator.move_to(WEDNESDAY, a, b)
    b.put(f"/v1/me/choices/{TEA}", {"choice": "yes"})
    before = seen_by(b, integrator, WEDNESDAY)
    a.put(f"/v1/me/choices/{TEA}", {"choice": "yes"})
    (item,) = [each for each in a.get("/v1/me/plan").json()["data"] if each["activity"] == WALK]
    change = {"scheduled_for": "2026-12-04T18:00", "time_zone": "Europe/Paris"}
    a.ask("PATCH", f"/v1/me/plan/items/{item['id']}", change, If_Match=item["etag"])
    a.report({**REPORT, "conflict": {"level": "chronic"}})
    in_the_week = seen_by(b, integrator, LAST_MOMENT)
    at_the_turn = seen_by(b, integrator, TURN)

    assert in_the_week == before
    assert {each["activity"] for each in at_the_turn["/v1/me/plan"]["data"]} == {TEA}
    assert at_the_turn["/v1/me/view"] != before["/v1/me/view"]


FIRST_ACTS: dict[str, Act] = {
    "silence": WAYS["silence"],
    "unlinking": WAYS["unlinking"],
    "erasing": WAYS["erasing"],
    "answering": lambda _integrator, a: a.report({**REPORT, "conflict": {"level": "chronic"}}),
}


@pytest.mark.usefixtures("one_seed")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_done_first_in_a_week_shows_no_sooner(integrator: Integrator) -> None:
    """Nobody has looked since the turn, so no week is stored yet when A acts; A's answers lapse at the next one."""
    seen = {}
    for name, act in FIRST_ACTS.items():
        integrator.now = LONG_AGO
        a, b = integrator.add(), integrator.add()
        integrator.link(a, b)
        for person in (a, b):
            person.report(REPORT)
        integrator.move_to(THURSDAY, a, b)
        act(integrator, a)
        seen[name] = seen_by(b, integrator, THURSDAY)

    assert seen["silence"]["/v1/me/view"]["basis"] == "both_partners"
    for name, of_b in seen.items():
        assert of_b == seen["silence"], name


def test_nothing_that_b_does_brings_it_forward(integrator: Integrator) -> None:
    """A left; B takes pooling back and gives it again, answers, looks: the week stays what it was."""
    a, b = couple_with_a_date(integrator)
    integrator.move_to(WEDNESDAY, a, b)
    a.delete("/v1/me/couple")
    for granted in (False, True):
        b.agree("pooling", granted=granted)
    assert b.view()["basis"] == "both_partners"
    b.report(REPORT)
    assert b.view()["basis"] == "both_partners"
    integrator.move_to(TURN, b)
    assert b.view()["basis"] == "one_partner"


def test_a_consent_given_again_makes_no_second_first_time(integrator: Integrator) -> None:
    a, b = couple_with_a_date(integrator)
    integrator.move_to(WEDNESDAY, a, b)
    before = b.view()["view"]
    for granted in (False, True):
        b.agree("pooling", granted=granted)
    a.report({**REPORT, "conflict": {"level": "chronic"}})

    assert b.view()["view"] == before


@pytest.mark.parametrize("now", [LATER, "2026-12-09T10:00:00+00:00"])
def test_ones_own_receipt_does_not_tell_how_the_other_went(integrator: Integrator, now: str) -> None:
    receipts = {}
    for way, go in WAYS.items():
        a, b = couple_with_a_date(integrator)
        integrator.move_to(TURN, a)
        go(integrator, a)
        integrator.move_to(now, b)
        receipts[way] = b.delete("/v1/me").json() | {"receipt": None}

    assert {way: receipt for way, receipt in receipts.items() if receipt != receipts["silence"]} == {}


LISTED = re.compile(r"IN \([^)]*\)")
"""How many are listed tells nothing."""
Deed = Callable[[Person], Response]
Statements = Callable[[Person, Deed, str], list[str]]


@pytest.fixture
def statements_for(stored_app: FastAPI, integrator: Integrator) -> Statements:
    """What the database is asked while somebody does something at a moment."""

    def listen(person: Person, deed: Deed, now: str) -> list[str]:
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            asked.append(LISTED.sub("IN (…)", statement))

        portal = integrator.client.portal
        assert portal
        engine = portal.call(stored_app.state.database.engine).sync_engine
        integrator.move_to(now, person)
        event.listen(engine, "before_cursor_execute", note)
        assert deed(person).is_success
        event.remove(engine, "before_cursor_execute", note)
        return asked

    return listen


EARLIER_ACTS: dict[str, Act] = {
    "nothing": lambda _integrator, _a: None,
    "a look": lambda _integrator, a: a.get("/v1/me/view"),
    "a look at the plan": lambda _integrator, a: a.get("/v1/me/plan"),
    "a choice": lambda _integrator, a: a.put(f"/v1/me/choices/{TEA}", {"choice": "yes"}),
    "a report": lambda _integrator, a: a.report(REPORT),
    **WAYS,
}
FIRST_DEEDS: dict[str, Deed] = {
    "a view": lambda b: b.get("/v1/me/view"),
    "a plan": lambda b: b.get("/v1/me/plan"),
    "proposals": lambda b: b.post("/v1/me/plan/proposals", PLANNING),
    "an explanation": lambda b: b.post("/v1/me/explanations", {"target": TEA}),
    "a choice": lambda b: b.put(f"/v1/me/choices/{TEA}", {"choice": "not_now"}),
    "a choice taken back": lambda b: b.delete(f"/v1/me/choices/{WALK}"),
    "a path": lambda b: b.put("/v1/me/paths/a-check-in-that-stays"),
    "a path left": lambda b: b.delete("/v1/me/paths/a-check-in-that-stays"),
    "feedback": lambda b: b.post("/v1/me/feedback", {"activity": WALK, "outcome": "done"}),
    "a report": lambda b: b.post("/v1/me/reports", SHORTEST),
    "a consent taken back": lambda b: b.agree("pooling", granted=False),
    "leaving": lambda b: b.delete("/v1/me/couple"),
    "erasing": lambda b: b.delete("/v1/me"),
}


@pytest.mark.parametrize("deed", rest_thorough(FIRST_DEEDS, first=3))
def test_whatever_is_first_in_a_week_asks_the_same_whether_the_other_was_here_first(
    integrator: Integrator, statements_for: Statements, deed: Deed
) -> None:
    asked: dict[str, list[str]] = {}
    for earlier, act in EARLIER_ACTS.items():
        a, b = couple_with_a_date(integrator)
        integrator.move_to(TURN, a)
        act(integrator, a)
        asked[earlier] = statements_for(b, deed, LATER)

    assert asked["nothing"]
    assert {earlier: statements for earlier, statements in asked.items() if statements != asked["nothing"]} == {}


@pytest.mark.parametrize("path", ["/v1/me/plan", "/v1/me/view"])
def test_who_asks_again_and_again_cannot_tell_when_the_other_goes(
    integrator: Integrator, statements_for: Statements, path: str
) -> None:
    """Their later requests read the stored week alone, so that nothing they run rests on who is there."""
    again: dict[str, list[str]] = {}
    for way, go in WAYS.items():
        a, b = couple_with_a_date(integrator)
        first = statements_for(b, FIRST_DEEDS["a plan"], LATER)
        go(integrator, a)
        again[way] = statements_for(b, lambda person: person.get(path), LATER)
        if path == "/v1/me/plan":
            assert len(again[way]) < len(first)

    assert {way: statements for way, statements in again.items() if statements != again["silence"]} == {}
