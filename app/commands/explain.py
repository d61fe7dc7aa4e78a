"""`rekindle explain`: puts a file of answers to the API itself, in this process and without a server."""

import asyncio
import json
import logging
from collections.abc import Collection, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal

import structlog
import typer
from fastapi import FastAPI

from app.commands.answers_file import AnswersFile, read_answers
from app.commands.failure import CommandFailed
from app.commands.terminal import Screen, whole_output
from app.main import create_app
from app.settings import Settings, read_settings

RECOMMENDATIONS, EXPLANATIONS = "/v1/recommendations", "/v1/explanations"
OPTIONS = {"locale": "--locale", "viewer": "--viewer", "target": "--why"}
# The largest that the settings allow.
MAX_BODY = 16_777_216


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
        str | None, typer.Option(help="Why one activity, practice or strategy is suggested or not.", metavar="TARGET")
    ] = None,
    viewer: Annotated[
        Literal["a", "b"] | None, typer.Option(help="Show one view only. With --why the default is a.")
    ] = None,
) -> None:
    """Show what two partners would be told, and why. Nothing is stored or sent."""
    silence_logs()
    body = call_api(read_settings(), file, locale, why, viewer)
    response = json.loads(body)
    with whole_output():
        if as_json:
            typer.echo(body)
        elif "target" in response:
            Screen().explanation(response)
        else:
            Screen().answer(response)


def silence_logs() -> None:
    """Keep the line that logs the request off the terminal."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        # The usual one needs a standard output that is open.
        logger_factory=structlog.ReturnLoggerFactory(),
    )


def call_api(
    settings: Settings, file: Path, locale: str | None, why: str | None = None, viewer: str | None = None
) -> bytes:
    """Return the body of the response to a file: a request, the self-reports of two under a and b, or that of one.

    `why` names an activity, practice or strategy to explain, in the view of partner a unless `viewer` says otherwise.
    Raises `CommandFailed` for a file that cannot be read and for a request that the API refuses.
    """
    answers = read_answers(file, settings.body_limit)
    content, root = as_request(answers)
    options = {"locale": locale, "viewer": viewer, "target": why}
    options = {name: value for name, value in options.items() if value is not None}
    request = content | options
    is_about_one = "target" in request
    if is_about_one:
        request.setdefault("viewer", "a")
    # The file was measured; what is said around it, or by escapes, is not.
    api = create_app(
        Settings(content=settings.content, ruleset=settings.ruleset, require_key=False, body_limit=MAX_BODY)
    )
    path = EXPLANATIONS if is_about_one else RECOMMENDATIONS
    status, language, body = asyncio.run(post(api, path, json.dumps(request).encode()))
    if status != HTTPStatus.OK:
        raise CommandFailed(lines_of_problem(json.loads(body), answers, root, options))
    if locale and is_another_language(locale, language):
        typer.echo(f"There is no {locale} yet; this is English.", err=True)
    return body


def as_request(answers: AnswersFile) -> tuple[dict[str, Any], str]:
    """Return the request for a file's content, and the pointer of that content in it."""
    content = answers.value
    if not isinstance(content, dict):
        lines = [answers.line("#", "Here a self-report is needed, or two under the names a and b.")]
        raise CommandFailed(lines)
    if "reports" in content:
        return content, "#"
    if content.keys() <= {"a", "b"}:
        return {"reports": content}, "#/reports"
    return {"reports": {"a": content}}, "#/reports/a"


async def post(api: FastAPI, path: str, body: bytes) -> tuple[int, str, bytes]:
    """Call the application as a server does, and return the status, the language and the body."""
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
    language = dict(messages[0]["headers"])[b"content-language"].decode()
    return messages[0]["status"], language, b"".join(message.get("body", b"") for message in messages[1:])


def is_another_language(locale: str, answered: str) -> bool:
    """Return whether the answer is in another language than the one wished for; de answers de-AT."""
    wished, chosen = (tag.strip().lower().replace("_", "-").partition("-")[0] for tag in (locale, answered))
    return wished != chosen


def lines_of_problem(
    problem: dict[str, Any], answers: AnswersFile, root: str, options: Collection[str]
) -> Iterator[str]:
    """Yield a line for each mistake, at its place in the file or with the option of the command that is wrong."""
    for error in problem.get("errors", []):
        at, reason = error["pointer"], error["detail"]
        name = at.removeprefix("#/")
        if name in options:
            yield f"{OPTIONS[name]}: {reason}"
        else:
            yield answers.line("#" + at.removeprefix(root) if at.startswith(root) else at, reason)
    if "errors" not in problem:
        yield problem["detail"]
