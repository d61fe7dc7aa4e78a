"""Each kind of property by complete enumeration: every combination of what it rests on, tried and counted."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import prod

import numpy as np
from numpy.typing import NDArray

from app.analysis.grid import UNKNOWN, AnswerGrid, Axis, Block, Row, Space, clusters, meet, rows_of
from app.analysis.room import choices_left, made_for
from app.analysis.shown import Broken, Shown
from app.engine.conditions import All, AnyOf, Clause, Condition, Not, clauses
from app.engine.ruleset import Finding, Insight, Need, Rule
from app.engine.vocabulary import ANSWERS, PRACTICES
from app.rulesets.library import Library
from app.rulesets.properties import Property, PropertyKind

Array = NDArray[np.bool_]
Needs = NDArray[np.int8]
_MOST_CELLS = 1 << 28
"""Beyond so many the question is left to be asked in a smaller way, or said not to be shown."""

AFFECTION = "affection"


class TooMany(Exception):
    """More cells than can be gone through in the time there is."""


class Count:
    """How much was gone through for one property."""

    def __init__(self) -> None:
        self.cells = self.inputs = 0
        self.broken: list[Broken] = []

    def over(self, space: Space) -> Iterator[Block]:
        """The blocks of a space, counted as they are gone through."""
        if space.cells > _MOST_CELLS:
            raise TooMany(f"{space.cells} cells are too many to go through")
        self.inputs = max(self.inputs, space.inputs)
        for block in space.blocks():
            self.cells += prod(block.shape)
            yield block

    def breaks(self, says: str, block: Block, where: Array) -> bool:
        """Note the first cell that breaks it, with answers of two people that lead there."""
        whole = np.broadcast_to(where, block.shape)
        if not whole.any():
            return False
        rows = block.rows_at(int(np.argmax(whole)))
        self.broken.append(Broken(says, _reports(rows)))
        return True


def _reports(rows: Sequence[Row]) -> tuple[tuple[str, dict[str, object]], ...]:
    mine: dict[str, object] = {}
    theirs: dict[str, object] = {}
    for row in rows:
        mine |= row.mine
        theirs |= row.theirs
    return ("a", mine), ("b", theirs)


class Cells:
    """Goes through the findings of one ruleset."""

    def __init__(self, library: Library) -> None:
        self.library, self.ruleset = library, library.ruleset
        self.findings = {finding.id: finding for finding in self.ruleset.findings}
        self.wishes = frozenset(f.id for f in self.ruleset.findings if f.wish)
        self.rules = tuple(rule for rule in self.ruleset.rules if rule.status != "retired")
        self.clusters = clusters(self.ruleset.findings)
        self._axes: dict[tuple[str, ...], Axis] = {}
        self.suggesting = {p: [r for r in self.rules if r.suggests == p] for p in PRACTICES}
        self.withholding = {p: [r for r in self.rules if p in r.withholds] for p in PRACTICES}

    def axis(self, cluster: tuple[Finding, ...]) -> Axis:
        """The ways for findings that share answers, worked out when they are first read."""
        names = tuple(finding.id for finding in cluster)
        if names not in self._axes:
            self._axes[names] = Axis(tuple(rows_of(cluster)))
        return self._axes[names]

    def show(self, wanted: Property) -> Shown:
        count = Count()
        try:
            _SHOW[wanted.kind](self, wanted, count)
        except TooMany as error:
            count.broken.append(Broken(f"not shown: {error}"))
        return Shown(tuple(count.broken), count.cells, count.inputs)

    # What the rules make of a block.

    def space(self, read: Iterable[str], own: Iterable[str] = ()) -> Space:
        """All that can be of these findings, as the two meet; of some also what the viewer alone says."""
        met = frozenset(read)
        alone = frozenset(own) | met & self.wishes
        touched = [cluster for cluster in self.clusters if any(f.id in met | alone for f in cluster)]
        return Space([self.axis(cluster).only(met, alone) for cluster in touched])

    def holds(self, condition: Condition, block: Block, own: frozenset[str] = frozenset()) -> Array:
        return self._truths(condition, block, own)[0]

    def _truths(self, condition: Condition, block: Block, own: frozenset[str]) -> tuple[Array, Array]:
        match condition:
            case All(parts):
                each = [self._truths(part, block, own) for part in parts]
                return _all([t for t, _ in each]), _any([f for _, f in each])
            case AnyOf(parts):
                each = [self._truths(part, block, own) for part in parts]
                return _any([t for t, _ in each]), _all([f for _, f in each])
            case Not(part):
                holds, fails = self._truths(part, block, own)
                return fails, holds
            case Clause(finding, _, _, accepts):
                code = block.code(finding, own=finding in own)
                accepted = np.isin(code, accepts)
                return accepted, (code != UNKNOWN) & ~accepted
            case _:
                raise TypeError("a rule reads findings")

    def asked(self, rule: Rule, block: Block) -> Needs:
        """How much a rule calls for where it fires; through the other's wish alone moderate at most."""
        fires = self.holds(rule.when, block)
        alone = self.holds(rule.when, block, self.wishes)
        need = int(rule.need or 0)
        return np.where(fires, np.where(alone, need, min(need, Need.moderate)), 0).astype(np.int8)

    def need(self, practice: str, block: Block, without: str | None = None) -> Needs:
        need = np.zeros([1] * len(block.shape), np.int8)
        for rule in self.suggesting[practice]:
            if rule.id != without:
                need = np.maximum(need, self.asked(rule, block))
        return need

    def any_fires(self, rules: Iterable[Rule], block: Block, without: str | None = None) -> Array:
        return _any([self.holds(rule.when, block) for rule in rules if rule.id != without])

    def suggested(self, practice: str, block: Block) -> Array:
        return (self.need(practice, block) > 0) & ~self.any_fires(self.withholding[practice], block)

    def _reads(self, rules: Iterable[Rule]) -> set[str]:
        return {clause.finding for rule in rules for clause in clauses(rule.when)}

    def _of(self, practice: str) -> list[Rule]:
        return self.suggesting[practice] + self.withholding[practice]

    # The kinds.

    def suggests(self, wanted: Property, count: Count) -> None:
        """One practice that is always there is enough; else two, and so on, as far as cells can be gone through."""
        practices_of = {strategy.id: strategy.practices for strategy in self.ruleset.strategies}
        for case in wanted.cases:
            for strategy in case.strategies:
                self._some_is_suggested(case.when, practices_of[strategy], strategy, count)

    def _some_is_suggested(self, when: Condition, practices: tuple[str, ...], strategy: str, count: Count) -> None:
        failed: Count | None = None
        for size in range(1, len(practices) + 1):
            for some in combinations(practices, size):
                tried = Count()
                rules = [rule for practice in some for rule in self._of(practice)]
                for block in tried.over(self.space(self._reads(rules) | _findings(when))):
                    left = _any([self.suggested(practice, block) for practice in some])
                    if tried.breaks(f"nothing of {strategy} is left", block, self.holds(when, block) & ~left):
                        break
                count.cells += tried.cells
                count.inputs = max(count.inputs, tried.inputs)
                if not tried.broken:
                    return
                failed = tried
        if failed:
            count.broken += failed.broken

    def called_for(self, wanted: Property, count: Count) -> None:
        for case in wanted.cases:
            need = int(case.need or Need.slight)
            for practice in case.practices:
                read = self._reads(self.suggesting[practice]) | _findings(case.when)
                for block in count.over(self.space(read)):
                    alone = self.holds(case.when, block, self.wishes)
                    least = np.where(alone, need, min(need, Need.moderate))
                    too_little = self.holds(case.when, block) & (self.need(practice, block) < least)
                    if count.breaks(f"{practice} is called for too little", block, too_little):
                        break

    def called_for_at_most(self, wanted: Property, count: Count) -> None:
        for case in wanted.cases:
            for practice in case.practices:
                read = self._reads(self.suggesting[practice]) | _findings(case.when)
                for block in count.over(self.space(read)):
                    too_much = self.holds(case.when, block) & (self.need(practice, block) > int(case.need or 0))
                    if count.breaks(f"{practice} is called for too much", block, too_much):
                        break

    def withholds(self, wanted: Property, count: Count) -> None:
        for case in wanted.cases:
            held = [(practice, self.withholding[practice]) for practice in case.practices]
            held += [(f"what is {t}", [r for r in self.rules if t in r.withholds_tones]) for t in case.tones]
            for name, rules in held:
                for block in count.over(self.space(self._reads(rules) | _findings(case.when))):
                    free = self.holds(case.when, block) & ~self.any_fires(rules, block)
                    if count.breaks(f"{name} is not withheld", block, free):
                        break

    def only_where(self, wanted: Property, count: Count) -> None:
        for case in wanted.cases:
            for practice in case.practices:
                read = self._reads(self._of(practice)) | _findings(case.when)
                for block in count.over(self.space(read)):
                    elsewhere = self.suggested(practice, block) & ~self.holds(case.when, block)
                    if count.breaks(f"{practice} is suggested elsewhere too", block, elsewhere):
                        break

    def rises(self, wanted: Property, count: Count) -> None:
        """Each finding is let free of the others here: wider than what people can answer, so all the surer."""
        for practice, name in wanted.pairs:
            says = f"{practice} is called for less when {name} worsens"
            self._never_falls(practice, [name], _worsens, says, count)

    def answers_add(self, _: Property, count: Count) -> None:
        for practice in PRACTICES:
            says = f"{practice} is called for less once more is known"
            self._never_falls(practice, sorted(self._reads(self.suggesting[practice])), _learns, says, count)

    def _never_falls(
        self, practice: str, moved: Sequence[str], moves: Callable[[Row, Row], bool], says: str, count: Count
    ) -> None:
        read = sorted(self._reads(self.suggesting[practice]) | set(moved))
        space = Space([self._alone(name) for name in read])
        for name in moved:
            fixed = [axis for axis in space.axes if name not in axis.findings]
            (own,) = (axis for axis in space.axes if name in axis.findings)
            for block in count.over(Space(fixed)):
                count.cells += prod(block.shape) * (len(own.rows) - 1)
                needs = [self.need(practice, Block([*block.axes, Axis((row,))])) for row in own.rows]
                steps = (
                    (before, after)
                    for i, before in enumerate(own.rows)
                    for j, after in enumerate(own.rows)
                    if moves(before, after) and (needs[i] > needs[j]).any()
                )
                for before, after in steps:
                    count.broken.append(Broken(f"{says} ({name}: {dict(before.met)} to {dict(after.met)})"))
                    return
        count.inputs = max(count.inputs, self.space(read).inputs)

    def _alone(self, name: str) -> Axis:
        cluster = next(cluster for cluster in self.clusters if any(f.id == name for f in cluster))
        return self.axis(cluster).only(frozenset([name]), frozenset([name]) & self.wishes)

    def alive(self, _: Property, count: Count) -> None:
        for rule in self.rules:
            blocks = count.over(self.space(self._reads([rule])))
            if not any(np.any(self.holds(rule.when, block)) for block in blocks):
                count.broken.append(Broken(f"no answers make the rule {rule.id} fire"))
        for insight in self.ruleset.insights:
            if not self._is_raised(insight, count):
                count.broken.append(Broken(f"no answers raise the insight {insight.id}"))

    def _is_raised(self, insight: Insight, count: Count) -> bool:
        read = frozenset(_findings(insight.when))
        blocks = count.over(self.space((), read))
        return any(np.any(self.holds(insight.when, block, read)) for block in blocks)

    def counts(self, wanted: Property, count: Count) -> None:
        for rule in self.rules:
            decides = self._decides(rule, count)
            if rule.id in wanted.excused and decides:
                count.broken.append(Broken(f"{rule.id} decides something, so it needs no excuse"))
            if rule.id not in wanted.excused and not decides:
                count.broken.append(Broken(f"{rule.id} decides nothing that other rules do not decide without it"))
            if rule.id in wanted.excused and not self._is_read(rule, count):
                count.broken.append(Broken(f"{rule.id} changes nothing and is never read as a reason"))

    def _decides(self, rule: Rule, count: Count) -> bool:
        if rule.suggests:
            return self._calls_for_more(rule, rule.suggests, count)
        return any(self._holds_back(rule, p, self.withholding[p], count) for p in rule.withholds) or any(
            self._holds_back(rule, practice, [r for r in self.rules if tone in r.withholds_tones], count, tone=True)
            for tone in rule.withholds_tones
            for practice in self._with_tone(tone)
        )

    def _with_tone(self, tone: str) -> list[str]:
        return sorted({activity.practice for activity in self.ruleset.activities if tone in activity.tones})

    def _calls_for_more(self, rule: Rule, practice: str, count: Count) -> bool:
        for block in count.over(self.space(self._reads(self._of(practice)))):
            more = self.asked(rule, block) > self.need(practice, block, without=rule.id)
            if np.any(more & ~self.any_fires(self.withholding[practice], block)):
                return True
        return False

    def _holds_back(self, rule: Rule, practice: str, alike: list[Rule], count: Count, *, tone: bool = False) -> bool:
        read = self._reads([*self._of(practice), *alike])
        for block in count.over(self.space(read)):
            wanted = self.suggested(practice, block) if tone else self.need(practice, block) > 0
            alone = self.holds(rule.when, block) & ~self.any_fires(alike, block, without=rule.id)
            if np.any(alone & wanted):
                return True
        return False

    def _is_read(self, rule: Rule, count: Count) -> bool:
        against = self.withholding[rule.suggests] if rule.suggests else []
        blocks = count.over(self.space(self._reads([rule, *against])))
        return any(np.any(self.holds(rule.when, block) & ~self.any_fires(against, block)) for block in blocks)

    def bounded_wishes(self, wanted: Property, count: Count) -> None:
        declared = frozenset(wanted.findings)
        for practice in PRACTICES:
            rules = self.suggesting[practice]
            read = self._reads(rules)
            for block in count.over(self.space(read, declared & read)):
                pressing = self.need(practice, block) == Need.strong
                strong = [self.holds(r.when, block, declared) for r in rules if r.need == Need.strong]
                if count.breaks(f"the other's wish alone makes {practice} press", block, pressing & ~_any(strong)):
                    break

    def private_takes_away(self, _: Property, count: Count) -> None:
        """Need is the same wherever only private findings differ."""
        private = {f.id for f in self.ruleset.findings if f.label == "private"}
        for practice in PRACTICES:
            if practice == AFFECTION:
                continue
            for block in count.over(self.space(self._reads(self.suggesting[practice]))):
                across = tuple(i for i, axis in enumerate(block.axes) if axis.findings & private)
                need = np.broadcast_to(self.need(practice, block), block.shape)
                if across and np.any(need.max(axis=across) != need.min(axis=across)):
                    count.broken.append(Broken(f"what is kept private changes how much {practice} is called for"))
                    break

    def alike(self, wanted: Property, count: Count) -> None:
        for name in wanted.findings:
            finding = self.findings[name]
            if finding.gap:
                continue
            mine = AnswerGrid([finding]).ways()
            count.cells += len(mine) ** 2
            count.inputs = max(count.inputs, sum(way.count for way in mine) ** 2)
            codes = [way.codes[0] for way in mine]
            if any(meet(finding.both, a, b) != meet(finding.both, b, a) for a in codes for b in codes):
                count.broken.append(Broken(f"{finding.id} is not the same from both sides"))

    def derived(self, wanted: Property, count: Count) -> None:
        ordered = {question.id for question in self.library.questions if question.ordered}
        ordered |= {path for path, answer in ANSWERS.items() if answer.shape in ("number", "integer", "scale")}
        for finding in self.ruleset.findings:
            if finding.gap:
                continue
            grid = AnswerGrid([finding])
            count.cells += prod(grid.shape)
            count.inputs = max(count.inputs, sum(way.count for way in grid.ways()))
            _derived(finding, grid, ordered, wanted, count)

    def choices_left(self, wanted: Property, count: Count) -> None:
        shown = choices_left(self.ruleset, wanted.at_least)
        count.cells, count.inputs = shown.cells, shown.inputs
        count.broken += shown.broken

    def made_for(self, wanted: Property, count: Count) -> None:
        shown = made_for(self.ruleset, wanted.cases)
        count.cells, count.inputs = shown.cells, shown.inputs
        count.broken += shown.broken


def _derived(finding: Finding, grid: AnswerGrid, ordered: set[str], wanted: Property, count: Count) -> None:
    (code,) = grid.codes
    whole = code[tuple(slice(1, None) for _ in grid.shape)]
    if np.any(whole == UNKNOWN):
        count.broken.append(Broken(f"{finding.id} is unknown though all is answered"))
    if finding.id not in wanted.first_wins:
        for value, condition in finding.tries:
            hidden = grid.truths(condition)[0] & (code < finding.values.index(value))
            if np.any(hidden):
                count.broken.append(Broken(f"{finding.id}: a calmer value hides {value}"))
    if finding.id not in wanted.bends:
        for axis, path in enumerate(grid.paths):
            if path in ordered:
                given = np.moveaxis(code, axis, 0)[1:]
                steps = np.diff(given, axis=0)
                known = (given[1:] != UNKNOWN) & (given[:-1] != UNKNOWN)
                if np.any((steps > 0) & known) and np.any((steps < 0) & known):
                    count.broken.append(Broken(f"{finding.id} rises and falls as {path} rises"))


def _worsens(before: Row, after: Row) -> bool:
    """What the two say together is worse; what the viewer wishes alone is the same or worse."""
    (a,), (b,) = before.met.values(), after.met.values()
    mine, later = tuple(before.own.values()), tuple(after.own.values())
    return UNKNOWN < a < b and (mine == later or UNKNOWN < mine[0] < later[0])


def _learns(before: Row, after: Row) -> bool:
    """The same, or unknown before: together, and alone where that counts."""
    said, later = (*before.met.values(), *before.own.values()), (*after.met.values(), *after.own.values())
    return all(a in (UNKNOWN, b) for a, b in zip(said, later, strict=True))


def _findings(condition: Condition) -> set[str]:
    return {clause.finding for clause in clauses(condition)}


def _all(parts: Sequence[Array]) -> Array:
    whole = np.ones((), bool)
    for part in parts:
        whole = whole & part
    return whole


def _any(parts: Sequence[Array]) -> Array:
    whole = np.zeros((), bool)
    for part in parts:
        whole = whole | part
    return whole


_SHOW: Mapping[PropertyKind, Callable[[Cells, Property, Count], None]] = {
    "suggests": Cells.suggests,
    "called_for": Cells.called_for,
    "withholds": Cells.withholds,
    "only_where": Cells.only_where,
    "rises": Cells.rises,
    "alive": Cells.alive,
    "counts": Cells.counts,
    "bounded_wishes": Cells.bounded_wishes,
    "private_takes_away": Cells.private_takes_away,
    "alike": Cells.alike,
    "answers_add": Cells.answers_add,
    "derived": Cells.derived,
    "choices_left": Cells.choices_left,
    "made_for": Cells.made_for,
    "called_for_at_most": Cells.called_for_at_most,
}
