"""Which content decides, and what is proved of it."""

from functools import lru_cache

from fastapi import APIRouter, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.listing import Listing, Shelf, answer_one, answer_whole, answers, shelve, whole
from app.errors import NotFound
from app.rulesets.library import Library
from app.rulesets.properties import Property

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
    """What must hold for every couple, for whom it was shown, and by which means.

    `proved` speaks of exactly this content; after any change it is false until the proof has been run again. `cells` were
    gone through one by one, and `inputs` ways to answer stand behind them, as text: it may have more digits than a
    number in JSON safely has.
    """

    id: str
    says: str
    covers: str
    argument: str | None
    means: list[str]
    proved: bool
    cells: int | None
    inputs: str | None
    proved_on: str | None
    solver: str | None


class Properties(Listing[PropertyOut]):
    """What must hold, and what of it is proved."""


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


PROPERTY = {
    "id": "hard-times-keep-both-ways",
    "says": "If you argue most days, calm time and guided turns are both still called for.",
    "covers": "Every pair of reports in which one of the two says that they argue most days.",
    "argument": None,
    "means": ["solver", "cells"],
    "proved": True,
    "cells": 295360,
    "inputs": "34423217216402161249725000",
    "proved_on": "2026-11-23",
    "solver": "z3 5.4.1",
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


@router.get("/properties", summary="List what is proved", response_model=Properties, responses=answers(whole(PROPERTY)))
async def list_properties(request: Request) -> Response:
    """What must hold for every couple, and what of it is proved of the ruleset in force, how far and by which means.

    A property without `means` is one that we want and have not shown yet.
    """
    return answer_whole(request, _properties)


@lru_cache(maxsize=16)
def _rulesets(library: Library, locale: str) -> Shelf:  # noqa: ARG001  the same in every language
    return shelve({library.version: ruleset_out(library)})


@lru_cache(maxsize=16)
def _properties(library: Library, locale: str) -> Shelf:
    return shelve({wanted.id: _property_out(library, locale, wanted) for wanted in library.properties})


def _property_out(library: Library, locale: str, wanted: Property) -> PropertyOut:
    texts, key = library.texts[locale], f"properties/{wanted.id}"
    proofs = library.proofs if library.proofs and library.proofs.digest == library.digest else None
    proved = proofs.by_property.get(wanted.id) if proofs else None
    return {
        "id": wanted.id,
        "says": texts[f"{key}/says"],
        "covers": texts[f"{key}/covers"],
        "argument": texts.get(f"{key}/argument"),
        "means": list(wanted.means),
        "proved": proved is not None and proved.holds,
        "cells": proved.cells if proved else None,
        "inputs": str(proved.inputs) if proved and proved.inputs is not None else None,
        "proved_on": proofs.proved_on if proofs and proved else None,
        "solver": proofs.solver if proofs and proved and "solver" in wanted.means else None,
    }


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
