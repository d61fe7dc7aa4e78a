"""The applications that `benchmarks.http` compares: ours, and ever less around the same answer.

Each of them answers the same request, all but `plain` with the same bytes. Ours works them out; the others hold them
ready.
"""

import gc
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.recommendations import recommendations
from app.api.recommendations.recommendations import Recommendation, RecommendationRequest, recommend
from app.engine.self_report import SelfReport
from app.main import create_app
from app.rulesets.library import SOURCE_LOCALE
from app.rulesets.load import load_ruleset
from app.settings import Settings
from benchmarks.plain_rules import load_program

PATH = "/v1/recommendations"
REQUEST = "BENCHMARK_REQUEST"
"""Names the file with the request's body, for the processes that serve."""


def ours() -> ASGIApp:
    """Rekindle as it is served, with its default settings but for the limit, which one caller would meet."""
    url = f"sqlite:///{_request_file().with_suffix('.db')}"
    return _settled(create_app(Settings(database_url=url, rate_limit=None)))


def constant_in_our_app() -> ASGIApp:
    """All of Rekindle but deciding and writing: the same application, the same body validated, constant bytes."""
    constant = Recommendation(_answer(), SOURCE_LOCALE)
    patch.object(recommendations, "recommend", lambda *_: constant).start()
    return ours()


def constant() -> ASGIApp:
    """FastAPI validates the same body and answers constant bytes; nothing around it."""
    return _settled(_constant())


def plain() -> ASGIApp:
    """FastAPI validates the same body and answers what fires and what fits, by an `if` for each; nothing around it."""
    app, two_views = FastAPI(openapi_url=None), load_program(load_ruleset().compiled)

    @app.post(PATH)
    async def answer_by_ifs(body: RecommendationRequest) -> Response:
        # The request has both.
        answer = two_views(body.reports.a, cast(SelfReport, body.reports.b))
        return Response(json.dumps(answer), media_type="application/json")

    return _settled(app)


def unread() -> ASGIApp:
    """No framework: the body is received, not read, and answered with constant bytes."""
    answer = _answer()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            while (await receive()).get("more_body"):
                pass
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": answer})

    return _settled(app)


def _constant() -> FastAPI:
    app, answer = FastAPI(openapi_url=None), _answer()

    @app.post(PATH)
    async def answer_the_same(body: RecommendationRequest) -> Response:  # noqa: ARG001  it is validated
        return Response(answer, media_type="application/json")

    return app


def _answer() -> bytes:
    request = RecommendationRequest.model_validate_json(_request_file().read_bytes())
    return recommend(load_ruleset(), request, datetime.now(UTC).date()).body


def _request_file() -> Path:
    return Path(os.environ[REQUEST])


def _settled(app: Any) -> ASGIApp:
    """As `rekindle serve` does: what is loaded by now is of no more interest to the collector."""
    gc.collect()
    gc.freeze()
    return app  # type: ignore[no-any-return]
