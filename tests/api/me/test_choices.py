from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.people import Integrator, Person

MONDAY = "2026-11-23T09:30:00Z"


@pytest.fixture
def person(integrator: Integrator) -> Person:
    integrator.now = MONDAY
    return integrator.add()


def some_activities(person: Person, number: int) -> list[str]:
    return [activity["id"] for activity in person.get("/v1/activities").json()["data"]][:number]


def choose(person: Person, activity: str, choice: str) -> None:
    answer = person.put(f"/v1/me/choices/{activity}", {"choice": choice})
    assert answer.status_code == 200, answer.text


def chosen(person: Person) -> dict[str, str]:
    return {each["activity"]: each["choice"] for each in person.get("/v1/me/choices").json()["data"]}


def test_a_choice_is_listed_with_its_title_and_its_end(person: Person) -> None:
    put = person.put("/v1/me/choices/evening-walk", {"choice": "yes"})
    choose(person, "dance-class", "not_for_us")

    listed = person.get("/v1/me/choices").json()

    assert put.json() == {
        "activity": "evening-walk",
        "title": "An evening walk around the block",
        "choice": "yes",
        "until": "2026-12-07T00:00:00Z",
    }
    assert [(each["activity"], each["until"]) for each in listed["data"]] == [
        ("dance-class", None),
        ("evening-walk", "2026-12-07T00:00:00Z"),
    ]
    assert (listed["next_cursor"], listed["has_more"]) == (None, False)


def test_the_last_choice_is_the_one_that_counts(person: Person) -> None:
    for choice in ("yes", "not_now"):
        choose(person, "evening-walk", choice)

    assert chosen(person) == {"evening-walk": "not_now"}


def test_a_yes_lapses_at_the_second_turn_unless_given_again(integrator: Integrator, person: Person) -> None:
    choose(person, "evening-walk", "yes")
    choose(person, "tea-in-silence", "yes")
    choose(person, "dance-class", "not_for_us")
    integrator.move_to("2026-12-06T23:59:59Z", person)
    choose(person, "tea-in-silence", "yes")
    before = chosen(person)
    integrator.move_to("2026-12-07T00:00:00Z", person)

    assert before == {"dance-class": "not_for_us", "evening-walk": "yes", "tea-in-silence": "yes"}
    assert chosen(person) == {"dance-class": "not_for_us", "tea-in-silence": "yes"}


def test_twelve_yeses_are_open_at_most(integrator: Integrator, person: Person) -> None:
    """Of each of the two: how many the other has said takes no room."""
    thirteen, other = some_activities(person, 13), integrator.add()
    integrator.link(person, other)
    for activity in thirteen[:12]:
        choose(other, activity, "yes")
    for activity in thirteen[:12]:
        choose(person, activity, "yes")
    choose(person, thirteen[0], "yes")

    refused = person.put(f"/v1/me/choices/{thirteen[12]}", {"choice": "yes"})
    choose(person, thirteen[12], "not_now")
    choose(person, thirteen[0], "not_for_us")
    choose(person, thirteen[12], "yes")

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_yeses")


def test_twelve_are_open_at_most_whoever_is_first(person: Person) -> None:
    activities = some_activities(person, 16)
    with ThreadPoolExecutor(8) as devices:
        answers = devices.map(lambda each: person.put(f"/v1/me/choices/{each}", {"choice": "yes"}), activities)

    assert sorted(answer.status_code for answer in answers) == [200] * 12 + [409] * 4


def test_what_has_lapsed_takes_no_room(integrator: Integrator, person: Person) -> None:
    thirteen = some_activities(person, 13)
    for activity in thirteen[:12]:
        choose(person, activity, "yes")
    integrator.move_to("2026-12-07T00:00:00Z", person)

    choose(person, thirteen[12], "yes")

    assert chosen(person) == {thirteen[12]: "yes"}


def test_taking_back_is_204_for_every_id(person: Person) -> None:
    choose(person, "evening-walk", "yes")

    statuses = [
        person.delete(f"/v1/me/choices/{activity}").status_code
        for activity in ("evening-walk", "evening-walk", "no-such-one", "x" * 64)
    ]

    assert statuses == [204] * 4
    assert chosen(person) == {}


def test_what_cannot_be_an_id_is_not_found(person: Person) -> None:
    answers = [person.delete(f"/v1/me/choices/{activity}") for activity in ("x" * 65, "an evening")]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "not_found")] * 2


def test_an_unknown_activity_is_404_with_the_nearest_id(person: Person) -> None:
    answer = person.put("/v1/me/choices/evening-wlak", {"choice": "yes"})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "did you mean 'evening-walk'?" in answer.json()["detail"]


def test_an_unknown_choice_is_refused(person: Person) -> None:
    answer = person.put("/v1/me/choices/evening-walk", {"choice": "maybe"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/choice")


def test_nothing_is_chosen_or_shown_without_consent(integrator: Integrator) -> None:
    person = integrator.add(agrees=False)

    answers = [
        person.get("/v1/me/choices"),
        person.put("/v1/me/choices/evening-walk", {"choice": "yes"}),
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "consent_required")] * 2
    assert person.delete("/v1/me/choices/evening-walk").status_code == 204


def test_choices_are_of_one_partner_alone(integrator: Integrator) -> None:
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)

    choose(a, "evening-walk", "yes")
    choose(a, "dance-class", "not_for_us")

    assert chosen(b) == {}


def shared(person: Person) -> list[str]:
    return [each["activity"] for each in person.get("/v1/me/plan").json()["data"] if each["shared"]]


def test_a_yes_from_before_the_link_counts_in_it_and_in_no_other(integrator: Integrator) -> None:
    integrator.now = MONDAY
    one, other, third = integrator.add(), integrator.add(), integrator.add()
    for person in (one, other):
        choose(person, "evening-walk", "yes")
    integrator.link(one, other)
    at_once = shared(one), shared(other)
    integrator.move_to("2026-11-30T00:00:00Z", one, other, third)
    at_the_turn = shared(one), shared(other)
    choose(one, "evening-walk", "yes")
    one.delete("/v1/me/couple")
    choose(third, "evening-walk", "yes")
    integrator.link(one, third)
    integrator.move_to("2026-12-07T00:00:00Z", one, other, third)

    assert at_once == ([], [])
    assert at_the_turn == (["evening-walk"], ["evening-walk"])
    assert chosen(one) == chosen(third) == {"evening-walk": "yes"}
    assert (shared(one), shared(third)) == ([], [])
