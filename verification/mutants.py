"""Small mistakes in the rules, made on purpose: does the suite of scenarios see each of them?

A mutant changes one thing that a person could have written otherwise and that the reader of content files would let
pass. It is killed where a scenario comes out differently. One that lives must be equivalent: nothing that two people
could answer would tell it apart, which is found out by trying everything that the changed part reads.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import partial
from itertools import pairwise, product
from typing import Any, NamedTuple, TypeVar, cast, get_args

from app.engine import compiled_ruleset as compiled_rulesets
from app.engine.activity_index import build_activity_index
from app.engine.compiled_ruleset import compile_ruleset, paths_of
from app.engine.conditions import All, AnyOf, Chosen, Clause, Condition, Contains, Leaf, Linear, Not, clauses
from app.engine.ruleset import Choosing, Finding, Insight, Lead, Meeting, Need, Opening, Precedence, Rule, Ruleset
from app.engine.vocabulary import READABLE
from app.rulesets.library import Library
from verification.judged import conditions_of, purposes_of
from verification.scenarios import BoundaryScenario, Suite, is_as_expected

_RATINGS = range(1, 5)


Changes = Iterator[tuple[str, Any]]
"""What is changed, in words, and what comes of it; None where nothing is left."""
Whole = TypeVar("Whole", Ruleset, Choosing)


class Mutant(NamedTuple):
    """A ruleset with one small mistake: in words, by the part changed (`rules/…`, `insights/…`, `findings/…`)."""

    name: str
    of: str
    ruleset: Ruleset


def mutants(ruleset: Ruleset) -> Iterator[Mutant]:
    """Yield all mutants, in the order of the content."""
    sizes = {finding.id: len(finding.values) for finding in ruleset.findings}
    changes: Mapping[str, Callable[[Any], Changes]] = {
        "findings": lambda finding: _findings(finding, ruleset),
        "rules": lambda rule: _rules(rule, sizes, ruleset),
        "insights": lambda insight: _of_condition(insight, sizes),
        "openings": lambda opening: _of_condition(opening, sizes),
    }
    for kind, changes_of in changes.items():
        for id_, change, changed in _each_changed(getattr(ruleset, kind), changes_of):
            yield Mutant(f"{id_}: {change}", f"{kind}/{id_}", _with_part(ruleset, kind, changed))
    for name, change, choosing in _choosing(ruleset, sizes):
        yield Mutant(f"{name.removeprefix('sizes/')}: {change}", name, replace(ruleset, choosing=choosing))


def _choosing(ruleset: Ruleset, sizes: Mapping[str, int]) -> Iterator[tuple[str, str, Choosing]]:
    """Yield changes of the sizes, leads and precedences, each with the name of the part."""
    choosing, ones = ruleset.choosing, ruleset.choosing.precedences
    for field, condition in zip(fields(Choosing), choosing.sizes, strict=False):
        for change, when in _conditions(condition, lambda leaf: _clauses(leaf, sizes)):
            yield f"sizes/{field.name}", change, _with_part(choosing, field.name, when)
    changes: Mapping[str, Callable[[Any], Changes]] = {
        "leads": lambda lead: _of_condition(lead, sizes),
        "precedences": lambda precedence: _precedence(precedence, ruleset, sizes),
    }
    for kind, changes_of in changes.items():
        for id_, change, changed in _each_changed(getattr(choosing, kind), changes_of):
            yield f"{kind}/{id_}", change, _with_part(choosing, kind, changed)
    for i, (one, two) in enumerate(pairwise(ones)):
        # Two that say the same strategy may change places.
        if one.strategy != two.strategy:
            swapped = (*ones[:i], two, one, *ones[i + 2 :])
            yield f"precedences/{one.id}", "after the next one", replace(choosing, precedences=swapped)


def _each_changed(
    entries: tuple[Any, ...], changes_of: Callable[[Any], Changes]
) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """Yield every change of every entry: the entry's id, the change in words, and all entries after it."""
    for i, entry in enumerate(entries):
        for change, changed in changes_of(entry):
            yield entry.id, change, _put(entries, i, changed)


def _with_part(whole: Whole, name: str, part: Any) -> Whole:
    parts: dict[str, Any] = {name: part}
    return replace(whole, **parts)


def _put(ones: tuple[Any, ...], i: int, changed: Any) -> tuple[Any, ...]:
    return (*ones[:i], *(() if changed is None else (changed,)), *ones[i + 1 :])


# Rules and insights


def _rules(rule: Rule, sizes: Mapping[str, int], ruleset: Ruleset) -> Changes:
    if rule.status == "retired":
        return
    yield from _of_condition(rule, sizes)
    if rule.need is not None:
        for need in Need:
            if abs(need - rule.need) == 1:
                yield f"{need.name} need", replace(rule, need=need)
        purposes = [purpose.id for purpose in ruleset.purposes]
        after = purposes.index(purposes_of(ruleset, cast(str, rule.suggests))[-1]) + 1
        other = purposes[after % len(purposes)]
        yield f"suggests {other}", replace(rule, suggests=other)
    for practice in rule.withholds:
        fewer = tuple(entry for entry in rule.withholds if entry != practice)
        if fewer or rule.withholds_asks:
            yield f"does not withhold {practice}", replace(rule, withholds=fewer)
    for ask in rule.withholds_asks:
        asks = tuple(entry for entry in rule.withholds_asks if entry != ask)
        if asks or rule.withholds:
            yield f"does not withhold what asks for {ask}", replace(rule, withholds_asks=asks)


def _precedence(one: Precedence, ruleset: Ruleset, sizes: Mapping[str, int]) -> Changes:
    yield from _of_condition(one, sizes)
    strategies = [strategy.id for strategy in ruleset.strategies]
    other = strategies[(strategies.index(one.strategy) + 1) % len(strategies)]
    yield f"puts {other} first", replace(one, strategy=other)


def _of_condition(one: Rule | Insight | Opening | Precedence | Lead, sizes: Mapping[str, int]) -> Changes:
    yield "dropped", None
    for change, when in _conditions(one.when, lambda leaf: _clauses(leaf, sizes)):
        yield change, replace(one, when=when)


def _clauses(leaf: Leaf, sizes: Mapping[str, int]) -> Iterator[tuple[str, Leaf]]:
    """Yield a clause with one value more at each end of those accepted, and with one less."""
    clause = cast(Clause, leaf)
    every = range(sizes[clause.finding])
    for code in every:
        is_at_a_line = any(
            (near in clause.accepts) is not (code in clause.accepts) for near in (code - 1, code + 1) if near in every
        )
        is_an_end = code in (clause.accepts[0], clause.accepts[-1])
        if is_at_a_line or is_an_end:
            accepts = tuple(entry for entry in every if (entry in clause.accepts) is not (entry == code))
            if 0 < len(accepts) < len(every):
                yield (
                    f"value {code} {'no longer' if code in clause.accepts else 'also'} taken",
                    replace(clause, accepts=accepts),
                )


# Conditions


def _conditions(
    condition: Condition, of_leaf: Callable[[Leaf], Iterable[tuple[str, Condition]]], where: str = ""
) -> Iterator[tuple[str, Condition]]:
    """Yield a condition with one thing changed. `where` is the way to the part, as positions."""
    at = f"part {where}" if where else "condition"
    match condition:
        case All(parts) | AnyOf(parts):
            kind, other = (All, AnyOf) if isinstance(condition, All) else (AnyOf, All)
            if len(parts) > 1:
                yield f"{at} {'or for and' if kind is All else 'and for or'}", other(parts)
            for i, part in enumerate(parts):
                if len(parts) > 1 or kind is All:
                    yield f"part {where}{i} dropped", kind(parts[:i] + parts[i + 1 :])
                for change, changed in _conditions(part, of_leaf, f"{where}{i}."):
                    yield change, kind((*parts[:i], changed, *parts[i + 1 :]))
        case Not(part):
            yield f"{at} not left out", part
            for change, changed in _conditions(part, of_leaf, f"{where}0."):
                yield change, Not(changed)
        case _:
            yield f"{at} negated", Not(condition)
            for change, changed in of_leaf(condition):
                yield f"{at} {change}", changed


# Findings


def _findings(finding: Finding, ruleset: Ruleset) -> Iterator[tuple[str, Finding]]:
    for i, (value, condition) in enumerate(finding.tries):
        if len(finding.tries) > 1:
            yield f"try {i} ({value}) dropped", replace(finding, tries=finding.tries[:i] + finding.tries[i + 1 :])
        for change, changed in _conditions(condition, _answers):
            yield f"try {i} ({value}) {change}", replace(finding, tries=_put(finding.tries, i, (value, changed)))
    for i, (one, two) in enumerate(pairwise(finding.tries)):
        tries = (*finding.tries[:i], two, one, *finding.tries[i + 2 :])
        yield f"tries {i} and {i + 1} swapped", replace(finding, tries=tries)
    yield from _meetings(finding)
    if finding.label == "pooled":
        yield f"wish {not finding.wish}", replace(finding, wish=not finding.wish)
        suggesting = [rule for rule in ruleset.rules if rule.suggests]
        is_suggesting = any(clause.finding == finding.id for rule in suggesting for clause in clauses(rule.when))
        if finding.both == "own" and not is_suggesting:
            yield "label private", replace(finding, label="private")


def _meetings(finding: Finding) -> Iterator[tuple[str, Finding]]:
    if finding.gap:
        for partial, mismatched in product(_RATINGS, _RATINGS):
            moved = abs(partial - finding.gap.partial) + abs(mismatched - finding.gap.mismatched)
            if moved == 1 and partial <= mismatched:
                gap = replace(finding.gap, partial=partial, mismatched=mismatched)
                yield f"gap of {partial} and {mismatched}", replace(finding, gap=gap)
    elif finding.label == "pooled":
        for both in get_args(Meeting):
            if both not in (finding.both, "gap", "agreed"):
                yield f"both {both}", replace(finding, both=both)


def _answers(leaf: Leaf) -> Iterator[tuple[str, Leaf]]:
    match leaf:
        case Chosen(path, levels):
            yield from _levels(leaf, path, levels)
        case Contains(path, member):
            every = READABLE[path].levels
            other = every[(every.index(member) + 1) % len(every)]
            yield f"{other} for {member}", replace(leaf, member=other)
        case Linear(terms, _, constant):
            for number in (constant - 1, constant + 1):
                yield f"constant {number}", replace(leaf, constant=number)
            for i, (factor, path) in enumerate(terms):
                for times in (factor - 1, factor + 1):
                    if times:
                        yield f"{times} times {path}", replace(leaf, terms=_put(terms, i, (times, path)))


def _levels(leaf: Chosen, path: str, levels: tuple[str, ...]) -> Iterator[tuple[str, Leaf]]:
    every = READABLE[path].levels or ("false", "true")
    for i, level in enumerate(every):
        if level in levels and len(levels) > 1:
            yield f"without {level}", replace(leaf, levels=tuple(entry for entry in levels if entry != level))
        elif level not in levels and len(levels) + 1 < len(every) and {*every[max(i - 1, 0) : i + 2]} & {*levels}:
            yield (
                f"also {level}",
                replace(leaf, levels=tuple(entry for entry in every if entry in levels or entry == level)),
            )


# What becomes of them


@contextmanager
def _one_activity_index(ruleset: Ruleset) -> Iterator[None]:
    """Compile all rulesets with the index of this one meanwhile: no mutant changes activities, and it takes longest."""
    index = build_activity_index(ruleset)
    setattr(compiled_rulesets, build_activity_index.__name__, lambda _: index)
    try:
        yield
    finally:
        setattr(compiled_rulesets, build_activity_index.__name__, build_activity_index)


def survivors(library: Library, suite: Suite, tried: Iterable[Mutant]) -> Iterator[Mutant]:
    """Yield the mutants that no scenario shows. Those that answer what the changed part reads are looked at first."""
    reads = _answers_read(library.ruleset)
    with _one_activity_index(library.ruleset):
        for mutant in tried:
            scenarios = sorted(suite.scenarios, key=partial(_distance, reads[mutant.of]))
            if is_as_expected(compile_ruleset(mutant.ruleset), replace(suite, scenarios=tuple(scenarios))):
                yield mutant


def _distance(read: frozenset[str], scenario: BoundaryScenario) -> int:
    mine, theirs = scenario.couple
    return len((mine.keys() | (theirs or {}).keys()) ^ read)


def _answers_read(ruleset: Ruleset) -> dict[str, frozenset[str]]:
    """Return the answers that each part of a ruleset reads, by the name that a mutant has for it."""
    reads = {f"findings/{finding.id}": paths_of(finding) for finding in ruleset.findings}
    for name, when in conditions_of(ruleset):
        reads[name] = frozenset().union(*(reads[f"findings/{clause.finding}"] for clause in clauses(when)))
    return reads
