"""Two self-reports in, two explained views out. Nothing is stored."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from app.api.http.authentication import now_of
from app.api.http.content import choose_language, rulesets_of
from app.api.http.fields import Country
from app.api.http.problems import problems, to_problem
from app.api.http.routing import StrictRoute, refuse_query
from app.api.recommendations.recommendation_example import ANSWER, REQUEST
from app.api.recommendations.renderer import Renderer
from app.api.recommendations.self_report import SelfReportIn, Whole
from app.api.recommendations.view_shapes import Explain, ViewOut
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.self_report import pool
from app.engine.view import View
from app.errors import FieldError, ValidationFailed
from app.rulesets.diagnostics import ContentError
from app.rulesets.library import Library
from app.rulesets.releases import LONGEST_VERSION

Version = Annotated[str, Field(max_length=LONGEST_VERSION)]
Viewer = Literal["a", "b"]
_DEFAULT_ACTIVITIES = 5
_NO_REPORT_OF_B = FieldError("body", "#/viewer", "no_such_report", "There is no report of 'b' to make a view for.")


class Reports(BaseModel):
    """Each partner's own answers. `b` may be left out: then only one is heard."""

    model_config = ConfigDict(extra="forbid")

    a: SelfReportIn
    b: SelfReportIn | None = None


class CountryOfEach(BaseModel):
    """Where each of the two lives, for partners in two countries."""

    model_config = ConfigDict(extra="forbid")

    a: Country | None = None
    b: Country | None = None


class RecommendationRequest(BaseModel):
    """Whoever sends this sees every answer in it.

    Collect safety answers only where one person is alone with a device that only they use.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [REQUEST]})

    reports: Reports
    country: Country | CountryOfEach | None = Field(None, description="ISO 3166-1 alpha-2, for the help lines.")
    locale: str | None = Field(None, description="A BCP 47 tag; an unknown one falls back.")
    max_activities: Annotated[int, Field(strict=True, ge=1, le=20), Whole] | None = Field(
        None, description="At most so many activities, 5 when left out; the list is never padded."
    )
    explain: Explain | None = Field(None, description="`reasons` when left out; `full` adds a trace.")
    viewer: Viewer | None = Field(None, description="Whose view alone to return.")
    ruleset: Version | None = Field(None, description="The version to decide by.")


class RulesetOut(BaseModel):
    """What decided: the version to pin and the digest of everything in it."""

    version: str
    digest: str


class RecommendationOut(BaseModel):
    """Two private views. Each is all that may be shown to that partner, and to that partner alone."""

    ruleset: RulesetOut
    basis: Literal["both_partners", "one_partner"]
    views: dict[Viewer, ViewOut]


class Recommendation(NamedTuple):
    """The answer as bytes and the language it is in."""

    body: bytes
    locale: str


class WholeRoute(StrictRoute):
    """Tells all mistakes at once: with those of the body's form the ones that only a ruleset or two fields can tell."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_whole(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                told = to_problem(request, error)
                if not isinstance(told, ValidationFailed) or not isinstance(error.body, dict):
                    raise
                rest = await self.find_rest(request, error.body)
                raise ValidationFailed([*told.mistakes, *rest], told.total + len(rest)) from None

        return handle_whole

    async def find_rest(self, request: Request, body: Mapping[str, Any]) -> list[FieldError]:
        """What is wrong besides, in a body of which nothing else is known."""
        reports, mistakes = body.get("reports"), []
        if body.get("viewer") == "b" and isinstance(reports, dict) and reports.get("b") is None:
            mistakes.append(_NO_REPORT_OF_B)
        try:
            await library_named(request, version_in(body))
        except ValidationFailed as unknown:
            mistakes += unknown.mistakes
        return mistakes


def version_in(body: Mapping[str, Any]) -> str | None:
    """The version that a body names, where that could be one."""
    version = body.get("ruleset")
    return version if isinstance(version, str) and len(version) <= LONGEST_VERSION else None


router = APIRouter(prefix="/v1", tags=["recommendations"], route_class=WholeRoute)


@router.post(
    "/recommendations",
    summary="Two self-reports in, two explained views out",
    response_model=RecommendationOut,
    responses={200: {"content": {"application/json": {"example": ANSWER}}}, **problems(ValidationFailed)},
)
async def create_recommendation(body: RecommendationRequest, request: Request) -> Response:
    """Decide what the two could do next, and say why. Nothing is stored, and the same input gives the same bytes.

    Each view is a function of its owner's whole report and of what the other agreed to pool. Show it to that partner
    alone.
    """
    await refuse_query(request)
    library = await pinned(request, body)
    answer = recommend(library, body, now_of(request).date(), request.headers.get("accept-language"))
    return Response(answer.body, media_type="application/json", headers={"Content-Language": answer.locale})


async def pinned(request: Request, asked: RecommendationRequest) -> Library:
    """The ruleset that a request names, else the one in force. Raises `ValidationFailed` for one that is not here."""
    try:
        return await library_named(request, asked.ruleset)
    except ValidationFailed as unknown:
        raise ValidationFailed([*_without_report(asked), *unknown.mistakes]) from None


async def library_named(request: Request, version: str | None) -> Library:
    """The ruleset of this version, the one in force where there is none. Raises `ValidationFailed`."""
    rulesets = rulesets_of(request)
    if version is None:
        return rulesets.current
    # A release is read from its file the first time it is asked for, while other requests go on.
    try:
        library = await run_in_threadpool(rulesets.find, version)
    except ContentError:
        detail = "This ruleset is damaged here: its file is not as it was released."
        raise ValidationFailed([_unknown_ruleset(detail)]) from None
    if library is None:
        there = ", ".join(each.version for each in await run_in_threadpool(rulesets.present))
        detail = f"There is no such ruleset here. Present: {there}. In force: {rulesets.current.version}"
        raise ValidationFailed([_unknown_ruleset(detail)])
    return library


def recommend(
    library: Library, asked: RecommendationRequest, today: date, accept_language: str | None = None
) -> Recommendation:
    """Decide and render. Raises `ValidationFailed` for what only a ruleset can tell, or two fields together."""
    check_together(library, asked)
    locale = choose_language(library.texts, asked.locale, accept_language=accept_language)
    renderer = renderer_of(library, locale)
    explain = asked.explain or "reasons"
    views = [
        b'"%b":%b' % (name.encode(), renderer.view(view, _country(asked, name), explain, today))
        for name, view in _decide(library, asked).items()
    ]
    basis = b"one_partner" if asked.reports.b is None else b"both_partners"
    return Recommendation(b"".join((renderer.opening, basis, b'","views":{', b",".join(views), b"}}")), locale)


@lru_cache(maxsize=16)
def renderer_of(library: Library, locale: str) -> Renderer:
    """The renderer of one ruleset in one language, made once."""
    return Renderer(library, locale)


def _decide(library: Library, asked: RecommendationRequest) -> Mapping[Viewer, View]:
    a, b = asked.reports.a, asked.reports.b
    most = asked.max_activities or _DEFAULT_ACTIVITIES
    if b is None:
        return {"a": evaluate(library.compiled, a, None, most)}
    match asked.viewer:
        case "a":
            return {"a": evaluate(library.compiled, a, pool(b), most)}
        case "b":
            return {"b": evaluate(library.compiled, b, pool(a), most)}
        case _:
            view_a, view_b = evaluate_both(library.compiled, a, b, most)
            return {"a": view_a, "b": view_b}


def _country(asked: RecommendationRequest, viewer: Viewer) -> str | None:
    if isinstance(asked.country, CountryOfEach):
        return asked.country.a if viewer == "a" else asked.country.b
    return asked.country


def check_together(library: Library, asked: RecommendationRequest) -> None:
    mistakes = _without_report(asked)
    if asked.ruleset is not None and asked.ruleset != library.version:
        mistakes.append(_unknown_ruleset(f"There is no such ruleset here. In force: {library.version}"))
    if mistakes:
        raise ValidationFailed(mistakes)


def _without_report(asked: RecommendationRequest) -> list[FieldError]:
    if asked.viewer != "b" or asked.reports.b is not None:
        return []
    return [_NO_REPORT_OF_B]


def _unknown_ruleset(detail: str) -> FieldError:
    return FieldError("body", "#/ruleset", "unknown_ruleset", detail)
