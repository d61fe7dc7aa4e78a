"""Self-reports of one partner: taken, and read again by the one who gave them."""

from dataclasses import is_dataclass
from datetime import date, datetime
from typing import Annotated, Any, get_args, get_type_hints
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, create_model
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext, PartnerWriteContext
from app.api.http.content import rulesets_of
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.json_bytes import to_bytes
from app.api.http.pagination import Page, PageParams, decode_cursor, example_page, page_response
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.api.me.view import EXAMPLE, MyViewOut, language_of, view_members
from app.api.recommendations.recommendation_example import REQUEST
from app.api.recommendations.self_report import SelfReportIn
from app.engine.self_report import SelfReport
from app.errors import ConsentRequired, IdempotencyKeyReused, StillRunning, ValidationFailed
from app.service.reports import OwnReport, own_reports, submit_report, with_unanswered

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)


def _group_out(name: str, hint: Any) -> Any:
    """A group of answers with every one of them in it; what is no group stays what it is."""
    kind = next(filter(is_dataclass, get_args(hint)), None)
    return _model(f"{name.title().replace('_', '')}Out", get_type_hints(kind)) if kind else hint


def _model(name: str, hints: dict[str, Any], says: str | None = None) -> type[BaseModel]:
    fields: dict[str, Any] = {each: (hint, ...) for each, hint in hints.items()}
    return create_model(name, __doc__=says, **fields)


AnswersOut = _model(
    "AnswersOut",
    {name: _group_out(name, hint) for name, hint in get_type_hints(SelfReport).items() if name != "safety"},
    "Every answer that there is, with null for what was not given or may not be shown. None is about safety.",
)
ANSWERS_EXAMPLE = with_unanswered(REQUEST["reports"]["a"])
OWN_EXAMPLE = {"id": "rpt_2Wc9Gf6TzN4yKq8LsB7hRv", "reported_on": "2026-11-23", "answers": ANSWERS_EXAMPLE}


class OwnReportOut(BaseModel):
    """A report of mine. The same keys always, whatever was answered."""

    id: str
    reported_on: date
    answers: AnswersOut = Field(  # type: ignore[valid-type]
        description="Without safety; what is private, and what I kept private, only where the token is unlocked."
    )


class ReportTakenOut(MyViewOut):
    """The report that was stored, and the full view, said once, to the one who has just answered."""

    id: str
    reported_on: date = Field(description="The day; the hour is nobody's business.")


@router.post(
    "/reports",
    summary="Answer, and see what comes of it",
    status_code=201,
    response_model=ReportTakenOut,
    openapi_extra={"requestBody": {"content": {"application/json": {"example": REQUEST["reports"]["a"]}}}},
    responses={
        201: {
            "content": {
                "application/json": {
                    "example": {"id": "rpt_2Wc9Gf6TzN4yKq8LsB7hRv", "reported_on": "2026-11-23", **EXAMPLE}
                }
            }
        },
        **problems(ConsentRequired, ValidationFailed, StillRunning, IdempotencyKeyReused),
    },
)
async def create_report(
    body: SelfReportIn, request: Request, context: PartnerWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """The **full** view, to the one who has just answered, and never again to a token that is not unlocked.

    A report is whole: what it leaves out is unknown. A `safety` block replaces what is held of it, a skipped question
    stays as it was, and a report without the block changes nothing of it.
    """
    library = rulesets_of(request).current
    locale = language_of(request, context, library)

    async def make() -> Any:
        taken = await submit_report(
            context.connection, context.vault, context.partner, library, body, context.now, locale=locale
        )
        head = to_bytes({"id": taken.id, "reported_on": taken.reported_on.isoformat()})[:-1]
        written = head + b"," + view_members(library, taken.view, locale) + b"}"
        return make_reply(written, 201, Content_Language=locale)

    return await respond_idempotently(request, context, idempotency_key, make)


@router.get(
    "/reports",
    summary="What I answered",
    response_model=Page[OwnReportOut],
    responses={**example_page(OWN_EXAMPLE), **problems(ValidationFailed)},
)
async def list_reports(request: Request, context: PartnerReadContext, page: Annotated[PageParams, Query()]) -> Response:
    """The newest first. Answers about safety are stored nowhere, so they are in none of them."""
    place = decode_cursor(request, context, page)
    before = (datetime.fromisoformat(place[0]), UUID(place[1])) if place else None
    found = await own_reports(
        context.connection, context.partner, before, page.limit + 1, whole=context.login.is_unlocked
    )
    entries = [(report_out(each), (each.place[0].isoformat(), each.place[1].hex)) for each in found]
    return page_response(request, context, page.limit, entries)


def report_out(report: OwnReport) -> dict[str, Any]:
    return {"id": report.id, "reported_on": report.reported_on.isoformat(), "answers": report.answers}
