from typing import Any

import pytest

from tests.people import Integrator
from tests.unlocked import unlock, unlock_again


def test_there_is_no_view_before_the_first_report_and_none_without_consent(integrator: Integrator) -> None:
    person = integrator.add(agrees=False)

    refused = person.get("/v1/me/view")
    person.agree()
    empty = person.get("/v1/me/view")

    assert (refused.status_code, refused.json()["code"]) == (403, "consent_required")
    assert (empty.status_code, empty.json()["code"]) == (404, "no_report")


def test_support_reads_as_nothing_now_until_the_token_is_unlocked(integrator: Integrator) -> None:
    person = unlock(integrator.add(country="US"))
    person.report({"safety": {"self_harm": "yes"}})

    person.delete("/v1/me/unlock")
    quiet = person.view()["view"]
    unlock_again(person)
    full = person.view()["view"]

    assert (quiet["outcome"], quiet["support"]) == ("nothing_now", None)
    assert (full["outcome"], full["support"]["kind"]) == ("support", "crisis")
    assert full["support"]["resources"]


def test_a_page_with_nothing_on_it_asks_nothing_and_comforts_nobody_falsely(integrator: Integrator) -> None:
    answered: dict[str, Any] = {"communication": {"openness": 1, "ease": "strained"}}
    person = integrator.add(country="US")
    for cause in ({"safety": {"fear": "yes"}}, {"private": {"willingness": "no"}}):
        person.report({**answered, **cause})
        view = person.view()["view"]

        assert (view["outcome"], view["opening"], view["ask_next"]) == ("nothing_now", None, [])
        said = {view["reasons"][id_]["text"] for each in view["strategies"] for id_ in each["withheld_by"]}
        assert said == {"Nothing has to happen today. Come back whenever you like."}
        assert "You can change your answers at any time." in view["limits"]
        assert view["insights"] == []


@pytest.mark.usefixtures("one_seed")
def test_the_quiet_view_holds_small_things_alone_whatever_the_private_cause(integrator: Integrator) -> None:
    read = []
    for private in ({"willingness": "small_steps"}, {"recent_breach": True}, {"leaning_out": True}):
        person = integrator.add()
        person.report({"private": private})
        read.append(person.view()["view"])

    assert read[0] == read[1] == read[2]
    assert read[0]["activities"]
    assert all(each["minutes"] <= 30 and each["novelty"] <= 1 for each in read[0]["activities"])


def test_the_full_view_allows_whatever_the_quiet_one_shows(integrator: Integrator) -> None:
    person = unlock(integrator.add())
    person.report({"private": {"willingness": "small_steps", "recent_breach": True}})

    person.delete("/v1/me/unlock")
    quiet = [each["id"] for each in person.view()["view"]["activities"]]
    unlock_again(person)
    found = [person.post("/v1/me/explanations", {"target": activity}).json()["status"] for activity in quiet]

    assert quiet
    assert set(found) <= {"suggested", "outranked"}


def test_taking_consent_back_works_with_the_next_request(integrator: Integrator) -> None:
    person = integrator.add()
    person.report()
    person.agree(granted=False)

    assert person.get("/v1/me/view").json()["code"] == "consent_required"
