"""The three strategies of the source article, and their practices."""

from functools import lru_cache

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import (
    CachedCollection,
    Listing,
    collection_response,
    documented_responses,
    example_collection,
    serialize_collection,
)
from app.api.http.examples import load_example
from app.api.http.routing import router_without_query
from app.api.recommendations.recommendations import renderer_of
from app.api.recommendations.view_shapes import ClaimRefOut, EvidenceOut
from app.rulesets.library import Library

router = router_without_query()


class CatalogueStrategyOut(TypedDict):
    """A strategy of the article, with its practices in order."""

    id: str
    title: str
    summary: str
    practices: list[str]
    claims: list[ClaimRefOut]
    evidence: EvidenceOut


class CatalogueStrategies(Listing[CatalogueStrategyOut]):
    """The strategies, in the article's order."""


class PracticeOut(TypedDict):
    """A practice of a strategy; `strategy` is null for the add-on, which never comes first."""

    id: str
    title: str
    summary: str
    strategy: str | None
    activities: list[str]
    claims: list[ClaimRefOut]
    evidence: EvidenceOut


class Practices(Listing[PracticeOut]):
    """The practices, grouped by strategy."""


STRATEGY = load_example("strategy")
PRACTICE = load_example("practice")


@router.get(
    "/strategies",
    summary="List the strategies",
    response_model=CatalogueStrategies,
    responses=documented_responses(example_collection(STRATEGY)),
)
async def list_strategies(request: Request) -> Response:
    """Return the three strategies of the source article, in its order; a view ranks them for one partner."""
    return collection_response(request, _strategies)


@router.get(
    "/practices",
    summary="List the practices",
    response_model=Practices,
    responses=documented_responses(example_collection(PRACTICE)),
)
async def list_practices(request: Request) -> Response:
    """Return the practices, which rules suggest and withhold, with the ids of their activities."""
    return collection_response(request, _practices)


@lru_cache(maxsize=16)
def _strategies(library: Library, locale: str) -> CachedCollection:
    renderer, texts = renderer_of(library, locale), library.texts[locale]
    items: dict[str, CatalogueStrategyOut] = {
        strategy.id: {
            "id": strategy.id,
            "title": texts[f"strategies/{strategy.id}/title"],
            "summary": texts[f"strategies/{strategy.id}/summary"],
            "practices": list(strategy.practices),
            "claims": renderer.claims_out(strategy.claims),
            "evidence": renderer.evidence_out(strategy.grade, f"strategies/{strategy.id}"),
        }
        for strategy in library.ruleset.strategies
    }
    return serialize_collection(items)


@lru_cache(maxsize=16)
def _practices(library: Library, locale: str) -> CachedCollection:
    renderer, texts = renderer_of(library, locale), library.texts[locale]
    items: dict[str, PracticeOut] = {
        practice.id: {
            "id": practice.id,
            "title": texts[f"practices/{practice.id}/title"],
            "summary": texts[f"practices/{practice.id}/summary"],
            "strategy": practice.strategy,
            "activities": [activity.id for activity in library.ruleset.activities if activity.practice == practice.id],
            "claims": renderer.claims_out(practice.claims),
            "evidence": renderer.evidence_out(practice.grade, f"practices/{practice.id}"),
        }
        for practice in library.ruleset.practices
    }
    return serialize_collection(items)
