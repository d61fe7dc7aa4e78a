"""The welcome of `make run`: where to go, and the response to one real request."""

import json
import sys
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from app.commands.terminal import Screen

ROOT = Path(__file__).parents[2]
EXAMPLE = Path("examples", "first-request.json")
# A worker that has the socket already may still load what it serves.
PATIENCE = 30


def welcome(address: str, screen: Screen) -> None:
    # Never by way of a proxy: the request is about this machine.
    opener, answer, refusal = build_opener(ProxyHandler({})), None, ""
    try:
        answer = ask(opener, f"{address}/v1/recommendations", (ROOT / EXAMPLE).read_bytes())
    except HTTPError as error:
        refusal = describe_refusal(error)
    except (OSError, HTTPException):
        # A server that does not come up has said why itself.
        return
    screen.heading(f"A first request: what the two people of {EXAMPLE} are told.")
    if answer:
        screen.answer(answer, brief=True)
    else:
        screen.line(refusal)
    screen.heading("Rekindle is up.")
    screen.table(
        [
            ("Try it out", f"{address}/docs"),
            ("Is it well?", f"{address}/healthz"),
            ("Ask again", f"curl -s {address}/v1/recommendations -H 'content-type: application/json' -d @{EXAMPLE}"),
            ("Try couples", f"{command()} seed --url {address}"),
            ("See it all", f"{command()} explain {EXAMPLE}"),
            ("Stop", "Ctrl-C"),
        ]
    )


def command() -> Path:
    """Return the path of the command as it can be typed in this folder."""
    here = Path(sys.prefix, "bin", "rekindle")
    return here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here


def ask(opener: OpenerDirector, url: str, body: bytes) -> dict[str, Any]:
    request = Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310  (our own address)
    with opener.open(request, timeout=PATIENCE) as answer:
        view: dict[str, Any] = json.load(answer)
    return view


def describe_refusal(error: HTTPError) -> str:
    if error.code == HTTPStatus.UNAUTHORIZED:
        return "This server asks for a key. Make one with: rekindle integrators create NAME --mode test"
    return f"The server answered {error.code}."


if __name__ == "__main__":
    try:
        welcome(sys.argv[1], Screen())
    except KeyboardInterrupt:
        sys.exit(130)
