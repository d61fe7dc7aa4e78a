"""Generated requests to stored operations, fed with a real key, real tokens and ids of what is there."""

import math
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from schemathesis import Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation

from tests import clock
from tests.contract.self_report import REQUIRED
from tests.people import Caller, Integrator
from tests.reliability.scene import PASSPHRASE, SHARED, STORED_TAGS, Scene, set_the_scene, version_of_processing

AnyCase = Case[Any]

ALLOWED = GenerationMode.POSITIVE
TARGETS = ("evening-walk", "couples-retreat", "dance-class", "shared_meaning", "affection", "new_experiences")
FREELY_NAMED = frozenset({"activity", "purpose"})
"""In a path: what the document itself says which there are."""
OF_ITS_MOMENT = frozenset({"Rekindle-Test-Now", "cursor"})


class Fed:
    """A scene, renewed in part by every request that spends something of it."""

    def __init__(self, integrator: Integrator) -> None:
        self.scene: Scene = set_the_scene(integrator, now=None)

    def feed(self, case: AnyCase, *, named: bool = True) -> dict[str, str]:
        """Put in what is there; give the headers to send it with. Unless `named`, the path stays as it is."""
        is_stored = bool(STORED_TAGS.intersection(case.operation.tags or ()))
        if case.meta is not None and case.meta.generation.mode is ALLOWED:
            as_one_would_send_it(case)
            if is_stored:
                self.make_acceptable(case)
        if not is_stored:
            return {}
        caller: Caller = self.scene.integrator if "integrators" in case.operation.tags else self.scene.a
        names = self.scene.names
        if named and case.method == "DELETE":
            caller, names = self._what_may_go(case)
        if named and is_allowed(case, ParameterLocation.PATH):
            for name in case.path_parameters or {}:
                if name in names and name not in FREELY_NAMED:
                    case.path_parameters[name] = names[name]
        return {"Authorization": f"Bearer {caller.bearer}"}

    def renew(self) -> None:
        """Another one in the place of A: a chain of requests may end whatever it comes by."""
        self.scene.a = self.scene.integrator.add(time_zone="Europe/Paris")

    def _what_may_go(self, case: AnyCase) -> tuple[Caller, dict[str, str]]:
        """Somebody new, so that nobody else is erased, ended or logged out. No key: there are two at most."""
        integrator = self.scene.integrator
        person = integrator.add(agrees=False)
        names = {"partner_id": person.id}
        if case.path.endswith("{token_id}"):
            names["token_id"] = integrator.post(f"/v1/partners/{person.id}/tokens").json()["id"]
        if case.path.endswith("{couple_id}"):
            names["couple_id"] = integrator.post("/v1/couples", {"partner": person.id}).json()["id"]
        is_of_integrator = "integrators" in (case.operation.tags or ())
        return integrator if is_of_integrator else person, names

    def make_acceptable(self, case: AnyCase) -> None:
        """Change what the document allows and the state of things does not: what a name means, and when."""
        for given in (case.headers, case.query):
            for name in OF_ITS_MOMENT.intersection(given or ()):
                del given[name]
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = str(uuid4())
        if case.path.endswith("/plan/items/{item}"):
            case.headers["If-Match"] = "*"
            # Another request may have taken it away, and a time without a zone needs it.
            self.scene.a.patch("/v1/me", {"time_zone": "Europe/Paris"})
        if "activity" in (case.path_parameters or {}):
            case.path_parameters["activity"] = SHARED
        if isinstance(case.body, dict):
            case.body = self._meant(case.body, case.path.rpartition("/")[2])

    def _meant(self, body: dict[str, Any], place: str) -> dict[str, Any]:
        meant = {name: MEANT[name](self.scene) for name in body.keys() & MEANT.keys() if body[name] is not None}
        match place:
            case "{item}" if body.get("time_zone") is not None:
                meant["scheduled_for"] = MEANT["scheduled_for"](self.scene)
            case "{purpose}":
                meant["version"] = version_of_processing(self.scene)
            case "proposals":
                meant["free"] = [{**free, "from": "08:00", "to": "10:00"} for free in body["free"]]
            case "feedback":
                meant["reason"] = None
            case "check-ins":
                meant["clear"] = [path for path in body.get("clear") or () if path not in REQUIRED]
        return {**body, **meant}


def as_one_would_send_it(case: AnyCase) -> None:
    """Take out what no JSON Schema can forbid.

    A viewer without a report, a ruleset or a target that is not here: they depend on more than their own form. And JSON
    Schema takes 2.0 for a whole number.
    """
    if isinstance(case.body, dict):
        body: dict[str, Any] = whole_numbers(case.body)
        if "target" in body:
            body["target"] = TARGETS[len(body["target"]) % len(TARGETS)]
        if "reports" in body:
            body["ruleset"] = None
            if body.get("viewer") == "b" and body["reports"].get("b") is None:
                body["viewer"] = "a"
        case.body = body


def whole_numbers(value: Any) -> Any:
    match value:
        case dict():
            return {name: whole_numbers(one) for name, one in value.items()}
        case list():
            return [whole_numbers(one) for one in value]
        case float() if math.isfinite(value) and value.is_integer():
            return int(value)
        case _:
            return value


def only_looks_wrong(case: AnyCase) -> bool:
    """An array of one cannot be told from the one, once it is in an address."""
    return any(isinstance(value, list) and len(value) == 1 for value in (case.query or {}).values())


def is_allowed(case: AnyCase, location: ParameterLocation) -> bool:
    component = case.meta.components.get(location) if case.meta else None
    return component is None or component.mode is ALLOWED


MEANT: dict[str, Callable[[Scene], object]] = {
    "activity": lambda _: SHARED,
    "answered_on": lambda _: clock.now().date().isoformat(),
    "decision": lambda scene: scene.names["decision_id"],
    "passphrase": lambda _: PASSPHRASE,
    "partner": lambda scene: scene.a.id,
    "time_zone": lambda _: "Europe/Paris",
    "scheduled_for": lambda _: "2026-12-05T19:00",
}
