"""Why one thing is suggested to one partner or not, and the least that would change it. Nothing is stored."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Any, Literal, NotRequired

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from app.api.http.content import choose_language
from app.api.http.json_bytes import to_bytes
from app.api.http.problems import problems
from app.api.http.routing import refuse_query
from app.api.recommendations.explanation_example import ANSWER, REQUEST
from app.api.recommendations.recommendations import (
    Recommendation,
    RecommendationRequest,
    Viewer,
    WholeRoute,
    check_together,
    library_named,
    pinned,
    version_in,
)
from app.api.recommendations.renderer import Renderer
from app.api.recommendations.view_shapes import ReasonOut
from app.engine.counterfactual import Alternative, Target
from app.engine.explain import Explanation, explain, targets_of
from app.engine.self_report import pool
from app.engine.unmet_constraints import UnmetConstraint
from app.errors import FieldError, ValidationFailed
from app.rulesets.library import Library

LONGEST_TARGET = 64

TargetId = Annotated[str, Field(max_length=LONGEST_TARGET)]
Value = str | bool | float | list[str] | None


class ExplanationRequest(RecommendationRequest):
    """A request for recommendations, with whose view is asked about and what in it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [REQUEST]})

    viewer: Viewer = Field(description="Whose view this is about. Show the answer to that partner alone.")
    target: TargetId = Field(description="The id of an activity, a practice or a strategy.")


class BlockOut(TypedDict):
    """A limit that fails. `needs` is what the target asks for, `has` the viewer's own answer, null where there is none.

    Of sets `needs` is empty: nothing of what `has` lists may be there. `kind` is the vetoed kind of activity. A limit
    that the other's answers alone set is `both_of_you` and a private one `private`, without `needs` and `has`.
    """

    constraint: str
    needs: NotRequired[Value]
    has: NotRequired[Value]
    kind: NotRequired[str]


class OutrankedOut(TypedDict):
    """What came before: the first part of the rank that differs, and the activity that is shown instead.

    `both_of_you` where the viewer's answers alone would rank otherwise.
    """

    component: str
    by: str | None


class ChangeOut(TypedDict):
    """One of the viewer's own answers, as a dotted path, with what it is and what it would have to be."""

    answer: str
    now: Value
    to: Value


class AlternativeOut(TypedDict):
    """Changes that, made together and posted again, give what `then` says; none of them could be left out."""

    changes: list[ChangeOut]
    then: Literal["suggested", "outranked"]


class ExplanationOut(TypedDict):
    """What may be said to the viewer about one target. In a support view it is `withheld`, and nothing else is said.

    `withheld`: a rule or a limit keeps it out. `not_suggested`: no rule suggests it. `outranked`: it fits and was cut.
    A practice or strategy is `suggested` when it has something to offer, shown or not.
    """

    target: str
    status: Literal["suggested", "withheld", "not_suggested", "outranked"]
    because: list[ReasonOut]
    blocked_by: list[BlockOut]
    outranked_by: OutrankedOut | None
    would_change: list[AlternativeOut]
    why_none: str | None


class TargetRoute(WholeRoute):
    """Tells of a target that is not there as well, where it is known under which ruleset."""

    async def find_rest(self, request: Request, body: Mapping[str, Any]) -> list[FieldError]:
        mistakes, target = await super().find_rest(request, body), body.get("target")
        if isinstance(target, str) and len(target) <= LONGEST_TARGET:
            try:
                find_target(await library_named(request, version_in(body)), target)
            except ValidationFailed as unknown:
                mistakes += [each for each in unknown.mistakes if each not in mistakes]
        return mistakes


router = APIRouter(prefix="/v1", tags=["recommendations"], route_class=TargetRoute)


@router.post(
    "/explanations",
    summary="Why something is suggested or not, and what would change it",
    response_model=ExplanationOut,
    responses={200: {"content": {"application/json": {"example": ANSWER}}}, **problems(ValidationFailed)},
)
async def create_explanation(body: ExplanationRequest, request: Request) -> Response:
    """Explain one activity, practice or strategy to one partner. Nothing is stored.

    `would_change` holds the smallest changes of what the viewer can decide that bring it about; each was tried before
    it is given. It is not advice: nobody should want other things for a program's sake. How things are, what is
    private, vetoes and everything of the other partner are never varied.
    """
    await refuse_query(request)
    library = await pinned(request, body)
    answer = explain_one(library, body, request.headers.get("accept-language"))
    return Response(answer.body, media_type="application/json", headers={"Content-Language": answer.locale})


def explain_one(library: Library, asked: ExplanationRequest, accept_language: str | None = None) -> Recommendation:
    """Explain and render. Raises `ValidationFailed` for what only a ruleset can tell, or two fields together."""
    target = _check(library, asked)
    a, b = asked.reports.a, asked.reports.b
    mine, other = (b, a) if asked.viewer == "b" and b is not None else (a, b)
    theirs = None if other is None else pool(other)
    locale = choose_language(library.texts, asked.locale, accept_language=accept_language)
    explanation = explain(library.compiled, mine, theirs, target, asked.max_activities or 5)
    return Recommendation(explanations_of(library, locale).explanation(target.id, explanation), locale)


def _check(library: Library, asked: ExplanationRequest) -> Target:
    mistakes: list[FieldError] = []
    try:
        check_together(library, asked)
    except ValidationFailed as found:
        mistakes += found.mistakes
    try:
        target = find_target(library, asked.target)
    except ValidationFailed as found:
        raise ValidationFailed([*mistakes, *found.mistakes]) from None
    if mistakes:
        raise ValidationFailed(mistakes)
    return target


def find_target(library: Library, given: str) -> Target:
    """What is asked about. Raises `ValidationFailed` for what is no activity, practice or strategy."""
    targets = _targets_of(library)
    if given not in targets:
        raise ValidationFailed([FieldError("body", "#/target", "unknown_target", _no_such_target(given, targets))])
    return targets[given]


def _no_such_target(given: str, targets: Mapping[str, Target]) -> str:
    """With the nearest ids, whichever way words are joined."""
    by_words = {name.replace("_", "-"): name for name in targets}
    near = get_close_matches(given.strip().lower().replace("_", "-").replace(" ", "-"), by_words, n=3)
    guess = f"; did you mean {' or '.join(repr(by_words[each]) for each in near)}?" if near else "."
    listed = "/v1/activities, /v1/practices and /v1/strategies list them."
    return f"There is no such activity, practice or strategy{guess} {listed}"


@lru_cache(maxsize=4)
def _targets_of(library: Library) -> Mapping[str, Target]:
    return targets_of(library.compiled)


class ExplanationRenderer(Renderer):
    """Puts explanations into the words that the views of the same ruleset use."""

    def explanation(self, target: str, explanation: Explanation) -> bytes:
        """One explanation as JSON."""
        outranked, why_none = explanation.outranked_by, explanation.why_none
        before = {"target": target, "status": explanation.status}
        after = {
            "blocked_by": [_block_out(each) for each in explanation.blocked_by],
            "outranked_by": outranked and {"component": outranked.component, "by": outranked.by},
            "would_change": [_alternative_out(each) for each in explanation.would_change],
            "why_none": why_none and self.texts[f"phrases/{why_none}"],
        }
        because = self._reasons_of(explanation.because)
        return b'%b,"because":[%b],%b' % (to_bytes(before)[:-1], because, to_bytes(after)[1:])


def _block_out(block: UnmetConstraint) -> dict[str, Any]:
    out: dict[str, Any] = {"constraint": block.constraint}
    if block.is_named:
        out |= {"needs": block.needs, "has": block.has}
    return out | {"kind": block.kind} if block.kind else out


def _alternative_out(alternative: Alternative) -> dict[str, Any]:
    return {"changes": [change._asdict() for change in alternative.changes], "then": alternative.then}


@lru_cache(maxsize=16)
def explanations_of(library: Library, locale: str) -> ExplanationRenderer:
    """The renderer of one ruleset in one language, made once."""
    return ExplanationRenderer(library, locale)
