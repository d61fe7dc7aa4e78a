"""Records of decisions about one partner's views, and their replay."""

from datetime import date
from typing import Any, Literal

from fastapi import Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.http.authentication import PartnerReadContext
from app.api.http.fields import Id, Shape
from app.api.http.json_responses import json_response
from app.api.http.request_context import rulesets_of
from app.api.http.responses import example_response, localized
from app.api.http.routing import ResourceRouter
from app.api.me.reports import AnswersOut
from app.api.me.view import MyViewOut, view_response
from app.api.recommendations.recommendations import RulesetOut
from app.errors import ConsentRequired, FormatRetired, NotFound, RulesetGone
from app.rulesets.diagnostics import ContentError
from app.rulesets.library import Library
from app.service.consents import require_processing
from app.service.private_marks import Opened
from app.service.reports import with_unanswered
from app.service.view import DecisionRecord, find_decision

router = ResourceRouter(prefix="/v1/decisions", tags=["me"])


class ShownActivityOut(Shape):
    """An activity of the view."""

    id: str
    place: str


class DoneOut(Shape):
    """An activity that was done."""

    activity: str
    days_ago: int


class ReactionOut(DoneOut):
    """What was said of an activity."""

    cause: str


class OwnHistoryOut(Shape):
    """The partner's own history at that time."""

    done: list[DoneOut]
    not_for_us: list[str]
    not_now: list[str]
    gentle: bool
    reactions: list[ReactionOut]


class DecisionOut(Shape):
    """The record of a view, without anything of the other partner."""

    id: str
    ruleset: RulesetOut
    made_on: date
    basis: Literal["both_partners", "one_partner"]
    turn: int | None = Field(description="Null where the format of the record is retired.")
    strategies: list[str] | None = Field(description="The ids of the strategies, in the view's order.")
    activities: list[ShownActivityOut] | None = Field(description="The activities of the view, in its order.")
    history: OwnHistoryOut | None = Field(description="Choices and what was done; for an unlocked token only.")
    answers: AnswersOut = Field(  # type: ignore[valid-type]
        description="Their own; private ones for an unlocked token only."
    )


@router.get(
    "/{decision_id}",
    summary="Get a decision",
    response_model=DecisionOut,
    responses=example_response("decision", ConsentRequired, NotFound),
)
async def get_decision(decision_id: Id, context: PartnerReadContext) -> Response:
    """Return the record of a decision, for ninety days. The keys of `answers` are the same whatever was answered."""
    await require_processing(context, context.partner)
    decision = await find_decision(context, context.partner, decision_id)
    return json_response(decision_out(decision, context.login.opened))


@router.post(
    "/{decision_id}/replay",
    summary="Replay a decision",
    response_model=MyViewOut,
    responses=localized(example_response("quiet-view", ConsentRequired, NotFound, RulesetGone, FormatRetired)),
)
async def replay_decision(decision_id: Id, request: Request, context: PartnerReadContext) -> Response:
    """Return the view of a decision again, byte for byte, by the ruleset and in the language it was made with.

    It is the quiet view, or the full view for an unlocked token.
    """
    await require_processing(context, context.partner)
    decision = await find_decision(context, context.partner, decision_id)
    if decision.views is None:
        raise FormatRetired
    library = await _find_ruleset(request, decision.ruleset, decision.digest)
    if library is None or decision.locale not in library.texts:
        raise RulesetGone
    return view_response(request, library, decision.view_again(library, context.login.opened), decision.locale)


def decision_out(decision: DecisionRecord, opened: Opened) -> dict[str, Any]:
    shown = decision.shown(opened)
    return {
        "id": decision.id,
        "ruleset": {"version": decision.ruleset, "digest": decision.digest},
        "made_on": decision.made_at.date().isoformat(),
        "basis": decision.basis,
        "turn": shown and shown["turn"],
        "strategies": shown and [strategy for strategy, *_ in shown["strategies"]],
        "activities": shown and [{"id": id_, "place": place} for id_, place, *_ in shown["activities"]],
        "history": decision.history if decision.is_opened(opened) else None,
        "answers": with_unanswered(decision.answers(opened)),
    }


async def _find_ruleset(request: Request, version: str, digest: str) -> Library | None:
    """Return the ruleset of this version and digest, None where this server has no such one."""
    try:
        library = await run_in_threadpool(rulesets_of(request).find, version)
    except ContentError:
        return None
    return library if library and library.digest == digest else None
