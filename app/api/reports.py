"""Self-reports of one partner: taken, and read again by the one who gave them."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from app.api.calls import PartnerWrites
from app.api.deps import rulesets_of
from app.api.my_view import EXAMPLE, MyViewOut, language_of, view_members
from app.api.once import IdempotencyKey, answer_once, reply_with
from app.api.problems import problems
from app.api.recommendation_example import REQUEST
from app.api.self_report import SelfReportIn
from app.api.strict_json import StrictRoute
from app.api.views import to_bytes
from app.errors import ConsentRequired, IdempotencyKeyReused, StillRunning, ValidationFailed
from app.service.reports import take_report

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)


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
    body: SelfReportIn, request: Request, call: PartnerWrites, idempotency_key: IdempotencyKey = None
) -> Response:
    """The **full** view, to the one who has just answered, and never again to a token that is not unlocked.

    A report is whole: what it leaves out is unknown. A `safety` block replaces what is held of it, a skipped question
    stays as it was, and a report without the block changes nothing of it.
    """
    library = rulesets_of(request).current
    locale = language_of(request, call, library)

    async def make() -> Any:
        taken = await take_report(call.connection, call.vault, call.partner, library, body, call.now)
        head = to_bytes({"id": taken.id, "reported_on": taken.reported_on.isoformat()})[:-1]
        written = head + b"," + view_members(library, taken.shown, locale) + b"}"
        return reply_with(written, 201, Content_Language=locale)

    return await answer_once(request, call, idempotency_key, make)
