"""The weekly check-in: what is not sent is carried over with whom it may affect."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.engine.self_report import SAFETY_QUESTIONS
from tests.people import REPORT, Integrator, Person
from tests.unlocked import unlock, unlock_again

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
RICH: dict[str, Any] = {
    "goal": "repair",
    "closeness": {"level": 5, "feelings": ["hopeful"]},
    "communication": {"ease": "strained", "trust": 2},
    "conflict": {"level": "chronic", "pattern": "both_blame", "being_together_feels": "an_effort"},
    "activity_preferences": {"likes": {"walk": "love", "touch": "avoid"}},
    "circumstances": {"budget": "low", "season": ["grief", "separation"]},
    "private": {"leaning_out": True},
    "mutual": {"affection": "no"},
    "keep_private": ["conflict.level", "communication.trust", "goal"],
}
OPTIONAL_POOLED = {
    "closeness": {"level": 5, "feelings": ["hopeful"]},
    "communication": {"ease": "strained"},
    "conflict": {"pattern": "both_blame"},
    "activity_preferences": {"likes": {"walk": "love"}},
    "circumstances": {"budget": "low", "season": ["grief"]},
}


def check_in(person: Person, answers: Any = None, clear: tuple[str, ...] = (), **more: Any) -> Any:
    taken = person.post("/v1/me/check-ins", {"answers": answers or {}, "clear": list(clear), **more})
    assert taken.status_code == 201, taken.text
    return taken.json()


def due(person: Person) -> Any:
    answer = person.get("/v1/me/check-in")
    assert answer.status_code == 200, answer.text
    return answer.json()


def undrawn(view: Any) -> Any:
    """A view without what each partner's own seed draws."""
    return {name: view[name] for name in ("outcome", "opening", "strategies", "insights", "limits", "support")}


def unlocked_answers(person: Person) -> Any:
    return person.get("/v1/me/reports").json()["data"][0]["answers"]


@pytest.fixture
def person(integrator: Integrator) -> Person:
    """Who reads what was sent, because they sent it unlocked."""
    integrator.now = MONDAY.isoformat()
    return unlock(integrator.add())


def test_what_to_begin_from_is_optional_and_pooled(person: Person) -> None:
    person.report(RICH)

    found = due(person)

    assert found["answers"] == OPTIONAL_POOLED
    assert found["next_check_in_on"] == "2026-11-30"


def test_what_is_due_follows_the_calendar_alone(integrator: Integrator, person: Person) -> None:
    person.report(RICH)
    others = [integrator.add() for _ in range(2)]
    others[0].report()
    weeks: dict[str, set[int]] = {}
    for week in range(26):
        now = (MONDAY + timedelta(days=7 * week)).isoformat()
        integrator.move_to(now, person, *others)
        found = [due(one) for one in (person, *others)]
        assert found[0]["due"] == found[1]["due"] == found[2]["due"]
        assert {each["id"] for each in found[0]["due"] if each["required"]} == {
            "time_together.hours_per_week",
            "conflict.level",
            "busyness.level",
        }
        for each in found[0]["due"]:
            weeks.setdefault(each["id"], set()).add(week)

    form = person.get("/v1/questions").json()["questions"]
    assert weeks.keys() == {each["id"] for each in form}
    for each in form:
        if not each["required"]:
            steps = {b - a for a, b in zip(sorted(weeks[each["id"]]), sorted(weeks[each["id"]])[1:], strict=False)}
            assert steps <= {max(1, round(each["ask_every_days"] / 7))}, each["id"]


def test_read_change_and_post_keeps_everything_with_its_label(person: Person) -> None:
    person.report(RICH)
    before = unlocked_answers(person)

    answers = due(person)["answers"]
    answers["closeness"]["level"] = 6
    answers["circumstances"]["season"] = ["grief", "moving"]
    answers["conflict"]["level"] = "frequent"
    check_in(person, answers)

    after = unlocked_answers(person)
    before["closeness"]["level"], before["conflict"]["level"] = 6, "frequent"
    before["circumstances"]["season"] = ["grief", "moving", "separation"]
    assert after == before
    person.delete("/v1/me/unlock")
    locked = unlocked_answers(person)
    assert (locked["conflict"]["level"], locked["goal"]) == (None, None)
    assert locked["activity_preferences"]["likes"] == {"walk": "love"}


@pytest.mark.parametrize(
    "misuse",
    [
        {},
        {"private": {}, "mutual": None, "keep_private": []},
        {"private": dict.fromkeys(("leaning_out", "willingness")), "keep_private": None},
        {"activity_preferences": {}, "circumstances": {"season": []}},
        {"activity_preferences": {"likes": {}}, "conflict": {"level": "chronic"}, "communication": {"trust": 2}},
    ],
)
def test_nothing_private_is_lost_by_sending_nothing_for_it(person: Person, misuse: dict[str, Any]) -> None:
    person.report(RICH)
    before = unlocked_answers(person)

    check_in(person, misuse)
    # Null is the same as left out.
    assert person.post("/v1/me/check-ins", {"answers": None, "clear": None}).status_code == 201

    after = unlocked_answers(person)
    for group in ("private", "mutual", "keep_private", "goal"):
        assert after[group] == before[group]
    assert after["activity_preferences"]["likes"]["touch"] == "avoid"
    assert "separation" in after["circumstances"]["season"]


def test_a_report_read_and_posted_as_a_check_in_loses_nothing(integrator: Integrator, person: Person) -> None:
    person.report(RICH)
    before = unlocked_answers(person)
    phone = Person(integrator.client, integrator.token_for(person.id), person.now, person.id)

    check_in(phone, unlocked_answers(phone))

    assert unlocked_answers(person) == before


def test_what_is_carried_takes_away_and_is_not_told(integrator: Integrator) -> None:
    person = integrator.add()
    said = person.report({"private": {"willingness": "no"}})

    taken = check_in(person, {"busyness": {"level": "slack"}})

    assert "not_willing" in str(said["view"])
    assert taken["view"]["outcome"] == "nothing_now"
    assert "not_willing" not in str(taken["view"])
    assert taken["view"] == person.view()["view"]


def test_not_even_an_unlocked_token_is_told_of_it_in_the_reply(person: Person) -> None:
    person.report({"private": {"willingness": "no"}, "safety": {"fear": "yes"}})

    taken = check_in(person)

    assert taken["view"]["support"] is None
    assert "not_willing" not in str(taken["view"])
    assert person.view()["view"]["outcome"] == "support"


def test_what_is_sent_is_told_beside_what_is_carried(integrator: Integrator) -> None:
    person = integrator.add(country="US")
    person.report({"private": {"willingness": "no"}})

    assert check_in(person, {"safety": {"fear": "yes"}})["view"]["outcome"] == "support"
    assert check_in(person)["view"]["outcome"] == "nothing_now"
    assert check_in(person, {"private": {"willingness": "no"}})["view"]["outcome"] == "nothing_now"
    assert "not_willing" in str(check_in(person, {"private": {"willingness": "no"}}, ("safety",))["view"])


def test_private_answers_keep_the_mark_of_their_own_sending(integrator: Integrator, person: Person) -> None:
    phone = Person(integrator.client, integrator.token_for(person.id), person.now, person.id)
    person.report({"private": {"leaning_out": True}})
    check_in(phone, {"private": {"mood": "very_low"}})
    check_in(person, {"private": {"recent_breach": True}})

    private = unlocked_answers(person)["private"]

    assert (private["leaning_out"], private["mood"], private["recent_breach"]) == (True, None, True)


@pytest.mark.parametrize("days", [55, 56])
def test_a_carried_private_answer_lapses_after_twice_its_days(
    integrator: Integrator, person: Person, days: int
) -> None:
    person.report({"private": {"leaning_out": True, "willingness": "no"}, "keep_private": ["closeness.level"]})
    for day in range(13, days, 13):
        integrator.move_to((MONDAY + timedelta(days=day)).isoformat(), person)
        check_in(person)
    integrator.move_to((MONDAY + timedelta(days=days)).isoformat(), person)
    unlock_again(person)
    check_in(person)

    private = unlocked_answers(person)
    # The one is asked every 28 days, the other every 7; the path stays private.
    assert private["private"]["leaning_out"] is (True if days < 56 else None)
    assert private["private"]["willingness"] is None
    check_in(person, {"closeness": {"level": 2}})
    person.delete("/v1/me/unlock")
    assert unlocked_answers(person)["closeness"]["level"] is None


def test_what_is_sent_again_does_not_lapse(integrator: Integrator, person: Person) -> None:
    person.report({"private": {"willingness": "small_steps"}})
    for day in (10, 20, 30):
        integrator.move_to((MONDAY + timedelta(days=day)).isoformat(), person)
        unlock_again(person)
        check_in(person, {"private": {"willingness": "small_steps"}})
    integrator.move_to((MONDAY + timedelta(days=43)).isoformat(), person)
    unlock_again(person)
    check_in(person)

    assert unlocked_answers(person)["private"]["willingness"] == "small_steps"


CLEARED: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "one path": (("closeness.level",), {"closeness": {"level": None}}),
    "the private ones": (
        ("private",),
        {
            "private": {"leaning_out": None},
            "conflict": {"being_together_feels": None},
            "activity_preferences": {"likes": {"walk": "love"}},
            "circumstances": {"season": ["grief"]},
        },
    ),
    "the mutual ones": (("mutual",), {"mutual": {"affection": None}}),
    "a path with its own member": (("circumstances.season",), {"circumstances": {"season": None}}),
    "what is kept private": (
        ("keep_private",),
        {"keep_private": None, "goal": None, "conflict": {"level": None}, "communication": {"trust": None}},
    ),
}


@pytest.mark.parametrize(("clear", "changed"), CLEARED.values(), ids=CLEARED)
def test_what_is_cleared_goes_and_nothing_else(person: Person, clear: tuple[str, ...], changed: dict[str, Any]) -> None:
    person.report(RICH)
    expected = unlocked_answers(person)
    for group, value in changed.items():
        expected[group] = {**expected[group], **value} if isinstance(value, dict) else value

    check_in(person, {}, clear)

    assert unlocked_answers(person) == expected


def test_clearing_says_nothing_of_what_was_there(integrator: Integrator) -> None:
    everything = ("private", "keep_private", "mutual", "safety", "closeness.level")
    said = []
    for private in ({"private": {"leaning_out": True}, "mutual": {"affection": "no"}, "safety": {"fear": "yes"}}, {}):
        person = integrator.add()
        person.report(private)
        taken = check_in(person, {}, everything)
        said.append({**taken, "id": None, "decision": None, "view": undrawn(taken["view"])})

    assert said[0] == said[1]


def test_what_was_kept_private_is_pooled_only_after_it_is_sent_again(person: Person) -> None:
    person.report(RICH)
    check_in(person, {}, ("communication.trust",))
    check_in(person, {"communication": {"trust": 4}})
    person.delete("/v1/me/unlock")
    assert unlocked_answers(person)["communication"]["trust"] is None

    check_in(person, {"communication": {"trust": 4}}, ("keep_private",))

    locked = unlocked_answers(person)
    assert (locked["communication"]["trust"], locked["conflict"]["level"]) == (4, None)


def test_support_stays_until_it_is_answered_or_cleared(person: Person) -> None:
    person.report({"safety": {"fear": "yes"}})
    check_in(person)
    assert person.view()["view"]["outcome"] == "support"
    check_in(person, {"safety": {"fear": "skip"}})
    assert person.view()["view"]["outcome"] == "support"
    check_in(person, {}, ("safety",))
    assert person.view()["view"]["outcome"] == "suggestions"


def test_a_first_check_in_is_a_whole_report(integrator: Integrator) -> None:
    person = integrator.add()

    missing = person.post("/v1/me/check-ins", {"answers": {"busyness": {"level": "full"}}})
    taken = check_in(person, REPORT)

    assert missing.status_code == 422
    assert [(each["pointer"], each["code"]) for each in missing.json()["errors"]] == [
        ("#/answers/time_together/hours_per_week", "required"),
        ("#/answers/conflict/level", "required"),
    ]
    other = integrator.add()
    assert undrawn(taken["view"]) == undrawn(other.report()["view"])
    assert due(integrator.add())["answers"] == {}


def test_what_a_report_needs_is_answered_anew_and_not_cleared(person: Person) -> None:
    person.report()

    refused = person.post("/v1/me/check-ins", {"clear": ["conflict.level"]})
    check_in(person, {"conflict": {"level": "rare"}}, ("conflict.level",))

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/clear")
    assert unlocked_answers(person)["conflict"]["level"] == "rare"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"clear": ["safety.fear"]}, "#/clear/0"),
        ({"clear": ["novelty"]}, "#/clear/0"),
        ({"answers": {"conflict": {"level": "chronnic"}}}, "#/answers/conflict/level"),
        ({"answered_on": "2026-11-24"}, "#/answered_on"),
        ({"answered_on": "2026-11-15"}, "#/answered_on"),
        ({"answered_on": "2026-11-23T00:00"}, "#/answered_on"),
        ({"answered_on": 1795392000}, "#/answered_on"),
        ({"reported_on": "2026-11-23"}, "#/reported_on"),
    ],
)
def test_what_is_wrong_is_named(person: Person, body: dict[str, Any], pointer: str) -> None:
    person.report()

    answer = person.post("/v1/me/check-ins", body)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_the_day_of_answering_shows_and_moves_no_turn(integrator: Integrator) -> None:
    integrator.now = MONDAY.isoformat()
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    a.report()
    b.report()
    integrator.move_to("2026-11-30T09:00:00+00:00", a, b)
    seen = b.view()["view"]

    taken = check_in(a, {"conflict": {"level": "chronic"}}, answered_on="2026-11-23")

    assert taken["reported_on"] == "2026-11-23"
    assert [each["reported_on"] for each in a.get("/v1/me/reports").json()["data"]] == ["2026-11-23"] * 2
    assert b.view()["view"] == seen
    integrator.move_to("2026-12-07T09:00:00+00:00", a, b)
    assert b.view()["view"] != seen


def test_it_counts_for_the_other_like_the_whole_report(integrator: Integrator) -> None:
    views = []
    changed: dict[str, Any] = {"closeness": {"level": 2}, "conflict": {"level": "chronic"}, "novelty": {"routine": 5}}
    for way in ("check-in", "report"):
        integrator.now = MONDAY.isoformat()
        a, b = integrator.add(), integrator.add()
        integrator.link(a, b)
        b.report()
        a.report(RICH)
        if way == "check-in":
            check_in(a, changed)
        else:
            a.report({**RICH, **{group: {**RICH.get(group, {}), **value} for group, value in changed.items()}})
        integrator.move_to((MONDAY + timedelta(days=7)).isoformat(), a, b)
        views.append(undrawn(b.view()["view"]))

    assert views[0] == views[1]


def test_it_takes_consent_and_a_token(integrator: Integrator) -> None:
    person = integrator.add(agrees=False)

    answers = [person.get("/v1/me/check-in"), person.post("/v1/me/check-ins", {"answers": REPORT})]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(403, "consent_required")] * 2


def test_the_same_content_in_another_order_is_the_same_request(integrator: Integrator) -> None:
    person = integrator.add()
    answers = {"conflict": {"level": "rare", "pattern": "discuss"}, **{name: REPORT[name] for name in REPORT}}
    turned = {name: answers[name] for name in reversed(answers)} | {"time_together": {"hours_per_week": 4.0}}

    first = person.post("/v1/me/check-ins", {"answers": answers, "clear": []}, Idempotency_Key="one")
    again = person.post("/v1/me/check-ins", {"clear": [], "answers": turned}, Idempotency_Key="one")
    other = person.post("/v1/me/check-ins", {"clear": ["goal"], "answers": answers}, Idempotency_Key="one")

    assert first.status_code == 201
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(person.get("/v1/me/reports").json()["data"]) == 1


def test_the_form_is_the_same_bytes_whatever_was_answered_in_private(integrator: Integrator) -> None:
    read = []
    for private in (True, False):
        person = integrator.add()
        person.report(RICH if private else {**OPTIONAL_POOLED, "conflict": {"level": "rare", "pattern": "both_blame"}})
        read.append(person.get("/v1/me/check-in").content)

    assert read[0] == read[1]


def test_of_two_at_once_both_are_carried_over(person: Person) -> None:
    person.report()
    answers: list[dict[str, Any]] = [
        {"private": {"leaning_out": True}},
        {"private": {"mood": "low"}, "keep_private": ["goal"]},
        {"closeness": {"level": 3}},
        {"goal": "repair", "keep_private": ["goal"]},
    ]

    with ThreadPoolExecutor(len(answers)) as pool:
        list(pool.map(lambda each: check_in(person, each), answers))

    after = unlocked_answers(person)
    assert (after["private"]["leaning_out"], after["private"]["mood"]) == (True, "low")
    assert (after["closeness"]["level"], after["goal"], after["keep_private"]) == (3, "repair", ["goal"])


def test_soft_signs_are_carried_until_safety_is_answered(integrator: Integrator) -> None:
    """Each is carried by itself, and goes with the next answers about safety."""
    careful = unlock(integrator.add())
    careful.report({"safety": {"humiliated": "sometimes"}})
    assert [each["kind"] for each in careful.get("/v1/me/export").json()["held_support"]] == ["humiliated_sometimes"]
    careful.report({"safety": dict.fromkeys(SAFETY_QUESTIONS, "skip")})
    kinds = [each["kind"] for each in careful.get("/v1/me/export").json()["held_support"]]
    assert kinds == ["humiliated_sometimes", "all_skipped"]
    careful.report({"safety": {"fear": "no", "humiliated": "never"}})
    assert careful.get("/v1/me/export").json()["held_support"] == []
