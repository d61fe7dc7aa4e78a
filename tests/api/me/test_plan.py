import re
from typing import Any

import pytest
from httpx2 import Response

from app.rulesets.sources import PLAN_TITLES
from tests.people import Integrator, Person

MONDAY = "2026-11-23T09:30:00Z"
WEEK_BEFORE = "2026-11-16T09:30:00Z"
WALK, TEA = "evening-walk", "tea-in-silence"
LATER = {"scheduled_for": "2026-12-05T19:00", "time_zone": "Europe/Paris"}
TIME = {"scheduled_for": "2026-11-28T19:00", "time_zone": "Europe/Paris"}


@pytest.fixture
def couple(integrator: Integrator) -> tuple[Person, Person]:
    integrator.now = MONDAY
    a, b = integrator.add(), integrator.add(time_zone="America/New_York")
    integrator.share(a, b)
    return a, b


def choose(person: Person, activity: str, choice: str = "yes", **headers: str) -> None:
    answer = person.put(f"/v1/me/choices/{activity}", {"choice": choice}, **headers)
    assert answer.status_code == 200, answer.text


def said_yes(person: Person, activity: str = WALK) -> None:
    """Before the turn, so that it counts for the other by now."""
    choose(person, activity, Rekindle_Test_Now=WEEK_BEFORE)


def plan(person: Person) -> list[dict[str, Any]]:
    answer = person.get("/v1/me/plan")
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


def planned(person: Person) -> list[str]:
    return sorted(item["activity"] for item in plan(person))


def the_item(person: Person) -> dict[str, Any]:
    (item,) = plan(person)
    return item


def change(person: Person, changes: object, item: dict[str, Any] | None = None, **headers: str) -> Response:
    item = item or the_item(person)
    return person.ask("PATCH", f"/v1/me/plan/items/{item['id']}", changes, **{"If-Match": item["etag"], **headers})


def wrong(answer: Response) -> tuple[int, str, str]:
    (mistake,) = answer.json()["errors"]
    return answer.status_code, mistake["pointer"], mistake["code"]


def something_solo(person: Person) -> str:
    activity: str = person.get("/v1/activities?solo=true").json()["data"][0]["id"]
    return activity


def test_what_has_no_time_stands_by_name_for_both(couple: tuple[Person, Person]) -> None:
    wanted = [WALK, TEA, "dance-class", "cook-one-dish"]
    for person, order in zip(couple, (wanted, wanted[::-1]), strict=True):
        for activity in order:
            said_yes(person, activity)
    assert [[item["activity"] for item in plan(person)] for person in couple] == [sorted(wanted)] * 2


def test_an_export_lists_what_was_set_by_title(couple: tuple[Person, Person]) -> None:
    a, b = couple
    titles = {WALK: "walk", TEA: "errand", "dance-class": "class", "cook-one-dish": "meal"}
    for activity in titles:
        said_yes(a, activity)
        said_yes(b, activity)
    for item in plan(a):
        assert change(a, {"title": titles[item["activity"]]}, item).status_code == 200
    assert [item["title"] for item in a.get("/v1/me/export").json()["plan"]] == sorted(titles.values())


def test_only_what_both_said_yes_to_is_shared(couple: tuple[Person, Person]) -> None:
    a, b = couple
    for activity in (WALK, TEA, "dance-class"):
        said_yes(a, activity)
    said_yes(b)
    choose(b, TEA, "not_now")
    choose(b, "dance-class", "not_for_us")

    for person in couple:
        item = the_item(person)
        assert {name: item[name] for name in item.keys() - {"id", "etag"}} == {
            "activity": WALK,
            "activity_title": "An evening walk around the block",
            "title": "reserved",
            "shared": True,
            "scheduled_for": None,
            "time_zone": None,
            "starts_at": None,
            "until": "2026-11-30T00:00:00Z",
        }


def test_an_item_has_one_id_for_each_partner_and_keeps_it(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, b = couple
    for person in couple:
        said_yes(person)
    of_a, of_b = the_item(a)["id"], the_item(b)["id"]
    integrator.move_to("2027-01-11T09:30:00Z", a, b)
    for person in couple:
        choose(person, WALK)
    integrator.move_to("2027-01-18T09:30:00Z", a, b)

    assert re.fullmatch(r"itm_[0-9A-Za-z]{22}", of_a)
    assert of_a != of_b
    assert (the_item(a)["id"], the_item(b)["id"]) == (of_a, of_b)


@pytest.mark.parametrize("path", ["/v1/me/plan", "/v1/me/choices"])
def test_what_has_not_changed_is_not_sent_again(couple: tuple[Person, Person], path: str) -> None:
    a, b = couple
    choose(a, WALK)
    choose(a, something_solo(a))
    first = a.get(path)
    choose(b, TEA)
    again = a.get(path, If_None_Match=first.headers["etag"])
    a.delete(f"/v1/me/choices/{something_solo(a)}")
    changed = a.get(path, If_None_Match=first.headers["etag"])

    assert (again.status_code, again.content) == (304, b"")
    assert (again.headers["etag"], again.headers["cache-control"]) == (first.headers["etag"], "no-store")
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]
    assert b.get(path).headers["etag"] != first.headers["etag"]


def test_what_one_does_alone_is_in_nobody_elses_plan(couple: tuple[Person, Person]) -> None:
    a, b = couple
    solo = something_solo(a)
    choose(a, solo)
    before = plan(b)
    choose(b, solo)

    assert before == []
    assert [(item["activity"], item["shared"]) for item in plan(a) + plan(b)] == [(solo, False)] * 2


def test_someone_alone_has_a_plan_too(integrator: Integrator) -> None:
    person = integrator.add()
    solo = something_solo(person)

    for activity in (solo, WALK):
        choose(person, activity)

    assert planned(person) == [solo]


@pytest.mark.parametrize("how", ["taken back", "not_now", "not_for_us"])
def test_a_yes_taken_back_leaves_my_plan_now_and_the_others_at_the_turn(
    integrator: Integrator, couple: tuple[Person, Person], how: str
) -> None:
    a, b = couple
    for person in couple:
        said_yes(person)
    before = b.get("/v1/me/plan").content
    if how == "taken back":
        a.delete(f"/v1/me/choices/{WALK}")
    else:
        choose(a, WALK, how)

    assert planned(a) == []
    assert b.get("/v1/me/plan").content == before
    set_anew = change(b, {"scheduled_for": "2026-12-05T19:00", "time_zone": "Europe/Paris"})
    assert set_anew.status_code == 200, "what still stands there can still be given a time"
    integrator.move_to("2026-11-29T23:59:59Z", a, b)
    assert planned(b) == [WALK]
    integrator.move_to("2026-11-30T00:00:00Z", a, b)
    assert planned(b) == []


def test_a_yes_taken_back_before_the_others_never_gets_into_their_plan(couple: tuple[Person, Person]) -> None:
    a, b = couple
    said_yes(a)
    a.delete(f"/v1/me/choices/{WALK}", Rekindle_Test_Now=WEEK_BEFORE)
    choose(b, WALK)

    assert (planned(a), planned(b)) == ([], [])


def test_a_yes_can_be_given_anew(couple: tuple[Person, Person]) -> None:
    a, b = couple
    for person in couple:
        said_yes(person)
    a.delete(f"/v1/me/choices/{WALK}")
    choose(a, WALK)

    assert (planned(a), planned(b)) == ([WALK], [WALK])


def test_a_second_yes_shows_to_the_other_at_the_turn_and_lapses_with_the_first(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, b = couple
    said_yes(a)
    choose(b, WALK)
    before = planned(a), planned(b)
    choose(a, WALK)
    integrator.move_to("2026-11-30T00:00:00Z", a, b)
    at_the_turn = planned(a), planned(b)
    integrator.move_to("2026-12-07T00:00:00Z", a, b)

    assert before == ([], [WALK])
    assert at_the_turn == ([WALK], [WALK])
    assert (planned(a), planned(b)) == ([], [])


def test_whoever_no_longer_agrees_is_in_nobodys_plan_from_the_turn_on(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, b = couple
    for person in couple:
        said_yes(person)
    for person in couple:
        choose(person, WALK)
    a.agree(granted=False)

    assert a.get("/v1/me/plan").json()["code"] == "consent_required"
    assert planned(b) == [WALK]
    integrator.move_to("2026-11-30T00:00:00Z", b)
    assert planned(b) == []


def test_the_time_is_of_both_from_the_turn_on_and_the_title_of_each(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, b = couple
    for person in couple:
        said_yes(person)
    for person in couple:
        choose(person, WALK)
    before = b.get("/v1/me/plan").content

    named = change(a, {"title": "errand"})
    timed = change(a, LATER)
    unseen = b.get("/v1/me/plan").content
    integrator.move_to("2026-11-30T00:00:00Z", a, b)

    assert (named.status_code, named.json()["title"]) == (200, "errand")
    assert timed.headers["etag"] == timed.json()["etag"]
    assert unseen == before
    assert timed.json() == the_item(a)
    assert (the_item(b)["title"], the_item(b)["starts_at"]) == ("reserved", "2026-12-05T18:00:00Z")
    assert (the_item(b)["scheduled_for"], the_item(b)["time_zone"]) == ("2026-12-05T19:00:00", "Europe/Paris")


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)])
def test_of_two_times_the_later_one_stands_at_the_turn(
    integrator: Integrator, couple: tuple[Person, Person], first: int, second: int
) -> None:
    for person in couple:
        said_yes(person)
    for person in couple:
        choose(person, WALK)
    change(couple[first], LATER)
    integrator.move_to("2026-11-24T09:30:00Z", *couple)
    change(couple[second], {"scheduled_for": "2026-12-04T20:00", "time_zone": "UTC"})
    integrator.move_to("2026-11-30T00:00:00Z", *couple)
    moved = [the_item(person)["starts_at"] for person in couple]
    change(couple[first], {"scheduled_for": None})

    assert moved == ["2026-12-04T20:00:00Z"] * 2
    assert the_item(couple[first])["starts_at"] is None
    assert the_item(couple[second])["starts_at"] == "2026-12-04T20:00:00Z"


def test_the_time_of_what_one_does_alone_stays_with_its_title(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    choose(a, something_solo(a))
    change(a, TIME)
    change(a, {"title": "call"})

    assert (the_item(a)["title"], the_item(a)["starts_at"]) == ("call", "2026-11-28T18:00:00Z")


def test_a_time_without_a_zone_is_in_the_partners_own(couple: tuple[Person, Person]) -> None:
    a, b = couple
    for person in couple:
        choose(person, something_solo(person))

    refused = change(a, {"scheduled_for": "2026-11-28T19:00"})
    taken = change(b, {"scheduled_for": "2026-11-28T19:00"})

    assert wrong(refused) == (422, "#/time_zone", "missing")
    assert (taken.json()["time_zone"], taken.json()["starts_at"]) == ("America/New_York", "2026-11-29T00:00:00Z")


def test_a_time_that_clocks_leave_out_is_refused_and_named(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    choose(a, something_solo(a))

    refused = change(a, {"scheduled_for": "2027-03-28T02:30", "time_zone": "Europe/Paris"})

    assert wrong(refused) == (422, "#/scheduled_for", "no_such_time")
    assert "2027-03-28T02:30 does not exist in Europe/Paris" in refused.json()["errors"][0]["detail"]


def test_another_zone_is_looked_at_with_the_time_that_stays(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    choose(a, something_solo(a))
    change(a, {"scheduled_for": "2027-03-28T02:30", "time_zone": "America/New_York"})

    refused = change(a, {"time_zone": "Europe/Paris"})

    assert wrong(refused) == (422, "#/scheduled_for", "no_such_time")


def test_of_a_time_that_exists_twice_the_first_is_meant(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    choose(a, something_solo(a))

    taken = change(a, {"scheduled_for": "2027-10-31T02:30", "time_zone": "Europe/Paris"})

    assert taken.json()["starts_at"] == "2027-10-31T00:30:00Z"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"scheduled_for": "2026-11-28T19:00Z"}, "#/scheduled_for"),
        ({"scheduled_for": "2026-11-28T19:00+01:00"}, "#/scheduled_for"),
        ({"scheduled_for": "2026-11-31T19:00"}, "#/scheduled_for"),
        ({"scheduled_for": "9999-12-31T23:59"}, "#/scheduled_for"),
        ({"scheduled_for": "2026-11-28T19:00", "time_zone": "Paris"}, "#/time_zone"),
        ({"time_zone": "Europe/Paris"}, "#/time_zone"),
        ({"title": "Dinner with you"}, "#/title"),
        ({"note": "x"}, "#/note"),
    ],
)
def test_what_is_no_time_no_zone_or_no_title_is_refused(
    couple: tuple[Person, Person], changes: dict[str, str], pointer: str
) -> None:
    a, _ = couple
    choose(a, something_solo(a))

    refused = change(a, changes)

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_change_can_be_sent_as_a_merge_patch(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    choose(a, something_solo(a))
    change(a, {**TIME, "title": "meal"})

    answer = change(a, {"title": None}, Content_Type="application/merge-patch+json")

    assert (answer.status_code, answer.json()["title"]) == (200, "reserved")
    assert answer.json()["starts_at"] == "2026-11-28T18:00:00Z"


def test_two_devices_do_not_overwrite_each_other(couple: tuple[Person, Person]) -> None:
    a, _ = couple
    choose(a, something_solo(a))
    item = the_item(a)
    path = f"/v1/me/plan/items/{item['id']}"

    blind = a.ask("PATCH", path, {"title": "call"})
    first = change(a, {"title": "call"}, item)
    second = change(a, {"title": "meal"}, item)

    assert (blind.status_code, blind.json()["code"]) == (428, "version_needed")
    assert first.status_code == 200
    assert (second.status_code, second.json()["code"]) == (412, "other_version")
    assert the_item(a)["title"] == "call"


def test_what_is_not_in_my_plan_is_not_found(couple: tuple[Person, Person]) -> None:
    a, b = couple
    for person in couple:
        said_yes(person)
    of_a, of_b = the_item(a), the_item(b)
    a.delete(f"/v1/me/choices/{WALK}")

    answers = [
        change(a, {"title": "call"}, of_a),
        change(a, {"title": "call"}, of_b),
        change(a, TIME, {**of_b, "id": "itm_nothing"}),
        a.ask("PATCH", "/v1/me/plan/items/itm_nothing", {}),
    ]

    assert {(each.status_code, each.json()["code"], each.json()["detail"]) for each in answers} == {
        (404, "not_found", "There is no such item in your plan.")
    }


def test_a_time_is_forgotten_when_its_week_is_over(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, b = couple
    for person in couple:
        said_yes(person)
    for person in couple:
        choose(person, WALK)
    change(a, TIME)
    integrator.move_to("2026-11-30T00:00:00Z", a, b)

    assert [the_item(person)["starts_at"] for person in couple] == [None, None]


@pytest.mark.parametrize(
    ("local", "zone"),
    [("2026-11-23T10:29", "Europe/Paris"), ("2026-11-23T04:29", "America/New_York"), ("2101-01-01T00:00", None)],
)
def test_a_time_that_is_over_is_refused(couple: tuple[Person, Person], local: str, zone: str | None) -> None:
    a, _ = couple
    choose(a, something_solo(a))
    before = the_item(a)
    is_over = zone is not None

    answer = change(a, {"scheduled_for": local, "time_zone": zone or "UTC"})

    assert (answer.status_code == 422) is is_over
    if is_over:
        assert wrong(answer) == (422, "#/scheduled_for", "in_the_past")
        assert answer.json()["errors"][0]["detail"] == "This time is over. Choose one that is still to come."
        assert the_item(a) == before


def test_a_time_of_now_is_still_to_come_and_moving_the_zone_can_put_it_in_the_past(
    couple: tuple[Person, Person],
) -> None:
    a, _ = couple
    choose(a, something_solo(a))

    taken = change(a, {"scheduled_for": "2026-11-23T09:30", "time_zone": "UTC"})
    moved = change(a, {"time_zone": "Europe/Paris"})

    assert taken.json()["starts_at"] == "2026-11-23T09:30:00Z"
    assert wrong(moved) == (422, "#/scheduled_for", "in_the_past")


def test_what_is_over_by_now_can_still_be_renamed_and_sent_back_whole(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, b = couple
    choose(a, something_solo(a))
    change(a, {"scheduled_for": "2026-11-24T09:00", "time_zone": "UTC"})
    integrator.move_to("2026-11-25T09:30:00Z", a, b)

    renamed = change(a, {"title": "call", "scheduled_for": "2026-11-24T09:00:00", "time_zone": "UTC"})

    assert (renamed.status_code, renamed.json()["title"]) == (200, "call")


def test_an_activity_has_its_title_in_the_readers_language_and_one_version_in_all(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    reader = integrator.add(locale="de-AT")
    choose(reader, something_solo(reader))
    answers = [reader.get("/v1/me/plan"), reader.get("/v1/me/plan", Accept_Language="fr")]
    [item] = answers[0].json()["data"]
    titles = {each["id"]: each["title"] for each in reader.get("/v1/activities", Accept_Language="de").json()["data"]}

    assert item["activity_title"] == titles[item["activity"]]
    assert answers[0].headers["content-language"] == reader.get("/v1/me/choices").headers["content-language"]
    changed = change(reader, {"title": "call"}, answers[1].json()["data"][0], Accept_Language="en")
    assert (changed.status_code, changed.json()["activity_title"]) == (200, item["activity_title"])


def test_what_comes_first_stands_first(integrator: Integrator, couple: tuple[Person, Person]) -> None:
    a, b = couple
    for person in couple:
        for activity in (WALK, TEA, "cook-one-dish"):
            said_yes(person, activity)
    for person in couple:
        for activity in (WALK, TEA, "cook-one-dish"):
            choose(person, activity)
    items = {item["activity"]: item for item in plan(a)}
    change(a, LATER, items[TEA])
    change(a, {"scheduled_for": "2026-12-04T19:00", "time_zone": "UTC"}, items["cook-one-dish"])
    integrator.move_to("2026-11-30T00:00:00Z", a, b)

    assert [item["activity"] for item in plan(b)] == ["cook-one-dish", TEA, WALK]


def test_a_new_link_begins_without_what_was_shared_before(
    integrator: Integrator, couple: tuple[Person, Person]
) -> None:
    a, _ = couple
    for person in couple:
        said_yes(person)
    change(a, TIME)
    c = integrator.add()
    a.delete("/v1/me/couple")
    assert planned(a) == []
    integrator.link(a, c)
    choose(c, WALK)
    integrator.move_to("2026-11-30T09:30:00Z", a, c)
    before = planned(a), planned(c)
    choose(a, WALK)
    integrator.move_to("2026-12-01T09:30:00Z", a, c)

    assert before == ([], [])
    assert the_item(a)["starts_at"] is None
    assert planned(c) == []


def test_every_title_can_be_given(integrator: Integrator) -> None:
    person = integrator.add()
    choose(person, something_solo(person))

    given = [change(person, {"title": title}).json()["title"] for title in PLAN_TITLES]

    assert given == list(PLAN_TITLES)
