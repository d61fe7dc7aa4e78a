"""Two lives of one couple that differ only in what A does and says privately; B and the integrator watch.

Both are lived through HTTP on one database, each under an integrator of its own. What B or the integrator can observe
of the one has to be what they can observe of the other, byte for byte, once what is random is named by its order.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import pytest
from httpx2 import Response

from tests.contract.self_report import (
    LIKES,
    MUTUAL,
    POOLED,
    PRIVATE,
    REQUIRED,
    SAFETY,
    report_of,
    some_answers,
    some_report,
    some_value,
)
from tests.people import Integrator, Person

REQUEST_ID = re.compile(r"req_[0-9a-f]{16}")
SECONDS_LEFT = re.compile(r";t=\d+")
LAST_FOUR = re.compile(r'"last_four":"\w{4}"')
BEGINNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
OF_THE_REQUEST = frozenset({"date", "x-request-id"})
SECRETS = re.compile(
    r"\b(?:[a-z]{2,4}_(?:test_|live_)?)?(?=[0-9]*[A-Za-z])[0-9A-Za-z]{16,}\b|\b(?:[0-9A-Z]{4,5}-){2,}[0-9A-Z]{4,5}\b"
)
SHARED = ("evening-walk", "tea-in-silence", "cook-one-dish", "dance-class")
"""What both may say yes to."""
A_ALONE = ("couples-retreat", "micro-adventure", "thanks-at-the-table")
"""What A alone may choose: B never says yes to any of these."""

PLANNING = {"weeks": 2, "free": [{"day": day, "from": "08:00", "to": "10:00"} for day in ("mon", "thu", "sun")]}

ALWAYS = (*REQUIRED, LIKES)
"""What every report here answers: what is needed, and the likings of the shortest report."""


@dataclass
class Life:
    """One couple in one of the two worlds, and what was seen of it so far."""

    integrator: Integrator
    a: Person
    b: Person
    couple: str
    now: datetime = BEGINNING
    seen: list[tuple[str, tuple[int, list[tuple[str, str]], str, list[float]]]] = field(default_factory=list)
    decision: str | None = None
    names: dict[str, str] = field(default_factory=dict)

    def move(self, by: timedelta) -> None:
        self.now += by
        present = self.now.isoformat()
        if by >= timedelta(hours=12):
            self.integrator.move_to(present, self.a, self.b)
        for caller in (self.integrator, self.a, self.b):
            caller.now = present

    def observe(self, who: str, answer: Response) -> None:
        headers = sorted((n, self.named(v)) for n, v in answer.headers.multi_items() if n not in OF_THE_REQUEST)
        request = answer.request
        asked = f"{who}: {request.method} {self.named(request.url.path)}"
        self.seen.append((asked, (answer.status_code, headers, self.named(answer.text), [*WAITS])))

    def named(self, text: str) -> str:
        """Random ids by the order in which they were first seen; they differ between any two lives."""
        for of_the_moment in (REQUEST_ID, SECONDS_LEFT, LAST_FOUR):
            text = of_the_moment.sub("", text)
        return SECRETS.sub(lambda found: self.names.setdefault(found[0], f"#{len(self.names)}"), text)


Act = Callable[[Life], Response | None]


class Step(NamedTuple):
    """What one of them does in each world; A does privately what the other life may not know."""

    who: str
    one: Act | None
    other: Act | None


# What A did by now, for leaks that are planted: the application itself never has it in one place.
DONE_BY: dict[str, list[str]] = {}
OTHER: dict[str, str] = {}


# The seconds for which anything slept since the present step began, where a test hears of it.
WAITS: list[float] = []
LONGEST_WAIT = 5
"""What sleeps for longer is no request."""


def hear_waits(patch: pytest.MonkeyPatch) -> None:
    """Note every sleep of the event loop and of a thread, so that time is compared without a clock.

    Maintenance begins a minute after the server and sleeps for itself; what waits for it is heard.
    """
    for owner, name in ((asyncio.BaseEventLoop, "call_later"), (time, "sleep")):
        patch.setattr(owner, name, _noting(getattr(owner, name)))


def _noting(sleep: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*given: Any, **named: Any) -> Any:
        if not _is_of_maintenance():
            WAITS.extend(each for each in given if isinstance(each, int | float) and 0 < each < LONGEST_WAIT)
        return sleep(*given, **named)

    return noted


def _is_of_maintenance() -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # a thread without a loop
        return False
    return task is not None and task.get_name() == "maintenance"


def lived(life: Life, step: Act | None, who: str) -> None:
    WAITS.clear()
    answer = step(life) if step else None
    if answer is None:
        return
    if who == "a":
        # What is not there would be no act of theirs.
        assert answer.status_code != 404, answer.request.url
        body = bytes(answer.request.content).decode()
        DONE_BY.setdefault(life.a.id, []).append(f"{answer.request.method} {answer.request.url.path} {body}")
    else:
        life.observe(who, answer)


def some_steps(seed: int, count: int) -> Iterator[Step]:
    """The same for B and the integrator in both worlds; at least every third is A's."""
    random = Random(seed)
    yield both("b", answered(some_report(random)))
    yield a_reports(random)
    for _ in range(count):
        yield random.choice(ACTS)(random)
    for look in (get("/v1/me/view"), get("/v1/me/plan"), get("/v1/me/export"), get("/v1/me")):
        yield both("b", look)


def both(who: str, act: Act) -> Step:
    return Step(who, act, act)


def answered(report: Any) -> Act:
    return lambda life: life.b.post("/v1/me/reports", report)


def get(path: str) -> Act:
    return lambda life: life.b.get(path)


def a_reports(random: Random) -> Step:
    """Equal in what is pooled; in the one world private answers, or answers kept private, that the other lacks."""
    pooled = {path: some_value(random, path) for path in ALWAYS}
    pooled |= some_answers(random, [path for path in POOLED if path not in ALWAYS], random.choice((0.1, 0.4)))
    # What both say of the mutual answers is for both, so A says it in both worlds.
    pooled |= some_answers(random, sorted(MUTUAL), random.choice((0, 0.6)))
    unanswered = [path for path in POOLED if path not in pooled]
    kept = random.sample(unanswered, random.choice((0, 0, 1, 3)))

    def report(*, tells: bool) -> Act:
        answers = dict(pooled)
        if tells:
            answers |= some_answers(random, sorted(PRIVATE - SAFETY - MUTUAL), random.choice((0, 0.2, 0.6)))
            answers |= random.choice(({}, {}, {"safety.fear": "yes"}, some_answers(random, sorted(SAFETY), 0.3)))
            answers |= {path: some_value(random, path) for path in kept}
        body = report_of(answers)
        if tells and kept:
            body["keep_private"] = kept
        return lambda life: life.a.post("/v1/me/reports", body)

    tells = random.random() < 0.5
    return Step("a", report(tells=tells), report(tells=not tells or random.random() < 0.3))


def a_checks_in(random: Random) -> Step:
    """Equal in what is pooled, which is never kept private; in one world private answers come or are cleared."""
    pooled = {path: some_value(random, path) for path in ALWAYS}

    def check_in(*, tells: bool) -> Act:
        private = random.random() if tells else 0
        answers = some_answers(random, sorted(PRIVATE - SAFETY), private) | some_answers(
            random, sorted(SAFETY), private
        )
        clear = (
            random.sample(("private", "keep_private", "mutual", "safety"), random.choice((0, 1, 3))) if tells else []
        )
        body = {"answers": report_of(pooled | answers), "clear": clear}
        return lambda life: life.a.post("/v1/me/check-ins", body)

    tells = random.random() < 0.5
    return Step("a", check_in(tells=tells), check_in(tells=not tells))


def a_says_yes(random: Random) -> Step:
    """In both worlds: what B may come to know, once B says yes as well."""
    activity = random.choice(SHARED)
    return both("a", lambda life: life.a.put(f"/v1/me/choices/{activity}", {"choice": "yes"}))


def a_in_private(random: Random) -> Step:
    """Something that A does in one of the worlds alone."""
    activity = random.choice(A_ALONE)
    choice = {"choice": random.choice(("yes", "not_now", "not_for_us"))}
    shared = random.choice(SHARED)
    said = {"activity": shared, "outcome": "done", "felt_pressured": random.randint(1, 5)}
    refused = {"activity": shared, "outcome": "declined", "reason": "unsafe"}
    act: Act = random.choice(
        (
            lambda life: life.a.get("/v1/me/view"),
            lambda life: life.a.post("/v1/me/explanations", {"target": shared}),
            lambda life: life.a.put(f"/v1/me/choices/{activity}", choice),
            lambda life: life.a.delete(f"/v1/me/choices/{activity}"),
            lambda life: life.a.put("/v1/me/paths/new-things-growing"),
            lambda life: life.a.delete("/v1/me/paths/new-things-growing"),
            lambda life: life.a.get("/v1/me/choices"),
            lambda life: life.a.get("/v1/me/plan"),
            lambda life: life.a.post("/v1/me/feedback", said),
            lambda life: life.a.post("/v1/me/feedback", refused),
            lambda life: life.a.put("/v1/me/passphrase", {"passphrase": "a sentence of my own"}),
            lambda life: life.a.post("/v1/me/unlock", {"passphrase": "a sentence of my own"}),
            lambda life: life.a.delete("/v1/me/unlock"),
            lambda life: life.a.post("/v1/me/calendar"),
            lambda life: life.a.get("/v1/me/check-in"),
            lambda life: life.a.get("/v1/me/progress"),
            lambda life: life.a.get("/v1/me/export"),
            lambda life: life.a.get("/v1/me/access-log"),
        )
    )
    return Step("a", act, None) if random.random() < 0.5 else Step("a", None, act)


def b_acts(random: Random) -> Step:
    activity = random.choice(SHARED)
    report = some_report(random)
    choice = {"choice": random.choice(("yes", "yes", "not_now", "not_for_us"))}
    said = {"activity": activity, "outcome": random.choice(("done", "skipped")), "felt_accepted": random.randint(1, 5)}
    act: Act = random.choice(
        (
            look_at_view,
            look_at_view,
            look_at_view,
            answered(report),
            lambda life: life.b.post("/v1/me/explanations", {"target": activity}),
            lambda life: life.b.put("/v1/me/paths/a-check-in-that-stays"),
            get("/v1/me/paths"),
            lambda life: life.b.put(f"/v1/me/choices/{activity}", choice),
            lambda life: life.b.delete(f"/v1/me/choices/{activity}"),
            get("/v1/me/choices"),
            get("/v1/me/plan"),
            get("/v1/me/plan"),
            lambda life: life.b.post("/v1/me/plan/proposals", PLANNING),
            lambda life: life.b.post("/v1/me/feedback", said),
            get("/v1/me/progress"),
            get("/v1/me/reports"),
            get("/v1/me"),
            get("/v1/me/consents"),
            get("/v1/me/access-log"),
            get("/v1/me/tokens"),
            get("/v1/me/export"),
            look_at_calendar,
            replay,
        )
    )
    return both("b", act)


def look_at_view(life: Life) -> Response:
    answer = life.b.get("/v1/me/view")
    life.decision = answer.json().get("decision", life.decision)
    return answer


def replay(life: Life) -> Response | None:
    return life.b.post(f"/v1/decisions/{life.decision}/replay") if life.decision else None


def look_at_calendar(life: Life) -> Response:
    answer = life.b.post("/v1/me/calendar")
    life.observe("b", answer)
    return life.b.get(answer.json()["url"].partition("/v1")[1] + answer.json()["url"].partition("/v1")[2])


def integrator_acts(random: Random) -> Step:
    act: Act = random.choice(
        (
            lambda life: life.integrator.get(f"/v1/partners/{life.a.id}"),
            lambda life: life.integrator.get(f"/v1/partners/{life.b.id}"),
            lambda life: life.integrator.get("/v1/partners"),
            lambda life: life.integrator.get(f"/v1/couples/{life.couple}"),
            lambda life: life.integrator.get(f"/v1/couples?partner={life.a.id}"),
            lambda life: life.integrator.post(f"/v1/couples/{life.couple}/invitations"),
            lambda life: life.integrator.get("/v1/keys"),
        )
    )
    return both("integrator", act)


def time_goes(random: Random) -> Step:
    by = random.choice((timedelta(minutes=7), timedelta(hours=3), timedelta(days=1), timedelta(days=6)))

    def go(life: Life) -> None:
        life.move(by)

    return both("time", go)


ACTS = (
    a_reports,
    a_checks_in,
    a_says_yes,
    a_in_private,
    a_in_private,
    b_acts,
    b_acts,
    b_acts,
    integrator_acts,
    time_goes,
)
