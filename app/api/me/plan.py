"""One partner's plan: what both want, and what they want for themselves."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.authentication import PartnerReadContext, PartnerWriteContext
from app.api.http.caching import etag_of, is_not_modified
from app.api.http.collection import (
    CachedCollection,
    Listing,
    collection_response,
    documented_responses,
    example_collection,
    serialize_collection,
)
from app.api.http.content import rulesets_of
from app.api.http.fields import TimeZone, format_instant
from app.api.http.idempotency import make_reply, respond
from app.api.http.json_bytes import to_bytes
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute, router_without_query
from app.errors import ConsentRequired, FieldError, NotFound, OtherVersion, ValidationFailed, VersionNeeded
from app.rulesets.library import Library
from app.rulesets.sources import PLAN_TITLES
from app.service import plan
from app.service.partners import Partner
from app.service.plan import DEFAULT_TITLE, PlanItem, PlanTime, PlanTitle

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)
titles = router_without_query()


def _a_local_time(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day or hour") from None
    return text


LocalTime = Annotated[
    str,
    Field(pattern=r"^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$", examples=["2026-11-28T19:00"]),
    AfterValidator(_a_local_time),
]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", max_length=200, description="The `etag` of the item as it was read.")
]
ItemId = Annotated[str, Path(examples=["itm_9Ld2Xv7KpR4mZt1QwC8sYb"])]

EXAMPLE = {
    "id": "itm_9Ld2Xv7KpR4mZt1QwC8sYb",
    "activity": "evening-walk",
    "title": "reserved",
    "shared": True,
    "scheduled_for": "2026-11-28T19:00:00",
    "time_zone": "Europe/Paris",
    "starts_at": "2026-11-28T18:00:00Z",
    "etag": '"0f3c1f9d5a7b2e4c6d8f0a1b2c3d4e5f"',
}
CHANGE: dict[str, Any] = {"title": "evening", "scheduled_for": "2026-11-28T19:00", "time_zone": "Europe/Paris"}


class PlanItemOut(BaseModel):
    """An item of my plan."""

    id: str = Field(description="Mine alone: the other has another one for the same activity.")
    activity: str
    title: PlanTitle = Field(description="What I call it, here and in my calendar; one of `/v1/plan-titles`.")
    shared: bool = Field(description="Whether both of us said yes. The time is then of both, the title is not.")
    scheduled_for: str | None = Field(description="The local time, without an offset.")
    time_zone: str | None = Field(description="Where that time is local: an IANA name.")
    starts_at: datetime | None = Field(description="The same moment in UTC.")
    etag: str = Field(description="For `If-Match`, to change it.")


class PlanItemChange(BaseModel):
    """What is left out stays; null takes it away (RFC 7396)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [CHANGE]})

    title: PlanTitle | None = Field(None, description="Mine alone. Null: `reserved`.")
    scheduled_for: LocalTime | None = Field(
        None,
        description="A local time. What clocks leave out is refused; of what they show twice, the first is meant.",
    )
    time_zone: TimeZone | None = Field(
        None, description="An IANA name. Without it: that of the item, else that of the partner."
    )


class PlanTitleOut(TypedDict):
    """What an item may be called. None of them tells what was planned."""

    id: str
    title: str


class PlanTitles(Listing[PlanTitleOut]):
    """All titles; the first one is the usual one."""


@router.get(
    "/plan",
    summary="My plan",
    response_model=Listing[PlanItemOut],
    responses={
        200: {"content": {"application/json": {"example": example_collection(EXAMPLE)}}},
        **problems(ConsentRequired),
    },
)
async def list_plan_items(request: Request, context: PartnerReadContext) -> Response:
    """What both of us said yes to, and what I chose that one does alone. A yes of one of us is in no plan."""
    library = rulesets_of(request).current
    items = await plan.find_plan(context.connection, context.vault, context.partner, library, context.now)
    return respond(make_reply(example_collection(*map(_item_out, items)), 200))


@router.patch(
    "/plan/items/{item}",
    summary="Name an item, or say when",
    response_model=PlanItemOut,
    responses={
        200: {
            "content": {"application/json": {"example": EXAMPLE}},
            "headers": {"ETag": {"description": "As `etag` in the item.", "schema": {"type": "string"}}},
        },
        **problems(ConsentRequired, NotFound, OtherVersion, VersionNeeded, ValidationFailed),
    },
    openapi_extra={
        "requestBody": {
            "content": {
                "application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/PlanItemChange"}},
            }
        }
    },
)
async def change_plan_item(
    item: ItemId, body: PlanItemChange, request: Request, context: PartnerWriteContext, if_match: IfMatch = None
) -> Response:
    """The title is mine alone. The time of a shared item is of both, so send the `etag` that you read as `If-Match`."""
    library = rulesets_of(request).current
    before = await plan.lock_item(context.connection, context.vault, context.partner, library, item, context.now)
    _require_version(if_match, before)
    after = _changed(before, body, context.partner, context.now)
    await plan.store_item(context.connection, context.vault, context.partner, before, after)
    out = _item_out(after)
    return respond(make_reply(out, 200, ETag=out["etag"]))


@titles.get(
    "/v1/plan-titles",
    tags=["catalogue"],
    summary="List the titles for plan items",
    response_model=PlanTitles,
    responses=documented_responses(example_collection({"id": "reserved", "title": "Reserved"})),
)
async def list_plan_titles(request: Request) -> Response:
    """What an item may be called, in a plan and in a calendar: each could stand for anything."""
    return collection_response(request, _titles)


@lru_cache(maxsize=16)
def _titles(library: Library, locale: str) -> CachedCollection:
    return serialize_collection(
        {id_: {"id": id_, "title": name} for id_, name in names_of_titles(library, locale).items()}
    )


def names_of_titles(library: Library, locale: str) -> dict[str, str]:
    """In the words of a language."""
    return {id_: library.texts[locale][f"plan_titles/{id_}"] for id_ in PLAN_TITLES}


def _require_version(if_match: str | None, item: PlanItem) -> None:
    if if_match is None:
        raise VersionNeeded
    if not is_not_modified(if_match, _item_out(item)["etag"]):
        raise OtherVersion


def _changed(item: PlanItem, change: PlanItemChange, partner: Partner, now: datetime) -> PlanItem:
    """Raises `ValidationFailed`."""
    given = change.model_dump(exclude_unset=True)
    merged = {**_settings_of(item), **given}
    title = merged["title"] or DEFAULT_TITLE
    if given.keys() <= {"title"}:
        return item._replace(title=title)
    if merged["scheduled_for"]:
        local = datetime.fromisoformat(merged["scheduled_for"])
        return item._replace(title=title, time=_time(local, merged["time_zone"] or partner.profile.time_zone, now))
    if given.get("time_zone"):
        raise _mistake("time_zone", "without_a_time", "A time zone needs a time: send `scheduled_for` with it.")
    return item._replace(title=title, time=None)


def _time(local: datetime, zone: str | None, now: datetime) -> PlanTime:
    if zone is None:
        raise _mistake("time_zone", "missing", "The partner has no time zone of their own, so the time needs one.")
    if not plan.does_exist(local, zone):
        words = f"{local.isoformat(timespec='minutes')} does not exist in {zone}: clocks are put forward over it."
        raise _mistake("scheduled_for", "no_such_time", words)
    return PlanTime(local, zone, now)


def _mistake(field: str, code: str, detail: str) -> ValidationFailed:
    return ValidationFailed([FieldError("body", f"#/{field}", code, detail)])


def _item_out(item: PlanItem) -> dict[str, Any]:
    out = {
        "id": item.id,
        "activity": item.activity,
        "shared": item.shared,
        **_settings_of(item),
        "starts_at": item.time and format_instant(item.time.starts_at),
    }
    return {**out, "etag": etag_of(to_bytes(out))}


def _settings_of(item: PlanItem) -> dict[str, str | None]:
    """What can be changed of it."""
    return {
        "title": item.title,
        "scheduled_for": item.time and item.time.local.isoformat(),
        "time_zone": item.time and item.time.zone,
    }
