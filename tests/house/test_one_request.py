"""The modules that one warm recommendation passes through, so that a reader can follow it."""

import sys
from types import FrameType

from starlette.types import Receive, Scope, Send

from app.api.http.responses import load_example
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.settings import Settings
from tests import clock
from tests.client import TestClient

REQUEST = load_example("recommendation-request")

MAX_MODULES = 12
MAX_MODULES_BESIDE_THE_ENGINE = 6


def test_one_recommendation_passes_through_few_modules(rulesets: ActiveRuleset) -> None:
    app = create_app(Settings(), rulesets, clock=clock.now)
    modules: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("app."):
            modules.add(name)

    async def profiled(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            sys.setprofile(note)
        try:
            await app(scope, receive, send)
        finally:
            sys.setprofile(None)

    report = REQUEST["reports"]["a"]
    with TestClient(profiled) as client:
        for _ in range(2):  # the first request compiles and fills caches
            modules.clear()
            answer = client.post("/v1/recommendations", json={**REQUEST, "reports": {"a": report, "b": report}})
            assert answer.status_code == 200

    assert len(modules) <= MAX_MODULES, "\n".join(sorted(modules))
    beside = {name for name in modules if not name.startswith("app.engine.")}
    assert len(beside) <= MAX_MODULES_BESIDE_THE_ENGINE, "\n".join(sorted(beside))
