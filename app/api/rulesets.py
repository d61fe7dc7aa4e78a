"""Which content decides, and what is proved of it."""

from functools import lru_cache

from fastapi import APIRouter, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.listing import Listing, Shelf, answer_one, answer_whole, answers, shelve, whole
from app.errors import NotFound
from app.rulesets.library import Library

router = APIRouter()


class CountsOut(TypedDict):
    """How much there is of each. `rules_reviewed` of the rules are signed by a reviewer."""

    questions: int
    findings: int
    rules: int
    rules_reviewed: int
    insights: int
    strategies: int
    practices: int
    activities: int
    claims: int
    help_lines: int


class CatalogueRulesetOut(TypedDict):
    """One state of the content. `digest` changes whenever anything of it does, be it one word."""

    version: str
    digest: str
    in_force: bool
    locales: list[str]
    counts: CountsOut


class Rulesets(Listing[CatalogueRulesetOut]):
    """The rulesets that requests may pin."""


class PropertyOut(TypedDict):
    """Something proved of a ruleset: what holds, for which inputs and how many, and by which means."""

    id: str
    says: str
    holds_for: str
    inputs: int
    means: list[str]


class Properties(Listing[PropertyOut]):
    """What is proved."""


RULESET = {
    "version": "2026.11",
    "digest": f"sha256:{'3f' * 32}",
    "in_force": True,
    "locales": ["en"],
    "counts": {
        "questions": 63,
        "findings": 41,
        "rules": 75,
        "rules_reviewed": 0,
        "insights": 28,
        "strategies": 3,
        "practices": 13,
        "activities": 179,
        "claims": 56,
        "help_lines": 4,
    },
}


@router.get("/rulesets", summary="List the rulesets", response_model=Rulesets, responses=answers(whole(RULESET)))
async def list_rulesets(request: Request) -> Response:
    """The versions that a request may pin with `ruleset`, and which of them decides where none is pinned."""
    return answer_whole(request, _rulesets)


@router.get(
    "/rulesets/{version}",
    summary="Read one ruleset",
    response_model=CatalogueRulesetOut,
    responses=answers(RULESET, NotFound),
)
async def read_ruleset(request: Request, version: str) -> Response:
    """One version with its digest and how much it holds."""
    return answer_one(request, _rulesets, version, "ruleset")


@router.get("/properties", summary="List what is proved", response_model=Properties, responses=answers(whole()))
async def list_properties(request: Request) -> Response:
    """What is proved of the ruleset in force, how far, and by which means.

    An empty list means what it says: nothing is claimed to be proved.
    """
    return answer_whole(request, _properties)


@lru_cache(maxsize=16)
def _rulesets(library: Library, locale: str) -> Shelf:  # noqa: ARG001  the same in every language
    return shelve({library.version: ruleset_out(library)})


@lru_cache(maxsize=16)
def _properties(library: Library, locale: str) -> Shelf:  # noqa: ARG001
    return shelve({})


def ruleset_out(library: Library) -> CatalogueRulesetOut:
    """The ruleset in force."""
    ruleset = library.ruleset
    return {
        "version": library.version,
        "digest": library.digest,
        "in_force": True,
        "locales": sorted(library.texts),
        "counts": {
            "questions": len(library.questions),
            "findings": len(ruleset.findings),
            "rules": len(ruleset.rules),
            "rules_reviewed": sum(rule.status == "reviewed" for rule in ruleset.rules),
            "insights": len(ruleset.insights),
            "strategies": len(ruleset.strategies),
            "practices": len(ruleset.practices),
            "activities": len(ruleset.activities),
            "claims": len(library.claims),
            "help_lines": len(library.help_lines),
        },
    }
