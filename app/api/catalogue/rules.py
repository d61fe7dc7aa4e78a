"""Rules, insights and findings, as data and as sentences."""

from functools import lru_cache
from typing import Literal

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.catalogue.conditions import ConditionOut, condition_out
from app.api.http.collection import Listing, collection_builder, collection_response, item_response
from app.api.http.fields import Id
from app.api.http.responses import example_cached, example_cached_list
from app.api.http.routing import ResourceRouter
from app.api.recommendations.recommendations import renderer_of
from app.api.recommendations.view_shapes import ClaimRefOut, EvidenceOut
from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import clauses
from app.engine.ruleset import Ask, ContentBasis, Finding, FindingLabel, Insight, Meeting, Rule, RuleStatus, Scenario
from app.engine.vocabulary import questions_behind
from app.errors import NotFound
from app.rulesets.library import Library
from app.rulesets.prose import Prose

router = ResourceRouter(prefix="/v1", tags=["catalogue"])


class ScenarioOut(TypedDict):
    """A test case of a condition."""

    given: dict[str, str]
    expect: Literal["fires", "silent"]


class RuleOut(TypedDict):
    """A rule that suggests with a need, or withholds; withholding always wins.

    Where it reads a private finding, a view names neither.
    """

    id: str
    title: str
    status: RuleStatus
    sentence: str
    when: ConditionOut
    reads: list[str]
    suggests: str | None
    need: Literal["slight", "moderate", "strong"] | None
    withholds: list[str]
    asks: list[Ask]
    says: str
    basis: ContentBasis
    claims: list[ClaimRefOut]
    evidence: EvidenceOut
    scenarios: list[ScenarioOut]


class CatalogueRules(Listing[RuleOut]):
    """The rules, by id."""


class CatalogueInsightOut(TypedDict):
    """An insight, with the condition under which it is shown."""

    id: str
    text: str
    sentence: str
    when: ConditionOut
    reads: list[str]
    basis: ContentBasis
    claims: list[ClaimRefOut]
    evidence: EvidenceOut
    scenarios: list[ScenarioOut]


class CatalogueInsights(Listing[CatalogueInsightOut]):
    """The insights."""


class TryOut(TypedDict):
    """A value, with the condition on the answers for it."""

    value: str
    when: ConditionOut


class GapOut(TypedDict):
    """A difference of both partners' ratings."""

    of: str
    partial: int
    mismatched: int


class DerivationOut(TypedDict):
    """The derivation of a finding from answers: the first true condition of `tried` decides; without one it is unknown.

    A finding from a gap needs both partners' answers and has no `tried`.
    """

    tried: list[TryOut]
    gap: GapOut | None


class FindingOut(TypedDict):
    """A finding, which conditions of rules read."""

    id: str
    about: str
    values: list[str]
    both: Meeting
    label: FindingLabel
    wish: bool
    origin: str
    reads: list[str]
    derivation: DerivationOut


class Findings(Listing[FindingOut]):
    """The findings."""


@router.get("/rules", summary="List the rules", response_model=CatalogueRules, responses=example_cached_list("rule"))
async def list_rules(request: Request) -> Response:
    """Return every rule that suggests or withholds, those on private findings included."""
    return collection_response(request, _rules)


@router.get("/rules/{rule}", summary="Get a rule", response_model=RuleOut, responses=example_cached("rule", NotFound))
async def read_rule(request: Request, rule: Id) -> Response:
    """Return a rule as a tree and as a sentence, with the claims it rests on and its scenarios."""
    return item_response(request, _rules, rule, "rule")


@router.get(
    "/insights", summary="List the insights", response_model=CatalogueInsights, responses=example_cached_list("insight")
)
async def list_insights(request: Request) -> Response:
    """Return the insights that a view may hold, with the conditions under which it does."""
    return collection_response(request, _insights)


@router.get("/findings", summary="List the findings", response_model=Findings, responses=example_cached_list("finding"))
async def list_findings(request: Request) -> Response:
    """Return the findings, in whose terms rules are written, with the thresholds they derive from answers by."""
    return collection_response(request, _findings)


def _rule_out(rule: Rule, library: Library, locale: str) -> RuleOut:
    key, texts, renderer = f"rules/{rule.id}", library.texts[locale], renderer_of(library, locale)
    return {
        "id": rule.id,
        "title": texts[f"{key}/title"],
        "status": rule.status,
        "sentence": _prose(library).rule(rule),
        "when": condition_out(rule.when, _values(library)),
        "reads": _reads(rule),
        "suggests": rule.suggests,
        "need": rule.need.name if rule.need else None,  # type: ignore[typeddict-item]  # the names of Need
        "withholds": list(rule.withholds),
        "asks": list(rule.withholds_asks),
        "says": texts[f"{key}/says"],
        "basis": rule.basis,
        "claims": renderer.claims_out(rule.claims),
        "evidence": renderer.evidence_out(rule.grade, key),
        "scenarios": _scenarios(rule.scenarios),
    }


def _insight_out(insight: Insight, library: Library, locale: str) -> CatalogueInsightOut:
    key, renderer = f"insights/{insight.id}", renderer_of(library, locale)
    return {
        "id": insight.id,
        "text": library.texts[locale][f"{key}/text"],
        "sentence": _prose(library).insight(insight),
        "when": condition_out(insight.when, _values(library)),
        "reads": _reads(insight),
        "basis": insight.basis,
        "claims": renderer.claims_out(insight.claims),
        "evidence": renderer.evidence_out(insight.grade, key),
        "scenarios": _scenarios(insight.scenarios),
    }


def _finding_out(finding: Finding, library: Library, locale: str) -> FindingOut:
    gap = finding.gap
    return {
        "id": finding.id,
        "about": library.texts[locale][f"findings/{finding.id}/about"],
        "values": list(finding.values),
        "both": finding.both,
        "label": finding.label,
        "wish": finding.wish,
        "origin": finding.origin,
        "reads": sorted({question for path in paths_of(finding) for question in questions_behind(path)}),
        "derivation": {
            "tried": [{"value": value, "when": condition_out(when, {})} for value, when in finding.tries],
            "gap": None if gap is None else {"of": gap.of, "partial": gap.partial, "mismatched": gap.mismatched},
        },
    }


_prose = lru_cache(maxsize=4)(Prose)


def _values(library: Library) -> dict[str, tuple[str, ...]]:
    return {finding.id: finding.values for finding in library.ruleset.findings}


def _reads(part: Rule | Insight) -> list[str]:
    return list(dict.fromkeys(clause.finding for clause in clauses(part.when)))


def _scenarios(scenarios: tuple[Scenario, ...]) -> list[ScenarioOut]:
    return [
        {"given": dict(scenario.given), "expect": "fires" if scenario.fires else "silent"} for scenario in scenarios
    ]


_rules = collection_builder(lambda library: library.ruleset.rules, _rule_out)
_insights = collection_builder(lambda library: library.ruleset.insights, _insight_out)
_findings = collection_builder(lambda library: library.ruleset.findings, _finding_out)
