"""What to ask next: the questions whose answers are most likely to change what comes first."""

from typing import Annotated

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.fields import Shape, WholeNumber
from app.api.http.json_responses import json_response, to_bytes
from app.api.http.request_context import library_and_locale
from app.api.http.responses import example_response, localized
from app.api.http.routing import ResourceRouter
from app.api.recommendations.recommendations import renderer_of
from app.api.recommendations.self_report import PartialReportIn, SetIn
from app.api.recommendations.view_shapes import AskNextOut
from app.engine.answer_types import PooledPath
from app.engine.next_questions import plan_questions
from app.engine.self_report import poolable

MOST = 12
"""The most questions of a first sitting: about three minutes."""
_DEFAULT = 3
ALONE_PAGE = ("safety", "private", "mutual")

router = ResourceRouter(prefix="/v1", tags=["catalogue"])


class NextQuestionsRequest(Shape, extra="forbid", json_schema_extra={"examples": ["next-questions-request"]}):
    """What one partner has answered so far."""

    answers: PartialReportIn = Field(description="A self-report as far as it goes. What it leaves out is open.")
    max: Annotated[int, Field(strict=True, ge=1, le=MOST), WholeNumber] | None = Field(
        None, description="The most questions, 3 by default."
    )
    skipped: SetIn[PooledPath] | None = Field(None, description="Ids of questions left open: they are not asked again.")


class NextQuestionsOut(Shape):
    """What to ask next, the most telling first; only questions that a report needs, while one of them is open."""

    next: list[AskNextOut]
    enough: bool = Field(
        description="Whether a report can be sent and no open question is likely to change what comes first. It says "
        "nothing of safety."
    )
    alone_page: list[str] = Field(
        description="The groups for a page of its own, the same for everyone: offer it once in a first sitting, after "
        "asking whether one is alone."
    )


@router.post(
    "/questions/next",
    summary="Find the questions to ask next",
    response_model=NextQuestionsOut,
    responses=localized(example_response("next-questions")),
)
async def find_next_questions(body: NextQuestionsRequest, request: Request) -> Response:
    """Return the open questions whose likely answers would change what comes first, as if nobody else had answered.

    Ask one by one or a few at a time until `enough`, twelve at most, then offer the `alone_page`. Nothing is stored.
    """
    library, locale = library_and_locale(request)
    required = [question.id for question in library.questions if question.required]
    plan = plan_questions(library.compiled, poolable(body.answers), required, body.skipped or ())
    renderer = renderer_of(library, locale)
    questions = b",".join([renderer.ask_next(ask) for ask in plan.questions[: body.max or _DEFAULT]])
    enough = b"true" if plan.is_enough else b"false"
    content = b'{"next":[%b],"enough":%b,"alone_page":%b}' % (questions, enough, to_bytes(ALONE_PAGE))
    return json_response(content, Content_Language=locale)
