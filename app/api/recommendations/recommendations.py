"""Stateless recommendations: self-reports of one or two partners in, a view for each out."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple, get_args

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from app.api.http.fields import PRINTABLE, Country, Id, Shape, WholeNumber, is_id
from app.api.http.problems import to_problem
from app.api.http.request_context import choose_language, now_of, root_of, rulesets_of
from app.api.http.responses import example_response, localized
from app.api.http.routing import ResourceRouter, StrictRoute
from app.api.recommendations.renderer import DEPTHS, Renderer
from app.api.recommendations.self_report import SelfReportIn
from app.api.recommendations.view_shapes import Explain, ViewOut
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.history import Moment
from app.engine.self_report import agree, pool
from app.engine.view import View
from app.errors import FieldError, ValidationFailed
from app.rulesets.diagnostics import ContentError
from app.rulesets.library import Library
from app.rulesets.strict_json import read_quickly

Viewer = Literal["a", "b"]
MOST_SEEN, LONGEST_SEED, LAST_TURN = 200, 64, 10_000
Seen = Annotated[list[Id], Field(max_length=MOST_SEEN)]
_DEFAULT_ACTIVITIES = 5
_NO_REPORT_OF_B = FieldError("body", "#/viewer", "no_such_report", "There is no report of 'b' to make a view for.")


class Reports(Shape, extra="forbid"):
    """The self-reports of both partners. Without `b`, views rest on one report alone."""

    a: SelfReportIn
    b: SelfReportIn | None = None


class CountryOfEach(Shape, extra="forbid"):
    """The countries of two partners who live in different ones."""

    a: Country | None = None
    b: Country | None = None


class SeenByEach(Shape, extra="forbid"):
    """What each of two partners was shown lately."""

    a: Seen | None = None
    b: Seen | None = None


class RecommendationRequest(Shape, extra="forbid", json_schema_extra={"examples": ["recommendation-request"]}):
    """A recommendation request. The sender sees every answer in it.

    Collect safety answers only where one person is alone with a device that only they use.
    """

    reports: Reports
    country: Country | CountryOfEach | None = Field(None, description="An ISO 3166-1 alpha-2 code, for help lines.")
    locale: str | None = Field(
        None,
        description="A BCP 47 tag for texts. An unknown one falls back.",
        examples=["en"],
    )
    max_activities: Annotated[int, Field(strict=True, ge=1, le=20), WholeNumber] | None = Field(
        None, description="The most activities, 5 by default; never padded."
    )
    explain: Explain | None = Field(None, description="`reasons` by default; `full` adds a trace.")
    viewer: Viewer | None = Field(None, description="The partner whose view alone to return.")
    ruleset: Id | None = Field(None, description="The version to decide by; the one in force by default.")
    seed: Annotated[str, Field(max_length=LONGEST_SEED, pattern=PRINTABLE)] | None = Field(
        None,
        description="A random text of the couple, never a name: it draws among equals. Without one nothing is drawn. "
        "Not logged.",
    )
    turn: Annotated[int, Field(strict=True, ge=0, le=LAST_TURN), WholeNumber] | None = Field(
        None, description="The number of the week, 0 by default: each brings other things and words."
    )
    seen: Seen | SeenByEach | None = Field(
        None,
        description="Ids of activities shown at earlier turns, oldest first, with repeats; for both partners or each. "
        "Unknown ids are ignored.",
    )


read_quickly(RecommendationRequest, reports=dict[Viewer, SelfReportIn])


class RulesetOut(Shape):
    """The ruleset that decided, with the version to pin."""

    version: str
    digest: str


class RecommendationOut(Shape):
    """Private views by partner, each to be shown to that partner alone."""

    ruleset: RulesetOut
    basis: Literal["both_partners", "one_partner"]
    views: dict[Viewer, ViewOut]


class Recommendation(NamedTuple):
    """A rendered response body and its language."""

    body: bytes
    locale: str


class CompleteErrorsRoute(StrictRoute):
    """A route that reports all mistakes at once, those that only a ruleset or two fields together show included."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_completely(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                problem = to_problem(request, error)
                if not isinstance(problem, ValidationFailed) or not isinstance(error.body, dict):
                    raise
                further = await self._find_further_mistakes(request, error.body)
                raise ValidationFailed([*problem.mistakes, *further], problem.total + len(further)) from None

        return handle_completely

    async def _find_further_mistakes(self, request: Request, body: Mapping[str, Any]) -> list[FieldError]:
        reports, version = body.get("reports"), body.get("ruleset")
        is_missing = body.get("viewer") == "b" and isinstance(reports, dict) and reports.get("b") is None
        library = await find_library(request, version if is_id(version) else None)
        return [
            *([_NO_REPORT_OF_B] if is_missing else ()),
            *([library] if isinstance(library, FieldError) else self.find_mistakes_by(library, body)),
        ]

    def find_mistakes_by(self, library: Library, body: Mapping[str, Any]) -> list[FieldError]:  # noqa: ARG002  for routes with more to find
        """Return the mistakes that only the content shows, in a body that may be of any shape."""
        return []


router = ResourceRouter(prefix="/v1", tags=["recommendations"], route_class=CompleteErrorsRoute)


@router.post(
    "/recommendations",
    summary="Create recommendations",
    response_model=RecommendationOut,
    responses=localized(example_response("recommendation-response")),
)
async def create_recommendation(body: RecommendationRequest, request: Request) -> Response:
    """Return a view for each partner: activities to do together next, with reasons. Nothing is stored.

    A view is a function of its owner's whole report and the pooled answers of the other partner.
    """
    library = await library_of(request, body)
    accept_language = request.headers.get("accept-language")
    rendered = recommend(library, body, now_of(request).date(), accept_language, root_of(request))
    return Response(rendered.body, media_type="application/json", headers={"Content-Language": rendered.locale})


async def library_of(request: Request, body: RecommendationRequest) -> Library:
    """Return the ruleset that `body` pins, else the one in force. Raises `ValidationFailed` for an unknown one."""
    library = await find_library(request, body.ruleset)
    if isinstance(library, FieldError):
        raise ValidationFailed([*_missing_report(body), library])
    return library


async def find_library(request: Request, version: str | None) -> Library | FieldError:
    """Return the ruleset of `version`, the one in force for None, or the mistake in a version that is unknown."""
    rulesets = rulesets_of(request)
    if version is None:
        return rulesets.current
    # The first use of a release reads its file, in a thread so that other requests go on.
    try:
        library = await run_in_threadpool(rulesets.find, version)
    except ContentError:
        return _unknown_ruleset(
            "This ruleset cannot be used here: its file was changed, or has a format that is no longer read."
        )
    if library is None:
        present = ", ".join(summary.version for summary in await run_in_threadpool(rulesets.present))
        detail = f"There is no such ruleset here. Present: {present}. In force: {rulesets.current.version}"
        return _unknown_ruleset(detail)
    return library


def recommend(
    library: Library, body: RecommendationRequest, today: date, accept_language: str | None = None, root: str = ""
) -> Recommendation:
    """Decide and render. Raises `ValidationFailed` for another ruleset than `library` or a viewer without report."""
    if mistakes := find_mistakes(library, body):
        raise ValidationFailed(mistakes)
    locale = choose_language(library.texts, body.locale, accept_language=accept_language)
    renderer = renderer_of(library, locale)
    explain = body.explain or "reasons"
    views = [
        b'"%b":%b' % (name.encode(), renderer.view(view, _of(name, body.country), explain, today, root))
        for name, view in _decide(library, body).items()
    ]
    basis = b"one_partner" if body.reports.b is None else b"both_partners"
    return Recommendation(b"".join((renderer.opening, basis, b'","views":{', b",".join(views), b"}}")), locale)


@lru_cache(maxsize=16)
def renderer_of(library: Library, locale: str) -> Renderer:
    """Return the renderer of one ruleset in one language."""
    return Renderer(library, locale)


def _decide(library: Library, body: RecommendationRequest) -> Mapping[Viewer, View]:
    compiled, a, b = library.compiled, body.reports.a, body.reports.b
    # What is not going to be written is not worked out.
    most_rules = DEPTHS[body.explain or "reasons"].most_rules
    of_a, of_b = (moment_of(library, body, viewer)._replace(most_rules=most_rules) for viewer in get_args(Viewer))
    if b is None:
        return {"a": evaluate(compiled, a, None, moment=of_a)}
    agreed = agree(a.mutual, b.mutual)
    match body.viewer:
        case "a":
            return {"a": evaluate(compiled, a, pool(b), agreed, of_a)}
        case "b":
            return {"b": evaluate(compiled, b, pool(a), agreed, of_b)}
        case _:
            view_a, view_b = evaluate_both(compiled, a, b, (of_a, of_b))
            return {"a": view_a, "b": view_b}


def moment_of(library: Library, body: RecommendationRequest, viewer: Viewer) -> Moment:
    """Return the moment of one partner's view."""
    known = library.compiled.index.bit_of
    return Moment(
        seed=body.seed or "",
        turn=body.turn or 0,
        seen=tuple([id_ for id_ in _of(viewer, body.seen) or () if id_ in known]),
        limit=body.max_activities or _DEFAULT_ACTIVITIES,
    )


def _of(viewer: Viewer, value: Any) -> Any:
    """Return the value for one partner, where there is one for each of them, else the value for both."""
    return getattr(value, viewer) if isinstance(value, CountryOfEach | SeenByEach) else value


def find_mistakes(library: Library, body: RecommendationRequest) -> list[FieldError]:
    """Return the mistakes that two fields together show, or a field and the ruleset."""
    mistakes = _missing_report(body)
    if body.ruleset is not None and body.ruleset != library.version:
        mistakes.append(_unknown_ruleset(f"There is no such ruleset here. In force: {library.version}"))
    return mistakes


def _missing_report(body: RecommendationRequest) -> list[FieldError]:
    if body.viewer != "b" or body.reports.b is not None:
        return []
    return [_NO_REPORT_OF_B]


def _unknown_ruleset(detail: str) -> FieldError:
    return FieldError("body", "#/ruleset", "unknown_ruleset", detail)
