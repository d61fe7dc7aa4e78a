"""`rekindle explain`: puts a file of answers to the API itself, in this process and without a server."""

import asyncio
import json
import logging
import re
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal

import structlog
import typer
import yaml
from fastapi import FastAPI

from app.commands.command_app import new_app
from app.commands.failure import CommandFailed
from app.commands.terminal import Screen
from app.main import create_app
from app.settings import Settings, read_settings

RECOMMENDATIONS, EXPLANATIONS = "/v1/recommendations", "/v1/explanations"


app = new_app()


@app.command()
def explain(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="JSON or YAML: a request, two self-reports as a and b, or one; - for a pipe."
        ),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer of the API as it is.")] = False,
    locale: Annotated[str | None, typer.Option(help="The language to answer in, such as de.")] = None,
    why: Annotated[
        str | None,
        typer.Option(help="Why one activity, practice or strategy is suggested or not.", metavar="TARGET"),
    ] = None,
    viewer: Annotated[Literal["a", "b"] | None, typer.Option(help="Whose view alone; with --why, a.")] = None,
) -> None:
    """Show what two partners would be told, and why. Nothing is stored or sent."""
    silence_logs()
    body = call_api(read_settings(), file, locale, why, viewer)
    response = json.loads(body)
    if as_json:
        typer.echo(body)
    elif "target" in response:
        Screen().explanation(response)
    else:
        Screen().answer(response)


class _PlainYaml(yaml.SafeLoader):
    """A loader of the YAML that JSON has too: `no` is a word and not a truth value."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  (PyYAML wants it so)


for kind, pattern, first in (
    ("null", r"null|~|", ["n", "~", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"-?[0-9]+", list("-0123456789")),
    ("float", r"-?[0-9]+\.[0-9]+", list("-0123456789")),
):
    _PlainYaml.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"(?:{pattern})$"), first)


def silence_logs() -> None:
    """Keep the line that logs the request off the terminal."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def call_api(
    settings: Settings, file: Path, locale: str | None, why: str | None = None, viewer: str | None = None
) -> bytes:
    """Return the body of the response to a file: a request, the self-reports of two under a and b, or that of one.

    `why` names an activity, practice or strategy to explain, in the view of partner a unless `viewer` says otherwise.
    Raises `CommandFailed` for a file that cannot be read and for a request that the API refuses.
    """
    request = as_request(read(file))
    options = {"locale": locale, "viewer": viewer, "target": why}
    request |= {name: value for name, value in options.items() if value is not None}
    is_about_one = "target" in request
    if is_about_one:
        request["viewer"] = request.get("viewer") or "a"
    api = create_app(Settings(content=settings.content, ruleset=settings.ruleset))
    path = EXPLANATIONS if is_about_one else RECOMMENDATIONS
    status, body = asyncio.run(post(api, path, json.dumps(request).encode()))
    if status != HTTPStatus.OK:
        raise CommandFailed(lines_of_problem(json.loads(body)))
    return body


def read(file: Path) -> Any:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise CommandFailed([f"{file} cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise CommandFailed([f"{file} is not text in UTF-8."]) from error
    try:
        return json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _PlainYaml)  # noqa: S506
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise CommandFailed([f"{file} is neither JSON nor YAML: {' '.join(str(error).split())}"]) from error


def as_request(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise CommandFailed(["The file should hold a self-report, or two under the names a and b."])
    if "reports" in content:
        return content
    return {"reports": content if content.keys() <= {"a", "b"} else {"a": content}}


async def post(api: FastAPI, path: str, body: bytes) -> tuple[int, bytes]:
    """Call the application as a server does, and return the status and the body."""
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

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
    await api(scope, receive, send)
    return messages[0]["status"], b"".join(message.get("body", b"") for message in messages[1:])


def lines_of_problem(problem: dict[str, Any]) -> list[str]:
    return [f"{error['pointer']}: {error['detail']}" for error in problem.get("errors", [])] or [problem["detail"]]
