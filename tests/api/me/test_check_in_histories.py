"""Random histories of answers over HTTP: nothing private is lost, and nothing of it reaches what the other may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.check_in_histories import faults
from tests.people import Integrator, Person
from tests.unlocked import unlock, unlock_again

HISTORIES = 6
START = datetime(2026, 11, 23, 9, tzinfo=UTC)


class OverHttp:
    """A partner who sends everything unlocked, and a phone of theirs that is locked."""

    def __init__(self, integrator: Integrator) -> None:
        integrator.now = START.isoformat()
        self.integrator = integrator
        self.now = START
        self.person = unlock(integrator.add())
        self.phone = Person(integrator.client, integrator.token_for(self.person.id), integrator.now, self.person.id)

    @property
    def today(self) -> date:
        return self.now.date()

    def report(self, body: Any) -> None:
        taken = self.person.post("/v1/me/reports", body)
        assert taken.status_code == 201, taken.text

    def check_in(self, answers: Any, clear: list[str], answered_on: date) -> None:
        body = {"answers": answers, "clear": clear, "answered_on": answered_on.isoformat()}
        taken = self.person.post("/v1/me/check-ins", body)
        assert taken.status_code == 201, taken.text

    def form(self) -> Any:
        return self.phone.get("/v1/me/check-in").json()["answers"]

    def pooled(self) -> Any:
        return self.phone.get("/v1/me/reports?limit=1").json()["data"][0]["answers"]

    def whole(self) -> Any:
        return self.person.get("/v1/me/reports?limit=1").json()["data"][0]["answers"]

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days, minutes=1)
        self.integrator.move_to(self.now.isoformat(), self.person, self.phone)
        unlock_again(self.person)


def days_of(integrator: Integrator) -> dict[str, int]:
    questions = integrator.get("/v1/questions").json()["questions"]
    return {question["id"]: question["ask_every_days"] for question in questions}


@contextmanager
def reports_posted_instead(teller: OverHttp) -> Iterator[None]:
    """Plant what a check-in is for: an app that posts what it reads as a whole report."""

    def as_whole(answers: Any, _clear: list[str], _day: date) -> None:
        groups = ("time_together", "conflict", "busyness", "activity_preferences")
        teller.report({**{name: teller.pooled()[name] for name in groups}, **answers})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teller, "check_in", as_whole)
        yield


def test_nothing_private_is_lost_or_disclosed(integrator: Integrator) -> None:
    days = days_of(integrator)

    for seed in range(HISTORIES):
        assert faults(Random(seed), OverHttp(integrator), days) == []


def test_an_app_that_posts_what_it_reads_is_found_out(integrator: Integrator) -> None:
    teller = OverHttp(integrator)
    teller.report({**REQUIRED_ONLY, "private": {"willingness": "no"}, "keep_private": ["goal"], "goal": "repair"})

    with reports_posted_instead(teller):
        teller.check_in({"goal": "repair"}, [], teller.today)

    assert teller.whole()["private"]["willingness"] is None
    assert teller.pooled()["goal"] == "repair"


REQUIRED_ONLY: dict[str, Any] = {
    "time_together": {"hours_per_week": 4},
    "conflict": {"level": "occasional"},
    "busyness": {"level": "full"},
    "activity_preferences": {},
}
