"""Claims of the source article, with their evidence and the content that rests on them."""

from typing import Any

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import Listing, collection_builder, collection_response, item_response
from app.api.http.content import content_out, fields_out
from app.api.http.fields import Id
from app.api.http.responses import example_cached, example_cached_list
from app.api.http.routing import ResourceRouter
from app.api.recommendations.view_shapes import EvidenceOut
from app.errors import NotFound
from app.rulesets.library import Claim, ClaimKind, ClaimSupport, Library

router = ResourceRouter(prefix="/v1", tags=["catalogue"])


class ReferenceOut(TypedDict):
    """A reference of the article, as printed and as verified."""

    number: int
    printed: str
    verified: str | None
    link: str
    supports: str


class RealisedByOut(TypedDict):
    """The ids of all content that rests on the claim."""

    questions: list[str]
    rules: list[str]
    insights: list[str]
    activities: list[str]
    purposes: list[str]
    practices: list[str]
    strategies: list[str]
    paths: list[str]


class ClaimOut(TypedDict):
    """A claim of the article in our own words, and the research beyond it."""

    id: str
    section: str
    text: str
    kind: ClaimKind
    reference: ReferenceOut | None
    support: ClaimSupport
    evidence: EvidenceOut
    realised_by: RealisedByOut


class Claims(Listing[ClaimOut]):
    """The claims, in the order of the article."""


@router.get(
    "/claims",
    summary="List the claims",
    response_model=Claims,
    # One for which the article prints no reference, beside one for which it does.
    responses=example_cached_list("claim-without-reference"),
)
async def list_claims(request: Request) -> Response:
    """Return the claims of the source article, with their references as printed and as verified."""
    return collection_response(request, _claims)


@router.get(
    "/claims/{claim}", summary="Get a claim", response_model=ClaimOut, responses=example_cached("claim", NotFound)
)
async def read_claim(request: Request, claim: Id) -> Response:
    """Return a claim with its evidence and the ids of all content that rests on it."""
    return item_response(request, _claims, claim, "claim")


def _claim_out(claim: Claim, library: Library, locale: str) -> ClaimOut:
    reference = None if claim.reference is None else _reference_out(claim.reference, library, locale)
    realised_by = _realised_by(claim.id, library)
    return content_out(ClaimOut, claim, "claims", library, locale, reference=reference, realised_by=realised_by)


def _reference_out(number: int, library: Library, locale: str) -> ReferenceOut:
    supports = library.texts[locale][f"references/{number}/supports"]
    return fields_out(ReferenceOut, library.references[number], number=number, supports=supports)


def _realised_by(claim: str, library: Library) -> RealisedByOut:
    ruleset = library.ruleset

    def ids_of(parts: tuple[Any, ...]) -> list[str]:
        return [part.id for part in parts if claim in part.claims]

    return {
        "questions": ids_of(library.questions),
        "rules": ids_of(tuple(rule for rule in ruleset.rules if rule.status != "retired")),
        "insights": ids_of(ruleset.insights),
        "activities": ids_of(ruleset.activities),
        "purposes": ids_of(ruleset.purposes),
        "practices": ids_of(ruleset.practices),
        "strategies": ids_of(ruleset.strategies),
        "paths": ids_of(ruleset.paths),
    }


_claims = collection_builder(lambda library: library.claims.values(), _claim_out)
