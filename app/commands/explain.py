"""A file of answers put to the API itself, in this process and without a server."""

import asyncio
import json
import logging
import re
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog
import yaml
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings

RECOMMENDATIONS, EXPLANATIONS = "/v1/recommendations", "/v1/explanations"


class CannotExplain(Exception):
    """What is wrong with the file, one line each."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class _PlainYaml(yaml.SafeLoader):
    """YAML as JSON knows it, where `no` is a word and not a truth value."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  (PyYAML wants it so)


for kind, pattern, first in (
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"-?[0-9]+", list("-0123456789")),
    ("float", r"-?[0-9]+\.[0-9]+", list("-0123456789")),
):
    _PlainYaml.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"(?:{pattern})$"), first)


def be_quiet() -> None:
    """Let the answer alone go to the terminal, not the line about having given it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def explain(
    settings: Settings, file: Path, locale: str | None, why: str | None = None, viewer: str | None = None
) -> bytes:
    """The answer to what the file holds: a whole request, the reports of two, or the report of one.

    `why` asks about one activity, practice or strategy, in the view of partner a unless it says otherwise.
    """
    request = as_request(read(file))
    chosen = {"locale": locale, "viewer": viewer, "target": why}
    request |= {name: value for name, value in chosen.items() if value is not None}
    is_about_one = "target" in request
    if is_about_one:
        request["viewer"] = request.get("viewer") or "a"
    app = create_app(Settings(content=settings.content, ruleset=settings.ruleset))
    path = EXPLANATIONS if is_about_one else RECOMMENDATIONS
    status, answer = asyncio.run(post(app, path, json.dumps(request).encode()))
    if status != HTTPStatus.OK:
        raise CannotExplain(*what_it_says(json.loads(answer)))
    return answer


def read(file: Path) -> Any:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise CannotExplain(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CannotExplain(f"{file} is not text in UTF-8.") from error
    try:
        return json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _PlainYaml)  # noqa: S506
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise CannotExplain(f"{file} is neither JSON nor YAML: {' '.join(str(error).split())}") from error


def as_request(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise CannotExplain("The file should hold a self-report, or two under the names a and b.")
    if "reports" in given:
        return given
    return {"reports": given if given.keys() <= {"a", "b"} else {"a": given}}


async def post(app: FastAPI, path: str, body: bytes) -> tuple[int, bytes]:
    """Call the application the way a server does."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
    }
    await app(scope, receive, send)
    return said[0]["status"], b"".join(message.get("body", b"") for message in said[1:])


def what_it_says(problem: dict[str, Any]) -> list[str]:
    return [f"{error['pointer']}: {error['detail']}" for error in problem.get("errors", [])] or [problem["detail"]]
