"""The words in which a ruleset is reviewed; a page and a terminal show them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from app.engine.compiled_ruleset import paths_of
from app.engine.ruleset import Finding, Insight, Rule, Scenario
from app.engine.vocabulary import questions_behind
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.prose import Prose
from app.rulesets.review import realised_by, rules_in_force
from verification.decision_table import DecisionTable, DecisionTableRow, PurposeFate, table_of

FATES: Mapping[PurposeFate, str] = {
    PurposeFate.uncalled: "not called for",
    PurposeFate.slight: "slight need",
    PurposeFate.moderate: "moderate need",
    PurposeFate.strong: "strong need",
    PurposeFate.withheld_privately: "withheld in the own view",
    PurposeFate.withheld: "withheld",
}
BASES = {"article": "the article", "editorial": "our own judgement", "safety_policy": "our safety policy"}
SUPPORTS = {
    "asserted": "The article says so and prints no reference.",
    "direct": "The reference backs it directly.",
    "indirect": "The reference backs it indirectly.",
    "off_target": "The reference is about something else.",
    "unverified": "The reference could not be checked.",
}
GRADES = {
    "A": "trials of nearly this, with couples",
    "B": "a trial of something wider, or a laboratory",
    "C": "diaries, or studies over time",
    "D": "the article or experts alone",
}
CAUTION = "with a null result or a caution"
MEETINGS = {
    "worse": "of two, the later value",
    "own": "the reader's own",
    "own_first": "the reader's own, else the other's",
    "theirs": "the other's, never named",
    "gap": "how far two ratings lie apart",
    "agreed": "what both agree on",
}
_KINDS = {
    "rules": "rule",
    "insights": "insight",
    "activities": "activity",
    "paths": "path",
    "purposes": "purpose",
    "practices": "practice",
    "strategies": "strategy",
}


class RuleGroup(NamedTuple):
    """The rules that call for a practice or a purpose of it, or those that hold something back, without tables."""

    title: str
    summary: str
    strategy: str
    tables: tuple[DecisionTable, ...]
    rules: tuple[Rule, ...]


class CitedClaim(NamedTuple):
    """A claim in words; `sources` are the reference as printed, as found, and what it supports."""

    id: str
    section: str
    text: str
    support: str
    evidence: str
    sources: tuple[str, ...]


class Realiser(NamedTuple):
    """A part of the content that realises a claim: its kind, its id, and its title or text."""

    kind: str
    id: str
    name: str


class Reviewed:
    """A library in words."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.texts = library.texts[SOURCE_LOCALE]
        self.findings = {finding.id: finding for finding in library.ruleset.findings}
        self.rules = {rule.id: rule for rule in rules_in_force(library)}
        self._realised = realised_by(library)
        self._prose = Prose(library)
        self.groups = tuple(self._groups())

    def title(self, rule: str) -> str:
        return self.texts[f"rules/{rule}/title"]

    def purpose(self, id_: str) -> str:
        return self.texts[f"purposes/{id_}/title"]

    def sentence(self, rule: Rule) -> str:
        return self._prose.rule(rule)

    def insight_when(self, insight: Insight) -> str:
        return self._prose.insight(insight).removesuffix(": show this insight.") + "."

    def questions(self, finding: Finding) -> list[str]:
        paths = sorted({question for path in paths_of(finding) for question in questions_behind(path)})
        return [self.texts[f"questions/{path}/text"] for path in paths]

    def evidence(self, rule: Rule) -> str:
        return f"{grade(rule.grade)}. {self.texts[f'rules/{rule.id}/evidence']}"

    def counts(self) -> str:
        statuses = [rule.status for rule in self.rules.values()]
        draft = statuses.count("draft")
        drafts = f"{draft} {'draft' if draft == 1 else 'drafts'}"
        return f"{len(statuses)} rules: {drafts}, {len(statuses) - draft} reviewed."

    def unmet_claims(self) -> list[str]:
        """Return the claims that nothing realises."""
        return [claim for claim, realisers in self._realised.items() if not realisers]

    def claim(self, id_: str) -> CitedClaim:
        claim = self.library.claims[id_]
        sources: list[str] = []
        if claim.reference is not None:
            reference = self.library.references[claim.reference]
            sources = [
                f"Reference {reference.number} as printed: {reference.printed}",
                f"As found: {reference.verified}" if reference.verified else "As found: not verified.",
                self.texts[f"references/{reference.number}/supports"],
            ]
        return CitedClaim(
            id_,
            self.texts[f"claims/{id_}/section"],
            self.texts[f"claims/{id_}/text"],
            SUPPORTS[claim.support],
            f"{grade(claim.grade)}. {self.texts[f'claims/{id_}/evidence']}",
            tuple(sources),
        )

    def realisers(self, claim: str) -> list[Realiser]:
        """Return the parts of the content that realise a claim."""
        realisers = []
        for key in self._realised[claim]:
            kind, _, id_ = key.partition("/")
            name = self.texts.get(f"{key}/title") or self.texts.get(f"{key}/text") or id_
            realisers.append(Realiser(_KINDS[kind], id_, name))
        return realisers

    def values(self, finding: str, codes: Iterable[int]) -> str:
        """Return the values with these codes, such as `low or very low`."""
        return " or ".join(plain(self.findings[finding].values[code]) for code in sorted(codes))

    def row_condition(self, row: DecisionTableRow) -> str:
        """Return when a row fits, in one line."""
        if not row.accepts:
            return "for every couple"
        return "; ".join(f"{plain(name)}: {self.values(name, codes)}" for name, codes in row.accepts.items())

    def wish_note(self, table: DecisionTable) -> str:
        """Return what the wish of only one makes of the strong rows; empty where no wish is read."""
        wishes = dict.fromkeys(plain(wish) for row in table.rows for wish in row.wishes)
        if not wishes:
            return ""
        return f"Where only one of the two wishes for it ({' and '.join(wishes)}), a strong need counts as moderate."

    def scenario_columns(self, rule: Rule) -> list[Finding]:
        named = {name for scenario in rule.scenarios for name in scenario.given}
        return [finding for name, finding in self.findings.items() if name in named]

    def scenario_row(self, scenario: Scenario, columns: Iterable[Finding]) -> list[str]:
        cells = [plain(scenario.given.get(finding.id, "not known")) for finding in columns]
        return [*cells, "fires" if scenario.fires else "silent"]

    def _groups(self) -> Iterator[RuleGroup]:
        for practice in self.library.ruleset.practices:
            suggesting = [rule for rule in self.rules.values() if rule.suggests in (practice.id, *practice.purposes)]
            yield RuleGroup(
                self.texts[f"practices/{practice.id}/title"],
                self.texts[f"practices/{practice.id}/summary"],
                self.texts[f"strategies/{practice.strategy}/title"] if practice.strategy else "Add-on",
                tuple(table_of(self.library, purpose) for purpose in practice.purposes),
                tuple(sorted(suggesting, key=lambda rule: -(rule.need or 0))),
            )
        holding = tuple(rule for rule in self.rules.values() if not rule.suggests)
        yield RuleGroup("Holding back", "Rules that take something away. They win, always.", "", (), holding)


def plain(name: str) -> str:
    """Return an id as words."""
    return name.replace("_", " ")


def grade(letter: str) -> str:
    """Return a grade in words, such as `Evidence A (trials of nearly this, with couples)`."""
    return f"Evidence {letter} ({GRADES[letter[0]]}{f', {CAUTION}' if letter.endswith('-') else ''})"
