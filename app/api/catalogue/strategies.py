"""The three strategies of the source article, and their practices."""

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import Listing, collection_builder, collection_response
from app.api.http.examples import load_example
from app.api.http.responses import example_cached_list
from app.api.http.routing import router_without_query
from app.api.recommendations.recommendations import renderer_of
from app.api.recommendations.view_shapes import ClaimRefOut, EvidenceOut
from app.engine.ruleset import Practice, Strategy
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
    responses=example_cached_list(STRATEGY),
)
async def list_strategies(request: Request) -> Response:
    """Return the three strategies of the source article, in its order; a view ranks them for one partner."""
    return collection_response(request, _strategies)


@router.get(
    "/practices", summary="List the practices", response_model=Practices, responses=example_cached_list(PRACTICE)
)
async def list_practices(request: Request) -> Response:
    """Return the practices, which rules suggest and withhold, with the ids of their activities."""
    return collection_response(request, _practices)


def _strategy_out(strategy: Strategy, library: Library, locale: str) -> CatalogueStrategyOut:
    renderer, texts, key = renderer_of(library, locale), library.texts[locale], f"strategies/{strategy.id}"
    return {
        "id": strategy.id,
        "title": texts[f"{key}/title"],
        "summary": texts[f"{key}/summary"],
        "practices": list(strategy.practices),
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
        "activities": [activity.id for activity in library.ruleset.activities if activity.practice == practice.id],
        "claims": renderer.claims_out(practice.claims),
        "evidence": renderer.evidence_out(practice.grade, key),
    }


_strategies = collection_builder(lambda library: library.ruleset.strategies, _strategy_out)
_practices = collection_builder(lambda library: library.ruleset.practices, _practice_out)
