"""Rulesets that requests may pin, and the properties proved of the one in force."""

from functools import lru_cache

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.http.collection import (
    CachedCollection,
    Listing,
    collection_builder,
    collection_response,
    item_response,
    serialize_collection,
)
from app.api.http.content import content_out, fields_out
from app.api.http.fields import Id
from app.api.http.request_context import rulesets_of
from app.api.http.responses import example_cached, example_cached_list
from app.api.http.routing import ResourceRouter
from app.errors import NotFound
from app.rulesets.library import Library
from app.rulesets.properties import Property
from app.rulesets.releases import Summary, proofs_of_exactly

router = ResourceRouter(prefix="/v1", tags=["catalogue"])


class CountsOut(TypedDict):
    """Counts of the content."""

    questions: int
    findings: int
    rules: int
    rules_reviewed: int
    insights: int
    strategies: int
    practices: int
    purposes: int
    activities: int
    paths: int
    claims: int
    help_lines: int


class CatalogueRulesetOut(TypedDict):
    """A version of the content."""

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
    """A property that must hold for every couple, with the scope and means of its proof.

    After a change of the content it is not proved until the proof is run again.
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
    """The properties, with the state of their proofs."""


@router.get("/rulesets", summary="List the rulesets", response_model=Rulesets, responses=example_cached_list("ruleset"))
async def list_rulesets(request: Request) -> Response:
    """Return the versions to pin with `ruleset`, and which is in force."""
    collection = await _present(request)
    return collection_response(request, lambda _, __: collection)


@router.get(
    "/rulesets/{version}",
    summary="Get a ruleset",
    response_model=CatalogueRulesetOut,
    responses=example_cached("ruleset", NotFound),
)
async def read_ruleset(request: Request, version: Id) -> Response:
    """Return a ruleset with its digest and the counts of its content."""
    collection = await _present(request)
    return item_response(request, lambda _, __: collection, version, "ruleset")


@router.get(
    "/properties", summary="List the properties", response_model=Properties, responses=example_cached_list("property")
)
async def list_properties(request: Request) -> Response:
    """Return the properties that must hold for every couple, and how far they are proved of the ruleset in force.

    A property without `means` is wanted and not proved yet.
    """
    return collection_response(request, _properties)


async def _present(request: Request) -> CachedCollection:
    rulesets = rulesets_of(request)
    # The first listing of a release reads its file, in a thread so that other requests go on.
    return _rulesets(await run_in_threadpool(rulesets.present), rulesets.current.version)


@lru_cache(maxsize=4)
def _rulesets(present: tuple[Summary, ...], in_force: str) -> CachedCollection:
    return serialize_collection(
        {summary.version: _ruleset_out(summary, is_in_force=summary.version == in_force) for summary in present}
    )


# The means that cover every input; an argument or random tests prove nothing.
_PROVING = frozenset({"solver", "cells", "engine"})


def _property_out(property_: Property, library: Library, locale: str) -> PropertyOut:
    proofs = proofs_of_exactly(library)
    proof = proofs.by_property.get(property_.id) if proofs else None
    own = {
        "argument": library.texts[locale].get(f"properties/{property_.id}/argument"),
        "proved": proof is not None and proof.holds and bool(_PROVING & set(property_.means)),
        "cells": proof.cells if proof else None,
        "inputs": str(proof.inputs) if proof and proof.inputs is not None else None,
        "proved_on": proofs.proved_on if proofs and proof else None,
        "solver": proofs.solver if proofs and proof and "solver" in property_.means else None,
    }
    return content_out(PropertyOut, property_, "properties", library, locale, **own)


def _ruleset_out(summary: Summary, *, is_in_force: bool) -> CatalogueRulesetOut:
    counts = dict(summary.counts)
    return fields_out(
        CatalogueRulesetOut,
        summary,
        in_force=is_in_force,
        released_on=summary.released_on.isoformat() if summary.released_on else None,
        proved=summary.is_proved,
        counts={name: counts.get(name, 0) for name in CountsOut.__annotations__},
    )


_properties = collection_builder(lambda library: library.properties, _property_out)
