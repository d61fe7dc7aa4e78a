"""Stateless explanations of one target in one partner's view, with the smallest changes that would alter it."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Literal, NotRequired

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field
from typing_extensions import TypedDict

from app.api.http.fields import TargetText, is_target_text
from app.api.http.json_responses import json_response, to_bytes
from app.api.http.request_context import choose_language
from app.api.http.responses import example_response, localized
from app.api.http.routing import ResourceRouter
from app.api.recommendations.recommendations import (
    CompleteErrorsRoute,
    Recommendation,
    RecommendationRequest,
    Viewer,
    find_mistakes,
    library_of,
    moment_of,
)
from app.api.recommendations.renderer import Renderer, fill, take_wording
from app.api.recommendations.view_shapes import ReasonOut
from app.engine.counterfactual import Target
from app.engine.explain import Explanation, explain, targets_of
from app.engine.self_report import NO_AGREEMENT, agree, pool
from app.engine.unmet_constraints import UnmetConstraint
from app.errors import FieldError, ValidationFailed
from app.rulesets.library import Library
from app.rulesets.sources import PHRASES

JsonAnswer = str | bool | float | Sequence[str] | None


class ExplanationRequest(RecommendationRequest, json_schema_extra={"examples": ["explanation-request"]}):
    """A recommendation request, with the viewer and the target to explain."""

    viewer: Viewer = Field(description="The partner whose view is explained. Show the response to that partner alone.")
    target: TargetText = Field(description="The id of an activity, a practice or a strategy.")


class ExplainedReasonOut(ReasonOut):
    """A reason for or against the target."""

    rule: str


class BlockOut(TypedDict):
    """A constraint that is not met.

    For sets `needs` is empty: the target allows nothing of what `has` lists. Where nothing of the viewer's own stands
    in the way, it is `both_of_you` alone, without `needs` and `has`; a private answer in the way is `private`.
    """

    constraint: str
    needs: NotRequired[JsonAnswer]
    has: NotRequired[JsonAnswer]
    kind: NotRequired[str]
    text: str


class ChangeOut(TypedDict):
    """A change of the viewer's own answer."""

    answer: str
    now: JsonAnswer
    to: JsonAnswer


class AlternativeOut(TypedDict):
    """Changes that together lead to the status `then`."""

    changes: list[ChangeOut]
    then: Literal["suggested", "outranked"]


class ExplanationOut(TypedDict):
    """The explanation of one target to the viewer. In a support view it is `withheld` and nothing else.

    `withheld`: a rule or a constraint excludes it. `not_suggested`: no rule suggests it. `outranked`: it fits, but
    others came first. A practice or strategy is `suggested` when it has an activity to offer, shown or not.
    """

    target: str
    status: Literal["suggested", "withheld", "not_suggested", "outranked"]
    because: list[ExplainedReasonOut]
    blocked_by: list[BlockOut]
    would_change: list[AlternativeOut]
    why_none: str | None


class TargetRoute(CompleteErrorsRoute):
    """A route that also checks the target, where the ruleset to look it up in is known."""

    def find_mistakes_by(self, library: Library, body: Mapping[str, Any]) -> list[FieldError]:
        target = body.get("target")
        return _mistakes_in_target(library, target) if is_target_text(target) else []


router = ResourceRouter(prefix="/v1", tags=["recommendations"], route_class=TargetRoute)


@router.post(
    "/explanations",
    summary="Explain a recommendation",
    response_model=ExplanationOut,
    responses=localized(example_response("explanation-response")),
)
async def create_explanation(body: ExplanationRequest, request: Request) -> Response:
    """Explain to one partner why an activity, practice or strategy is suggested or not. Nothing is stored.

    `would_change` lists the smallest changes of answers that the viewer can decide on; each of them was tried. They are
    facts, not advice. Circumstances, private answers, vetoes and everything of the other partner are never varied.
    """
    library = await library_of(request, body)
    rendered = explain_target(library, body, request.headers.get("accept-language"))
    return json_response(rendered.body, Content_Language=rendered.locale)


def explain_target(library: Library, body: ExplanationRequest, accept_language: str | None = None) -> Recommendation:
    """Explain and render. Raises `ValidationFailed` for an unknown target or ruleset, or a viewer without report."""
    if mistakes := [*find_mistakes(library, body), *_mistakes_in_target(library, body.target)]:
        raise ValidationFailed(mistakes)
    target = _targets_of(library)[body.target]
    a, b = body.reports.a, body.reports.b
    mine, other = (b, a) if body.viewer == "b" and b is not None else (a, b)
    theirs = None if other is None else pool(other)
    locale = choose_language(library.texts, body.locale, accept_language=accept_language)
    agreed = NO_AGREEMENT if other is None else agree(mine.mutual, other.mutual)
    moment = moment_of(library, body, body.viewer)
    explanation = explain(library.compiled, mine, theirs, target, agreed, moment)
    rendered = explanation_renderer(library, locale).explanation(target.id, explanation, moment.turn)
    return Recommendation(rendered, locale)


def find_target(library: Library, id_: str) -> Target:
    """Return the activity, practice or strategy of this id. Raises `ValidationFailed` where there is none."""
    if mistakes := _mistakes_in_target(library, id_):
        raise ValidationFailed(mistakes)
    return _targets_of(library)[id_]


def _mistakes_in_target(library: Library, id_: str) -> list[FieldError]:
    targets = _targets_of(library)
    if id_ in targets:
        return []
    return [FieldError("body", "#/target", "unknown_target", _no_such_target(id_, targets))]


def _no_such_target(id_: str, targets: Mapping[str, Target]) -> str:
    # Ids join words by hyphens or underscores, which are easily mixed up.
    by_words = {name.replace("_", "-"): name for name in targets}
    near = get_close_matches(id_.strip().lower().replace("_", "-").replace(" ", "-"), by_words, n=3)
    guess = f"; did you mean {' or '.join(repr(by_words[name]) for name in near)}?" if near else "."
    lists = "/v1/activities and /v1/strategies list them."
    return f"There is no such activity, practice or strategy{guess} {lists}"


@lru_cache(maxsize=4)
def _targets_of(library: Library) -> Mapping[str, Target]:
    return targets_of(library.compiled)


class ExplanationRenderer(Renderer):
    """Renderer of explanations in the words of the views of the same ruleset."""

    def explanation(self, target: str, explanation: Explanation, turn: int = 0) -> bytes:
        """Return one explanation as JSON, in the wordings of a turn."""
        why_none = explanation.why_none
        return to_bytes(
            {
                "target": target,
                "status": explanation.status,
                "because": [
                    {"rule": reason.id, **take_wording(self.reasons_out(reason), turn)}
                    for reason in explanation.because
                ],
                "blocked_by": [self._block_out(constraint) for constraint in explanation.blocked_by],
                "would_change": [
                    {"changes": [change._asdict() for change in alternative.changes], "then": alternative.then}
                    for alternative in explanation.would_change
                ],
                "why_none": why_none and self.texts[f"phrases/{why_none}"],
            }
        )

    def _block_out(self, unmet: UnmetConstraint) -> BlockOut:
        text = fill(self.texts[f"phrases/{_phrase_of(unmet)}"], {"needs": unmet.needs, "has": unmet.has})
        out: BlockOut = {"constraint": unmet.constraint, "text": text}
        if unmet.is_named:
            out |= {"needs": unmet.needs, "has": unmet.has}
        if unmet.kind:
            out |= {"kind": unmet.kind}
        return out


def _phrase_of(unmet: UnmetConstraint) -> str:
    """Return the phrase for a limit; some limits say another thing where an answer is missing."""
    phrase = f"blocked_{unmet.constraint}"
    if unmet.constraint == "living" and unmet.has != "long_distance":
        return f"{phrase}_apart"
    return f"{phrase}_unknown" if unmet.has is None and f"{phrase}_unknown" in PHRASES else phrase


@lru_cache(maxsize=16)
def explanation_renderer(library: Library, locale: str) -> ExplanationRenderer:
    """Return the renderer of explanations of one ruleset in one language."""
    return ExplanationRenderer(library, locale)
