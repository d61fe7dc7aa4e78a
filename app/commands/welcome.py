"""The welcome of `make run`: where to go, and the response to one real request."""

import json
import sys
import time
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from app.commands.terminal import Screen

ROOT = Path(__file__).parents[2]
EXAMPLE = Path("examples", "first-request.json")
PATIENCE = 30


def welcome(address: str, screen: Screen) -> None:
    # Never by way of a proxy: the request is about this machine.
    opener = build_opener(ProxyHandler({}))
    if not is_up(opener, address):
        return
    screen.heading(f"A first request: what the two people of {EXAMPLE} are told.")
    try:
        answer = ask(opener, f"{address}/v1/recommendations", (ROOT / EXAMPLE).read_bytes())
    except HTTPError as error:
        screen.line(describe_refusal(error))
    else:
        screen.answer(answer, brief=True)
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


def is_up(opener: OpenerDirector, address: str) -> bool:
    """Wait until the server answers; give up when it does not come up, because then it has said why itself."""
    last_try = time.monotonic() + PATIENCE
    while time.monotonic() < last_try:
        try:
            with opener.open(f"{address}/healthz", timeout=2) as answer:
                return bool(answer.status == HTTPStatus.OK)
        except (OSError, HTTPException):
            time.sleep(0.05)
    return False


def ask(opener: OpenerDirector, url: str, body: bytes) -> dict[str, Any]:
    request = Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310  (our own address)
    with opener.open(request, timeout=10) as answer:
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
