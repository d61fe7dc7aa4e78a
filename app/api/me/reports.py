"""Self-reports of one partner, submitted and read with their own token."""

from datetime import date
from typing import Annotated, Any, get_type_hints

from fastapi import Query, Request
from pydantic import Field, create_model
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext, PartnerWriteContext
from app.api.http.fields import Shape
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.json_responses import to_bytes
from app.api.http.pagination import Page, PageParams, decode_cursor, page_response, position_of, time_and_key
from app.api.http.request_context import library_and_locale
from app.api.http.responses import example_created, example_page, example_request, in_part, load_example, localized
from app.api.http.routing import ResourceRouter
from app.api.me.view import MyViewOut, view_members
from app.api.recommendations.self_report import SelfReportIn
from app.engine.self_report import SelfReport
from app.engine.vocabulary import GROUPS
from app.errors import ConsentRequired
from app.rulesets.library import Library
from app.service.idempotency import StoredResponse
from app.service.reports import OwnReport, SubmittedReport, own_reports, submit_report, with_unanswered

VIEW = load_example("recommendation-response")["views"]["a"]

router = ResourceRouter(prefix="/v1/me", tags=["me"])


def _group_out(name: str, hint: Any) -> Any:
    # A group becomes a model with every answer of it required; any other hint stays as it is.
    return _model(f"{name.title().replace('_', '')}Out", get_type_hints(GROUPS[name])) if name in GROUPS else hint


def _model(name: str, hints: dict[str, Any], description: str | None = None) -> type[Shape]:
    fields: dict[str, Any] = {field: (hint, ...) for field, hint in hints.items()}
    return create_model(name, __base__=Shape, __doc__=description, **fields)


AnswersOut = _model(
    "AnswersOut",
    {name: _group_out(name, hint) for name, hint in get_type_hints(SelfReport).items() if name != "safety"},
    "Answers by group, null where not given or not shown, without those about safety.",
)
ANSWERS_EXAMPLE = with_unanswered(load_example("self-report"))
# `POST /v1/recommendations` shows the whole of it.
SHOWN_VIEW = in_part(VIEW | {"reasons": {name: VIEW["reasons"][name] for name in VIEW["strategies"][0]["reasons"]}})
TAKEN_EXAMPLE = {
    **load_example("quiet-view"),
    "view": SHOWN_VIEW,
    "id": "rpt_2Wc9Gf6TzN4yKq8LsB7hRv",
    "reported_on": "2026-11-23",
}
OWN_EXAMPLE = {"id": "rpt_2Wc9Gf6TzN4yKq8LsB7hRv", "reported_on": "2026-11-23", "answers": ANSWERS_EXAMPLE}


class OwnReportOut(Shape):
    """A self-report of the partner, with the same keys whatever was answered."""

    id: str
    reported_on: date = Field(description="A date without the time of day.")
    answers: AnswersOut = Field(  # type: ignore[valid-type]
        description="Without those about safety; private and kept-private ones for an unlocked token only."
    )


class ReportTakenOut(MyViewOut):
    """The stored report with the full view, returned this once."""

    id: str
    reported_on: date = Field(description="A date without the time of day.")


@router.post(
    "/reports",
    summary="Submit a self-report",
    status_code=201,
    response_model=ReportTakenOut,
    openapi_extra=example_request("self-report"),
    responses=localized(example_created(TAKEN_EXAMPLE, ConsentRequired)),
)
async def create_report(
    body: SelfReportIn, request: Request, context: PartnerWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Store a self-report and return the **full** view, this once unless the token is unlocked.

    A report is whole: an answer that it leaves out is unknown, and what it does not keep private is pooled. So **never
    read a report, change it and post it back**: private answers and `keep_private` are not in what you read, so they
    are lost, and what was kept private reaches the other partner. The weekly way is `POST /v1/me/check-ins`, which
    carries over what you do not send.

    A `safety` group replaces the stored support kinds, a skipped question leaves its kind as it was, and a report
    without the group changes none. Support that was stored before is not shown in this response.
    """
    library, locale = library_and_locale(request, context.partner.profile.locale)

    async def make() -> StoredResponse:
        stored = await submit_report(context, context.partner, context.login.generation, library, body, locale)
        return report_reply(request, library, stored, locale)

    return await respond_idempotently(request, context, idempotency_key, make)


@router.get(
    "/reports",
    summary="List the partner's self-reports",
    response_model=Page[OwnReportOut],
    responses=example_page(OWN_EXAMPLE),
)
async def list_reports(request: Request, context: PartnerReadContext, page: Annotated[PageParams, Query()]) -> Response:
    """Return the partner's own self-reports, newest first. Answers about safety are not stored.

    To answer again, use `POST /v1/me/check-ins`: a report posted back loses what a locked token cannot read.
    """
    before = decode_cursor(request, context, page, time_and_key)
    rows = await own_reports(context, context.partner, before, page.limit + 1, context.login.opened)
    items = [(report_out(report), position_of(report.cursor)) for report in rows]
    return page_response(request, context, page.limit, items)


def report_reply(request: Request, library: Library, stored: SubmittedReport, locale: str) -> StoredResponse:
    """Return the reply to a report, with the view that it leads to."""
    # The view is JSON already, so the two are joined as bytes.
    head = to_bytes({"id": stored.id, "reported_on": stored.reported_on.isoformat()})[:-1]
    content = head + b"," + view_members(request, library, stored.view, locale) + b"}"
    return make_reply(content, 201, Content_Language=locale)


def report_out(report: OwnReport) -> dict[str, Any]:
    return {"id": report.id, "reported_on": report.reported_on.isoformat(), "answers": report.answers}
