import re
from datetime import UTC, datetime

import pytest
from httpx2 import Response
from icalendar import Calendar, Component
from structlog.testing import capture_logs

from app.service.calendar_file import CalendarEntry, write
from tests.people import Integrator, Person

MONDAY = "2026-11-23T09:30:00Z"
WALK = "evening-walk"


@pytest.fixture
def couple(integrator: Integrator) -> tuple[Person, Person]:
    """Two who have a walk in their plan, on Saturday at six in the evening (UTC)."""
    integrator.now = MONDAY
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    for person in (a, b):
        person.put(f"/v1/me/choices/{WALK}", {"choice": "yes"})
    change(a, scheduled_for="2026-11-28T19:00", time_zone="Europe/Paris")
    return a, b


def change(person: Person, **changes: str) -> None:
    (item,) = person.get("/v1/me/plan").json()["data"]
    answer = person.ask("PATCH", f"/v1/me/plan/items/{item['id']}", changes, **{"If-Match": item["etag"]})
    assert answer.status_code == 200, answer.text


def open_calendar(person: Person, **headers: str) -> str:
    answer = person.post("/v1/me/calendar", **headers)
    assert answer.status_code == 201, answer.text
    url: str = answer.json()["url"]
    return url


def read(person: Person, url: str) -> Response:
    """As a calendar program does, without a token."""
    return person.client.get(url, headers={"Rekindle-Test-Now": person.now or MONDAY})


def events(answer: Response) -> list[Component]:
    assert answer.status_code == 200, answer.text
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_calendar_says_that_an_hour_is_reserved_and_nothing_else(couple: tuple[Person, Person]) -> None:
    a, _ = couple

    answer = read(a, open_calendar(a))
    (event,) = events(answer)

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS"}
    assert (event["SUMMARY"], event["CLASS"]) == ("Reserved", "PRIVATE")
    assert event.decoded("DTSTART") == datetime(2026, 11, 28, 18, tzinfo=UTC)
    assert event.decoded("DTEND") == datetime(2026, 11, 28, 19, tzinfo=UTC)
    assert "walk" not in answer.text.lower()
    assert not Calendar.from_ical(answer.content).walk("VALARM")


def test_it_has_the_title_that_its_own_partner_chose(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    change(a, title="errand")

    (of_a,), (of_b,) = (events(read(person, open_calendar(person))) for person in couple)

    assert (of_a["SUMMARY"], of_b["SUMMARY"]) == ("Errand", "Reserved")
    assert of_a["UID"] != of_b["UID"]


def test_an_event_keeps_its_id_when_it_moves(couple: tuple[Person, Person]) -> None:
    a, b = couple
    url = open_calendar(a)
    (before,) = events(read(a, url))
    change(b, scheduled_for="2026-11-29T10:00", time_zone="UTC")
    (after,) = events(read(a, url))

    assert after["UID"] == before["UID"]
    assert after.decoded("DTSTART") == datetime(2026, 11, 29, 10, tzinfo=UTC)


def test_what_has_no_time_is_in_no_calendar(integrator: Integrator) -> None:
    person = integrator.add()
    solo = person.get("/v1/activities?solo=true").json()["data"][0]["id"]
    person.put(f"/v1/me/choices/{solo}", {"choice": "yes"})

    assert events(read(person, open_calendar(person))) == []


def test_the_address_cannot_be_guessed_and_is_kept_nowhere(couple: tuple[Person, Person]) -> None:
    a, _ = couple

    assert re.fullmatch(r"/v1/calendars/[0-9A-Za-z]{43}\.ics", open_calendar(a))


def test_every_address_that_does_not_work_is_answered_alike(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, b = couple
    replaced = open_calendar(a)
    closed = open_calendar(a)
    a.delete("/v1/me/calendar")
    unlinked = open_calendar(b)
    b.delete("/v1/me/couple")
    withdrawn = open_calendar(a)
    a.agree(granted=False)
    never = f"/v1/calendars/{'x' * 43}.ics"
    odd = f"/v1/calendars/{'%20' * 200}.ics"

    answers = [read(a, url) for url in (replaced, closed, unlinked, withdrawn, never, odd)]

    assert {(each.status_code, each.headers["content-type"]) for each in answers} == {(404, "application/problem+json")}
    assert len({(each.json()["code"], each.json()["detail"]) for each in answers}) == 1


def test_it_is_back_when_the_partner_agrees_again(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    url = open_calendar(a)
    a.agree(granted=False)
    a.agree()

    assert len(events(read(a, url))) == 1


def test_a_new_address_takes_the_place_of_the_one_before(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    before, after = open_calendar(a), open_calendar(a)

    assert (read(a, before).status_code, read(a, after).status_code) == (404, 200)


def test_closing_is_always_204(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    open_calendar(a)

    assert [a.delete("/v1/me/calendar").status_code for _ in range(2)] == [204, 204]


def test_an_address_opened_twice_with_one_key_is_one_address(couple: tuple[Person, Person]) -> None:
    a, _ = couple

    first, again = (open_calendar(a, Idempotency_Key="one") for _ in range(2))

    assert first == again
    assert read(a, again).status_code == 200


def test_none_is_opened_without_consent(integrator: Integrator) -> None:
    person = integrator.add(agrees=False)

    answer = person.post("/v1/me/calendar")

    assert (answer.status_code, answer.json()["code"]) == (403, "consent_required")


def test_one_partners_address_does_nothing_to_the_others(couple: tuple[Person, Person]) -> None:
    a, b = couple
    url = open_calendar(b)

    open_calendar(a)
    a.delete("/v1/me/calendar")

    assert len(events(read(b, url))) == 1


def test_the_secret_is_in_no_log_and_no_counter(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    with capture_logs() as logs:
        url = open_calendar(a)
        read(a, url)
        read(a, url.replace(".ics", "x.ics"))
    secret = url.removeprefix("/v1/calendars/").removesuffix(".ics")
    counters = a.client.get("/metrics").text

    assert secret not in repr(logs)
    assert secret not in counters
    assert "/v1/calendars/{secret}.ics" in {line.get("route") for line in logs}
    assert 'route="/v1/calendars/{secret}.ics"' in counters


def test_a_long_name_with_signs_comes_back_whole() -> None:
    name = "Zeit für uns; später, \\ oder — vielleicht —\nan einem anderen Tag, wenn es ruhiger geworden ist 🌙🌙🌙🌙"
    entry = CalendarEntry("itm_1", "walk", datetime(2026, 11, 28, 18, tzinfo=UTC))

    file = write([entry], {"reserved": "Reserved", "walk": name}, datetime(2026, 11, 23, tzinfo=UTC))

    assert max(map(len, file.split(b"\r\n"))) <= 75
    assert Calendar.from_ical(file).walk("VEVENT")[0]["SUMMARY"] == name
