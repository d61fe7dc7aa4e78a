"""The plan of one partner: activities that both chose, and activities for one person that this partner chose."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Header, Path, Request
from pydantic import AfterValidator, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerWriteContext
from app.api.http.caching import etag_of, is_not_modified, own_response
from app.api.http.collection import Listing, whole_list
from app.api.http.fields import Id, Shape, ShortText, TimeZone, format_instant, invalid
from app.api.http.json_responses import json_response, to_bytes
from app.api.http.request_context import library_and_locale
from app.api.http.responses import example_cached_list, example_response, with_headers
from app.api.http.routing import ResourceRouter
from app.errors import ConsentRequired, NotFound, OtherVersion, VersionNeeded
from app.rulesets.sources import PlanTitle
from app.service import plan
from app.service.partners import Partner
from app.service.plan import DEFAULT_TITLE, PlanItem, PlanTime
from app.service.weekly_boundary import week_after_next

router = ResourceRouter(prefix="/v1/me", tags=["me"])
_A_MINUTE = timedelta(minutes=1)


def _require_local_time(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day or hour") from None
    return text


LocalTime = Annotated[
    str,
    Field(pattern=r"^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$", examples=["2026-11-28T19:00"]),
    AfterValidator(_require_local_time),
]
IfMatch = Annotated[
    ShortText | None,
    Header(alias="If-Match", max_length=200, description="The `etag` of the item that the change is based on."),
]
ItemId = Annotated[Id, Path(examples=["itm_9Ld2Xv7KpR4mZt1QwC8sYb"])]


class PlanItemOut(Shape):
    """An item of the partner's plan."""

    id: str = Field(description="The id in this partner's plan; the other partner's item has another.")
    activity: str
    activity_title: str = Field(description="The activity's title.")
    title: PlanTitle = Field(description="The own title in plan and calendar, a `plan_title` of `/v1/words`.")
    shared: bool = Field(description="Whether both chose it. They share its time, not its title.")
    scheduled_for: str | None = Field(description="A local time without an offset.")
    time_zone: str | None = Field(description="The IANA name of the zone of `scheduled_for`.")
    starts_at: datetime | None = Field(description="The instant of `scheduled_for` in UTC.")
    until: datetime | None = Field(
        description="When the own yes lapses. A shared item stays at a weekly turn only where both said yes again."
    )
    etag: str = Field(description="For the `If-Match` of a change.")


class PlanItemChange(Shape, extra="forbid", json_schema_extra={"examples": ["plan-item-change"]}):
    """A merge patch (RFC 7396): absent fields stay, null removes a value."""

    title: PlanTitle | None = Field(None, description="The partner's own title; null sets `reserved`.")
    scheduled_for: LocalTime | None = Field(
        None,
        description="A local time to come, of a shared item before the end of next week. One that a change of clocks "
        "skips is refused; of one that occurs twice, the first is used.",
    )
    time_zone: TimeZone | None = Field(
        None, description="An IANA name; that of the item, else of the partner, by default."
    )


@router.get(
    "/plan",
    summary="Get the partner's plan",
    response_model=Listing[PlanItemOut],
    responses=example_cached_list("plan-item", ConsentRequired),
)
async def list_plan_items(request: Request, context: PartnerWriteContext) -> Response:
    """Return the activities that both partners chose, and those for one person that this partner chose.

    A joint activity that only one partner chose is in neither plan.
    """
    library, locale = library_and_locale(request, context.partner.profile.locale)
    items = await plan.find_plan(context, context.partner, library)
    data = [_item_out(item, library.texts[locale]) for item in items]
    return own_response(request, whole_list(data), locale)


@router.patch(
    "/plan/items/{item}",
    summary="Change a plan item",
    response_model=PlanItemOut,
    responses=with_headers(
        example_response("plan-item", ConsentRequired, NotFound, OtherVersion, VersionNeeded),
        "ETag",
        "Content-Language",
    ),
)
async def change_plan_item(
    item: ItemId, body: PlanItemChange, request: Request, context: PartnerWriteContext, if_match: IfMatch = None
) -> Response:
    """Change the title or time of an item. `If-Match` is required: both partners set the time of a shared item.

    A change of the time says yes again. The other partner sees it from the next weekly turn on, where their own yes
    counts then.
    """
    library, locale = library_and_locale(request, context.partner.profile.locale)
    before = await plan.lock_item(context, context.partner, library, item)
    _require_version(if_match, before)
    after = _changed(before, body, context.partner, context.now)
    after = await plan.store_item(context, context.partner, library, before, after)
    out = _item_out(after, library.texts[locale])
    return json_response(out, ETag=out["etag"], Content_Language=locale)


def _require_version(if_match: str | None, item: PlanItem) -> None:
    if if_match is None:
        raise VersionNeeded
    if not is_not_modified(if_match, _version(item)):
        raise OtherVersion


def _changed(item: PlanItem, change: PlanItemChange, partner: Partner, now: datetime) -> PlanItem:
    changes = change.model_dump(exclude_unset=True)
    merged = {**_changeable_fields(item), **changes}
    title = merged["title"] or DEFAULT_TITLE
    if changes.keys() <= {"title"}:
        return item._replace(title=title)
    if merged["scheduled_for"]:
        local = datetime.fromisoformat(merged["scheduled_for"])
        time = _time(local, merged["time_zone"] or partner.profile.time_zone, now)
        is_same = item.time is not None and (time.local, time.zone) == (item.time.local, item.time.zone)
        if time.starts_at < now and not is_same:
            raise invalid("scheduled_for", "in_the_past", "This time is over. Choose one that is still to come.")
        if item.shared and not is_same:
            _require_within_a_yes(time, now)
        return item._replace(title=title, time=item.time if is_same else time)
    if changes.get("time_zone"):
        raise invalid("time_zone", "without_a_time", "A time zone needs a time: send `scheduled_for` with it.")
    return item._replace(title=title, time=None)


def _require_within_a_yes(time: PlanTime, now: datetime) -> None:
    end = week_after_next(now)
    if time.starts_at >= end:
        latest = (end - _A_MINUTE).astimezone(ZoneInfo(time.zone))
        detail = (
            f"A yes of both lasts until the end of next week, so the latest time is {latest:%Y-%m-%dT%H:%M} in "
            f"{time.zone}. Set a later one when it is less far off."
        )
        raise invalid("scheduled_for", "too_far_ahead", detail)


def _time(local: datetime, zone: str | None, now: datetime) -> PlanTime:
    if zone is None:
        raise invalid("time_zone", "missing", "The partner has no time zone of their own, so the time needs one.")
    if not plan.does_exist(local, zone):
        detail = f"{local.isoformat(timespec='minutes')} does not exist in {zone}: clocks are put forward over it."
        raise invalid("scheduled_for", "no_such_time", detail)
    return PlanTime(local, zone, now)


def _item_out(item: PlanItem, texts: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": item.id,
        "activity": item.activity,
        "activity_title": texts[f"activities/{item.activity}/title"],
        "shared": item.shared,
        **_changeable_fields(item),
        "starts_at": format_instant(item.time.starts_at) if item.time else None,
        "until": item.until and format_instant(item.until),
        "etag": _version(item),
    }


def _version(item: PlanItem) -> str:
    """Return the entity tag of what can change about an item; its words, in any language, are no part of it."""
    return etag_of(to_bytes([item.id, item.shared, *_changeable_fields(item).values()]))


def _changeable_fields(item: PlanItem) -> dict[str, str | None]:
    return {
        "title": item.title,
        "scheduled_for": item.time.local.isoformat() if item.time else None,
        "time_zone": item.time.zone if item.time else None,
    }
