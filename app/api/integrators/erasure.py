"""Erasing a partner at their wish, asked for by the integrator."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.http.authentication import IntegratorWriteContext
from app.api.http.fields import format_instant
from app.api.http.idempotency import make_reply, respond
from app.api.http.problems import problems
from app.api.http.routing import StrictRoute
from app.api.integrators.partners import PartnerId
from app.errors import NotFound
from app.service.erasure import erase
from app.service.integrators import Scope
from app.service.partners import find_partner

router = APIRouter(prefix="/v1", tags=["integrators"], route_class=StrictRoute)


class ReceiptOut(BaseModel):
    """That everything is gone."""

    receipt: str = Field(description="Names the erasure; it leads back to nobody.")
    shredded_by: datetime = Field(
        description="When the last key on this server that could open a copy in its logs is destroyed at the latest. "
        "Copies of that key which the operator keeps for backups last as long as they keep them."
    )


RECEIPT = {"receipt": "era_9Pl2Ok7Ij4Uh1Yg8Tf5Rd3", "shredded_by": "2026-11-24T11:00:00Z"}


@router.delete(
    "/partners/{partner_id}",
    summary="Erase a partner",
    response_model=ReceiptOut,
    responses={200: {"content": {"application/json": {"example": RECEIPT}}}, **problems(NotFound)},
)
async def delete_partner(partner_id: PartnerId, context: IntegratorWriteContext) -> Response:
    """Every row of theirs, every login, and the key that opens any copy of them, at once. It cannot be taken back.

    To the other partner it looks as if they had gone quiet. From then on they are as one that never was.
    """
    context.holder.require(Scope.PEOPLE)
    partner = await find_partner(context.connection, context.vault, context.holder, partner_id)
    receipt = await erase(context.connection, context.vault, partner, context.now)
    return respond(make_reply({"receipt": receipt.receipt, "shredded_by": format_instant(receipt.shredded_by)}, 200))
