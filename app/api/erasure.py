"""Erasing a partner at their wish, asked for by the integrator."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from app.api.calls import IntegratorWrites
from app.api.export import RECEIPT, ReceiptOut
from app.api.once import reply_with, respond
from app.api.partners import PartnerId, instant
from app.api.problems import problems
from app.api.strict_json import StrictRoute
from app.errors import NotFound
from app.service.erasure import erase
from app.service.integrators import Scope
from app.service.partners import find_partner

router = APIRouter(prefix="/v1", tags=["integrators"], route_class=StrictRoute)


@router.delete(
    "/partners/{partner_id}",
    summary="Erase a partner",
    response_model=ReceiptOut,
    responses={200: {"content": {"application/json": {"example": RECEIPT}}}, **problems(NotFound)},
)
async def delete_partner(partner_id: PartnerId, call: IntegratorWrites) -> Response:
    """Every row of theirs, every login, and the key that opens any copy of them, at once. It cannot be taken back.

    To the other partner it looks as if they had gone quiet. From then on they are as one that never was.
    """
    call.holder.require(Scope.PEOPLE)
    partner = await find_partner(call.connection, call.vault, call.holder, partner_id)
    receipt = await erase(call.connection, call.vault, partner, call.now)
    return respond(reply_with({"receipt": receipt.receipt, "shredded_by": instant(receipt.shredded_by)}, 200))
