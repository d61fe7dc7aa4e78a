from tests.people import Integrator, Person
from tests.unlocked import unlock


def ask(person: Person, target: str) -> dict[str, object]:
    answer = person.post("/v1/me/explanations", {"target": target})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_it_explains_the_view_of_now(integrator: Integrator) -> None:
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    a.report({"busyness": {"level": "normal", "longest_slot_minutes": 30}})
    shown = a.view()["view"]["activities"][0]["id"]

    assert ask(a, shown)["status"] == "suggested"
    slot = ask(a, "dance-class")["blocked_by"][0]  # type: ignore[index]
    assert slot | {"text": ""} == {"constraint": "longest_slot_minutes", "needs": 75, "has": 30, "text": ""}
    b.report({"activity_preferences": {"likes": dict.fromkeys(("walk", "nature", "talk"), "avoid")}})
    assert ask(a, "evening-walk")["status"] == "withheld"


def test_on_a_locked_token_support_and_unwillingness_read_as_what_does_not_fit(integrator: Integrator) -> None:
    afraid, unwilling = integrator.add(), integrator.add()
    afraid.report({"safety": {"fear": "yes"}})
    unwilling.report({"private": {"willingness": "no"}})

    for target in ("evening-walk", "everyday_moments", "quality_time"):
        assert ask(afraid, target) == ask(unwilling, target)
    said = ask(afraid, "evening-walk")
    assert said["status"] == "withheld"
    assert [each["rule"] for each in said["because"]] == ["not_the_moment"]  # type: ignore[attr-defined]


def test_a_private_choice_is_named_to_an_unlocked_token_alone(integrator: Integrator) -> None:
    person = integrator.add()
    person.report()
    assert person.put("/v1/me/choices/evening-walk", {"choice": "not_for_us"}).status_code == 200

    locked = ask(person, "evening-walk")
    unlock(person)
    unlocked = ask(person, "evening-walk")

    assert [each["rule"] for each in locked["because"]] == ["not_the_moment"]  # type: ignore[attr-defined]
    assert [each["rule"] for each in unlocked["because"]] == ["not_for_us"]  # type: ignore[attr-defined]


def test_what_is_nothing_to_ask_about_is_refused_with_a_guess(integrator: Integrator) -> None:
    person = integrator.add()
    person.report()

    answer = person.post("/v1/me/explanations", {"target": "evening walk"})

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("#/target", "unknown_target")]
    assert "'evening-walk'" in answer.json()["errors"][0]["detail"]


def test_it_needs_consent_and_a_report(integrator: Integrator) -> None:
    person = integrator.add(agrees=False)
    asked = {"target": "evening-walk"}

    assert person.post("/v1/me/explanations", asked).json()["code"] == "consent_required"
    person.agree()
    assert person.post("/v1/me/explanations", asked).json()["code"] == "no_report"
