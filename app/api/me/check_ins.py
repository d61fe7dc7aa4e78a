"""The weekly check-in of one partner, with their own token."""

from datetime import date
from typing import Any, Literal

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.catalogue.questions import QuestionOut, question_out
from app.api.http.authentication import PartnerReadContext, PartnerWriteContext
from app.api.http.fields import CalendarDay, Shape, invalid
from app.api.http.idempotency import IdempotencyKey, respond_idempotently
from app.api.http.json_responses import json_response
from app.api.http.request_context import library_and_locale
from app.api.http.responses import example_created, example_request, example_response, localized
from app.api.http.routing import ResourceRouter
from app.api.me.reports import TAKEN_EXAMPLE, ReportTakenOut, report_reply
from app.api.recommendations.self_report import PartialReportIn, SetIn
from app.engine.self_report import answer_at
from app.engine.vocabulary import ANSWERS
from app.errors import ConsentRequired
from app.rulesets.library import Library
from app.service.answers_by_path import KEEP_PRIVATE
from app.service.check_ins import ANSWERED_BACK, CLEARED_GROUPS, CheckIn, check_in, find_check_in
from app.service.idempotency import StoredResponse

router = ResourceRouter(prefix="/v1/me", tags=["me"])

_SINGLE_PATHS = tuple(path for path in ANSWERS if not path.startswith("safety.") and path != KEEP_PRIVATE)
ClearPath = Literal[*_SINGLE_PATHS, *CLEARED_GROUPS]  # type: ignore[valid-type]


class CheckInIn(Shape, extra="forbid", json_schema_extra={"examples": ["check-in-request"]}):
    """What changed since the last report."""

    answers: PartialReportIn | None = Field(
        None,
        description="An answer left out, or null, stays as it was. `keep_private` adds to paths kept from the pool.",
    )
    clear: SetIn[ClearPath] | None = Field(
        None,
        description="Paths of answers to forget, or groups: `private` (all that is private, the liking of `touch` and "
        "a `separation` too), `mutual`, `safety` (the stored support kinds), `keep_private` (the paths, with "
        "their answers). An answer that a report needs is cleared only where `answers` holds another. It "
        "happens before `answers` are taken; the response is the same whatever was there.",
    )
    answered_on: CalendarDay | None = Field(
        None,
        description="The day of the answers, up to seven days back; today by default. Weekly turns count from the "
        "arrival.",
    )


class CheckInOut(Shape):
    """What to ask this week, with the answers to show in the form."""

    due: list[QuestionOut] = Field(
        description="This week's by the calendar alone, the same for everyone; those that a report needs are always "
        "among them."
    )
    answers: dict[str, Any] = Field(
        description="The optional pooled answers of the last report, in the shape of one. Private and kept-private "
        "answers are never among them, nor those that a report needs."
    )
    next_check_in_on: date = Field(description="The next Monday.")


@router.get(
    "/check-in",
    summary="Get this week's check-in",
    response_model=CheckInOut,
    responses=localized(example_response("check-in", ConsentRequired)),
)
async def get_check_in(request: Request, context: PartnerReadContext) -> Response:
    """Return what to ask this week, with the answers to begin from.

    Show `due` with what `answers` holds, and send what was changed to `POST /v1/me/check-ins`. Questions with
    `ask_alone` belong on a page of their own, after asking whether one is alone.
    """
    library, locale = library_and_locale(request, context.partner.profile.locale)
    this_week = await find_check_in(context, context.login, library)
    content = {
        "due": [question_out(question, library, locale) for question in this_week.due],
        "answers": this_week.answers,
        "next_check_in_on": this_week.next_on.isoformat(),
    }
    return json_response(content, Content_Language=locale)


@router.post(
    "/check-ins",
    summary="Check in",
    status_code=201,
    response_model=ReportTakenOut,
    openapi_extra=example_request("check-in-request"),
    responses=localized(example_created(TAKEN_EXAMPLE, ConsentRequired)),
)
async def create_check_in(
    body: CheckInIn, request: Request, context: PartnerWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Store a report of what is sent and, of everything else, what the last report held.

    What is carried over keeps whom it may affect: a private answer stays private, and a new answer to a path that was
    kept private does, too, until `keep_private` is cleared. Carried private answers only take away, silently, and lapse
    after twice their question's `ask_every_days`; the view in this response explains what was sent now and nothing that
    was carried over. Stored support is not shown unless this check-in answers `safety`. To the other partner it counts
    like the whole report. A first check-in needs the answers that a report needs.
    """
    library, locale = library_and_locale(request, context.partner.profile.locale)
    sent = CheckIn(body.answers or PartialReportIn(), body.clear or frozenset(), _day_of(body, context.now.date()))
    _require_kept(library, sent)

    async def make() -> StoredResponse:
        return report_reply(request, library, await check_in(context, context.login, library, sent, locale), locale)

    return await respond_idempotently(request, context, idempotency_key, make)


def _day_of(body: CheckInIn, today: date) -> date:
    day = body.answered_on or today
    if not today - ANSWERED_BACK <= day <= today:
        raise invalid("answered_on", "not_lately", "A day is needed that is today or up to seven days before.")
    return day


def _require_kept(library: Library, sent: CheckIn) -> None:
    """Refuse to clear an answer that a report needs, unless another one is sent for it."""
    needed = {question.id for question in library.questions if question.required} & {*sent.clear}
    unanswered = sorted(path for path in needed if answer_at(sent.answers, path) is None)
    if unanswered:
        raise invalid("clear", "required", f"A report needs {', '.join(unanswered)}: send another answer instead.")
