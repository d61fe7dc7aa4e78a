"""What a partner agrees to, in the words they read before they do."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from app.api.http.authentication import PartnerContext, PartnerReadContext, PartnerWriteContext
from app.api.http.collection import Listing, example_collection
from app.api.http.content import rulesets_of
from app.api.http.fields import format_instant
from app.api.http.idempotency import make_reply, respond
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.api.me.view import language_of
from app.errors import NotLinked, OtherConsentText, ValidationFailed
from app.service import consents
from app.service.choices import count_yeses_in_couple
from app.service.consents import Consent, Purpose

router = APIRouter(prefix="/v1/me", tags=["me"], route_class=StrictRoute)

EXAMPLE = {
    "purpose": "processing",
    "version": "2026-11",
    "text": "Rekindle keeps what you answer, so that …",
    "on_withdrawal": "From then on nothing of yours is worked with …",
    "granted": True,
    "decided_at": "2026-11-23T09:30:00Z",
}


class ConsentOut(BaseModel):
    """What is asked, and what was decided."""

    purpose: Purpose
    version: str = Field(description="Of the text as it is now; the one to send with a decision.")
    text: str
    on_withdrawal: str = Field(description="What happens when it is taken back.")
    granted: bool
    decided_at: datetime | None


class ConsentIn(BaseModel):
    """A decision about one text."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": "2026-11", "granted": True}]})

    version: Annotated[str, Field(max_length=16)] = Field(description="Of the text that was shown.")
    granted: Annotated[bool, Field(strict=True)] = Field(description="False takes it back.")


@router.get(
    "/consents",
    summary="What I am asked to agree to",
    response_model=Listing[ConsentOut],
    responses={200: {"content": {"application/json": {"example": example_collection(EXAMPLE)}}}},
)
async def list_consents(request: Request, context: PartnerReadContext) -> Response:
    """Both texts, with what was decided and when. Nothing is taken or shown before `processing` is granted."""
    return await _answer(request, context)


@router.put(
    "/consents/{purpose}",
    summary="Agree, or take it back",
    response_model=ConsentOut,
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE}}},
        **problems(ValidationFailed, NotLinked, OtherConsentText),
    },
)
async def put_consent(purpose: Purpose, body: ConsentIn, request: Request, context: PartnerWriteContext) -> Response:
    """Taking it back works with the next request. `pooling` is for one link, and ends with it."""
    library = rulesets_of(request).current
    decision = consents.ConsentDecision(body.version, body.granted, consents.version_of(library, purpose))
    await consents.decide(context.connection, context.vault, context.partner, purpose, decision, context.now)
    if purpose == "pooling" and body.granted:
        await count_yeses_in_couple(context.connection, context.vault, context.partner, library, context.now)
    return await _answer(request, context, purpose)


async def _answer(request: Request, context: PartnerContext, purpose: Purpose | None = None) -> Response:
    library = rulesets_of(request).current
    locale = language_of(request, context, library)
    found = await consents.find_consents(context.connection, context.partner, library)
    data = [_out(consent, library.texts[locale]) for consent in found if purpose in (None, consent.purpose)]
    return respond(make_reply(data[0] if purpose else example_collection(*data), 200, Content_Language=locale))


def _out(consent: Consent, texts: Any) -> dict[str, Any]:
    key = f"consents/{consent.purpose}"
    return {
        "purpose": consent.purpose,
        "version": consent.version,
        "text": texts[f"{key}/text"],
        "on_withdrawal": texts[f"{key}/on_withdrawal"],
        "granted": consent.granted,
        "decided_at": consent.decided_at and format_instant(consent.decided_at),
    }
