"""The gate of `rekindle check`: what a ruleset owes its readers, beyond being well-formed."""

import re
from collections.abc import Iterator, Mapping
from operator import gt, lt
from pathlib import Path
from typing import Any

from app.engine.conditions import Condition, clauses
from app.engine.constraints import CHRONIC_MINUTES, CHRONIC_QUALITY_TIME_MINUTES
from app.engine.ruleset import Activity, Insight, Rule
from app.rulesets.content_reader import ReadContext
from app.rulesets.coverage import FEWEST, by_practice, by_strategy
from app.rulesets.diagnostics import ContentError, Diagnostic, Location
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.load import CONTENT, load_ruleset
from app.rulesets.locales import LOCALES
from app.rulesets.properties import BOUNDED, Case
from app.rulesets.reach import Reach
from app.rulesets.rules import excuse_key
from app.rulesets.shadows import shadows_among
from app.rulesets.text_gate import faults_of
from app.rulesets.wording import WordLists, read_words, words_of

HIGHEST_GRADE = 8.0
FEWEST_WORDS = 4
_CLAIM = re.compile(r"\bC\d{2}\b")
_SLOT = re.compile(r"\{[a-z_.|]+\}")
_TOPMOST = ("activities", "rules", "strategies", "practices", "purposes")


def check_content(root: Path = CONTENT) -> Library:
    """Load and review a content folder. Raises `ContentError` with all mistakes."""
    library = load_ruleset(root)
    mistakes = review(library, root)
    if mistakes:
        raise ContentError(mistakes)
    return library


def review(library: Library, root: Path = CONTENT) -> tuple[Diagnostic, ...]:
    """Return all mistakes of a loaded ruleset, in the order of files and lines."""
    context = ReadContext(root)
    words = read_words(context)
    mistakes = [*context.mistakes.diagnostics, *(_review_texts(library, words) if words else ())]
    mistakes += [*_review_titles(library), *_review_sentences(library), *_review_claims(library)]
    mistakes += [*_review_coverage(library), *_review_findings(library), *_review_rules(library)]
    steps = _steps_of_activities(library)
    for activity in library.ruleset.activities:
        mistakes += _review_activity(library, activity, steps[activity.id], words)
    mistakes += [*_review_kinds(library)]
    return tuple(sorted(set(mistakes)))


def _at(library: Library, key: str, reason: str) -> Diagnostic:
    return Diagnostic(library.places[key], reason)


def _review_texts(library: Library, words: WordLists) -> Iterator[Diagnostic]:
    texts = library.texts[SOURCE_LOCALE]
    for key, text in texts.items():
        for claim in _CLAIM.findall(text):
            if claim not in library.claims:
                yield _at(library, key, f"there is no claim {claim}")
        # The title of a section of the article is not ours to word.
        if key.startswith("claims/") and key.endswith("/section"):
            continue
        for word, instead in words.avoided_in(text, key):
            yield _at(library, key, f"`{word}`: {instead}")
        # With a number in each of its slots, as it is read.
        spoken = _SLOT.sub("2", text)
        if len(words_of(spoken)) >= FEWEST_WORDS and (grade := words.grade(spoken)) > HIGHEST_GRADE:
            yield _at(library, key, f"this reads at grade {grade:.1f}; {HIGHEST_GRADE:.0f} is the most: {text}")
    for word, keys in words.allowed.items():
        for key in keys:
            if not any(avoided == word for avoided, _ in words.avoided_in(texts.get(key, ""), "")):
                yield Diagnostic(
                    Location("words.yaml"), f"`{word}` does not stand in `{key}`, so it needs no exception there"
                )


def _review_titles(library: Library) -> Iterator[Diagnostic]:
    for kind in _TOPMOST:
        first: dict[str, str] = {}
        for key, text in library.texts[SOURCE_LOCALE].items():
            if key.startswith(f"{kind}/") and key.endswith("/title"):
                earlier = first.setdefault(text.casefold(), key)
                if earlier != key:
                    yield _at(library, key, f"`{text}` is also the title of {earlier.split('/')[1]}")


def _review_sentences(library: Library) -> Iterator[Diagnostic]:
    """Yield sentences that repeat another, and texts that the gate refuses. Labels and notes may repeat."""
    first: dict[str, str] = {}
    for key, text in library.texts[SOURCE_LOCALE].items():
        if (key.endswith(("/says", "/summary", "/text")) or "/why/" in key) and not key.startswith("claims/"):
            earlier = first.setdefault(text, key)
            if earlier != key:
                yield _at(library, key, f"`{earlier}` says the same, word for word")
        for fault in faults_of(key, text):
            yield _at(library, key, fault)
    for locale, texts in library.texts.items():
        for key, text in texts.items() if locale != SOURCE_LOCALE else ():
            for fault in faults_of(key, text, locale) if text != library.texts[SOURCE_LOCALE][key] else ():
                yield Diagnostic(Location(f"{LOCALES}/{locale}/{key.partition('/')[0]}.yaml"), f"`{key}`: {fault}")


def realised_by(library: Library) -> Mapping[str, tuple[str, ...]]:
    """Return the rules, insights and activities that realise each claim of the article, as `kind/id`."""
    realised: dict[str, list[str]] = {claim: [] for claim in library.claims}
    for kind in ("rules", "insights", "activities", "purposes", "practices", "strategies", "paths"):
        for one in rules_in_force(library) if kind == "rules" else getattr(library.ruleset, kind):
            for claim in one.claims:
                realised[claim].append(f"{kind}/{one.id}")
    return {claim: tuple(by) for claim, by in realised.items()}


def rules_in_force(library: Library) -> tuple[Rule, ...]:
    """Return all rules but the retired ones."""
    return tuple(rule for rule in library.ruleset.rules if rule.status != "retired")


def _review_claims(library: Library) -> Iterator[Diagnostic]:
    for claim, by in realised_by(library).items():
        if not by:
            reason = f"nothing realises {claim}: no rule, insight, activity, purpose or practice"
            yield _at(library, f"claims/{claim}/text", reason)


def _review_coverage(library: Library) -> Iterator[Diagnostic]:
    for left in (*by_strategy(library), *by_practice(library)):
        if len(left.activities) < FEWEST:
            slot, budget, living, tied, energy = left.cell
            yield Diagnostic(
                library.places.get(f"strategies/{left.of}/title", Location(f"activities/{left.of}.yaml")),
                f"{left.of} has {len(left.activities)} fitting activities, and {FEWEST} leave a choice: "
                f"{slot} minutes, {budget}, {living}, {'no childcare' if tied else 'no children'}, "
                f"energy {energy}, conflict {left.conflict}",
            )


def _review_findings(library: Library) -> Iterator[Diagnostic]:
    ruleset = library.ruleset
    choosing = ruleset.choosing
    readers: list[Any] = [*ruleset.rules, *ruleset.insights, *ruleset.openings]
    readers += [*choosing.precedences, *choosing.leads, *choosing.own_leads]
    conditions: list[Condition] = [*choosing.sizes, *(reader.when for reader in readers)]
    read = {clause.finding for condition in conditions for clause in clauses(condition)}
    for finding in ruleset.findings:
        if finding.id not in read:
            yield _at(library, f"findings/{finding.id}/about", f"nothing reads {finding.id}")


def _review_rules(library: Library) -> Iterator[Diagnostic]:
    suggested = {rule.suggests for rule in rules_in_force(library)}
    for practice in library.ruleset.practices:
        if not suggested & {practice.id, *practice.purposes}:
            yield _at(library, f"practices/{practice.id}/title", f"no rule ever suggests {practice.id}")
    served = {activity.purpose for activity in library.ruleset.activities}
    for purpose in library.ruleset.purposes:
        if purpose.id not in served:
            yield _at(library, f"purposes/{purpose.id}/title", f"no activity serves the purpose {purpose.id}")
    yield from _review_shadows(library)
    reach = Reach(library)
    conditions: dict[str, Rule | Insight] = {f"rules/{rule.id}/title": rule for rule in rules_in_force(library)}
    conditions |= {f"insights/{insight.id}/text": insight for insight in library.ruleset.insights}
    for key, one in conditions.items():
        if not reach.is_reached(one.when, one.scenarios):
            yield _at(library, key, "no answers were found that make this fire as its scenarios say")


def _review_shadows(library: Library) -> Iterator[Diagnostic]:
    """Yield rules that change nothing. One that says why it may is excused, and shadows no other."""
    texts, rules = library.texts[SOURCE_LOCALE], rules_in_force(library)
    excused = {rule.id for rule in rules if excuse_key(rule.id) in texts}
    # Otherwise a copy that is excused would make its original change nothing.
    counted = tuple(rule for rule in rules if rule.id not in excused)
    for shadow in shadows_among(counted, library.ruleset.findings, library.ruleset.purposes):
        reason = f"{shadow.effect}; `shadowed_by_design` may say why it is here"
        yield _at(library, f"rules/{shadow.rule}/title", reason)
    for rule in [rule for rule in rules if rule.id in excused]:
        among = shadows_among((*counted, rule), library.ruleset.findings, library.ruleset.purposes)
        if all(shadow.rule != rule.id for shadow in among):
            yield _at(library, excuse_key(rule.id), "no rule shadows this one, so it needs no excuse")


def _steps_of_activities(library: Library) -> Mapping[str, Mapping[str, str]]:
    """Return the texts of each activity's steps under their keys."""
    steps: dict[str, dict[str, str]] = {activity.id: {} for activity in library.ruleset.activities}
    for key, text in library.texts[SOURCE_LOCALE].items():
        if key.startswith("activities/") and "/steps/" in key:
            steps[key.split("/")[1]][key] = text
    return steps


def _review_activity(
    library: Library, activity: Activity, steps: Mapping[str, str], words: WordLists | None
) -> Iterator[Diagnostic]:
    key = f"activities/{activity.id}/title"
    if activity.conflict_ceiling == "chronic":
        for reason in _unbounded(library, activity):
            yield _at(library, key, f"{activity.id} may be offered in chronic conflict, {reason}")
    if not activity.together and activity.talk == "needed":
        yield _at(library, key, f"{activity.id} is done alone, so it needs no talk")
    if activity.practice == "retreat" and activity.repeat == "ritual":
        yield _at(library, key, f"{activity.id} is a retreat, so it is `seasonal` or `once`")
    may_run_hot = activity.talk == "needed" and activity.conflict_ceiling != "occasional"
    if words and may_run_hot and not any(map(words.says_how_to_stop, steps.values())):
        yield _at(library, key, f"{activity.id} needs talk, so one step says how to stop, and when")
    for name, text in steps.items():
        if "timer" in text and any(int(word) > activity.minutes for word in text.split() if word.isdigit()):
            yield _at(library, name, f"the timer is longer than the {activity.minutes} minutes that this takes")


def _review_kinds(library: Library) -> Iterator[Diagnostic]:
    """Yield activities that break a property of kind `made_for`, which speaks of the activities themselves."""
    for wanted in library.properties:
        for case in wanted.cases if wanted.kind == "made_for" else ():
            for activity in library.ruleset.activities:
                if activity.practice in case.practices or {*activity.asks} & {*case.asks}:
                    for reason in out_of_bounds(activity, case):
                        key = f"activities/{activity.id}/title"
                        yield _at(library, key, f"{activity.id} has {reason}, says the property {wanted.id}")


def out_of_bounds(activity: Activity, case: Case) -> Iterator[str]:
    """Yield each bound of a case of kind `made_for` that an activity passes, in words."""
    for bounds, is_outside, words in ((case.at_most, gt, "at most"), (case.at_least, lt, "at least")):
        for name, bound in bounds:
            value, levels = getattr(activity, name), BOUNDED[name]
            if is_outside(levels.index(value) if levels else value, bound):
                yield f"{name} {value}; {words} {levels[bound] if levels else bound} fits its kind"


def _unbounded(library: Library, activity: Activity) -> Iterator[str]:
    quality_time, _, new_experiences = library.ruleset.strategies
    if activity.minutes > CHRONIC_MINUTES:
        yield f"so it takes at most {CHRONIC_MINUTES} minutes"
    if activity.practice in (*new_experiences.practices, "retreat"):
        yield f"and nothing of {activity.practice} may"
    if activity.practice in quality_time.practices and (
        activity.minutes > CHRONIC_QUALITY_TIME_MINUTES or not activity.fixed_end
    ):
        yield f"so as quality time it takes at most {CHRONIC_QUALITY_TIME_MINUTES} minutes and has a fixed end"
