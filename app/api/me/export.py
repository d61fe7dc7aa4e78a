"""Everything of mine, to take along; and everything of mine, gone."""

from datetime import date, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerContext, PartnerWriteContext
from app.api.http.fields import format_instant
from app.api.http.idempotency import make_reply, respond
from app.api.http.routing import StrictRoute
from app.api.integrators.erasure import RECEIPT, ReceiptOut
from app.api.integrators.partners import EXAMPLE as PARTNER_EXAMPLE
from app.api.integrators.partners import PartnerOut, partner_out
from app.api.me.access_log import EXAMPLE as ENTRY_EXAMPLE
from app.api.me.access_log import AccessEntryOut
from app.api.me.decisions import EXAMPLE as DECISION_EXAMPLE
from app.api.me.decisions import DecisionOut, decision_out, find_ruleset
from app.api.me.reports import OWN_EXAMPLE, OwnReportOut, report_out
from app.errors import CredentialsUnknown, NotFound
from app.service.access_log import AccessEntry
from app.service.erasure import erase
from app.service.export import ExportData, gather

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)

ABOUT = (
    "This is everything that Rekindle keeps of you, and nothing of anyone else. `reports` is what you answered, "
    "`decisions` what you were shown in the last ninety days and by which rules, `choices`, `plan` and `feedback` what "
    "you chose, set and said, `access_log` what was done with your data and by whom. Answers about safety are in none "
    "of it, because they are not kept."
)
LOCKED = (
    " This device is not unlocked: private answers, feedback and the kinds of support you were shown are left out, "
    "whether there are any or not."
)


class OwnConsentOut(BaseModel):
    """What I decided, and by which text."""

    purpose: Literal["processing", "pooling"]
    version: str
    granted: bool
    decided_at: datetime


class KeptLoginOut(BaseModel):
    """A login that was made for me."""

    id: str
    made_by: str = Field(description="The key of the integrator.")
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class OwnCoupleOut(BaseModel):
    """Where I belong, or belonged; as far as I am concerned."""

    id: str
    invited: bool = Field(description="Whether I came by an invitation.")
    standing: Literal["waiting", "linked", "left"]


class OwnChoiceOut(BaseModel):
    """What I chose; what has lapsed is there as well."""

    activity: str
    choice: Literal["yes", "not_now", "not_for_us"]
    chosen_at: datetime
    until: datetime | None


class OwnPlanItemOut(BaseModel):
    """What I set about an item of my plan."""

    id: str
    title: str
    scheduled_for: str | None = Field(description="A local time; null where it is shared with the other, or not set.")
    time_zone: str | None


class OwnFeedbackOut(BaseModel):
    """How it went, in my own word."""

    id: str
    given_on: date
    activity: str
    outcome: Literal["done", "skipped", "declined"]
    reason: str | None
    felt_accepted: int | None
    felt_pressured: int | None


class HeldOut(BaseModel):
    """A kind of support that my answers called for, and the day from which it is forgotten."""

    kind: Literal["crisis", "danger", "concern", "own_acts"]
    until: date


class OwnPartnerOut(PartnerOut):
    """What the integrator said of me."""

    mode: Literal["test", "live"]


class ExportOut(BaseModel):
    """All that is kept of me."""

    about: str
    made_on: date
    is_whole: bool = Field(description="False: the token is not unlocked, and what is private was left out.")
    partner: OwnPartnerOut
    consents: list[OwnConsentOut]
    logins: list[KeptLoginOut]
    couples: list[OwnCoupleOut]
    calendar: bool = Field(description="Whether a calendar address is open. The address itself is kept nowhere.")
    reports: list[OwnReportOut]
    decisions: list[DecisionOut]
    choices: list[OwnChoiceOut]
    plan: list[OwnPlanItemOut]
    feedback: list[OwnFeedbackOut] | None
    held_support: list[HeldOut] | None
    access_log: list[AccessEntryOut]


EXAMPLE: dict[str, Any] = {
    "about": ABOUT,
    "made_on": "2026-11-23",
    "is_whole": True,
    "partner": {**PARTNER_EXAMPLE, "mode": "test"},
    "consents": [
        {"purpose": "processing", "version": "2026-11", "granted": True, "decided_at": "2026-11-23T09:30:00Z"}
    ],
    "logins": [
        {
            "id": "tok_3Hb8Yq5LmE2vXs7JdK1uPz",
            "made_by": "key_8Rt4Wn1ZcQ6yLs0VbJ3xMk",
            "created_at": "2026-11-23T09:29:00Z",
            "expires_at": "2026-11-23T10:29:00Z",
            "ended_at": None,
        }
    ],
    "couples": [{"id": "cpl_4Xc7Vb1Nm9Qw2Er5Ty8Ui0", "invited": False, "standing": "linked"}],
    "calendar": False,
    "reports": [OWN_EXAMPLE],
    "decisions": [DECISION_EXAMPLE],
    "choices": [
        {
            "activity": "evening-walk",
            "choice": "yes",
            "chosen_at": "2026-11-23T09:31:00Z",
            "until": "2026-12-07T00:00:00Z",
        }
    ],
    "plan": [
        {
            "id": "itm_6Fg3Hj8Kl1Zx5Cv0Bn7Mq2",
            "title": "reserved",
            "scheduled_for": "2026-11-25T19:00:00",
            "time_zone": "America/New_York",
        }
    ],
    "feedback": [
        {
            "id": "fdb_1Qa9Ws2Ed8Rf7Tg3Yh6Uj4",
            "given_on": "2026-11-23",
            "activity": "evening-walk",
            "outcome": "done",
            "reason": None,
            "felt_accepted": 4,
            "felt_pressured": 1,
        }
    ],
    "held_support": [],
    "access_log": [ENTRY_EXAMPLE],
}


@router.get(
    "/export",
    summary="Everything that is kept of me",
    response_model=ExportOut,
    responses={200: {"content": {"application/json": {"example": EXAMPLE}}}},
)
async def export_everything(request: Request, context: PartnerWriteContext) -> Response:
    """All that is mine, and nothing of the other's. That it was asked for shows in my own log.

    Private answers, feedback and the kinds of support that are held are in it only where the token is unlocked.
    """
    kept = await gather(context.connection, context.vault, context.login, context.now)
    return respond(make_reply(await _export_out(request, context, kept), 200))


@router.delete(
    "",
    summary="Erase everything of mine",
    response_model=ReceiptOut,
    responses={200: {"content": {"application/json": {"example": RECEIPT}}}},
)
async def erase_me(context: PartnerWriteContext) -> Response:
    """Every row, every login, and the key that opens any copy of them, at once. It cannot be taken back.

    To the other partner it looks as if I had gone quiet.
    """
    try:
        receipt = await erase(context.connection, context.vault, context.partner, context.now)
    except NotFound:
        raise CredentialsUnknown from None
    return respond(make_reply({"receipt": receipt.receipt, "shredded_by": format_instant(receipt.shredded_by)}, 200))


async def _export_out(request: Request, context: PartnerContext, kept: ExportData) -> dict[str, Any]:
    is_whole = context.login.is_unlocked
    return {
        "about": ABOUT if is_whole else ABOUT + LOCKED,
        "made_on": context.now.date().isoformat(),
        "is_whole": is_whole,
        "partner": {**partner_out(context.partner), "mode": context.partner.mode},
        "consents": [_consent_out(each) for each in kept.consents],
        "logins": [_login_out(each) for each in kept.logins],
        "couples": [{"id": each.id, "invited": each.place > 1, "standing": each.standing} for each in kept.couples],
        "calendar": kept.has_calendar,
        "reports": [report_out(each) for each in kept.reports],
        "decisions": await _decisions_out(request, kept, is_whole=is_whole),
        "choices": [
            {
                "activity": activity,
                "choice": each.choice,
                "chosen_at": format_instant(each.chosen_at),
                "until": each.until and format_instant(each.until),
            }
            for activity, each in kept.choices.items()
        ],
        "plan": [
            {
                "id": each.id,
                "title": each.title,
                "scheduled_for": each.time and each.time["local"],
                "time_zone": each.time and each.time["zone"],
            }
            for each in kept.plan
        ],
        "feedback": None
        if kept.feedback is None
        else [{**each._asdict(), "given_on": each.given_on.isoformat()} for each in kept.feedback],
        "held_support": None
        if kept.support is None
        else [{"kind": kind, "until": until.isoformat()} for kind, until in kept.support.items()],
        "access_log": [_entry_out(each) for each in kept.log],
    }


async def _decisions_out(request: Request, kept: ExportData, *, is_whole: bool) -> list[dict[str, Any]]:
    """Each ruleset is opened once."""
    named = {(each.ruleset, each.digest) for each in kept.decisions}
    libraries = {ruleset: await find_ruleset(request, *ruleset) for ruleset in named}
    return [decision_out(each, libraries[each.ruleset, each.digest], quiet=not is_whole) for each in kept.decisions]


def _consent_out(row: Any) -> dict[str, Any]:
    decided = {"version": row.version, "granted": row.granted, "decided_at": format_instant(row.decided_at)}
    return {"purpose": row.purpose, **decided}


def _login_out(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "made_by": row.api_key_id,
        "created_at": format_instant(row.created_at),
        "expires_at": format_instant(row.expires_at),
        "ended_at": row.revoked_at and format_instant(row.revoked_at),
    }


def _entry_out(entry: AccessEntry) -> dict[str, Any]:
    return {"day": entry.day.isoformat(), "kind": entry.kind, "key": entry.key}
