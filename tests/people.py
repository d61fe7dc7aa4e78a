"""Integrators and partners as tests need them: real requests to a real application on a real database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from httpx2 import Response

from tests import clock
from tests.client import TestClient

REPORT: dict[str, Any] = {
    "time_together": {"hours_per_week": 4},
    "conflict": {"level": "occasional"},
    "busyness": {"level": "full"},
    "activity_preferences": {"likes": {"walk": "love", "screen": "ok"}},
}


@dataclass
class Caller:
    """Whoever sends one bearer; `now` is what test data is told that the time is."""

    client: TestClient
    bearer: str
    now: str | None = None

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Response:
        given = {"Authorization": f"Bearer {self.bearer}", **{n.replace("_", "-"): v for n, v in headers.items()}}
        if self.now:
            given.setdefault("Rekindle-Test-Now", self.now)
        return (
            self.client.request(method, path, json=body, headers=given)
            if body is not None
            else (self.client.request(method, path, headers=given))
        )

    def get(self, path: str, **headers: str) -> Response:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Response:
        return self.ask("POST", path, body, **headers)

    def put(self, path: str, body: object = None, **headers: str) -> Response:
        return self.ask("PUT", path, body, **headers)

    def patch(self, path: str, body: object = None, **headers: str) -> Response:
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Response:
        return self.ask("DELETE", path, **headers)


@dataclass
class Person(Caller):
    """One partner with a token of theirs."""

    id: str = ""

    def agree(self, purpose: str = "processing", *, granted: bool = True) -> Response:
        texts = {each["purpose"]: each["version"] for each in self.get("/v1/me/consents").json()["data"]}
        return self.put(f"/v1/me/consents/{purpose}", {"version": texts[purpose], "granted": granted})

    def report(self, changes: Mapping[str, Any] | None = None) -> Any:
        answer = self.post("/v1/me/reports", {**REPORT, **(changes or {})})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def view(self) -> Any:
        answer = self.get("/v1/me/view")
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass
class Integrator(Caller):
    """The back end of an app."""

    id: str = ""
    now: str | None = None
    _people: list[Person] = field(default_factory=list)

    def add(self, *, agrees: bool = True, expires_in: int = 86_400, **fields: object) -> Person:
        """A partner with a token, who agreed to being worked with."""
        made = self.post("/v1/partners", {"adult": True, **fields})
        assert made.status_code in (200, 201), made.text
        person = Person(self.client, self.token_for(made.json()["id"], expires_in), self.now, made.json()["id"])
        if agrees:
            assert person.agree().status_code == 200
        return person

    def token_for(self, partner: str, expires_in: int = 86_400) -> str:
        minted = self.post(f"/v1/partners/{partner}/tokens", {"expires_in": expires_in})
        assert minted.status_code == 201, minted.text
        token: str = minted.json()["token"]
        return token

    def link(self, a: Person, b: Person, *, pools: bool = True) -> str:
        """Make them a couple; unless told otherwise both agree to pool."""
        couple = self.post("/v1/couples", {"partner": a.id}).json()["id"]
        code = self.post(f"/v1/couples/{couple}/invitations").json()["code"]
        accepted = b.post("/v1/invitations/accept", {"code": code})
        assert accepted.status_code == 200, accepted.text
        for person in (a, b) if pools else ():
            assert person.agree("pooling").status_code == 200
        return str(couple)

    def share(self, a: Person, b: Person, *activities: str) -> str:
        """Make them a couple a week ago, so that what both said yes to then is in both plans by now."""
        now = datetime.fromisoformat(self.now) if self.now else clock.NOW
        self.move_to((now - timedelta(days=7)).isoformat(), a, b)
        couple = self.link(a, b)
        for person in (a, b):
            for activity in activities:
                assert person.put(f"/v1/me/choices/{activity}", {"choice": "yes"}).status_code == 200
        self.move_to(now.isoformat(), a, b)
        return couple

    def move_to(self, now: str, *people: Person) -> None:
        """Another present for these; their tokens are minted anew, because the old ones may have expired."""
        self.now = now
        for person in people:
            person.now, person.bearer = now, self.token_for(person.id)
