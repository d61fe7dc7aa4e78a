import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from httpx2 import Response
from icalendar import Calendar, Component
from structlog.testing import capture_logs

from app.rulesets.sources import PlanTitle
from app.service.calendar_file import write
from app.service.calendars import CalendarEntry
from app.settings import Settings
from tests.admin import ask_admin
from tests.people import Integrator, Person

MONDAY = "2026-11-23T09:30:00Z"
WALK = "evening-walk"


@pytest.fixture
def couple(integrator: Integrator) -> tuple[Person, Person]:
    """Two who have a walk in their plan, on Saturday at six in the evening (UTC)."""
    integrator.now = MONDAY
    a, b = integrator.add(), integrator.add()
    integrator.share(a, b, WALK)
    for person in (a, b):
        change(person, scheduled_for="2026-11-28T19:00", time_zone="Europe/Paris")
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


def read(person: Person, url: str, **headers: str) -> Response:
    """As a calendar program does, without a token."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return person.client.get(url, headers={"Rekindle-Test-Now": person.now or MONDAY, **given})


LINE = re.compile(r"([A-Z-]+)((?:;[A-Z-]+=[A-Za-z0-9/-]+)*):(.*)")
ONCE = {
    "VCALENDAR": {"PRODID", "VERSION", "NAME", "REFRESH-INTERVAL"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"},
}
FORM = {"DTSTAMP": r":\d{8}T\d{6}Z", "DTEND": r":\d{8}T\d{6}Z", "REFRESH-INTERVAL": r";VALUE=DURATION:PT\d+H"}


def mistakes_in(file: bytes) -> Iterator[str]:
    """What a strict reader of RFC 5545 (3.1, 3.6) and RFC 7986 (5.7) finds wrong with a file."""
    if not file.endswith(b"\r\n") or file.count(b"\n") != file.count(b"\r\n"):
        yield "lines end in CRLF"
    if any(len(line) > 75 for line in file.split(b"\r\n")):
        yield "lines have at most 75 octets"
    lines = [LINE.fullmatch(line) for line in file.decode().replace("\r\n ", "").split("\r\n")[:-1]]
    if None in lines:
        yield "every line has a name and a value"
    found = [line for line in lines if line]
    for line in found:
        if line[1] in FORM and not re.fullmatch(FORM[line[1]], line[2] + ":" + line[3]):
            yield f"{line[0]} has another form"
    uids = [line[3] for line in found if line[1] == "UID"]
    if len(uids) != len(set(uids)):
        yield "an id stands for one event"
    yield from mistakes_of_components(found)


def mistakes_of_components(lines: list[re.Match[str]]) -> Iterator[str]:
    open_, ended = [("", list[str]())], list[str]()
    for line in lines:
        if line[1] == "BEGIN":
            open_.append((line[3], []))
        elif line[1] == "END":
            component, names = open_.pop()
            ended.append(line[3])
            if component != line[3] or len(names) != len(set(names)) or not ONCE[component] <= set(names):
                yield f"{line[3]} has {names}"
        else:
            open_[-1][1].append(line[1])
    if len(ended) < 2 or ended[-1] != "VCALENDAR" or len(open_) != 1:
        yield "a calendar has at least one component"


def events(answer: Response) -> list[Component]:
    assert answer.status_code == 200, answer.text
    assert [*mistakes_in(answer.content)] == []
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_calendar_says_that_an_hour_is_reserved_and_nothing_else(couple: tuple[Person, Person]) -> None:
    a, _ = couple

    answer = read(a, open_calendar(a))
    (event,) = events(answer)

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
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
    a, _ = couple
    url = open_calendar(a)
    (before,) = events(read(a, url))
    change(a, scheduled_for="2026-11-29T10:00", time_zone="UTC")
    (after,) = events(read(a, url))

    assert after["UID"] == before["UID"]
    assert after.decoded("DTSTART") == datetime(2026, 11, 29, 10, tzinfo=UTC)


def test_what_has_no_time_is_in_no_calendar(integrator: Integrator) -> None:
    person = integrator.add()
    solo = person.get("/v1/activities?solo=true").json()["data"][0]["id"]
    person.put(f"/v1/me/choices/{solo}", {"choice": "yes"})

    answer = read(person, open_calendar(person))

    assert events(answer) == []
    assert [*mistakes_in(answer.content)] == []


def test_the_address_cannot_be_guessed_and_is_kept_nowhere(couple: tuple[Person, Person]) -> None:
    a, _ = couple

    assert re.fullmatch(r"http://testserver/v1/calendars/[0-9A-Za-z]{43}\.ics", open_calendar(a))


def test_the_address_is_whole_where_the_server_is_reached(couple: tuple[Person, Person], stored_app: FastAPI) -> None:
    a, _ = couple
    public = Settings.model_validate({"public_url": "https://rekindle.example/us/"})
    stored_app.state.settings = stored_app.state.settings.model_copy(update={"public_url": public.public_url})

    url = open_calendar(a)

    assert re.fullmatch(r"https://rekindle\.example/us/v1/calendars/[0-9A-Za-z]{43}\.ics", url)
    assert read(a, url.removeprefix("https://rekindle.example/us")).status_code == 200


def test_until_something_changes_the_bytes_are_the_same(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, b = couple
    url = open_calendar(a)
    first = read(a, url)
    integrator.move_to("2026-11-28T17:45:00Z", a, b)
    later = read(a, url)
    asked_again = read(a, url, If_None_Match=first.headers["etag"])
    change(b, title="errand")
    change(b, scheduled_for="2026-11-29T11:00", time_zone="UTC")
    of_the_other = read(a, url)
    change(a, scheduled_for="2026-11-29T10:00", time_zone="UTC")
    moved = read(a, url, If_None_Match=first.headers["etag"])

    assert first.content == later.content == of_the_other.content
    assert first.headers["etag"] == later.headers["etag"]
    assert (asked_again.status_code, asked_again.content) == (304, b"")
    assert asked_again.headers["etag"] == first.headers["etag"]
    assert (moved.status_code, moved.headers["etag"] == first.headers["etag"]) == (200, False)


def test_no_byte_tells_when_the_other_set_the_time(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, b = couple
    url = open_calendar(a)
    before = read(a, url)
    for moment in ("2026-11-23T09:31:00Z", "2026-11-25T23:00:00Z"):
        integrator.move_to(moment, a, b)
        change(b, scheduled_for="2026-11-28T20:00")
        change(b, scheduled_for="2026-11-28T19:00")
        assert read(a, url).content == before.content


def test_after_the_turn_no_byte_tells_on_which_day_it_was_set(integrator: Integrator) -> None:
    files = []
    for moment in ("2026-11-24T09:31:00Z", "2026-11-26T23:00:00Z"):
        integrator.now = MONDAY
        a, b = integrator.add(), integrator.add()
        integrator.share(a, b, WALK)
        for person in (a, b):
            person.put(f"/v1/me/choices/{WALK}", {"choice": "yes"})
        integrator.move_to(moment, a, b)
        change(b, scheduled_for="2026-12-05T19:00", time_zone="Europe/Paris")
        integrator.move_to("2026-11-30T09:30:00Z", a, b)
        files.append(re.sub(r"UID:\S+", "", read(a, open_calendar(a)).text))

    assert files[0] == files[1]
    assert "DTSTART:20261205T180000Z" in files[0]


def test_ending_logins_ends_the_address(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, b = couple
    by_oneself, by_the_integrator = open_calendar(a), open_calendar(b)
    other = Person(a.client, integrator.token_for(a.id), MONDAY, a.id)
    opened_with = next(token["id"] for token in a.get("/v1/me/tokens").json()["data"] if token["is_this"])

    assert other.delete(f"/v1/me/tokens/{opened_with}").status_code == 204
    of_b = b.get("/v1/me/tokens").json()["data"][0]["id"]
    assert integrator.delete(f"/v1/partners/{b.id}/tokens/{of_b}").status_code == 204

    assert [read(a, url).status_code for url in (by_oneself, by_the_integrator)] == [404, 404]


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
    secret = url.rpartition("/")[2].removesuffix(".ics")
    counters = ask_admin(a.client, "/metrics").text

    assert secret not in repr(logs)
    assert secret not in counters
    assert "/v1/calendars/{secret}.ics" in {line.get("route") for line in logs}
    assert 'route="/v1/calendars/{secret}.ics"' in counters


def test_a_long_name_with_signs_comes_back_whole() -> None:
    name = "Zeit für uns; später, \\ oder — vielleicht —\nan einem anderen Tag, wenn es ruhiger geworden ist 🌙🌙🌙🌙"
    file = write([an_entry("walk")], {"reserved": "Reserved", "walk": name})

    assert [*mistakes_in(file)] == []
    assert Calendar.from_ical(file).walk("VEVENT")[0]["SUMMARY"] == name


def an_entry(title: PlanTitle = "reserved") -> CalendarEntry:
    return CalendarEntry("itm_1", title, datetime(2026, 11, 28, 18, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.replace(b"\r\n", b"\n"),
        lambda file: file.replace(b"SUMMARY:", b"SUMMARY:" + b"x" * 80),
        lambda file: file.replace(b"DTSTAMP:20261123T000000Z\r\n", b""),
        lambda file: file.replace(b"DTSTAMP:20261123T000000Z", b"DTSTAMP:20261123T000000"),
        lambda file: file.replace(b";VALUE=DURATION", b""),
        lambda file: file.replace(b"END:VEVENT\r\n", b""),
        lambda file: re.sub(rb"BEGIN:VEVENT.*END:VEVENT\r\n", b"", file, flags=re.DOTALL),
        lambda file: re.sub(rb"(BEGIN:VEVENT.*END:VEVENT\r\n)", rb"\1\1", file, flags=re.DOTALL),
    ],
)
def test_what_a_strict_reader_refuses_is_found(spoil: Callable[[bytes], bytes]) -> None:
    file = write([an_entry()], {"reserved": "Reserved"})

    assert [*mistakes_in(file)] == []
    assert [*mistakes_in(spoil(file))] != []
