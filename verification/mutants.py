"""Small mistakes in the rules, made on purpose: does the suite of scenarios see each of them?

A mutant changes one thing that a person could have written otherwise and that the reader of content files would let
pass. It is killed where a scenario comes out differently. One that lives must be equivalent: nothing that two people
could answer would tell it apart, which is found out by trying everything that the changed part reads.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from itertools import pairwise, product
from typing import Any, NamedTuple, TypeVar, cast, get_args

from app.engine import compiled_ruleset as compiled_rulesets
from app.engine.activity_index import build_activity_index
from app.engine.code_generation import _FindingLookup, compile_reading, compile_rules
from app.engine.compiled_ruleset import CompiledRuleset, compile_ruleset, paths_of
from app.engine.conditions import (
    All,
    AnyOf,
    Chosen,
    Clause,
    Condition,
    Contains,
    Leaf,
    Linear,
    Not,
    clauses,
)
from app.engine.ruleset import Choosing, Finding, Insight, Lead, Meeting, Need, Opening, Precedence, Rule, Ruleset
from app.engine.vocabulary import READABLE
from app.rulesets.library import Library
from verification.judged import purposes_of
from verification.scenarios import BoundaryScenario, ScenarioCouple, Suite, decide

_RATINGS = range(1, 5)


class Mutant(NamedTuple):
    """A ruleset with one small mistake: in words, by the part changed (`rules/…`, `insights/…`, `findings/…`)."""

    name: str
    of: str
    ruleset: Ruleset


class Fate(NamedTuple):
    """The fate of a mutant; `by_suite` is the first scenario that told it apart."""

    mutant: Mutant
    by_suite: str | None


def mutants(ruleset: Ruleset) -> Iterator[Mutant]:
    """Yield all mutants, in the order of the content."""
    sizes = {finding.id: len(finding.values) for finding in ruleset.findings}
    for i, finding in enumerate(ruleset.findings):
        for change, changed in _findings(finding, ruleset):
            yield Mutant(
                f"{finding.id}: {change}",
                f"findings/{finding.id}",
                replace(ruleset, findings=_put(ruleset.findings, i, changed)),
            )
    for i, rule in enumerate(ruleset.rules):
        if rule.status != "retired":
            for change, other in _rules(rule, sizes, ruleset):
                yield Mutant(
                    f"{rule.id}: {change}", f"rules/{rule.id}", replace(ruleset, rules=_put(ruleset.rules, i, other))
                )
    for i, insight in enumerate(ruleset.insights):
        for change, other_insight in _of_condition(insight, sizes):
            changed_ruleset = replace(ruleset, insights=_put(ruleset.insights, i, other_insight))
            yield Mutant(f"{insight.id}: {change}", f"insights/{insight.id}", changed_ruleset)
    for i, opening in enumerate(ruleset.openings):
        for change, other_opening in _of_condition(opening, sizes):
            changed_ruleset = replace(ruleset, openings=_put(ruleset.openings, i, other_opening))
            yield Mutant(f"{opening.id}: {change}", f"openings/{opening.id}", changed_ruleset)
    yield from _choosing(ruleset, sizes)


def _choosing(ruleset: Ruleset, sizes: Mapping[str, int]) -> Iterator[Mutant]:
    """Yield mutants of the sizes and precedences; two precedences that say the same strategy may change places."""
    choosing = ruleset.choosing
    for size, condition in zip((field.name for field in fields(Choosing)), choosing.sizes, strict=False):
        for change, when in _conditions(condition, lambda leaf: _clauses(leaf, sizes)):
            changed = replace(choosing, **cast("dict[str, Any]", {size: when}))
            yield Mutant(f"{size}: {change}", f"sizes/{size}", replace(ruleset, choosing=changed))
    for i, lead in enumerate(choosing.leads):
        for change, also in _of_condition(lead, sizes):
            changed = replace(choosing, leads=_put(choosing.leads, i, also))
            yield Mutant(f"leads/{lead.id}: {change}", f"leads/{lead.id}", replace(ruleset, choosing=changed))
    ones, strategies = choosing.precedences, [strategy.id for strategy in ruleset.strategies]
    for i, one in enumerate(ones):
        ways: list[tuple[str, tuple[Precedence, ...]]] = [
            (change, _put(ones, i, also)) for change, also in _of_condition(one, sizes)
        ]
        other = strategies[(strategies.index(one.strategy) + 1) % len(strategies)]
        ways.append((f"puts {other} first", _put(ones, i, replace(one, strategy=other))))
        if i + 1 < len(ones) and ones[i + 1].strategy != one.strategy:
            ways.append(("after the next one", (*ones[:i], ones[i + 1], one, *ones[i + 2 :])))
        for change, changed_ones in ways:
            changed = replace(choosing, precedences=changed_ones)
            yield Mutant(f"precedences/{one.id}: {change}", f"precedences/{one.id}", replace(ruleset, choosing=changed))


def _put(ones: tuple[Any, ...], i: int, changed: Any) -> tuple[Any, ...]:
    return (*ones[:i], *(() if changed is None else (changed,)), *ones[i + 1 :])


# Rules and insights


def _rules(rule: Rule, sizes: Mapping[str, int], ruleset: Ruleset) -> Iterator[tuple[str, Rule | None]]:
    yield "dropped", None
    for change, when in _conditions(rule.when, lambda leaf: _clauses(leaf, sizes)):
        yield change, replace(rule, when=when)
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


Conditional = TypeVar("Conditional", Insight, Opening, Precedence, Lead)


def _of_condition(one: Conditional, sizes: Mapping[str, int]) -> Iterator[tuple[str, Conditional | None]]:
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
def _remembering() -> Iterator[None]:
    """Keep compiled parts meanwhile, so that unchanged parts, which most of a mutant is, are not compiled again."""
    memoised: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = (
        (build_activity_index, lambda ruleset: (id(ruleset.activities), id(ruleset.purposes))),
        (paths_of, id),
        (compile_reading, lambda findings, _: tuple(map(id, findings))),
        (compile_rules, _read_by_rules),
    )
    table = _FindingLookup.of
    for function, key in memoised:
        setattr(compiled_rulesets, function.__name__, _once(function, key))
    _FindingLookup.of = _once(table, id)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        for function, _ in memoised:
            setattr(compiled_rulesets, function.__name__, function)
        _FindingLookup.of = table  # type: ignore[method-assign]


def _read_by_rules(conditions: tuple[Condition, ...], findings: tuple[Finding, ...]) -> object:
    return conditions, tuple((finding.id, finding.values) for finding in findings)


def _once(function: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    """Memoise a function. Arguments are stored too, so that no other can come to have the same identity."""
    made: dict[Any, tuple[Any, Any]] = {}

    def make(*arguments: Any) -> Any:
        identity = key(*arguments)
        if identity not in made:
            made[identity] = function(*arguments), arguments
        return made[identity][0]

    return make


def fates(library: Library, suite: Suite, chosen: Iterable[Mutant] | None = None) -> Iterator[Fate]:
    """Try each mutant against the suite: first the scenarios that know of it, then all others."""
    telling = _Telling(library.ruleset, suite)
    with _remembering():
        for mutant in mutants(library.ruleset) if chosen is None else chosen:
            yield Fate(mutant, _killer(compile_ruleset(mutant.ruleset), suite, telling.in_order(mutant)))


def _killer(compiled: CompiledRuleset, suite: Suite, in_order: Iterable[BoundaryScenario]) -> str | None:
    everyone = decide(compiled, ScenarioCouple({}))
    if everyone != suite.for_everyone:
        return "for_everyone"
    for scenario in in_order:
        if decide(compiled, scenario.couple, everyone) != scenario.expected:
            return scenario.name
    return None


@dataclass
class _Telling:
    """Sorts scenarios by how likely they are to show a mutant: first those that answer what the changed part reads."""

    def __init__(self, ruleset: Ruleset, suite: Suite) -> None:
        self._suite = suite
        self._reads = {f"findings/{finding.id}": paths_of(finding) for finding in ruleset.findings}
        sizes = zip((field.name for field in fields(Choosing)), ruleset.choosing.sizes, strict=False)
        conditions = [(f"sizes/{name}", when) for name, when in sizes]
        for kind, ones in (
            ("rules", ruleset.rules),
            ("insights", ruleset.insights),
            ("openings", ruleset.openings),
            ("precedences", ruleset.choosing.precedences),
            ("leads", ruleset.choosing.leads),
        ):
            conditions += [(f"{kind}/{one.id}", one.when) for one in ones]
        for name, when in conditions:
            read = (self._reads[f"findings/{clause.finding}"] for clause in clauses(when))
            self._reads[name] = frozenset().union(*read)

    def in_order(self, mutant: Mutant) -> list[BoundaryScenario]:
        reads = self._reads[mutant.of]

        def distance(scenario: BoundaryScenario) -> int:
            mine, theirs = scenario.couple
            answered = mine.keys() | (theirs or {}).keys()
            return -1 if answered == reads else len(answered ^ reads)

        return sorted(self._suite.scenarios, key=distance)
