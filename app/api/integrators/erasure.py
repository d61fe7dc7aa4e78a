"""Erasure of a partner, requested by their integrator."""

from datetime import datetime

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import IntegratorWriteContext
from app.api.http.fields import Id, Shape, as_json
from app.api.http.json_responses import json_response
from app.api.http.request_context import rulesets_of
from app.api.http.responses import example_response
from app.api.http.routing import ResourceRouter
from app.errors import NotFound
from app.service.erasure import erase
from app.service.integrators import Scope
from app.service.partners import find_partner

router = ResourceRouter(prefix="/v1", tags=["integrators"])


class ReceiptOut(Shape):
    """The receipt of an erasure."""

    receipt: str = Field(description="The id of the erasure; it identifies no person.")
    shredded_by: datetime = Field(
        description="By when this server destroys the last key that could decrypt a copy in its logs. Copies of it in "
        "the operator's backups last as long as those."
    )
    other_view_until: datetime = Field(
        description="The weekly turn until which the other partner's view may rest on what was said."
    )


@router.delete(
    "/partners/{partner_id}",
    summary="Erase a partner",
    response_model=ReceiptOut,
    responses=example_response("receipt", NotFound),
)
async def delete_partner(partner_id: Id, request: Request, context: IntegratorWriteContext) -> Response:
    """Erase all rows, logins and the encryption key of a partner at once. This cannot be undone.

    The other partner cannot tell it from silence. Afterwards the id is as unknown as one that never existed.
    """
    context.holder.require(Scope.PEOPLE)
    partner = await find_partner(context, context.holder, partner_id)
    receipt = await erase(context, partner, rulesets_of(request).current)
    return json_response(as_json(ReceiptOut, receipt))
