import re

import pytest

from tests.people import Integrator


def test_i_see_my_own_side(integrator: Integrator) -> None:
    person = integrator.add(country="FR", locale="fr", time_zone="Europe/Paris", external_id="member-1")

    assert person.get("/v1/me").json() == {
        "id": person.id,
        "linked": False,
        "country": "FR",
        "locale": "fr",
        "time_zone": "Europe/Paris",
        "unlocked": False,
    }


def test_nothing_that_the_other_does_changes_what_i_see_of_me(integrator: Integrator) -> None:
    one, other = integrator.add(), integrator.add()
    integrator.link(one, other)
    seen = one.get("/v1/me")

    other.report({"safety": {"fear": "yes"}})
    other.view()
    other.agree("pooling", granted=False)
    other.put("/v1/me/passphrase", {"passphrase": "four words nobody guesses"})
    other.post("/v1/me/unlock", {"passphrase": "four words nobody guesses"})
    other.patch("/v1/me", {"country": "FR", "locale": "fr", "time_zone": "Europe/Paris"})
    other.delete("/v1/me/couple")

    again = one.get("/v1/me")
    assert again.content == seen.content
    assert headers_of(again) == headers_of(seen)


def test_somebody_moves_and_their_help_lines_move_with_them(integrator: Integrator) -> None:
    person = integrator.add(country="US", locale="en", time_zone="America/New_York", external_id="member-1")
    person.report()
    assert person.view()["view"]["help"] == "/v1/help?country=US"

    moved = person.patch("/v1/me", {"country": "gb", "time_zone": "Europe/London"})

    assert moved.status_code == 200
    assert moved.json() == {
        **person.get("/v1/me").json(),
        "country": "GB",
        "locale": "en",
        "time_zone": "Europe/London",
    }
    assert person.view()["view"]["help"] == "/v1/help?country=GB"
    held = integrator.get(f"/v1/partners/{person.id}").json()
    assert (held["country"], held["time_zone"], held["external_id"]) == ("GB", "Europe/London", "member-1")
    entry = person.get("/v1/me/access-log").json()["data"][0]
    assert (entry["kind"], entry["key"]) == ("profile_changed", None)


def test_in_a_change_null_takes_away_and_what_is_absent_stays(integrator: Integrator) -> None:
    person = integrator.add(country="FR", locale="fr", time_zone="Europe/Paris")
    log = person.get("/v1/me/access-log").json()["data"]

    assert person.patch("/v1/me", {}).json()["country"] == "FR"
    assert person.patch("/v1/me", {"country": "FR"}).status_code == 200
    assert person.get("/v1/me/access-log").json()["data"] == log, "what changes nothing is not logged"
    changed = person.patch("/v1/me", {"country": None}, Content_Type="application/merge-patch+json").json()
    assert (changed["country"], changed["locale"], changed["time_zone"]) == (None, "fr", "Europe/Paris")


@pytest.mark.parametrize(
    "change",
    [
        {"country": "USA"},
        {"time_zone": "Mars/Base"},
        {"time_zone": "localtime"},
        {"time_zone": "Factory"},
        {"external_id": "member-2"},
        {"adult": True},
        {"contry": "US"},
    ],
)
def test_a_change_that_is_none_is_refused(integrator: Integrator, change: dict[str, object]) -> None:
    person = integrator.add(country="FR")
    before = person.get("/v1/me").content

    for refused in (person.patch("/v1/me", change), integrator.patch(f"/v1/partners/{person.id}", change)):
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"#/{next(iter(change))}")
    assert person.get("/v1/me").content == before


def test_it_takes_a_token(integrator: Integrator) -> None:
    assert integrator.get("/v1/me").json()["code"] == "token_needed"
    assert integrator.patch("/v1/me", {}).json()["code"] == "token_needed"
    assert integrator.client.get("/v1/me").json()["code"] == "credentials_missing"


def headers_of(answer: object) -> dict[str, str]:
    return {n: v for n, v in answer.headers.items() if not re.fullmatch("date|x-request-id", n)}  # type: ignore[attr-defined]
