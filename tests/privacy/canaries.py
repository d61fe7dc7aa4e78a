"""One partner about whom everything is stored that can be, and a couple to store it in."""

from typing import NamedTuple

from tests.people import Integrator, Person
from tests.unlocked import unlock

ANSWERS = {
    "goal": "repair",
    "conflict": {"level": "chronic", "feels_meant_to_hurt": "always", "being_together_feels": "overwhelming"},
    "closeness": {"feelings": ["grown_apart", "unimportant"]},
    "private": {"willingness": "small_steps", "leaning_out": True, "recent_breach": True},
    "keep_private": ["goal"],
    "safety": {"humiliated": "often"},
}


class Two(NamedTuple):
    """`a` said, chose and set everything; `b` a little."""

    a: Person
    b: Person
    couple: str


def tell_everything(integrator: Integrator, when: str = "2026-12-05T19:00:00") -> Two:
    a = integrator.add(external_id="member-4711", country="US", locale="en", time_zone="Europe/Paris")
    b = integrator.add()
    couple = integrator.share(a, b, "evening-walk")
    b.report()
    a.report()
    unlock(a)
    a.report(ANSWERS)
    done(a, "PUT", "/v1/me/choices/couples-retreat", {"choice": "not_for_us"})
    item = a.get("/v1/me/plan").json()["data"][0]
    done(
        a,
        "PATCH",
        f"/v1/me/plan/items/{item['id']}",
        {"title": "errand", "scheduled_for": when, "time_zone": "Europe/Paris"},
        If_Match=item["etag"],
    )
    done(a, "POST", "/v1/me/calendar")
    done(a, "POST", "/v1/me/feedback", {"activity": "tea-in-silence", "outcome": "declined", "reason": "unsafe"})
    done(a, "PUT", "/v1/me/paths/turns-to-repair")
    a.view()
    # The quiet view is kept, and that is what a token shows which nobody unlocked.
    Person(a.client, integrator.token_for(a.id), a.now, a.id).view()
    return Two(a, b, couple)


def done(person: Person, method: str, path: str, body: object = None, **headers: str) -> None:
    answer = person.ask(method, path, body, **headers)
    assert answer.status_code in (200, 201, 204), answer.text
