"""Which content decides, and what is proved of it."""

from functools import lru_cache
from typing import cast

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import (
    CachedCollection,
    Listing,
    collection_response,
    documented_responses,
    example_collection,
    item_response,
    library_and_locale,
    localized_response,
    serialize_collection,
)
from app.api.http.content import rulesets_of
from app.api.http.routing import router_without_query
from app.errors import NotFound
from app.rulesets.library import Library
from app.rulesets.properties import Property
from app.rulesets.releases import Summary

router = router_without_query()


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
    """One state of the content. `digest` changes whenever anything of it does, be it one word.

    `released_on` is null for content files that were not released as they stand. `proved` says whether all that must
    hold for every couple was shown of exactly this content.
    """

    version: str
    digest: str
    in_force: bool
    released_on: str | None
    proved: bool
    locales: list[str]
    counts: CountsOut


class Rulesets(Listing[CatalogueRulesetOut]):
    """The rulesets that requests may pin."""


class PropertyOut(TypedDict):
    """What must hold for every couple, for whom it was shown, and by which means.

    `proved` speaks of exactly this content; after any change it is false until the proof has been run again. `cells`
    were gone through one by one, and `inputs` ways to answer stand behind them, as text: it may have more digits than
    a number in JSON safely has.
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
    "released_on": "2026-11-23",
    "proved": True,
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
    "inputs": "34437416694134835467520000",
    "proved_on": "2026-11-23",
    "solver": "z3 5.4.1",
}


@router.get(
    "/rulesets",
    summary="List the rulesets",
    response_model=Rulesets,
    responses=documented_responses(example_collection(RULESET)),
)
async def list_rulesets(request: Request) -> Response:
    """The versions that a request may pin with `ruleset`, and which of them decides where none is pinned."""
    _, locale = library_and_locale(request)
    collection = await _present(request)
    return localized_response(locale, request, collection.body, collection.etag)


@router.get(
    "/rulesets/{version}",
    summary="Read one ruleset",
    response_model=CatalogueRulesetOut,
    responses=documented_responses(RULESET, NotFound),
)
async def read_ruleset(request: Request, version: str) -> Response:
    """One version with its digest and how much it holds."""
    collection = await _present(request)
    return item_response(request, lambda _, __: collection, version, "ruleset")


@router.get(
    "/properties",
    summary="List what is proved",
    response_model=Properties,
    responses=documented_responses(example_collection(PROPERTY)),
)
async def list_properties(request: Request) -> Response:
    """What must hold for every couple, and what of it is proved of the ruleset in force, how far and by which means.

    A property without `means` is one that we want and have not shown yet.
    """
    return collection_response(request, _properties)


async def _present(request: Request) -> CachedCollection:
    """Read aside: a release that was not listed before is read from its file, while other requests go on."""
    rulesets = rulesets_of(request)
    return _rulesets(await run_in_threadpool(rulesets.present), rulesets.current.version)


@lru_cache(maxsize=4)
def _rulesets(present: tuple[Summary, ...], in_force: str) -> CachedCollection:
    return serialize_collection(
        {each.version: ruleset_out(each, is_in_force=each.version == in_force) for each in present}
    )


@lru_cache(maxsize=16)
def _properties(library: Library, locale: str) -> CachedCollection:
    return serialize_collection({wanted.id: _property_out(library, locale, wanted) for wanted in library.properties})


_PROVING = frozenset({"solver", "cells", "engine"})
"""Means that look at every input; what was argued or tried at random is not proved."""


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
        "proved": proved is not None and proved.holds and bool(_PROVING & set(wanted.means)),
        "cells": proved.cells if proved else None,
        "inputs": str(proved.inputs) if proved and proved.inputs is not None else None,
        "proved_on": proofs.proved_on if proofs and proved else None,
        "solver": proofs.solver if proofs and proved and "solver" in wanted.means else None,
    }


def ruleset_out(summary: Summary, *, is_in_force: bool) -> CatalogueRulesetOut:
    """A ruleset as the list shows it."""
    return {
        "version": summary.version,
        "digest": summary.digest,
        "in_force": is_in_force,
        "released_on": summary.released_on.isoformat() if summary.released_on else None,
        "proved": summary.is_proved,
        "locales": list(summary.locales),
        "counts": cast(CountsOut, {name: dict(summary.counts).get(name, 0) for name in CountsOut.__annotations__}),
    }
