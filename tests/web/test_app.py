"""Two phones walk the whole app in Chromium, against a real server and the app's own back end."""

import re
from pathlib import Path

from fastapi import FastAPI

from app.errors import RekindleError
from tests.client import TestClient
from tests.node_tools import ROOT
from tests.web.phones import HERE, SMALL, app_on, walk

WORDS_A_MINUTE = 200


def test_two_phones_walk_four_weeks(sqlite_url: str, tmp_path: Path) -> None:
    with app_on(tmp_path, sqlite_url) as place:
        told = walk(HERE / "journey.mjs", place, tmp_path, {"keys": True}, SMALL)

    assert told["found"] == []
    assert told["control"]
    assert told["said"] >= 60
    assert told["screens"] >= 40
    assert max(told["asked"]) <= 12
    assert told["words"] / WORDS_A_MINUTE <= 3


def test_there_are_words_for_every_code_that_the_app_shows(routed_app: FastAPI) -> None:
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "web" / "src").rglob("*.ts*")]
    asked = {name for source in sources for name in re.findall(r'word\("([a-z_]+)"', source)}
    lists = {each["id"] for each in TestClient(routed_app).get("/v1/words").json()["data"]}

    assert len(asked) > 8
    assert asked <= lists


def test_every_problem_has_a_screen_that_helps() -> None:
    source = (ROOT / "web" / "src" / "problems.ts").read_text(encoding="utf-8")
    explained = set(re.findall(r"^  ([a-z_]+): ", source, re.MULTILINE))

    assert problem_codes(RekindleError) - explained == set()


def problem_codes(kind: type[RekindleError]) -> set[str]:
    inner = {code for child in kind.__subclasses__() for code in problem_codes(child)}
    return inner | ({kind.code} if kind is not RekindleError and "title" in vars(kind) else set())
