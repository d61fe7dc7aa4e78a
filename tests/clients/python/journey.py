"""Run where the packed client alone is installed: two partners walk the journey against a server on this machine."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
from rekindle_client import Client, ProblemError, problems, schemas

address, file, key = sys.argv[1:]
requests: list[str] = []
app = Client(address, token=key)


def note(response: httpx2.Response) -> None:
    requests.append(f"{response.request.method} {response.request.url.path} {response.status_code}")


class Person:
    """A partner with a token that the back end makes when it is asked for."""

    def __init__(self, pool: httpx2.Client) -> None:
        self.id = app.create_partner({"adult": True, "country": "US", "time_zone": "Europe/Paris"})["id"]
        self._token: str | None = None
        self.api = Client(address, token=self._mint, http=pool)
        self.agree("processing")

    def _mint(self, renew: bool) -> str:
        if renew or self._token is None:
            self._token = app.create_token(self.id, {"expires_in": 600})["token"]
        return self._token

    def agree(self, purpose: schemas.ConsentPurpose) -> None:
        (version,) = (one["version"] for one in self.api.list_consents()["data"] if one["purpose"] == purpose)
        self.api.put_consent(purpose, {"version": version, "granted": True})


def code_of(call: Callable[[], object]) -> str:
    try:
        call()
    except ProblemError as problem:
        return problem.code
    return "nothing"


pool = httpx2.Client(event_hooks={"response": [note]})
whole: schemas.RecommendationRequest = json.loads(Path(file).read_text(encoding="utf-8"))
basis = app.create_recommendation(whole)["basis"]
spoiled: Any = {"reports": {"a": {**whole["reports"]["a"], "conflict": {"level": "cronic"}}}}
try:
    app.create_recommendation(spoiled)
    refused = ""
except problems.ValidationFailed as problem:
    refused = problem.mistakes[0]["pointer"]

a, b = Person(pool), Person(pool)
couple = app.create_couple({"partner": a.id})["id"]
b.api.accept_invitation({"code": app.create_invitation(couple)["code"]})
a.agree("pooling")
b.agree("pooling")
other = code_of(b.api.get_view)

report = whole["reports"]["a"]
first = a.api.create_report(report)["view"]["outcome"]
a.api.create_report(report)
a.api.create_report(report)

# What one does alone is in the plan at once; what both want is from the next weekly turn on.
a.api.put_choice("kind-reading", {"choice": "yes"})
plan = a.api.list_plan_items()["data"]
stale = code_of(lambda: a.api.change_plan_item(plan[0]["id"], {"title": "walk"}, if_match='"an-old-one"'))

own = {one["id"] for one in a.api.iterate_reports(limit=1)}
pages = sum(request.startswith("GET /v1/me/reports 200") for request in requests)
kept = a.api.list_questions() is a.api.list_questions() and "GET /v1/questions 304" in requests

a.api.erase_me()
erased = code_of(a.api.get_me)

print(
    json.dumps(
        {
            "basis": basis,
            "refused": refused,
            "first": first,
            "plan": [item["activity"] for item in plan],
            "stale": stale,
            "reports": len(own),
            "pages": pages,
            "kept": kept,
            "other": other,
            "erased": erased,
        }
    )
)
