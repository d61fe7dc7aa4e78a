"""Generated requests to stored operations, fed with a real key, real tokens and ids of what is there."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from schemathesis import Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation

from tests.people import Caller, Integrator
from tests.reliability.scene import PASSPHRASE, SHARED, STORED_TAGS, Scene, set_the_scene, version_of_processing

AnyCase = Case[Any]

ALLOWED = GenerationMode.POSITIVE
FREELY_NAMED = frozenset({"activity", "purpose"})
"""In a path: what the document itself says which there are."""


class Fed:
    """A scene, renewed in part by every request that spends something of it."""

    def __init__(self, integrator: Integrator) -> None:
        self.scene: Scene = set_the_scene(integrator, now=None)

    def feed(self, case: AnyCase, mode: GenerationMode) -> dict[str, str]:
        """Put in what is there; give the headers to send it with."""
        if not STORED_TAGS.intersection(case.operation.tags or ()):
            return {}
        if mode is ALLOWED:
            self.make_acceptable(case)
        caller: Caller = self.scene.integrator if "integrators" in case.operation.tags else self.scene.a
        names = self.scene.names
        if case.method == "DELETE":
            caller, names = self._what_may_go(case)
        if is_allowed(case, ParameterLocation.PATH):
            for name in case.path_parameters or {}:
                if name in names and name not in FREELY_NAMED:
                    case.path_parameters[name] = names[name]
        return {"Authorization": f"Bearer {caller.bearer}"}

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
        for name in ("Rekindle-Test-Now", "cursor"):
            for container in (case.headers, case.query):
                if container:
                    container.pop(name, None)
        if case.headers and "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = str(uuid4())
        if case.path.endswith("/plan/items/{item}"):
            case.headers["If-Match"] = "*"
        if case.path_parameters and "activity" in case.path_parameters:
            case.path_parameters["activity"] = SHARED
        if isinstance(case.body, dict):
            for name in case.body.keys() & MEANT.keys():
                if case.body[name] is not None:
                    case.body[name] = MEANT[name](self.scene)
            if case.path.endswith("/consents/{purpose}"):
                case.body["version"] = version_of_processing(self.scene)
            if case.path.endswith("/feedback"):
                case.body.pop("reason", None)


def is_allowed(case: AnyCase, location: ParameterLocation) -> bool:
    component = case.meta and case.meta.components.get(location)
    return component is None or component.mode is ALLOWED


MEANT: dict[str, Callable[[Scene], object]] = {
    "activity": lambda scene: SHARED,
    "passphrase": lambda scene: PASSPHRASE,
    "partner": lambda scene: scene.a.id,
    "time_zone": lambda scene: "Europe/Paris",
    "scheduled_for": lambda scene: "2027-03-01T19:00",
}
