"""Consents of one partner, with the texts they decide on."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerContext, PartnerReadContext, PartnerWriteContext
from app.api.http.collection import Listing, whole_list
from app.api.http.fields import Id, Shape, as_json
from app.api.http.json_responses import json_response
from app.api.http.request_context import library_and_locale, rulesets_of
from app.api.http.responses import example_list, example_response, localized
from app.api.http.routing import ResourceRouter
from app.errors import NotLinked, OtherConsentText
from app.rulesets.library import Texts
from app.rulesets.sources import ConsentPurpose
from app.service import consents
from app.service.choices import count_yeses_in_couple
from app.service.consents import Consent
from app.service.paths import count_paths_in_couple

router = ResourceRouter(prefix="/v1/me", tags=["me"])


class ConsentOut(Shape):
    """A consent: its text and the partner's decision."""

    purpose: ConsentPurpose
    version: str = Field(description="The current version, to send with a decision.")
    text: str
    on_withdrawal: str = Field(description="What a withdrawal leads to, in words for the partner.")
    granted: bool
    decided_at: datetime | None


class ConsentIn(Shape, extra="forbid", json_schema_extra={"examples": ["consent-decision"]}):
    """A decision about one consent."""

    version: Id = Field(description="The version that the partner read.")
    granted: Annotated[bool, Field(strict=True)] = Field(description="False withdraws the consent.")


@router.get(
    "/consents",
    summary="List the consents",
    response_model=Listing[ConsentOut],
    responses=localized(example_list("consent")),
)
async def list_consents(request: Request, context: PartnerReadContext) -> Response:
    """Return both consents with the decisions about them. Without `processing`, no data is stored or shown."""
    return await _consents_response(request, context)


@router.put(
    "/consents/{purpose}",
    summary="Grant or withdraw a consent",
    response_model=ConsentOut,
    responses=localized(example_response("consent", NotLinked, OtherConsentText)),
)
async def put_consent(
    purpose: ConsentPurpose, body: ConsentIn, request: Request, context: PartnerWriteContext
) -> Response:
    """Grant or withdraw a consent from the next request on. `pooling` is given for one link and ends with it.

    Answers from before `pooling` was granted do not count for the other partner. A check-in, which may be without a new
    answer, says that they still hold.
    """
    library = rulesets_of(request).current
    await consents.decide(context, context.partner, library, purpose, body.version, granted=body.granted)
    if purpose == "pooling" and body.granted:
        await count_yeses_in_couple(context, context.partner, library)
        await count_paths_in_couple(context, context.partner, library)
    return await _consents_response(request, context, purpose)


async def _consents_response(
    request: Request, context: PartnerContext, purpose: ConsentPurpose | None = None
) -> Response:
    library, locale = library_and_locale(request, context.partner.profile.locale)
    rows = await consents.find_consents(context, context.partner, library)
    data = [_out(consent, library.texts[locale]) for consent in rows if purpose in (None, consent.purpose)]
    return json_response(data[0] if purpose else whole_list(data), Content_Language=locale)


def _out(consent: Consent, texts: Texts) -> dict[str, Any]:
    words = {name: texts[f"consents/{consent.purpose}/{name}"] for name in ("text", "on_withdrawal")}
    return as_json(ConsentOut, {**consent._asdict(), **words})
