import re

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
    other.delete("/v1/me/couple")

    again = one.get("/v1/me")
    assert again.content == seen.content
    assert headers_of(again) == headers_of(seen)


def test_it_takes_a_token(integrator: Integrator) -> None:
    assert integrator.get("/v1/me").json()["code"] == "token_needed"
    assert integrator.client.get("/v1/me").json()["code"] == "credentials_missing"


def headers_of(answer: object) -> dict[str, str]:
    return {n: v for n, v in answer.headers.items() if not re.fullmatch("date|x-request-id", n)}  # type: ignore[attr-defined]
