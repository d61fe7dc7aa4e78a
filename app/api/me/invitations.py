"""Joining a couple with a code, and leaving it, with a partner's own token."""

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from app.api.http.authentication import PartnerWriteContext
from app.api.http.fields import Shape
from app.api.http.idempotency import IdempotencyKey, make_reply, respond_idempotently
from app.api.http.request_context import rulesets_of
from app.api.http.responses import example_response
from app.api.http.routing import ResourceRouter
from app.errors import InvitationNotFound
from app.service.choices import count_yeses_in_couple
from app.service.couples import unlink
from app.service.idempotency import StoredResponse
from app.service.invitations import accept
from app.service.paths import count_paths_in_couple

router = ResourceRouter(prefix="/v1", tags=["me"])


class CodeIn(Shape, extra="forbid", json_schema_extra={"examples": [{"code": "K7M2P-QX9RD-4HVBT-ZC6WN"}]}):
    """The code of an invitation."""

    code: str = Field(description="In capitals or not, with hyphens or without.")


class AcceptedOut(Shape):
    """The couple that the partner joined."""

    couple: str
    linked: bool


@router.post(
    "/invitations/accept",
    summary="Accept an invitation",
    response_model=AcceptedOut,
    responses=example_response({"couple": "cpl_9Vd4Ts7YpKq2Nw6Xr1LbZf", "linked": True}, InvitationNotFound),
)
async def accept_invitation(
    body: CodeIn, request: Request, context: PartnerWriteContext, idempotency_key: IdempotencyKey = None
) -> Response:
    """Link the partner with the one who invited them, and end any earlier link of either.

    Answers are not pooled by it: each partner gives a consent of their own for that. Every code that does not work gets
    the same 404, whatever the cause.
    """

    async def make() -> StoredResponse:
        library = rulesets_of(request).current
        couple = await accept(context, context.partner, body.code, library)
        await count_yeses_in_couple(context, context.partner, library)
        await count_paths_in_couple(context, context.partner, library)
        return make_reply({"couple": couple, "linked": True}, 200)

    return await respond_idempotently(request, context, idempotency_key, make)


@router.delete("/me/couple", summary="Leave the couple", status_code=204)
async def leave_couple(request: Request, context: PartnerWriteContext) -> Response:
    """Unlink the partner, if linked. Idempotent: the response is 204 in any case.

    From the next request on, the partner's pooled answers no longer count, their choices of `yes` have lapsed and their
    calendar address is revoked. The other partner is not notified and cannot tell it from silence.
    """
    await unlink(context, context.partner, rulesets_of(request).current)
    return Response(status_code=204)
