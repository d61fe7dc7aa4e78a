"""Two worlds that differ only in what A keeps private, and the check that B cannot tell them apart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from httpx2 import Response

from tests.client import TestClient
from tests.contract.self_report import (
    LIKES,
    LIKINGS,
    MUTUAL,
    POOLED,
    PRIVATE,
    REQUIRED,
    SAFETY,
    Report,
    report_of,
    some_answers,
    some_options,
    some_report,
    some_value,
)

PATH = "/v1/recommendations"
# They differ between any two requests, whoever sends them.
OF_THE_REQUEST = frozenset({"date", "x-request-id"})
# Of an answer with both views in it, only B's view is B's to see: its length and its language tell of the whole.
_WHERE_B_BEGINS = b',"b":{"outcome":'

Request = dict[str, Any]

ALWAYS = (*REQUIRED, LIKES)
"""What every report here answers: what is needed, and the likings of the shortest report."""


@dataclass(frozen=True)
class Worlds:
    """The same request twice; what A keeps private is the only difference."""

    one: Request
    other: Request


def pairs(seed: int, count: int) -> Iterator[Worlds]:
    random = Random(seed)
    for _ in range(count):
        yield some_worlds(random)


def some_worlds(random: Random) -> Worlds:
    """A's pooled answers, B's report and the options are shared.

    Each world has private answers of its own, or none at all; what is kept private may have been answered or not, and
    in one world an optional answer may be kept that in the other was never given.
    """
    required = {path: some_value(random, path) for path in ALWAYS}
    pooled = some_answers(random, [path for path in POOLED if path not in ALWAYS], random.choice((0.1, 0.4, 0.8)))
    kept = [path for path in POOLED if random.random() < random.choice((0, 0, 0.05, 0.3))]
    optional = [path for path in POOLED if path not in ALWAYS and path not in kept and path not in pooled]
    hidden = [path for path in optional if random.random() < random.choice((0, 0.1))]
    shared = {path: answer for path, answer in (required | pooled).items() if path not in kept}
    b, options = some_report(random), some_options(random)
    if random.random() < 0.1:
        b = some_report(random, safe=False)
    # What both say of mutual answers is for both, so A's are shared where B gives some.
    if random.random() < 0.5:
        b.pop("mutual", None)
    own = PRIVATE - SAFETY
    if "mutual" in b:
        own -= MUTUAL
        shared |= some_answers(random, sorted(MUTUAL), 0.6)

    def world(*, holds_hidden: bool) -> Request:
        held = kept + (hidden if holds_hidden else [])
        answers = shared | some_private_answers(random, held, own)
        report: Report = report_of(answers)
        if random.random() < 0.5:
            report["activity_preferences"].setdefault("likes", {})["touch"] = random.choice(LIKINGS)
        if held:
            report["keep_private"] = random.sample(held, len(held))
        return {"reports": {"a": report, "b": b}, **options}

    return Worlds(world(holds_hidden=True), world(holds_hidden=False))


def some_private_answers(random: Random, held: list[str], own: frozenset[str]) -> dict[str, Any]:
    """Some of the private answers, or none; and whatever is held back, where it is asked for at least."""
    private = some_answers(random, sorted(own), random.choice((0, 0.2, 0.6)))
    safety = some_answers(random, sorted(SAFETY), random.choice((0, 0, 0.2, 0.6)))
    kept = {path: some_value(random, path) for path in held if path in ALWAYS or random.random() < 0.7}
    return private | safety | kept


def what_b_can_tell(caller: TestClient, worlds: Worlds) -> str | None:
    """Name the first thing that B sees otherwise in the two worlds; None when there is no difference at all."""
    for name, look in (("alone", answer_to_b), ("beside A's", view_of_b)):
        one, other = (look(caller, world) for world in (worlds.one, worlds.other))
        for part in one.keys() | other.keys():
            if one.get(part) != other.get(part):
                return f"{part}, {name}"
    return None


def answer_to_b(caller: TestClient, request: Request) -> Mapping[str, object]:
    """Everything in an answer to B alone: status, headers, body."""
    answer = caller.post(PATH, json={**request, "viewer": "b"})
    return {"status": answer.status_code, "headers": headers_of(answer), "body": answer.content}


def view_of_b(caller: TestClient, request: Request) -> Mapping[str, object]:
    """B's view, byte for byte, as it stands beside that of A, and what surrounds the two views."""
    answer = caller.post(PATH, json=request)
    before, found, view = answer.content.rpartition(_WHERE_B_BEGINS)
    head = before.partition(b'"views":')[0] if found else answer.content
    headers = [header for header in headers_of(answer) if header[0] != "content-length"]
    return {"status": answer.status_code, "headers": headers, "view": view, "head": head}


def headers_of(answer: Response) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in answer.headers.multi_items() if name not in OF_THE_REQUEST)
