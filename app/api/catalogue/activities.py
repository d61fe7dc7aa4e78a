"""Activities of the catalogue, with filters."""

from typing import Annotated, Literal, get_args

from fastapi import Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.collection import Listing, collection_builder, item_response, localized_response, serialize_list
from app.api.http.content import content_out
from app.api.http.fields import Id
from app.api.http.request_context import library_and_locale
from app.api.http.responses import example_cached, example_cached_list
from app.api.http.routing import ResourceRouter
from app.api.recommendations.renderer import facts_out
from app.api.recommendations.view_shapes import ActivityFacts, ClaimRefOut, EvidenceOut
from app.engine.answer_types import HealthLimit, Kind, PracticeId
from app.engine.ruleset import Activity, Ask, Ceiling, Children, ContentBasis, Cost, Setting, TalkNeeded
from app.engine.vocabulary import PRACTICES
from app.errors import NotFound
from app.rulesets.library import Library

router = ResourceRouter(prefix="/v1", tags=["catalogue"])

StrategyId = Literal["quality_time", "structured_exercises", "new_experiences"]
COSTS: tuple[str, ...] = get_args(Cost)
MAX_MINUTES = 10_080


class CatalogueActivityOut(ActivityFacts):
    """An activity, the facts that decide whether it fits, and its evidence."""

    family: str | None
    prepares: bool
    asks: list[Ask]
    setting: Setting
    remote: bool
    children: Children
    limits: list[HealthLimit]
    conflict_ceiling: Ceiling
    fixed_end: bool
    alcohol: bool
    parents_only: bool
    basis: ContentBasis
    claims: list[ClaimRefOut]
    evidence: EvidenceOut


class Activities(Listing[CatalogueActivityOut]):
    """Activities, grouped by practice."""


class ActivityFilters(BaseModel, extra="forbid"):
    """Filters of the list of activities, all of which have to match."""

    strategy: StrategyId | None = Field(None, description="Only those of this strategy.")
    practice: PracticeId | None = Field(None, description="Only those of this practice.")
    max_minutes: Annotated[int, Field(ge=1, le=MAX_MINUTES)] | None = Field(
        None, description="The maximum length of one time."
    )
    max_cost: Cost | None = Field(None, description="The maximum cost.")
    remote: bool | None = Field(None, description="Whether it works for two apart.")
    talk: TalkNeeded | None = Field(None, description="The amount of talk, exactly.")
    kind: Kind | None = Field(None, description="One of its kinds.")
    solo: bool | None = Field(None, description="Whether one person may do it alone.")

    def allow(self, activity: Activity, strategy: str | None) -> bool:
        """Return whether `activity` matches all filters; `strategy` is the one of its practice."""
        filters_and_facts = (
            (self.strategy, strategy),
            (self.practice, activity.practice),
            (self.remote, activity.remote),
            (self.talk, activity.talk),
            (self.solo, not activity.together),
        )
        return (
            all(expected in (None, fact) for expected, fact in filters_and_facts)
            and (self.kind is None or self.kind in activity.kinds)
            and (self.max_minutes is None or activity.minutes <= self.max_minutes)
            and (self.max_cost is None or COSTS.index(activity.cost) <= COSTS.index(self.max_cost))
        )


@router.get(
    "/activities", summary="List the activities", response_model=Activities, responses=example_cached_list("activity")
)
async def list_activities(request: Request, filters: Annotated[ActivityFilters, Query()]) -> Response:
    """Return the activities that match all filters. A filter that occurs twice is refused."""
    library, locale = library_and_locale(request)
    collection = _activities(library, locale)
    # Without filters the whole list is served as it was serialised.
    if not request.query_params:
        return localized_response(locale, request, collection.body, collection.etag)
    allowed = {
        activity.id
        for activity in library.ruleset.activities
        if filters.allow(activity, library.strategy_of(activity.practice))
    }
    return localized_response(
        locale, request, serialize_list(item for id_, item in collection.items.items() if id_ in allowed)
    )


@router.get(
    "/activities/{activity}",
    summary="Get an activity",
    response_model=CatalogueActivityOut,
    responses=example_cached("activity", NotFound),
)
async def read_activity(request: Request, activity: Id) -> Response:
    """Return an activity with its steps, the claims it rests on and the evidence behind it."""
    return item_response(request, _activities, activity, "activity")


def _in_order(library: Library) -> list[Activity]:
    return sorted(library.ruleset.activities, key=lambda activity: PRACTICES.index(activity.practice))


def _activity_out(activity: Activity, library: Library, locale: str) -> CatalogueActivityOut:
    own = facts_out(activity, library, locale) | {"limits": activity.unsuitable_for}
    return content_out(CatalogueActivityOut, activity, "activities", library, locale, **own)


_activities = collection_builder(_in_order, _activity_out)
