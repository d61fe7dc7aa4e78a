"""A passphrase opens what was sent over a token unlocked with it alone, wherever private things are read."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.people import Integrator, Person
from tests.unlocked import PASSPHRASE, unlock, unlock_again

PRIVATE: dict[str, Any] = {
    "goal": "repair",
    "keep_private": ["goal"],
    "conflict": {"level": "occasional", "being_together_feels": "overwhelming"},
    "activity_preferences": {"likes": {"walk": "love", "touch": "avoid"}},
    "circumstances": {"season": ["grief", "separation"]},
    "private": {"leaning_out": True, "mood": "low"},
    "mutual": {"affection": "no"},
    "safety": {"fear": "yes"},
}
OTHER = "five more words nobody guesses"
PRESSED = {"activity": "evening-walk", "outcome": "declined", "reason": "unsafe", "felt_pressured": 5}
Read = Callable[[Person], Any]


def without_ids(answer: Any) -> str:
    """What was answered, without what differs between two partners who did the same."""
    body = answer.json()
    # One more is made where a passphrase was set after the first.
    if "decisions" in body:
        body["decisions"] = body["decisions"][-1:]
    for name in ("partner", "logins", "access_log", "consents", "about", "is_whole"):
        body.pop(name, None)
    return str(scrubbed(body))


def scrubbed(value: Any) -> Any:
    if isinstance(value, dict):
        # The history of a decision has what may be told of it, where there was a passphrase.
        assert "evening-walk" not in str(value.get("history"))
        dropped = ("id", "decision", "unlocked", "history")
        return {name: scrubbed(part) for name, part in value.items() if name not in dropped}
    return [scrubbed(part) for part in value] if isinstance(value, list) else value


def decision_of(person: Person) -> str:
    return str(person.get("/v1/me/export").json()["decisions"][0]["id"])


READS: dict[str, Read] = {
    "reports": lambda person: without_ids(person.get("/v1/me/reports")),
    "the view": lambda person: without_ids(person.get("/v1/me/view")),
    "progress": lambda person: without_ids(person.get("/v1/me/progress")),
    "the export": lambda person: without_ids(person.get("/v1/me/export")),
    "a decision": lambda person: without_ids(person.get(f"/v1/decisions/{decision_of(person)}")),
    "its replay": lambda person: without_ids(person.post(f"/v1/decisions/{decision_of(person)}/replay")),
    "explanations": lambda person: [
        without_ids(person.post("/v1/me/explanations", {"target": target}))
        for target in ("evening-walk", "couples-retreat", "dance-class", "affection")
    ],
}


def read_by(person: Person) -> dict[str, Any]:
    return {name: read(person) for name, read in READS.items()}


def answer(person: Person, private: dict[str, Any]) -> None:
    person.report(private)
    person.post("/v1/me/feedback", PRESSED)


def a_thief(integrator: Integrator, owner: Person) -> Person:
    """Whoever mints tokens, or holds a phone that has just been logged in."""
    return Person(integrator.client, integrator.token_for(owner.id), owner.now, owner.id)


@pytest.fixture
def locked(integrator: Integrator) -> dict[str, Any]:
    """What a thief reads where the same was answered with nothing private but a willingness and pressure."""
    owner = integrator.add()
    answer(owner, {**PRIVATE, "private": {"willingness": "no"}, "safety": {}, "mutual": {}, "keep_private": ["goal"]})
    owner.put("/v1/me/passphrase", {"passphrase": OTHER})
    return read_by(unlock_with(a_thief(integrator, owner), OTHER))


def unlock_with(person: Person, passphrase: str) -> Person:
    assert person.post("/v1/me/unlock", {"passphrase": passphrase}).status_code == 200
    return person


def set_by(thief: Person) -> Person:
    assert thief.put("/v1/me/passphrase", {"passphrase": OTHER}).status_code == 204
    return unlock_with(thief, OTHER)


def test_one_set_by_a_thief_opens_nothing_from_before(integrator: Integrator, locked: dict[str, Any]) -> None:
    owner = integrator.add()
    answer(owner, PRIVATE)

    found = read_by(set_by(a_thief(integrator, owner)))

    for name, text in found.items():
        assert text == locked[name], name


def test_one_set_by_a_thief_opens_nothing_from_after(integrator: Integrator, locked: dict[str, Any]) -> None:
    owner = integrator.add()
    thief = set_by(a_thief(integrator, owner))
    answer(owner, PRIVATE)

    for name, text in read_by(thief).items():
        assert text == locked[name], name


def test_one_replaced_by_a_thief_opens_nothing_that_was_sent_unlocked(
    integrator: Integrator, locked: dict[str, Any]
) -> None:
    owner = unlock(integrator.add())
    answer(owner, PRIVATE)
    before = read_by(owner)

    thief = set_by(a_thief(integrator, owner))

    assert before["the view"] != locked["the view"]
    found = read_by(thief)
    for name in ("reports", "the view", "progress", "its replay", "a decision", "explanations"):
        assert found[name] == locked[name], name
    assert owner.get("/v1/me").json()["unlocked"] is False
    assert owner.post("/v1/me/unlock", {"passphrase": PASSPHRASE}).status_code == 403


def test_a_report_by_a_thief_tells_nothing_that_is_held(integrator: Integrator) -> None:
    said = []
    for private in (PRIVATE, {"private": {"willingness": "no"}}):
        owner = integrator.add()
        answer(owner, private)
        for probe in ({}, {"safety": {"fear": "skip", "self_harm": "skip"}}):
            body = a_thief(integrator, owner).report(probe)
            said.append(str(scrubbed(body)))

    # Held support reads as one who wants nothing now, and the second had no support held.
    assert "danger" not in "".join(said)
    assert '"support": {' not in "".join(said)


def test_what_was_sent_unlocked_opens_again_and_nothing_else_does(integrator: Integrator) -> None:
    owner = unlock(integrator.add())
    owner.report({"private": {"leaning_out": True}})
    locked_phone = a_thief(integrator, owner)
    locked_phone.report({"private": {"recent_breach": True}})

    first, second = (each["answers"]["private"] for each in reversed(owner.get("/v1/me/reports").json()["data"]))

    assert first["leaning_out"] is True
    assert second["recent_breach"] is None


def test_support_sent_unlocked_opens_for_its_passphrase_alone(integrator: Integrator) -> None:
    owner = unlock(integrator.add(country="US"))
    owner.report({"safety": {"self_harm": "yes"}})
    assert owner.view()["view"]["support"]["kind"] == "crisis"
    a_thief(integrator, owner).report({"safety": {"self_harm": "skip", "fear": "yes"}})

    # The gravest was sent unlocked, the other was not.
    view = owner.view()["view"]["support"]
    held = owner.get("/v1/me/export").json()["held_support"]
    assert (view["kind"], [each["kind"] for each in held]) == ("crisis", ["crisis"])


def test_one_changed_with_the_current_one_opens_what_that_opened(integrator: Integrator) -> None:
    owner = unlock(integrator.add())
    owner.report({"private": {"leaning_out": True}})
    full = owner.view()

    assert owner.put("/v1/me/passphrase", {"passphrase": OTHER, "current": PASSPHRASE}).status_code == 204
    assert owner.get("/v1/me").json()["unlocked"] is False
    assert unlock_with(owner, OTHER).view() == full
    assert owner.get("/v1/me/reports").json()["data"][0]["answers"]["private"]["leaning_out"] is True


def test_the_same_words_set_again_without_the_current_ones_open_nothing(integrator: Integrator) -> None:
    owner = unlock(integrator.add())
    owner.report({"private": {"leaning_out": True}})

    unlock(owner)

    assert owner.get("/v1/me/reports").json()["data"][0]["answers"]["private"]["leaning_out"] is None
    assert owner.view()["view"]["outcome"] == "suggestions"


def test_a_token_is_locked_at_once(integrator: Integrator) -> None:
    owner = unlock(integrator.add())
    elsewhere = unlock_again(a_thief(integrator, owner))
    owner.report({"private": {"leaning_out": True}})

    answers = [owner.delete("/v1/me/unlock"), owner.delete("/v1/me/unlock"), integrator.add().delete("/v1/me/unlock")]

    assert [(each.status_code, each.content) for each in answers] == [(204, b"")] * 3
    assert owner.get("/v1/me/reports").json()["data"][0]["answers"]["private"]["leaning_out"] is None
    assert elsewhere.get("/v1/me/reports").json()["data"][0]["answers"]["private"]["leaning_out"] is True


@pytest.mark.parametrize("common", ["12345678", "P@ssw0rd2024!", "iloveyou1", "qwertyuiop", "aaaaaaaaaa", "19871224"])
def test_what_many_use_is_refused(integrator: Integrator, common: str) -> None:
    owner = integrator.add()

    refused = owner.put("/v1/me/passphrase", {"passphrase": common})

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "too_common")
    assert common not in refused.text
    assert owner.post("/v1/me/unlock", {"passphrase": common}).status_code == 403
