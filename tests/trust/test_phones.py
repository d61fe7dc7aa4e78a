"""The app in Chromium, further than tests/web goes: magnified, on PostgreSQL, with many answers, for two lives."""

import json
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, cast

from httpx2 import Client

from tests.client import TestClient
from tests.people import Integrator
from tests.privacy.lives import BEGINNING, Life, lived, some_steps
from tests.web.phones import HERE, SMALL, Place, api_on, app_on, back_end, for_script, walk

MAGNIFIED = {"zoom": True, "keys": True}
WIDE = {"zoom": True, **SMALL, "viewport": {"width": 640, "height": 1200}}
ALIKE = (sys.executable, "-m", "tests.trust.alike")
PAIRS, STEPS = 6, 14
PAIRS_FOR_A_LEAK = 20
NEVER_ENDS = 4_102_444_800_000
"""When a login ends, in milliseconds: in 2100, whatever the clock of the machine says."""

Screens = list[str]
Look = Callable[[str, Sequence[str]], list[Screens]]


def test_two_magnified_phones_walk_four_weeks_on_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    with app_on(tmp_path, postgresql_url) as place:
        told = walk(HERE / "journey.mjs", place, tmp_path, MAGNIFIED, WIDE)

    assert told["found"] == []
    assert told["control"]
    assert told["screens"] >= 40


def test_none_of_two_hundred_answers_is_found_anywhere(sqlite_url: str, tmp_path: Path) -> None:
    with app_on(tmp_path, sqlite_url) as place:
        told = walk(Path(__file__).with_name("canaries.mjs"), place, tmp_path, {})

    assert told["said"] >= 200
    assert told["found"] == []
    assert told["in_storage"] == told["in_a_log"] == told["said"]


def test_nothing_that_a_does_privately_moves_a_screen_of_b(sqlite_url: str, tmp_path: Path) -> None:
    assert what_differs(sqlite_url, tmp_path, ALIKE, PAIRS) is None


def test_a_leak_is_found_on_the_screens_of_b(sqlite_url: str, tmp_path: Path) -> None:
    assert what_differs(sqlite_url, tmp_path, (*ALIKE, "leaky"), PAIRS_FOR_A_LEAK)


def what_differs(database_url: str, folder: Path, command: Sequence[str], pairs: int) -> str | None:
    """Name the first screen of B that tells two lives apart that differ in what A does privately; None for none."""
    with api_on(folder, database_url, command=command) as place, Client(base_url=place.api) as client:
        couples = [(begin(client, place.key), begin(client, place.key)) for _ in range(pairs)]
        logins = {life.b.id: token_urlsafe(32) for couple in couples for life in couple}
        place.logs[2].write_text(json.dumps([session_of(*login) for login in logins.items()]), encoding="utf-8")
        with back_end(place) as place.address, phone_of_b(place, folder) as look:
            found = (apart(seed, couple, logins, look) for seed, couple in enumerate(couples))
            return next((told for told in found if told), None)


def begin(client: Client, key: str) -> Life:
    integrator = Integrator(cast(TestClient, client), key, now=BEGINNING.isoformat())
    a, b = integrator.add(country="US"), integrator.add(country="US")
    return Life(integrator, a, b, integrator.link(a, b))


def session_of(partner: str, secret: str) -> tuple[str, dict[str, Any]]:
    """A login as the app's back end keeps it."""
    marked = urlsafe_b64encode(sha256(secret.encode()).digest()).rstrip(b"=").decode()
    return marked, {"partner": partner, "token": None, "until": NEVER_ENDS}


def apart(seed: int, couple: tuple[Life, Life], logins: dict[str, str], look: Look) -> str | None:
    one, other = couple
    for done, step in enumerate(some_steps(seed, STEPS)):
        lived(one, step.one, step.who)
        lived(other, step.other, step.who)
        if step.who != "a":
            continue
        seen, also = look(one.now.isoformat(), [logins[life.b.id] for life in couple])
        for number, (screen, same) in enumerate(zip(seen, also, strict=True)):
            if screen != same:
                return f"seed {seed}, step {done}, screen {number}:\n{screen}\n{same}"
    return None


@contextmanager
def phone_of_b(place: Place, folder: Path) -> Generator[Look]:
    """A phone that shows, at a moment, what each of some logins sees."""
    script = Path(__file__).with_name("screens.mjs")
    command = ["node", str(script), for_script(place, folder, {})]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout

        def look(now: str, logins: Sequence[str]) -> list[Screens]:
            print(json.dumps({"now": now, "logins": logins}), file=process.stdin, flush=True)
            seen: list[Screens] = json.loads(process.stdout.readline())  # type: ignore[union-attr]
            return seen

        yield look
