"""A small world in which every stored operation can succeed, and one request for each of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fastapi import FastAPI
from httpx2 import Response

from tests.people import REPORT, Caller, Integrator, Person

NOW = "2026-11-25T09:00:00+00:00"
SHARED = "evening-walk"
PASSPHRASE = "a sentence of my own"
FEEDBACK = {"activity": SHARED, "outcome": "done", "felt_accepted": 4}
STORED_TAGS = frozenset({"integrators", "me"})


class Operation(NamedTuple):
    """One of the OpenAPI document that needs a key or a token."""

    method: str
    path: str
    described: Mapping[str, Any]

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def takes_idempotency_key(self) -> bool:
        return {"$ref": "#/components/parameters/IdempotencyKey"} in self.described.get("parameters", ())

    @property
    def example(self) -> Any:
        """The documented body, where one is needed."""
        content = self.described.get("requestBody", {}).get("content", {}).get("application/json", {})
        return content.get("example")


def stored_operations(app: FastAPI) -> Iterator[Operation]:
    for path, methods in app.openapi()["paths"].items():
        for method, described in methods.items():
            if STORED_TAGS.intersection(described.get("tags", ())):
                yield Operation(method.upper(), path, described)


@dataclass
class Scene:
    """A couple who pool, both with a report and a yes in common; a third person without anyone; their integrator."""

    integrator: Integrator
    a: Person
    b: Person
    newcomer: Person
    names: dict[str, str] = field(default_factory=dict)


def set_the_scene(integrator: Integrator, now: str | None = NOW) -> Scene:
    integrator.now = now
    a, b, newcomer = (
        integrator.add(external_id=name, country="US", time_zone="Europe/Paris") for name in ("a", "b", "c")
    )
    couple = integrator.share(a, b, SHARED) if now else integrator.link(a, b)
    alone = must(a.get("/v1/activities?solo=true")).json()["data"][0]["id"]
    must(a.put(f"/v1/me/choices/{alone}", {"choice": "yes"}))
    for person in (a, b):
        person.report()
        must(person.put(f"/v1/me/choices/{SHARED}", {"choice": "yes"}))
    must(a.post("/v1/me/feedback", FEEDBACK))
    names = {
        "partner_id": a.id,
        "couple_id": couple,
        "token_id": must(integrator.post(f"/v1/partners/{a.id}/tokens")).json()["id"],
        "purpose": "processing",
        "activity": SHARED,
        "path": "turns-to-repair",
        "decision_id": a.view()["decision"],
        "item": must(a.get("/v1/me/plan")).json()["data"][0]["id"],
        "secret": must(a.post("/v1/me/calendar")).json()["url"].rpartition("/")[2].removesuffix(".ics"),
    }
    return Scene(integrator, a, b, newcomer, names)


def must(answer: Response) -> Response:
    assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.text}"
    return answer


@dataclass
class Asked:
    """A request that can be sent again and again, word for word."""

    caller: Caller
    method: str
    path: str
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)

    def send(self) -> Response:
        return self.caller.ask(self.method, self.path, self.body, **self.headers)


def ask_for(scene: Scene, operation: Operation) -> Asked:
    """A request that succeeds. What has to be there before is made now."""
    prepared = PREPARED[operation.label](scene) if operation.label in PREPARED else {}
    caller = scene.integrator if "integrators" in operation.described["tags"] else scene.a
    body = BODIES[operation.label](scene) if operation.label in BODIES else operation.example
    asked = Asked(caller, operation.method, operation.path.format_map(scene.names | prepared), body)
    if operation.label == "POST /v1/invitations/accept":
        asked.caller, asked.body = scene.newcomer, prepared
    if "ETag" in prepared:
        asked.headers["If-Match"] = prepared["ETag"]
    if operation.takes_idempotency_key:
        asked.headers["Idempotency-Key"] = operation.label
    return asked


def a_spare_key(scene: Scene) -> dict[str, str]:
    made = must(scene.integrator.post("/v1/keys", {"scopes": ["people"]})).json()
    return {"key_id": made["id"]}


def an_open_couple(scene: Scene) -> dict[str, str]:
    return {"couple_id": must(scene.integrator.post("/v1/couples", {"partner": scene.a.id})).json()["id"]}


def an_invitation(scene: Scene) -> dict[str, str]:
    couple = an_open_couple(scene)["couple_id"]
    return {"code": must(scene.integrator.post(f"/v1/couples/{couple}/invitations")).json()["code"]}


def a_passphrase(scene: Scene) -> dict[str, str]:
    must(scene.a.put("/v1/me/passphrase", {"passphrase": PASSPHRASE}))
    return {}


def the_item_as_it_is(scene: Scene) -> dict[str, str]:
    return {"ETag": must(scene.a.get("/v1/me/plan")).json()["data"][0]["etag"]}


PREPARED: dict[str, Callable[[Scene], dict[str, str]]] = {
    "DELETE /v1/keys/{key_id}": a_spare_key,
    "POST /v1/couples/{couple_id}/invitations": an_open_couple,
    "POST /v1/invitations/accept": an_invitation,
    "POST /v1/me/unlock": a_passphrase,
    "PATCH /v1/me/plan/items/{item}": the_item_as_it_is,
}
BODIES: dict[str, Callable[[Scene], object]] = {
    "POST /v1/partners": lambda _: {"adult": True, "token": {"expires_in": 600}},
    "PATCH /v1/partners/{partner_id}": lambda _: {"country": "DE"},
    "PATCH /v1/me": lambda _: {"country": "FR"},
    "POST /v1/partners/{partner_id}/tokens": lambda _: {"expires_in": 600},
    "POST /v1/couples": lambda scene: {"partner": scene.a.id, "invite": True},
    "POST /v1/keys": lambda _: {"scopes": ["people"]},
    "PUT /v1/me/consents/{purpose}": lambda scene: {"version": version_of_processing(scene), "granted": True},
    "PUT /v1/me/passphrase": lambda _: {"passphrase": PASSPHRASE},
    "POST /v1/me/unlock": lambda _: {"passphrase": PASSPHRASE},
    "POST /v1/me/reports": lambda _: REPORT,
    "POST /v1/me/check-ins": lambda _: {"answers": REPORT},
    "POST /v1/me/explanations": lambda _: {"target": SHARED},
    "PUT /v1/me/choices/{activity}": lambda _: {"choice": "not_now"},
    "PATCH /v1/me/plan/items/{item}": lambda _: {"scheduled_for": "2026-12-01T19:00", "time_zone": "Europe/Paris"},
    "POST /v1/me/feedback": lambda _: FEEDBACK,
    "POST /v1/me/plan/proposals": lambda _: {"weeks": 1, "free": [{"day": "tue", "from": "20:00", "to": "21:30"}]},
}


def version_of_processing(scene: Scene) -> str:
    data = must(scene.a.get("/v1/me/consents")).json()["data"]
    version: str = next(each["version"] for each in data if each["purpose"] == "processing")
    return version
