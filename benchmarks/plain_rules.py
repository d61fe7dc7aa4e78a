"""The ruleset as the plain program that somebody would write by hand: an `if` for every rule and every activity.

`write_program` gives its source. The program reads the answers directly and says, for each of two partners, which rules
fire on their own answers and which activities fit and are called for. It knows no order, chooses nothing and gives no
reasons; it has no history, no answers kept from the pool, no quiet view and no support.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, cast, get_args

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import (
    QUARTERS,
    All,
    AnyOf,
    Chosen,
    Clause,
    Condition,
    Contains,
    Leaf,
    Linear,
    Not,
    Rated,
    positive,
)
from app.engine.constraint_masks import ActivityLimit
from app.engine.evaluate import told_reader
from app.engine.findings import CodeOperations, meet
from app.engine.history import NO_MOMENT
from app.engine.offer import judge_pair, make_offer, read
from app.engine.ruleset import Activity, Finding, FindingLabel, Rule
from app.engine.self_report import OWN_KIND, OWN_SEASON, Mutual, SelfReport, agree, pool
from app.engine.vocabulary import GROUPS, READABLE

TwoViews = Callable[[SelfReport, SelfReport], dict[str, dict[str, list[str]]]]
"""From two reports to the ids of `rules` and `activities`, for each of `a` and `b`."""
LABELS = get_args(FindingLabel)
SEASON = "circumstances.season"


def write_program(compiled: CompiledRuleset) -> str:
    """Return the source of a module with the function `two_views` of two self-reports."""
    parts = (
        _write_readings(compiled.findings),
        _write_meeting(compiled.findings),
        _write_rules(compiled),
        _write_fitting(compiled),
        FRAME.format(gap_of=_only_gap(compiled.findings)),
    )
    return "\n\n".join(parts)


FRAME = """\
def widest_gap(a, b):
    of_a, of_b = ((r.{gap_of} if r.activity_preferences else None) or {{}} for r in (a, b))
    return max((abs(of_a[kind] - of_b[kind]) for kind in of_a if kind in of_b), default=None)


def agreed(a, b):
    said = agree(a.mutual, b.mutual)
    return SelfReport(mutual=Mutual(affection=said.affection, about=said.about or None))


def two_views(a, b):
    both = agreed(a, b)
    mutual, gap = read_mutual(both), widest_gap(a, b)
    pooled_a, pooled_b = read_pooled(a), read_pooled(b)
    called, withheld = set(), set()
    forth, back = meet(pooled_a, pooled_b, gap), meet(pooled_b, pooled_a, gap)
    for codes in (forth, back):
        fire(codes + NOTHING_PRIVATE + mutual, called, withheld)
    views = {{}}
    for name, mine, theirs in (("a", a, b), ("b", b, a)):
        own = read_whole(mine)
        fired = fire(meet(own, NOBODY, None) + read_private(mine) + mutual, set(), set())
        fits = fit(mine, theirs, forth, called, withheld, both.mutual.affection is not None)
        views[name] = {{"rules": fired, "activities": fits}}
    return views
"""


def _only_gap(findings: Iterable[Finding]) -> str:
    (path,) = {finding.gap.of for finding in findings if finding.gap}
    return path


def _write_readings(findings: tuple[Finding, ...]) -> str:
    """Write the functions from a report to the codes of its findings; the pooled ones also without what stays own."""
    by_label = {label: [finding for finding in findings if finding.label == label] for label in LABELS}
    nothing = (f"NOBODY = {(-1,) * len(by_label['pooled'])}", f"NOTHING_PRIVATE = {(-1,) * len(by_label['private'])}")
    written = [_write_reading(f"read_{label}", of, own=label != "pooled") for label, of in by_label.items()]
    return "\n\n".join((*nothing, *written, _write_reading("read_whole", by_label["pooled"], own=True)))


def _write_reading(name: str, findings: list[Finding], *, own: bool) -> str:
    lines = [f"def {name}(report):", *_read_groups("report", "")]
    for i, finding in enumerate(findings):
        lines.append(f"    f{i} = -1")
        for place, (value, condition) in enumerate(finding.tries):
            test = _is_so(condition, lambda leaf, negated: _known(leaf, own=own, negated=negated))
            lines += [f"    {'el' if place else ''}if {test}:", f"        f{i} = {finding.values.index(value)}"]
    return "\n".join([*lines, f"    return ({' '.join(f'f{i},' for i in range(len(findings)))})"])


def _read_groups(report: str, prefix: str) -> list[str]:
    return [f"    {prefix}{group} = {report}.{group} or NO_{group}" for group in GROUPS] + [
        f"    {prefix}goal = {report}.goal"
    ]


def _write_meeting(findings: tuple[Finding, ...]) -> str:
    pooled = [finding for finding in findings if finding.label == "pooled"]
    of_gap = {finding.id: f"g{i}" for i, finding in enumerate(pooled) if finding.gap}
    met = [meet(f.both, f"a{i}", f"b{i}", of_gap.get(f.id, "-1"), _TEXT) for i, f in enumerate(pooled)]
    gaps = [
        f"    g{i} = -1 if gap is None else 2 if gap >= {f.gap.mismatched} else 1 if gap >= {f.gap.partial} else 0"
        for i, f in enumerate(pooled)
        if f.gap
    ]
    names = [", ".join(f"{letter}{i}" for i in range(len(pooled))) for letter in "ab"]
    lines = ["def meet(mine, theirs, gap):", f"    {names[0]} = mine", f"    {names[1]} = theirs", *gaps]
    return "\n".join([*lines, f"    return ({', '.join(met)})"])


_TEXT = CodeOperations(
    first_known=lambda mine, theirs: f"{mine} if {mine} >= 0 else {theirs}",
    worse=lambda mine, theirs: f"{mine} if {mine} > {theirs} else {theirs}",
    agreed=lambda mine, theirs: f"max({mine}, {theirs}) if min({mine}, {theirs}) >= 0 else -1",
)


def _write_rules(compiled: CompiledRuleset) -> str:
    names = ", ".join(f"f{i}" for i in range(len(compiled.findings)))
    lines = ["def fire(codes, called, withheld):", f"    {names} = codes", "    fired = []"]
    sizes = {finding.id: len(finding.values) for finding in compiled.findings}
    in_force = {rule.id: rule for rule in compiled.ruleset.rules}
    for rule in (in_force[one.id] for one in compiled.rules):
        test = _is_so(positive(rule.when, sizes), lambda leaf, _: _clause(leaf, compiled.position))
        lines += [f"    if {test}:", f"        fired.append({rule.id!r})", *_effects(rule)]
    return "\n".join([*lines, "    return fired"])


def _effects(rule: Rule) -> Iterator[str]:
    if rule.suggests:
        yield f"        called.add({rule.suggests!r})"
    withheld = (*rule.withholds, *map(_of_ask, rule.withholds_asks))
    if withheld:
        yield f"        withheld.update({withheld!r})"


def _of_ask(ask: str) -> str:
    # Some asks are called as practices are.
    return f"asks {ask}"


def _clause(leaf: Leaf, position: Mapping[str, int]) -> str:
    if not isinstance(leaf, Clause):
        raise TypeError("the conditions of rules are clauses on findings")
    return f"f{position[leaf.finding]} in {leaf.accepts}"


def _write_fitting(compiled: CompiledRuleset) -> str:
    """Write an `if` for every activity, on facts about the two that are worked out before."""
    facts: dict[str, str] = {}
    tests = [
        line
        for activity, limits in zip(compiled.index.order, compiled.index.constraints.of_activity, strict=True)
        for line in _activity(activity, limits, facts)
    ]
    lines = ["def fit(mine, theirs, codes, called, withheld, is_affection_agreed):"]
    lines += [*_read_groups("mine", "a_"), *_read_groups("theirs", "b_"), f"    conflict = codes[{compiled.conflict}]"]
    lines += [f"    {name} = {test}" for test, name in facts.items()]
    return "\n".join([*lines, "    fits = []", *tests, "    return fits"])


def _activity(activity: Activity, limits: Iterable[ActivityLimit], facts: dict[str, str]) -> tuple[str, str]:
    names = (activity.purpose, activity.practice)
    tests = [
        _one_of(names, "called"),
        f"not ({_one_of((*names, *map(_of_ask, activity.asks)), 'withheld')})",
        *(["is_affection_agreed"] if activity.practice == "affection" else []),
        *(f"not {test}" for limit in limits for test in _keeps_out(activity, limit, facts)),
    ]
    return f"    if ({') and ('.join(tests)}):", f"        fits.append({activity.id!r})"


def _one_of(names: Iterable[str], among: str) -> str:
    return " or ".join(f"{name!r} in {among}" for name in names)


def _keeps_out(activity: Activity, limit: ActivityLimit, facts: dict[str, str]) -> Iterator[str]:
    """Yield the tests of which each keeps an activity out: those of each one whose answers count, or one of the two."""
    scope, is_joint = limit.constraint.scope, activity.together
    if scope == "couple":
        yield _is_so(limit.condition, lambda leaf, negated: _negated(_fact_of_two(leaf, facts), negated=negated))
        return
    for person in "ab" if is_joint or scope == "either" else "a":
        yield _is_so(limit.condition, partial(_of_one, f"{person}_", facts))


def _of_one(who: str, facts: dict[str, str], leaf: Leaf, negated: bool) -> str:  # noqa: FBT001
    return _negated(_fact(_test(leaf, who), facts), negated=negated)


def _fact(test: str, facts: dict[str, str]) -> str:
    return facts.setdefault(test, f"is{len(facts)}")


def _fact_of_two(leaf: Leaf, facts: dict[str, str]) -> str:
    if isinstance(leaf, Clause):
        return f"conflict in {leaf.accepts}"
    return _fact(f"{_test(leaf, 'a_')} or {_test(leaf, 'b_')}", facts)


def _is_so(condition: Condition, leaf: Callable[[Leaf, bool], str], *, negated: bool = False) -> str:
    """Write a condition that is true where the condition is known to be; `leaf` writes a leaf or its negation."""
    match condition:
        case Not(part):
            return _is_so(part, leaf, negated=not negated)
        case All(parts) | AnyOf(parts):
            is_all = isinstance(condition, All) is not negated
            written = (" and " if is_all else " or ").join(_is_so(part, leaf, negated=negated) for part in parts)
            return f"({written})" if parts else str(is_all)
        case _:
            return f"({leaf(condition, negated)})"


def _known(leaf: Leaf, *, own: bool, negated: bool) -> str:
    compared = _negated(f"({_compare(leaf, '', own=own)})", negated=negated)
    return f"{_is_known(leaf, '')} and {compared}"


def _test(leaf: Leaf, who: str) -> str:
    """Write a test that is false where the answer is missing; what is never pooled counts as missing."""
    return f"({_is_known(leaf, who)} and {_compare(leaf, who, own=False)})"


def _is_known(leaf: Leaf, who: str) -> str:
    paths = [path for _, path in leaf.terms] if isinstance(leaf, Linear) else [leaf.path]  # type: ignore[union-attr]
    return " and ".join(f"{_read(path, who)} is not None" for path in paths)


def _negated(test: str, *, negated: bool) -> str:
    return f"not {test}" if negated else test


def _compare(leaf: Leaf, who: str, *, own: bool) -> str:
    """Write the comparison of an answer that is there; without `own`, what is never pooled is left out."""
    match leaf:
        case Linear(terms, op, constant):
            times = QUARTERS if READABLE[terms[0][1]].shape == "number" else 1
            return " + ".join(f"{factor * times} * {_read(path, who)}" for factor, path in terms) + f" {op} {constant}"
        case Contains(path, member):
            return f"{member!r} in {_read(path, who)}" if own or (path, member) != (SEASON, OWN_SEASON) else "False"
        case Rated(path, kind, level):
            return f"{_read(path, who)}.get({kind!r}) == {level!r}" if own or kind != OWN_KIND else "False"
        case Chosen(path, levels):
            return _among(path, [level for level in levels if own or (path, level) != (SEASON, OWN_SEASON)], who)
        case _:
            raise TypeError("a derivation reads answers, not findings")


def _among(path: str, levels: list[str], who: str) -> str:
    answer, shape = _read(path, who), READABLE[path].shape
    if shape == "choices":
        return f"not {answer}.isdisjoint({tuple(levels)})"
    typed = [level == "true" if shape == "yes_no" else int(level) if shape == "scale" else level for level in levels]
    return f"{answer} in {tuple(typed)}"


def _read(path: str, who: str) -> str:
    group, _, name = path.partition(".")
    return f"{who}{group}.{name}" if name else f"{who}{group}"


def load_program(compiled: CompiledRuleset) -> TwoViews:
    """Return the program as a function of two reports."""
    scope: dict[str, Any] = {f"NO_{group}": kind() for group, kind in GROUPS.items()}
    scope |= {"SelfReport": SelfReport, "Mutual": Mutual, "agree": agree}
    exec(compile(write_program(compiled), "<plain rules>", "exec"), scope)  # noqa: S102  written above, from our own ruleset
    return cast(TwoViews, scope["two_views"])


def assert_agreement(
    compiled: CompiledRuleset, two_views: TwoViews, pairs: Iterable[tuple[SelfReport, SelfReport]]
) -> None:
    """Raise where the program says something else than the engine of a pair that keeps nothing from the pool."""
    for a, b in pairs:
        said = two_views(a, b)
        of_a, of_b = read(compiled, pool(a)), read(compiled, pool(b))
        pair = judge_pair(compiled, of_a, of_b, agree(a.mutual, b.mutual))
        for name, report, own, other in (("a", a, of_a, of_b), ("b", b, of_b, of_a)):
            offer = make_offer(compiled, own, other, pair, NO_MOMENT)
            fired = told_reader(offer, report).verdict.true
            rules = [rule.id for bit, rule in enumerate(compiled.rules) if fired >> bit & 1]
            fits = [activity.id for bit, activity in enumerate(compiled.index.order) if offer.eligible >> bit & 1]
            if said[name] != {"rules": rules, "activities": fits}:
                raise AssertionError(f"the plain rules and the engine differ about {name}")
