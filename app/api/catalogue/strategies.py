"""The three strategies of the source article, their practices, and the purposes of these."""

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import Listing, collection_builder, collection_response
from app.api.http.content import content_out
from app.api.http.responses import example_cached_list
from app.api.http.routing import ResourceRouter
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
    own = [practice for practice in library.ruleset.practices if practice.strategy == strategy.id]
    practices = [_practice_out(practice, library, locale) for practice in own]
    return content_out(CatalogueStrategyOut, strategy, "strategies", library, locale, practices=practices)


def _practice_out(practice: Practice, library: Library, locale: str) -> PracticeOut:
    own = [purpose for purpose in library.ruleset.purposes if purpose.practice == practice.id]
    purposes = [_purpose_out(purpose, library, locale) for purpose in own]
    activities = [activity.id for activity in library.ruleset.activities if activity.practice == practice.id]
    return content_out(PracticeOut, practice, "practices", library, locale, purposes=purposes, activities=activities)


def _purpose_out(purpose: Purpose, library: Library, locale: str) -> PurposeOut:
    why = wordings_of(library.texts[locale], f"purposes/{purpose.id}/why")
    return content_out(PurposeOut, purpose, "purposes", library, locale, why=why)


_strategies = collection_builder(lambda library: library.ruleset.strategies, _strategy_out)
