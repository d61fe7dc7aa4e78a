"""What decides, as data and as sentences: rules, insights, and the findings that both read."""

from functools import lru_cache
from typing import Literal

from fastapi import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from app.api.catalogue.conditions import ConditionOut, condition_out
from app.api.http.collection import (
    CachedCollection,
    Listing,
    collection_response,
    documented_responses,
    example_collection,
    item_response,
    serialize_collection,
)
from app.api.http.routing import router_without_query
from app.api.recommendations.recommendations import renderer_of
from app.api.recommendations.view_shapes import ClaimRefOut, EvidenceOut
from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import clauses
from app.engine.ruleset import ContentBasis, Finding, FindingLabel, Insight, Meeting, Rule, RuleStatus, Scenario, Tone
from app.errors import NotFound
from app.rulesets.library import Library
from app.rulesets.prose import Prose

router = router_without_query()


class ScenarioOut(TypedDict):
    """One side of the line that a condition draws: these findings, all others unknown, and whether it fires."""

    given: dict[str, str]
    expect: Literal["fires", "silent"]


class RuleOut(TypedDict):
    """Suggests one practice with a need, or withholds practices and tones; withholding wins, always.

    `sentence` is the whole rule in plain English, `says` what a partner reads as a reason. `reads` are the findings it
    looks at: where one of them is private, a view that the rule shapes names neither the rule nor the finding.
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
    tones: list[Tone]
    says: str
    basis: ContentBasis
    claims: list[ClaimRefOut]
    evidence: EvidenceOut
    scenarios: list[ScenarioOut]


class Rules(Listing[RuleOut]):
    """All rules, by id."""


class CatalogueInsightOut(TypedDict):
    """Something worth knowing, and when it is shown to the one whose answers it is about."""

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
    """All insights."""


class TryOut(TypedDict):
    """A value, and what the answers have to be for it."""

    value: str
    when: ConditionOut


class GapOut(TypedDict):
    """The largest difference between two partners' ratings of one thing, from which on it is partial or mismatched."""

    of: str
    partial: int
    mismatched: int


class DerivationOut(TypedDict):
    """How a finding follows from answers: the first of `tried` that is true decides; none true: unknown.

    A finding from a gap needs the answers of both, and has no `tried`.
    """

    tried: list[TryOut]
    gap: GapOut | None


class FindingOut(TypedDict):
    """What answers amount to. `values` run from the calmest to the one that asks for most.

    `both`: how the answers of two meet in one view: the `worse` of them, the reader's `own`, `own_first` where known,
    the partner's alone (`theirs`, never named in a view), or the `gap` between them. `label`: a `private` finding reads
    a private answer and may only take away. `wish`: it rests on what somebody wants. `origin`: who drew its lines.
    """

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
    """All findings."""


STRAINED: ConditionOut = {
    "kind": "finding",
    "finding": "talk",
    "op": "==",
    "values": ["strained"],
    "holds_for": ["strained"],
}
RULE: RuleOut = {
    "id": "structure-first-when-talk-is-strained",
    "title": "Begin with something structured when talking is hard",
    "status": "draft",
    "sentence": "When talking feels strained: suggest communication exercises (strong need).",
    "when": STRAINED,
    "reads": ["talk"],
    "suggests": "communication_exercises",
    "need": "strong",
    "withholds": [],
    "tones": [],
    "says": "Talking feels hard at the moment. A short exercise with turns takes the guessing out of it.",
    "basis": "article",
    "claims": [{"id": "C42", "section": "Rebuilding Closeness", "reference": None}],
    "evidence": {
        "grade": "A",
        "note": (
            "Courses that teach such steps were tested in large trials with couples. One exercise alone is less well "
            "tested."
        ),
    },
    "scenarios": [
        {"given": {"talk": "strained"}, "expect": "fires"},
        {"given": {"talk": "effortful"}, "expect": "silent"},
    ],
}
INSIGHT: CatalogueInsightOut = {
    "id": "own_measure",
    "text": (
        "It is natural to look at how much time other couples have. It says little about what the two of you need. "
        "Your own wish is the better measure."
    ),
    "sentence": "When the answers put measuring your time by what others do at “compares”: show this insight.",
    "when": {
        "kind": "finding",
        "finding": "comparison",
        "op": "==",
        "values": ["compares"],
        "holds_for": ["compares"],
    },
    "reads": ["comparison"],
    "basis": "article",
    "claims": [{"id": "C22", "section": "Restoring Emotional Intimacy", "reference": None}],
    "evidence": {"grade": "D", "note": "The article's remark. We know of no study of it."},
    "scenarios": [{"given": {"comparison": "compares"}, "expect": "fires"}],
}
FINDING: FindingOut = {
    "id": "talk",
    "about": "how talking feels",
    "values": ["easy", "effortful", "strained"],
    "both": "worse",
    "label": "pooled",
    "wish": False,
    "origin": "product",
    "reads": ["communication.ease"],
    "derivation": {
        "tried": [
            {"value": "strained", "when": {"kind": "answer", "answer": "communication.ease", "holds_for": ["strained"]}}
        ],
        "gap": None,
    },
}


@router.get(
    "/rules", summary="List the rules", response_model=Rules, responses=documented_responses(example_collection(RULE))
)
async def list_rules(request: Request) -> Response:
    """Everything that suggests or withholds, whatever it reads: this list is the same for everyone."""
    return collection_response(request, _rules)


@router.get(
    "/rules/{rule}", summary="Read one rule", response_model=RuleOut, responses=documented_responses(RULE, NotFound)
)
async def read_rule(request: Request, rule: str) -> Response:
    """One rule as a tree and as a sentence, with the claims it rests on and the scenarios that show its line."""
    return item_response(request, _rules, rule, "rule")


@router.get(
    "/insights",
    summary="List the insights",
    response_model=CatalogueInsights,
    responses=documented_responses(example_collection(INSIGHT)),
)
async def list_insights(request: Request) -> Response:
    """Short explanations that a view may hold, and when it does."""
    return collection_response(request, _insights)


@router.get(
    "/findings",
    summary="List the findings",
    response_model=Findings,
    responses=documented_responses(example_collection(FINDING)),
)
async def list_findings(request: Request) -> Response:
    """What answers amount to before any rule looks at them: the words rules speak in, and where their lines lie."""
    return collection_response(request, _findings)


@lru_cache(maxsize=16)
def _rules(library: Library, locale: str) -> CachedCollection:
    prose = Prose(library)
    return serialize_collection({rule.id: _rule_out(rule, library, locale, prose) for rule in library.ruleset.rules})


@lru_cache(maxsize=16)
def _insights(library: Library, locale: str) -> CachedCollection:
    prose = Prose(library)
    return serialize_collection(
        {each.id: _insight_out(each, library, locale, prose) for each in library.ruleset.insights}
    )


@lru_cache(maxsize=16)
def _findings(library: Library, locale: str) -> CachedCollection:
    return serialize_collection({each.id: _finding_out(each, library, locale) for each in library.ruleset.findings})


def _rule_out(rule: Rule, library: Library, locale: str, prose: Prose) -> RuleOut:
    key, texts, renderer = f"rules/{rule.id}", library.texts[locale], renderer_of(library, locale)
    return {
        "id": rule.id,
        "title": texts[f"{key}/title"],
        "status": rule.status,
        "sentence": prose.rule(rule),
        "when": condition_out(rule.when, _values(library)),
        "reads": _reads(rule),
        "suggests": rule.suggests,
        "need": rule.need.name if rule.need else None,  # type: ignore[typeddict-item]  # the names of Need
        "withholds": list(rule.withholds),
        "tones": list(rule.withholds_tones),
        "says": texts[f"{key}/says"],
        "basis": rule.basis,
        "claims": renderer.claims_out(rule.claims),
        "evidence": renderer.evidence_out(rule.grade, key),
        "scenarios": _scenarios(rule.scenarios),
    }


def _insight_out(insight: Insight, library: Library, locale: str, prose: Prose) -> CatalogueInsightOut:
    key, renderer = f"insights/{insight.id}", renderer_of(library, locale)
    return {
        "id": insight.id,
        "text": library.texts[locale][f"{key}/text"],
        "sentence": prose.insight(insight),
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
        "reads": sorted(paths_of(finding)),
        "derivation": {
            "tried": [{"value": value, "when": condition_out(when, {})} for value, when in finding.tries],
            "gap": None if gap is None else {"of": gap.of, "partial": gap.partial, "mismatched": gap.mismatched},
        },
    }


def _values(library: Library) -> dict[str, tuple[str, ...]]:
    return {finding.id: finding.values for finding in library.ruleset.findings}


def _reads(each: Rule | Insight) -> list[str]:
    return list(dict.fromkeys(clause.finding for clause in clauses(each.when)))


def _scenarios(scenarios: tuple[Scenario, ...]) -> list[ScenarioOut]:
    return [{"given": dict(each.given), "expect": "fires" if each.fires else "silent"} for each in scenarios]
