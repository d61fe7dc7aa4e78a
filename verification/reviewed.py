"""All that a reviewer is told of a ruleset, worked out once and put into words; a page and a terminal show it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.engine.conditions import All, Clause
from app.engine.ruleset import Finding, Insight, Rule, Scenario
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.prose import Prose, say_condition
from app.rulesets.review import realised_by, rules_in_force
from verification.decision_table import Fate, Row, Table, table_of
from verification.scenarios import Couple
from verification.weight import Change, weigh

FATES: Mapping[Fate, str] = {
    Fate.uncalled: "not called for",
    Fate.slight: "slight need",
    Fate.moderate: "moderate need",
    Fate.strong: "strong need",
    Fate.withheld_privately: "withheld in the own view",
    Fate.withheld: "withheld",
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
_KINDS = {
    "rules": "rule",
    "insights": "worth knowing",
    "activities": "activity",
    "practices": "practice",
    "strategies": "strategy",
}


class Group(NamedTuple):
    """Rules that belong together: of one practice, or those that hold something back (`practice` is None)."""

    title: str
    summary: str
    strategy: str
    practice: str | None
    table: Table | None
    rules: tuple[Rule, ...]


class Cited(NamedTuple):
    """A claim as it stands on a rule's card. `sources` are the reference as printed, and as it was found to be."""

    id: str
    section: str
    text: str
    support: str
    evidence: str
    sources: tuple[str, ...]


class Reviewed:
    """One library and the couples of its boundary scenarios, in words."""

    def __init__(self, library: Library, couples: Iterable[Couple]) -> None:
        everyone = Couple({})
        self.library = library
        self.couples = (everyone, *(couple for couple in couples if couple != everyone))
        self.weights = weigh(library, self.couples)
        self.realised = realised_by(library)
        self.texts = library.texts[SOURCE_LOCALE]
        self.findings = {finding.id: finding for finding in library.ruleset.findings}
        self._abouts = {name: self.texts[f"findings/{name}/about"] for name in self.findings}
        self._prose = Prose(library)
        self.rules = {rule.id: rule for rule in rules_in_force(library)}
        self.groups = tuple(self._groups())

    def title(self, rule: str) -> str:
        return self.texts[f"rules/{rule}/title"]

    def practice(self, id_: str) -> str:
        return self.texts[f"practices/{id_}/title"]

    def sentence(self, rule: Rule) -> str:
        return self._prose.rule(rule)

    def insight_when(self, insight: Insight) -> str:
        return self._prose.insight(insight).removesuffix(": show this insight.") + "."

    def about(self, finding: str) -> str:
        return self._abouts[finding]

    def counts(self) -> str:
        statuses = [rule.status for rule in self.rules.values()]
        draft = statuses.count("draft")
        return (
            f"{len(statuses)} rules: {draft} {'draft' if draft == 1 else 'drafts'}, {len(statuses) - draft} reviewed."
        )

    def card_notes(self, rule: Rule) -> list[str]:
        """Where it decides alone, what stands in whose shadow."""
        weight, of = self.weights[rule.id], f"{len(self.couples)} boundary scenarios"
        notes = [f"It fires in {weight.fires} of the {of} and decides alone in {weight.alone or 'none'}."]
        if weight.such_as:
            notes.append(self._such_as(weight.such_as))
        does = "asks for no less" if rule.suggests else "holds back no less"
        notes += [
            f"Wherever it fires, “{self.title(other)}” fires too and {does}. So it adds its words, not its weight."
            for other in weight.shadowed_by
        ]
        notes += [
            f"Wherever it fires, “{self.title(other)}” withholds what it suggests. So it is never seen."
            for other in weight.undone_by
        ]
        if weight.shadows:
            notes.append(f"In its shadow: {'; '.join(f'“{self.title(other)}”' for other in weight.shadows)}.")
        return notes

    def second_looks(self) -> list[tuple[str, str]]:
        """Rules that change nothing, with why, and claims that nothing realises."""
        looks = []
        for rule in self.rules.values():
            weight = self.weights[rule.id]
            if weight.undone_by:
                looks.append((rule.id, "another rule always withholds what it suggests"))
            elif weight.shadowed_by:
                looks.append((rule.id, "another rule always does as much: it only adds its words"))
            elif not weight.alone:
                looks.append((rule.id, "nothing hangs on it alone in any boundary scenario"))
        return looks

    def cited(self, rule: Rule) -> list[Cited]:
        return [self.claim(id_) for id_ in rule.claims]

    def claim(self, id_: str) -> Cited:
        claim = self.library.claims[id_]
        sources: list[str] = []
        if claim.reference is not None:
            reference = self.library.references[claim.reference]
            sources = [
                f"Reference {reference.number} as printed: {reference.printed}",
                f"As found: {reference.verified}" if reference.verified else "As found: not verified.",
                self.texts[f"references/{reference.number}/supports"],
            ]
        return Cited(
            id_,
            self.texts[f"claims/{id_}/section"],
            self.texts[f"claims/{id_}/text"],
            SUPPORTS[claim.support],
            f"{grade(claim.grade)}. {self.texts[f'claims/{id_}/evidence']}",
            tuple(sources),
        )

    def evidence(self, rule: Rule) -> str:
        return f"{grade(rule.grade)}. {self.texts[f'rules/{rule.id}/evidence']}"

    def says(self, rule: Rule) -> str:
        return self.texts.get(f"rules/{rule.id}/says", "")

    def realisers(self, claim: str) -> list[tuple[str, str, str]]:
        """By what a claim is realised: its kind, its id, and its name for people."""
        told = []
        for each in self.realised[claim]:
            kind, _, id_ = each.partition("/")
            name = self.texts.get(f"{kind}/{id_}/title") or self.texts.get(f"{kind}/{id_}/text") or id_
            told.append((_KINDS[kind], id_, name))
        return told

    def values(self, finding: str, codes: Iterable[int]) -> str:
        """Such as: low or very low."""
        finding_ = self.findings[finding]
        return " or ".join(plain(finding_.values[code]) for code in sorted(codes))

    def row_says(self, row: Row) -> str:
        """What has to be so, in one line."""
        if not row.given:
            return "for every couple"
        return "; ".join(f"{plain(name)}: {self.values(name, codes)}" for name, codes in row.given.items())

    def wish_note(self, table: Table) -> str:
        """What the other's wish alone makes of the strong rows; empty where no wish is read."""
        wishes = dict.fromkeys(wish for row in table.rows for wish in row.wishes)
        if not wishes:
            return ""
        named = " and ".join(plain(wish) for wish in wishes)
        return f"Where only the other's wish speaks ({named}), a strong need counts as moderate."

    def scenario_columns(self, rule: Rule) -> list[Finding]:
        named = {name for scenario in rule.scenarios for name in scenario.given}
        return [finding for name, finding in self.findings.items() if name in named]

    def scenario_row(self, scenario: Scenario, columns: Iterable[Finding]) -> list[str]:
        cells = [plain(scenario.given.get(finding.id, "not known")) for finding in columns]
        return [*cells, "fires" if scenario.fires else "silent"]

    def _such_as(self, change: Change) -> str:
        clauses = [
            Clause(name, "==", (self.findings[name].values[code],), (code,)) for name, code in change.finds.items()
        ]
        when = say_condition(All(tuple(clauses)), self.findings, self._abouts) if clauses else "nothing is known"
        if not change.of:
            return f"Such as where {when}: without it, more kinds of activity would be offered."
        return (
            f"Such as where {when}: “{self.practice(change.of)}” is {a_fate(change.becomes)}, "
            f"without it {a_fate(change.without)}."
        )

    def _groups(self) -> Iterable[Group]:
        for practice in self.library.ruleset.practices:
            suggesting = [rule for rule in self.rules.values() if rule.suggests == practice.id]
            suggesting.sort(key=lambda rule: -(rule.need or 0))
            strategy = self.texts[f"strategies/{practice.strategy}/title"] if practice.strategy else "Add-on"
            yield Group(
                self.practice(practice.id),
                self.texts[f"practices/{practice.id}/summary"],
                strategy,
                practice.id,
                table_of(self.library, practice.id),
                tuple(suggesting),
            )
        holding = tuple(rule for rule in self.rules.values() if not rule.suggests)
        yield Group("Holding back", "Rules that take something away. They win, always.", "", None, None, holding)


def plain(name: str) -> str:
    return name.replace("_", " ")


def grade(of: str) -> str:
    """Such as: Evidence A (trials of nearly this, with couples)."""
    return f"Evidence {of} ({GRADES[of[0]]}{f', {CAUTION}' if of.endswith('-') else ''})"


def a_fate(fate: Fate) -> str:
    return f"a {FATES[fate]}" if Fate.uncalled < fate <= Fate.strong else FATES[fate]
