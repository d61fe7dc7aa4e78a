"""Rules, insights and findings, as data and as sentences."""

from functools import lru_cache
from typing import Any, Literal

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.catalogue.conditions import ConditionOut, condition_out
from app.api.http.collection import Listing, collection_builder, collection_response, item_response
from app.api.http.content import content_out, fields_out
from app.api.http.fields import Id
from app.api.http.responses import example_cached, example_cached_list
from app.api.http.routing import ResourceRouter
from app.api.recommendations.view_shapes import ClaimRefOut, EvidenceOut
from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import clauses
from app.engine.ruleset import Ask, ContentBasis, Finding, FindingLabel, Insight, Meeting, Rule, RuleStatus
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
    need = rule.need.name if rule.need else None
    own = {"sentence": _prose(library).rule(rule), "need": need, "asks": rule.withholds_asks}
    return content_out(RuleOut, rule, "rules", library, locale, **_fields_in_common(rule, library), **own)


def _insight_out(insight: Insight, library: Library, locale: str) -> CatalogueInsightOut:
    own = _fields_in_common(insight, library) | {"sentence": _prose(library).insight(insight)}
    return content_out(CatalogueInsightOut, insight, "insights", library, locale, **own)


def _fields_in_common(part: Rule | Insight, library: Library) -> dict[str, Any]:
    """Return the condition of a rule or an insight, the findings that it reads, and its test cases."""
    values_of = {finding.id: finding.values for finding in library.ruleset.findings}
    return {
        "when": condition_out(part.when, values_of),
        "reads": list(dict.fromkeys(clause.finding for clause in clauses(part.when))),
        "scenarios": [
            {"given": dict(scenario.given), "expect": "fires" if scenario.fires else "silent"}
            for scenario in part.scenarios
        ],
    }


def _finding_out(finding: Finding, library: Library, locale: str) -> FindingOut:
    reads = sorted({question for path in paths_of(finding) for question in questions_behind(path)})
    derivation: DerivationOut = {
        "tried": [{"value": value, "when": condition_out(when, {})} for value, when in finding.tries],
        "gap": None if finding.gap is None else fields_out(GapOut, finding.gap),
    }
    return content_out(FindingOut, finding, "findings", library, locale, reads=reads, derivation=derivation)


_prose = lru_cache(maxsize=4)(Prose)
_rules = collection_builder(lambda library: library.ruleset.rules, _rule_out)
_insights = collection_builder(lambda library: library.ruleset.insights, _insight_out)
_findings = collection_builder(lambda library: library.ruleset.findings, _finding_out)
