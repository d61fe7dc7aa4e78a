"""The guide for building an app: its calls are sent in order, and the responses are as printed."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from httpx2 import Response

from tests.client import TestClient
from tests.clock import NOW
from tests.people import Integrator

GUIDE = Path(__file__).parents[2] / "docs" / "build-an-app.md"
FENCE = re.compile(r"```http\n(.*?)```\s*```json\n(\d{3}) (.*?)```", re.DOTALL)
FEWEST_CALLS = 20


class Call(NamedTuple):
    """A request as the guide prints it, and what it says comes back."""

    text: str
    status: int
    content: Any


def calls() -> Iterator[Call]:
    for request, status, content in FENCE.findall(GUIDE.read_text("utf-8")):
        yield Call(request, int(status), json.loads(content))


def fill(text: str, names: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], found[0]), text)


def send(client: TestClient, text: str, now: datetime) -> Response:
    head, _, body = text.partition("\n\n")
    (first, *headers) = head.strip().splitlines()
    method, path = first.split()
    given = dict(line.split(": ", 1) for line in headers) | {"Rekindle-Test-Now": now.isoformat()}
    return client.request(method, path, headers=given, **({"json": json.loads(body)} if body.strip() else {}))


def keep(printed: Any, answered: Any, names: dict[str, str]) -> None:
    """Hold what was answered against what is printed, and keep what stands in braces."""
    if isinstance(printed, dict):
        for name, part in printed.items():
            keep(part, answered[name], names)
    elif isinstance(printed, list):
        for part, one in zip(printed, answered, strict=False):
            keep(part, one, names)
    elif isinstance(printed, str) and (name := re.fullmatch(r"\{(\w+)\}", printed)):
        names[name[1]] = answered
    else:
        assert printed == answered


def test_every_call_of_the_guide_is_answered_as_printed(integrator: Integrator) -> None:
    names = {"key": integrator.bearer}
    sent = 0
    for call in calls():
        # As it is outside of tests, no two calls come at the same moment.
        answer = send(integrator.client, fill(call.text, names), NOW + timedelta(seconds=sent))
        assert answer.status_code == call.status, f"{call.text}\n{answer.text}"
        keep(call.content, answer.json(), names)
        sent += 1

    assert sent == GUIDE.read_text("utf-8").count("```http") >= FEWEST_CALLS
    assert {"a", "b", "token_a", "token_b", "activity", "receipt"} <= names.keys()
