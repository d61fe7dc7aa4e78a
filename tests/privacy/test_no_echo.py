"""What somebody answers stays out of logs, counters and errors, however wrong the place is that it was put in."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
import structlog

from tests.admin import ask_admin
from tests.client import TestClient
from tests.contract.self_report import PATHS, PRIVATE, SHORTEST, with_answer
from tests.privacy.worlds import PATH
from tests.served import served

CANARY = "canary7f3a9"
NUMBER = 90210.7531
JSON = {"Content-Type": "application/json"}

# Whatever proxy the surroundings name, this machine is reached without it.
STRAIGHT = build_opener(ProxyHandler({}))

Sent = tuple[str, bytes, dict[str, str]]


def bodies() -> Iterator[Any]:
    """Requests with values of their own in every place where an answer may stand, and where none may."""
    for path in PATHS:
        for value in (CANARY, NUMBER, [CANARY], {CANARY: CANARY} if path in PRIVATE else {"walk": CANARY}):
            yield {"reports": {"a": with_answer(SHORTEST, path, value)}}
    for group in ("private", "safety", "conflict", "reports", "keep_private"):
        yield {"reports": {"a": {**SHORTEST, group: CANARY}}}
    yield {"reports": {"a": {**SHORTEST, "note": CANARY, "private": {"note": CANARY}}}}
    yield {"reports": {"a": {**SHORTEST, "keep_private": [CANARY]}, "b": CANARY}}
    for option in ("country", "viewer", "ruleset", "explain", "max_activities"):
        yield {"reports": {"a": SHORTEST}, option: CANARY}
    yield {"reports": {"a": SHORTEST}, "locale": CANARY}
    yield CANARY
    yield [CANARY]


def requests() -> Iterator[Sent]:
    for body in bodies():
        yield "POST", json.dumps(body).encode(), JSON
    valid = json.dumps({"reports": {"a": {**SHORTEST, "private": {"willingness": "no"}}}})
    yield "POST", valid.encode(), {**JSON, "Accept-Language": CANARY, "Authorization": f"Bearer {CANARY}"}
    yield "POST", f'{{"reports": {CANARY}'.encode(), JSON
    yield "POST", f'{{"reports": "{CANARY}", "reports": \\{CANARY}}}'.encode(), JSON
    yield "POST", CANARY.encode() * 40_000, JSON
    yield "POST", valid.replace("no", CANARY).encode(), {"Content-Type": "text/plain"}
    yield "POST", b"[" * 20_000 + CANARY.encode(), JSON
    yield "POST", b'"\xff' + CANARY.encode(), JSON
    yield "PUT", valid.replace("no", CANARY).encode(), JSON


def finds_a_canary(text: str) -> list[str]:
    return re.findall(rf".{{0,80}}(?:{CANARY}|90210\.7531).{{0,40}}", text)


def test_no_value_comes_back_or_stays_in_logs_or_counters(
    caller: TestClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    refused = 0
    with structlog.testing.capture_logs() as lines:
        for method, content, headers in requests():
            answer = caller.request(method, PATH, content=content, headers=headers)
            assert answer.status_code < 500
            assert finds_a_canary(answer.text + str(answer.headers)) == [], content[:200]
            refused += answer.status_code >= 400
        caller.get(f"/v1/help?country={CANARY}")
        counted = ask_admin(caller, "/metrics").text

    assert refused > 200
    assert len(lines) > refused
    assert finds_a_canary(str(lines)) == []
    assert finds_a_canary(counted) == []
    # The caller's side is told of, by the program that plays it; here it is the server's side that matters.
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    assert finds_a_canary(" ".join(f"{record.getMessage()} {record.exc_text}" for record in ours)) == []
    assert finds_a_canary("".join(capfd.readouterr())) == []


def test_a_failure_of_ours_tells_no_value_either(
    caller: TestClient, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ValueError(f"cannot decide by {CANARY}")

    monkeypatch.setattr("app.api.recommendations.recommendations._decide", fail)
    with structlog.testing.capture_logs() as lines:
        answer = caller.post(PATH, json={"reports": {"a": SHORTEST}})

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert [line["event"] for line in lines] == ["failed", "answered"]
    assert "ValueError" in lines[0]["error"]
    assert finds_a_canary(answer.text + str(lines) + "".join(capfd.readouterr())) == []


def test_a_canary_would_be_found() -> None:
    assert finds_a_canary(f"event=answered body={{'fear': '{CANARY}'}}")
    assert finds_a_canary("hours_per_week=90210.7531")


@pytest.mark.parametrize("log_format", ["json", pytest.param("console", marks=pytest.mark.thorough)])
def test_a_running_server_writes_no_value_even_when_it_says_most(tmp_path: Path, log_format: str) -> None:
    output = tmp_path / "output"
    with served(output, "--admin-port", "0", REKINDLE_LOG_LEVEL="debug", REKINDLE_LOG_FORMAT=log_format) as server:
        for method, content, headers in requests():
            assert finds_a_canary(send(server.address + PATH, method, content, headers)) == []
        assert finds_a_canary(send(f"{server.admin_address}/metrics", "GET", None, {})) == []
        send(f"{server.address}/v1/help?country={CANARY}", "GET", None, {})

    said = output.read_text(encoding="utf-8")
    assert said.count("validation_failed") > 200
    assert finds_a_canary(said) == []


def send(url: str, method: str, content: bytes | None, headers: dict[str, str]) -> str:
    """The whole answer, as text; a refusal is an answer too."""
    try:
        with STRAIGHT.open(Request(url, content, headers, method=method), timeout=20) as answer:  # noqa: S310
            return str(answer.headers) + str(answer.read())
    except HTTPError as refused:
        with refused:
            return str(refused.headers) + str(refused.read())
