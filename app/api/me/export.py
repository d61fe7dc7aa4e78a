"""Export and erasure of one partner's data, with their own token."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any, Literal

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerContext, PartnerWriteContext, database_of
from app.api.http.fields import Shape, as_json
from app.api.http.json_responses import json_response, json_stream
from app.api.http.request_context import library_and_locale, rulesets_of
from app.api.http.responses import example_response
from app.api.http.routing import ResourceRouter
from app.api.integrators.partners import PartnerOut, ReceiptOut, partner_out
from app.api.me.access_log import AccessEntryOut
from app.api.me.decisions import DecisionOut, decision_out
from app.api.me.reports import OwnReportOut, report_out
from app.errors import CredentialsUnknown, NotFound
from app.service.erasure import erase
from app.service.export import ExportData, gather
from app.service.private_marks import Opened
from app.service.safety_carry_over import CarriedKind

router = ResourceRouter(prefix="/v1/me", tags=["me"])

# Read by the partner, so addressed to them.
ABOUT = (
    "This is everything that Rekindle keeps of you, and nothing of anyone else. `reports` is what you answered, "
    "`decisions` what you were shown in the last ninety days, `choices`, `plan`, `paths` and `feedback` what "
    "you chose, set, began and said, `access_log` what was done with your data and by whom. Answers about safety "
    "are in none of it, because they are not kept."
)
UNLOCKED = (
    " Private answers, feedback and the kinds of support you were shown are in it where they were sent over a login "
    "unlocked with this passphrase. Others open for nobody; whether there are any is not said."
)
LOCKED = (
    " This device is not unlocked: private answers, feedback, paths for something private and the kinds of support "
    "you were shown are left out, whether there are any or not."
)


class OwnConsentOut(Shape):
    """A decision about a consent."""

    purpose: Literal["processing", "pooling"]
    version: str
    granted: bool
    decided_at: datetime


class KeptLoginOut(Shape):
    """A token created for the partner."""

    id: str
    made_by: str = Field(description="The id of the integrator's key.")
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class OwnCoupleOut(Shape):
    """A couple of the partner, as seen from their own side."""

    id: str
    invited: bool = Field(description="Whether the partner joined by an invitation.")
    standing: Literal["waiting", "linked", "left"]


class OwnChoiceOut(Shape):
    """A choice of the partner, lapsed ones included."""

    activity: str
    choice: Literal["yes", "not_now", "not_for_us"]
    chosen_at: datetime
    until: datetime | None


class OwnPlanItemOut(Shape):
    """The partner's own settings of a plan item."""

    id: str
    title: str
    scheduled_for: str | None = Field(description="A local time; null where it is shared, or not set.")
    time_zone: str | None


class OwnPathOut(Shape):
    """A path that the partner is on."""

    id: str
    begun_on: date


class OwnFeedbackOut(Shape):
    """The partner's own feedback on an activity."""

    id: str
    given_on: date
    activity: str
    outcome: Literal["done", "skipped", "declined"]
    reason: str | None
    felt_accepted: int | None
    felt_pressured: int | None
    decision: str | None
    ruleset: str | None


class HeldOut(Shape):
    """A stored kind of support, or a sign that calls for care."""

    kind: CarriedKind
    until: date


class OwnPartnerOut(PartnerOut):
    """The partner's profile as their integrator set it."""

    mode: Literal["test", "live"]


class ExportOut(Shape):
    """The stored data of the partner."""

    about: str
    made_on: date
    is_whole: bool = Field(description="False where the token is not unlocked, so that private data is left out.")
    partner: OwnPartnerOut
    consents: list[OwnConsentOut]
    logins: list[KeptLoginOut]
    couples: list[OwnCoupleOut]
    calendar: bool = Field(description="Whether there is an address, which is not stored.")
    reports: list[OwnReportOut]
    decisions: list[DecisionOut]
    choices: list[OwnChoiceOut]
    plan: list[OwnPlanItemOut]
    paths: list[OwnPathOut]
    feedback: list[OwnFeedbackOut] | None
    held_support: list[HeldOut] | None
    access_log: list[AccessEntryOut]


@router.get(
    "/export", summary="Export the partner's data", response_model=ExportOut, responses=example_response("export")
)
async def export_everything(request: Request, context: PartnerWriteContext) -> Response:
    """Return all stored data of the partner and nothing of the other's. The export is listed in the access log.

    It is streamed, so a copy that does not end as JSON does is not whole: ask again.

    Private answers, feedback and stored kinds of support are included for an unlocked token only, where they were sent
    over a token unlocked with the same passphrase.
    """
    library, _ = library_and_locale(request, context.partner.profile.locale)
    data = await gather(context, context.login, library, await database_of(request))
    return json_stream(request, _export_out(context, data), lists=_histories(data, context.login.opened))


@router.delete("", summary="Erase the partner's data", response_model=ReceiptOut, responses=example_response("receipt"))
async def erase_me(request: Request, context: PartnerWriteContext) -> Response:
    """Erase all rows, logins and the encryption key of the partner at once. This cannot be undone.

    The other partner cannot tell it from silence.
    """
    try:
        receipt = await erase(context, context.partner, rulesets_of(request).current)
    except NotFound:
        # Another request erased them first, and this token with them.
        raise CredentialsUnknown from None
    return json_response(as_json(ReceiptOut, receipt))


def _export_out(context: PartnerContext, data: ExportData) -> dict[str, Any]:
    is_whole = context.is_unlocked
    return {
        "about": ABOUT + (UNLOCKED if is_whole else LOCKED),
        "made_on": context.now.date().isoformat(),
        "is_whole": is_whole,
        "partner": {**partner_out(context.partner), "mode": context.partner.mode},
        "consents": [as_json(OwnConsentOut, row) for row in data.consents],
        "logins": [as_json(KeptLoginOut, row) for row in data.logins],
        "couples": [{"id": row.id, "invited": row.place > 1, "standing": row.standing} for row in data.couples],
        "calendar": data.has_calendar,
        "choices": [as_json(OwnChoiceOut, {"activity": id_, **row._asdict()}) for id_, row in data.choices.items()],
        "plan": [as_json(OwnPlanItemOut, item) for item in data.plan],
        "paths": [{"id": own.path.id, "begun_on": own.begun_on and own.begun_on.isoformat()} for own in data.paths],
        **({"feedback": None} if data.feedback is None else {}),
        "held_support": None
        if data.support is None
        else [{"kind": kind, "until": carried.until.isoformat()} for kind, carried in data.support.items()],
    }


def _histories(data: ExportData, opened: Opened) -> dict[str, AsyncIterator[dict[str, Any]]]:
    """Return the lists of an export that grow, by name."""
    lists: dict[str, AsyncIterator[dict[str, Any]]] = {
        "reports": (report_out(report) async for report in data.reports),
        "decisions": (decision_out(decision, opened) async for decision in data.decisions),
        "access_log": (as_json(AccessEntryOut, entry) async for entry in data.log),
    }
    if data.feedback is not None:
        lists["feedback"] = (as_json(OwnFeedbackOut, one) async for one in data.feedback)
    return lists
