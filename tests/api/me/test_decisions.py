import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.rulesets.active_ruleset import ActiveRuleset
from app.service import view
from tests.people import Integrator, Person
from tests.store.rows import execute
from tests.unlocked import unlock, unlock_again

PRIVATE = {"private": {"willingness": "small_steps", "leaning_out": True}}


@pytest.fixture
def another_content(content_with: Callable[[Mapping[str, object]], Path]) -> Path:
    return content_with({"phrases.yaml": ("taste_like: You said", "taste_like: Both of you said")})


def replay(person: Person, view: Any) -> bytes:
    answer = person.post(f"/v1/decisions/{view['decision']}/replay")
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_view_is_given_again_byte_for_byte_whatever_has_changed_since(
    integrator: Integrator, stored_app: FastAPI, database_url: str, another_content: Path
) -> None:
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    a.report(PRIVATE)
    b.report({"communication": {"ease": "strained"}})
    earlier = a.get("/v1/me/view")

    a.report({"conflict": {"level": "chronic"}})
    b.report({"goal": "repair"})
    asyncio.run(execute(database_url, "UPDATE partners SET locale = 'de', country = 'DE'"))
    stored_app.state.rulesets = InForceNow(another_content, stored_app.state.rulesets)
    later = a.get("/v1/me/view", Accept_Language="de")

    assert later.json()["view"] != earlier.json()["view"]
    assert later.json()["ruleset"] != earlier.json()["ruleset"]
    assert replay(a, earlier.json()) == earlier.content
    assert a.post(f"/v1/decisions/{earlier.json()['decision']}/replay", Accept_Language="de").content == earlier.content


class InForceNow(ActiveRuleset):
    """Another content is in force now; what was in force before is found by its version."""

    def __init__(self, root: Path, before: ActiveRuleset) -> None:
        super().__init__(root)
        self.before = before

    def find(self, version: str) -> Any:
        return self.before.find(version)


def test_each_language_is_a_decision_of_its_own(integrator: Integrator, stored_app: FastAPI) -> None:
    stored_app.state.rulesets = rulesets = ActiveRuleset()
    texts = rulesets.current.texts
    german = {key: f"auf Deutsch: {text}" for key, text in texts["en"].items()}
    rulesets.current = replace(rulesets.current, texts={**texts, "de": german})
    person = integrator.add()
    person.report()

    in_english, in_german = person.get("/v1/me/view"), person.get("/v1/me/view", Accept_Language="de")

    assert b"auf Deutsch" in in_german.content
    assert replay(person, in_english.json()) == in_english.content
    assert replay(person, in_german.json()) == in_german.content


def test_it_is_the_quiet_view_again_unless_the_token_is_unlocked(integrator: Integrator) -> None:
    person = unlock(integrator.add())
    said = person.report({"safety": {"fear": "yes"}})
    person.delete("/v1/me/unlock")
    quiet = person.get("/v1/me/view").content

    assert replay(person, said) == quiet
    unlock_again(person)
    full = person.get("/v1/me/view")
    assert replay(person, said) == full.content
    assert full.json()["view"]["outcome"] == "support"


def test_a_decision_says_what_it_was_made_from_and_private_things_only_when_unlocked(integrator: Integrator) -> None:
    person = unlock(integrator.add())
    person.report()
    person.put("/v1/me/choices/evening-walk", {"choice": "not_for_us"})
    said = person.report(PRIVATE)
    path = f"/v1/decisions/{said['decision']}"

    unlocked_before = person.get(path).json()
    person.delete("/v1/me/unlock")
    locked = person.get(path).json()
    unlock_again(person)
    unlocked = person.get(path).json()

    assert locked["answers"]["private"] == dict.fromkeys(locked["answers"]["private"])
    assert unlocked["answers"]["private"]["leaning_out"] is True
    assert unlocked["answers"]["time_together"]["hours_per_week"] == 4
    assert locked["history"] is None
    assert unlocked["history"] == {
        "done": [],
        "not_for_us": ["evening-walk"],
        "not_now": [],
        "gentle": False,
        "reactions": [],
    }
    assert set(locked) == set(unlocked)
    assert unlocked_before == unlocked
    assert "safety" not in unlocked["answers"]


def test_a_locked_decision_reads_alike_for_support_and_for_one_who_is_not_willing(integrator: Integrator) -> None:
    afraid, unwilling = integrator.add(), integrator.add()
    read = []
    for person, answers in ((afraid, {"safety": {"fear": "yes"}}), (unwilling, {"private": {"willingness": "no"}})):
        id_ = person.report(answers)["decision"]
        read.append(person.get(f"/v1/decisions/{id_}").text.replace(id_, "dec"))
        read.append(person.post(f"/v1/decisions/{id_}/replay").text.replace(id_, "dec"))

    assert read[:2] == read[2:]


@pytest.mark.parametrize("again", ["", "/replay"])
def test_nobody_else_finds_it_and_nobody_does_after_ninety_days(integrator: Integrator, again: str) -> None:
    integrator.now = "2026-11-23T09:00:00Z"
    a, b = integrator.add(), integrator.add()
    integrator.link(a, b)
    path = f"/v1/decisions/{a.report()['decision']}{again}"
    method = "POST" if again else "GET"

    answers = [b.ask(method, path), b.ask(method, path.replace("dec_", "dec_x"))]
    integrator.move_to("2027-02-21T08:59:00Z", a)
    still = a.ask(method, path)
    integrator.move_to("2027-02-21T09:00:00Z", a)
    answers.append(a.ask(method, path))

    assert still.status_code == 200
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["detail"] for answer in answers}) == 1


def test_without_its_ruleset_it_is_a_clear_conflict(
    integrator: Integrator, stored_app: FastAPI, another_content: Path
) -> None:
    person = integrator.add()
    id_ = person.report()["decision"]
    for release in (another_content / "releases").iterdir():
        release.unlink()
    stored_app.state.rulesets = ActiveRuleset(another_content)

    answer = person.post(f"/v1/decisions/{id_}/replay")

    assert (answer.status_code, answer.json()["code"]) == (409, "ruleset_gone")
    assert person.get(f"/v1/decisions/{id_}").json()["activities"]


def test_a_decision_keeps_the_order_and_the_places_of_what_was_shown(integrator: Integrator) -> None:
    person = integrator.add()
    said = person.report()
    unlock(person)

    decision = person.get(f"/v1/decisions/{said['decision']}").json()

    assert decision["turn"] == 0
    assert decision["strategies"] == [each["id"] for each in said["view"]["strategies"]]
    shown = [{"id": each["id"], "place": each["place"]} for each in said["view"]["activities"]]
    assert decision["activities"] == shown


def test_a_decision_of_a_retired_format_is_told_and_not_given_again(
    integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = integrator.add()
    monkeypatch.setattr(view, "FORMAT", 1)
    id_ = person.report()["decision"]
    monkeypatch.undo()

    again = person.post(f"/v1/decisions/{id_}/replay")
    told = person.get(f"/v1/decisions/{id_}").json()

    assert (again.status_code, again.json()["code"]) == (409, "format_retired")
    assert (told["turn"], told["strategies"], told["activities"]) == (None, None, None)
    assert told["answers"]["time_together"]["hours_per_week"] == 4
    assert person.get("/v1/me/export").json()["decisions"] == [told]


def test_a_view_is_one_decision_until_the_turn_at_most(integrator: Integrator) -> None:
    integrator.now = "2026-11-23T09:00:00Z"
    person = integrator.add()
    first = person.report()["decision"]
    integrator.move_to("2026-11-29T23:59:59Z", person)
    assert person.view()["decision"] == first
    integrator.move_to("2026-11-30T00:00:00Z", person)
    assert person.view()["decision"] != first


def test_unlocking_again_is_needed_after_ten_minutes(integrator: Integrator) -> None:
    integrator.now = "2026-11-23T09:00:00Z"
    person = unlock(integrator.add())
    said = person.report(PRIVATE)
    person.now = "2026-11-23T09:11:00Z"
    locked = person.get(f"/v1/decisions/{said['decision']}").json()
    unlock_again(person)

    assert locked["answers"]["private"]["leaning_out"] is None
    assert person.get(f"/v1/decisions/{said['decision']}").json()["answers"]["private"]["leaning_out"] is True


def test_without_consent_no_view_is_given_again(integrator: Integrator) -> None:
    person = integrator.add()
    decision = person.report()["decision"]
    person.agree(granted=False)

    refused = [person.get(f"/v1/decisions/{decision}"), person.post(f"/v1/decisions/{decision}/replay")]

    assert [(each.status_code, each.json()["code"]) for each in refused] == [(403, "consent_required")] * 2
    assert len(person.get("/v1/me/reports").json()["data"]) == 1
