"""Why one thing is in my current view or not, and what would change it."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext
from app.api.http.content import rulesets_of
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.api.me.view import language_of
from app.api.recommendations.explanation_example import ANSWER, REQUEST
from app.api.recommendations.explanations import ExplanationOut, explanations_of, find_target
from app.engine.explain import explain
from app.errors import ConsentRequired, NoReport, ValidationFailed
from app.service.consents import require_processing
from app.service.view import find_inputs

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)


class MyExplanationIn(BaseModel):
    """What is asked about."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"target": REQUEST["target"]}]})

    target: Annotated[str, Field(max_length=64)] = Field(description="The id of an activity, a practice or a strategy.")


@router.post(
    "/explanations",
    summary="Why something is in my view or not, and what would change it",
    response_model=ExplanationOut,
    responses={
        200: {"content": {"application/json": {"example": ANSWER}}},
        **problems(ConsentRequired, NoReport, ValidationFailed),
    },
)
async def create_my_explanation(body: MyExplanationIn, request: Request, context: PartnerReadContext) -> Response:
    """Explain one activity, practice or strategy in my view of now. Nothing is stored.

    What a private answer or choice keeps out reads as if it did not fit; an unlocked token reads why.
    """
    await require_processing(context.connection, context.partner)
    library = rulesets_of(request).current
    target = find_target(library, body.target)
    inputs = await find_inputs(context.connection, context.vault, context.partner, context.now)
    explanation = explain(
        library.compiled,
        inputs.mine,
        inputs.theirs,
        target,
        past=inputs.history,
        quiet=not context.login.is_unlocked,
    )
    locale = language_of(request, context, library)
    written = explanations_of(library, locale).explanation(target.id, explanation)
    return Response(written, 200, {"Content-Language": locale}, "application/json")
