"""The three strategies of the source article, their practices, and the purposes of these."""

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import Listing, collection_builder, collection_response
from app.api.http.responses import example_cached_list
from app.api.http.routing import ResourceRouter
from app.api.recommendations.recommendations import renderer_of
from app.api.recommendations.view_shapes import ClaimRefOut, EvidenceOut
from app.engine.ruleset import Practice, Purpose, Strategy
from app.rulesets.library import Library, wordings_of

router = ResourceRouter(prefix="/v1", tags=["catalogue"])


class PurposeOut(TypedDict):
    """What activities are for, in the words of two people. Each turn shows the next wording of `why`."""

    id: str
    title: str
    why: list[str]
    claims: list[ClaimRefOut]
    evidence: EvidenceOut


class PracticeOut(TypedDict):
    """A practice; the add-on, without a strategy, never comes first."""

    id: str
    title: str
    summary: str
    strategy: str | None
    purposes: list[PurposeOut]
    activities: list[str]
    claims: list[ClaimRefOut]
    evidence: EvidenceOut


class CatalogueStrategyOut(TypedDict):
    """A strategy of the article, with its practices in order."""

    id: str
    title: str
    summary: str
    practices: list[PracticeOut]
    claims: list[ClaimRefOut]
    evidence: EvidenceOut


class CatalogueStrategies(Listing[CatalogueStrategyOut]):
    """The strategies, in the article's order."""


@router.get(
    "/strategies",
    summary="List the strategies",
    response_model=CatalogueStrategies,
    responses=example_cached_list("strategy"),
)
async def list_strategies(request: Request) -> Response:
    """Return the three strategies of the source article, in its order, with their practices and purposes."""
    return collection_response(request, _strategies)


def _strategy_out(strategy: Strategy, library: Library, locale: str) -> CatalogueStrategyOut:
    renderer, texts, key = renderer_of(library, locale), library.texts[locale], f"strategies/{strategy.id}"
    return {
        "id": strategy.id,
        "title": texts[f"{key}/title"],
        "summary": texts[f"{key}/summary"],
        "practices": [
            _practice_out(practice, library, locale)
            for practice in library.ruleset.practices
            if practice.strategy == strategy.id
        ],
        "claims": renderer.claims_out(strategy.claims),
        "evidence": renderer.evidence_out(strategy.grade, key),
    }


def _practice_out(practice: Practice, library: Library, locale: str) -> PracticeOut:
    renderer, texts, key = renderer_of(library, locale), library.texts[locale], f"practices/{practice.id}"
    return {
        "id": practice.id,
        "title": texts[f"{key}/title"],
        "summary": texts[f"{key}/summary"],
        "strategy": practice.strategy,
        "purposes": [
            _purpose_out(purpose, library, locale)
            for purpose in library.ruleset.purposes
            if purpose.practice == practice.id
        ],
        "activities": [activity.id for activity in library.ruleset.activities if activity.practice == practice.id],
        "claims": renderer.claims_out(practice.claims),
        "evidence": renderer.evidence_out(practice.grade, key),
    }


def _purpose_out(purpose: Purpose, library: Library, locale: str) -> PurposeOut:
    renderer, texts, key = renderer_of(library, locale), library.texts[locale], f"purposes/{purpose.id}"
    return {
        "id": purpose.id,
        "title": texts[f"{key}/title"],
        "why": list(wordings_of(texts, f"{key}/why")),
        "claims": renderer.claims_out(purpose.claims),
        "evidence": renderer.evidence_out(purpose.grade, key),
    }


_strategies = collection_builder(lambda library: library.ruleset.strategies, _strategy_out)
