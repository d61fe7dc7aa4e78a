"""Each kind of property by complete enumeration: every combination of what it rests on, tried and counted.

A space that is small is gone through cell by cell. A large one is cut into boxes until each is decided as a whole: that
leaves no cell out either, and says where it holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import prod

import numpy as np

from app.engine.conditions import Condition, clauses
from app.engine.ruleset import Finding, Need, Rule
from app.engine.vocabulary import ANSWERS, PRACTICES
from app.rulesets.library import Library
from app.rulesets.properties import Property, PropertyKind
from verification.grid import (
    UNKNOWN,
    AnswerGrid,
    Axis,
    Every,
    Formula,
    Holds,
    No,
    Row,
    Some,
    Space,
    clusters,
    judge,
    meet,
    read_by,
    rows_of,
    where,
)
from verification.room import choices_left, made_for
from verification.shown import Answers, Broken, Shown

MOST_CELLS = 1 << 24
"""Beyond so many a space is gone through by boxes."""
_MOST_BOXES = 200_000
_NEEDS = tuple(int(need) for need in Need)
_STRONG = int(Need.strong)

AFFECTION = "affection"
ALWAYS, NEVER = Every(()), Some(())


class TooMany(Exception):
    """More than can be gone through in the time there is."""


class Count:
    """How much was gone through for one property."""

    def __init__(self) -> None:
        self.cells = self.inputs = 0
        self.broken: list[Broken] = []

    def first(self, space: Space, asked: Formula) -> list[Row] | None:
        """The first cell at which it is so; None when all were looked at and it is so at none."""
        self.inputs = max(self.inputs, space.inputs)
        return self._one_by_one(space, asked) if space.cells <= MOST_CELLS else self._by_boxes(space, asked)

    def _one_by_one(self, space: Space, asked: Formula) -> list[Row] | None:
        for block in space.blocks():
            self.cells += prod(block.shape)
            whole = np.broadcast_to(where(asked, block), block.shape)
            if whole.any():
                return block.rows_at(int(np.argmax(whole)))
        return None

    def _by_boxes(self, space: Space, asked: Formula) -> list[Row] | None:
        left, boxes = [space.box()], 0
        while left:
            box = left.pop()
            may, must, literal = judge(asked, box)
            boxes += 1
            if boxes > _MOST_BOXES:
                raise TooMany(f"{space.cells} cells are too many to go through, by {_MOST_BOXES} boxes too")
            if may and not must and literal:
                left += box.parts(literal)
                continue
            self.cells += box.cells
            if must:
                return [rows[0] for rows in box.axes]
        return None


def _reports(rows: Sequence[Row]) -> tuple[tuple[str, Answers], ...]:
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
        self._narrowed: dict[tuple[str, ...], Axis] = {}
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

    def space(self, read: Iterable[str], own: Iterable[str] = ()) -> Space:
        """All that can be of these findings, as the two meet; of some also what the viewer alone says."""
        met = frozenset(read)
        alone = frozenset(own) | met & self.wishes
        touched = [cluster for cluster in self.clusters if any(f.id in met | alone for f in cluster)]
        return Space([self._narrow(cluster, met, alone) for cluster in touched])

    def _narrow(self, cluster: tuple[Finding, ...], met: frozenset[str], own: frozenset[str]) -> Axis:
        names = {finding.id for finding in cluster}
        key = (*sorted(met & names), "", *sorted(own & names))
        if key not in self._narrowed:
            self._narrowed[key] = self.axis(cluster).only(met, own)
        return self._narrowed[key]

    def _first(self, asked: Formula, count: Count) -> list[Row] | None:
        return count.first(self.space(*read_by(asked)), asked)

    def _never(self, says: str, asked: Formula, count: Count) -> bool:
        """Whether it is so at no cell; else the first such cell is noted, with answers that lead there."""
        rows = self._first(asked, count)
        if rows is not None:
            count.broken.append(Broken(says, _reports(rows)))
        return rows is None

    # What the rules make of a cell.

    def asks(self, rule: Rule, least: int, at: Row | None = None) -> Formula:
        """That it calls for at least so much; through the other's wish alone that is moderate at most."""
        if (rule.need or 0) < least:
            return NEVER
        fires = Holds(rule.when, at=at)
        return fires if least <= Need.moderate else Every((fires, Holds(rule.when, self.wishes, at)))

    def needs(self, practice: str, least: int, without: str | None = None, at: Row | None = None) -> Formula:
        return Some(tuple(self.asks(rule, least, at) for rule in self.suggesting[practice] if rule.id != without))

    def withheld(self, practice: str, without: str | None = None) -> Formula:
        return _fires(self.withholding[practice], without)

    def suggested(self, practice: str) -> Formula:
        return Every((self.needs(practice, Need.slight), No(self.withheld(practice))))

    def _softening(self, tone: str) -> list[Rule]:
        return [rule for rule in self.rules if tone in rule.withholds_tones]

    # The kinds.

    def suggests(self, wanted: Property, count: Count) -> None:
        """One practice that is always there is enough; else two, and so on."""
        practices_of = {strategy.id: strategy.practices for strategy in self.ruleset.strategies}
        for case in wanted.cases:
            for strategy in case.strategies:
                self._some_is_suggested(case.when, practices_of[strategy], strategy, count)

    def _some_is_suggested(self, when: Condition, practices: tuple[str, ...], strategy: str, count: Count) -> None:
        rows: list[Row] | None = None
        for size in range(1, len(practices) + 1):
            for some in combinations(practices, size):
                left = Some(tuple(self.suggested(practice) for practice in some))
                rows = self._first(Every((Holds(when), No(left))), count)
                if rows is None:
                    return
        count.broken.append(Broken(f"nothing of {strategy} is left", _reports(rows or [])))

    def called_for(self, wanted: Property, count: Count) -> None:
        for case in wanted.cases:
            need, alone = int(case.need or Need.slight), Holds(case.when, self.wishes)
            for practice in case.practices:
                bounded = self.needs(practice, min(need, Need.moderate))
                too_little = Some((Every((alone, No(self.needs(practice, need)))), No(bounded)))
                self._never(f"{practice} is called for too little", Every((Holds(case.when), too_little)), count)

    def called_for_at_most(self, wanted: Property, count: Count) -> None:
        for case in wanted.cases:
            for practice in case.practices:
                too_much = self.needs(practice, int(case.need or 0) + 1)
                self._never(f"{practice} is called for too much", Every((Holds(case.when), too_much)), count)

    def withholds(self, wanted: Property, count: Count) -> None:
        for case in wanted.cases:
            held = [(practice, self.withheld(practice)) for practice in case.practices]
            held += [(f"what is {tone}", _fires(self._softening(tone))) for tone in case.tones]
            for name, is_withheld in held:
                self._never(f"{name} is not withheld", Every((Holds(case.when), No(is_withheld))), count)

    def only_where(self, wanted: Property, count: Count) -> None:
        for case in wanted.cases:
            for practice in case.practices:
                elsewhere = Every((self.suggested(practice), No(Holds(case.when))))
                self._never(f"{practice} is suggested elsewhere too", elsewhere, count)

    def rises(self, wanted: Property, count: Count) -> None:
        """Each finding is let free of the others here: wider than what people can answer, so all the surer."""
        for practice, name in wanted.pairs:
            says = f"{practice} is called for less when {name} worsens"
            self._never_falls(practice, name, _worsens, says, count)

    def answers_add(self, _: Property, count: Count) -> None:
        for practice in PRACTICES:
            says = f"{practice} is called for less once more is known"
            for name in sorted(_read(self.suggesting[practice])):
                if not self._never_falls(practice, name, _learns, says, count):
                    break

    def _never_falls(
        self, practice: str, moved: str, moves: Callable[[Row, Row], bool], says: str, count: Count
    ) -> bool:
        """What is called for falls only where a rule falls that no other makes up for."""
        rows = self._alone(moved).rows
        rules = [rule for rule in self.suggesting[practice] if moved in _read([rule])]
        count.inputs = max(count.inputs, self.space(_read(self.suggesting[practice]) | {moved}).inputs)
        for before, after in ((a, b) for a in rows for b in rows if moves(a, b)):
            for rule in rules:
                for least in _NEEDS[: rule.need]:
                    asked = self.asks(rule, least, before)
                    if self._apart(Every((asked, No(self.asks(rule, least, after)))), count) is None:
                        continue
                    if self._apart(Every((asked, No(self.needs(practice, least, at=after)))), count) is not None:
                        count.broken.append(Broken(f"{says} ({moved}: {dict(before.met)} to {dict(after.met)})"))
                        return False
        return True

    def _apart(self, asked: Formula, count: Count) -> list[Row] | None:
        """Each finding let free of the others."""
        met, own = read_by(asked)
        return count.first(Space([self._alone(name) for name in sorted(met | own)]), asked)

    def _alone(self, name: str) -> Axis:
        cluster = next(cluster for cluster in self.clusters if any(f.id == name for f in cluster))
        return self._narrow(cluster, frozenset([name]), frozenset([name]) & self.wishes)

    def alive(self, _: Property, count: Count) -> None:
        for rule in self.rules:
            if self._first(Holds(rule.when), count) is None:
                count.broken.append(Broken(f"no answers make the rule {rule.id} fire"))
        for insight in self.ruleset.insights:
            if self._first(Holds(insight.when, frozenset(_findings(insight.when))), count) is None:
                count.broken.append(Broken(f"no answers raise the insight {insight.id}"))

    def counts(self, wanted: Property, count: Count) -> None:
        for rule in self.rules:
            idle = [says for says, each in self._decides(rule) if all(self._first(a, count) is None for a in each)]
            if rule.id not in wanted.excused:
                count.broken += [Broken(f"{rule.id} {says} that other rules do not decide without it") for says in idle]
            elif not idle:
                count.broken.append(Broken(f"{rule.id} decides something, so it needs no excuse"))
            elif self._first(self._is_read(rule), count) is None:
                count.broken.append(Broken(f"{rule.id} changes nothing and is never read as a reason"))

    def _decides(self, rule: Rule) -> Iterator[tuple[str, Sequence[Formula]]]:
        """Where leaving it out would change what is called for, or each single thing that it holds back."""
        if rule.suggests:
            free = No(self.withheld(rule.suggests))
            more = [Every((self.asks(rule, k), No(self.needs(rule.suggests, k, rule.id)), free)) for k in _NEEDS]
            yield "decides nothing", more
        fires = Holds(rule.when)
        for practice in rule.withholds:
            called_for = self.needs(practice, Need.slight)
            alone = Every((fires, No(self.withheld(practice, rule.id)), called_for))
            yield f"holds back nothing of {practice}", [alone]
        for tone in rule.withholds_tones:
            others = No(_fires(self._softening(tone), rule.id))
            with_it = sorted({activity.practice for activity in self.ruleset.activities if tone in activity.tones})
            yield f"holds back nothing {tone}", [Every((fires, others, self.suggested(each))) for each in with_it]

    def _is_read(self, rule: Rule) -> Formula:
        free = No(self.withheld(rule.suggests)) if rule.suggests else ALWAYS
        return Every((Holds(rule.when), free))

    def bounded_wishes(self, wanted: Property, count: Count) -> None:
        """Whatever presses, presses by the viewer's own word: rule by rule, else all of a practice together."""
        declared = frozenset(wanted.findings)
        for practice in PRACTICES:
            strong = [rule for rule in self.suggesting[practice] if rule.need == _STRONG]
            mine = No(Some(tuple(Holds(rule.when, declared) for rule in strong)))
            for rule in strong:
                pressing = self.asks(rule, _STRONG)
                by_itself = Every((pressing, No(Holds(rule.when, declared))))
                says = f"the other's wish alone makes {practice} press"
                if self._first(by_itself, count) and not self._never(says, Every((pressing, mine)), count):
                    break

    def private_takes_away(self, _: Property, count: Count) -> None:
        """No rule turns on a private finding; or others make up for it, whatever that turns to."""
        private = sorted(f.id for f in self.ruleset.findings if f.label == "private")
        for practice in (practice for practice in PRACTICES if practice != AFFECTION):
            if any(self._turns(practice, name, least, count) for name in private for least in _NEEDS):
                count.broken.append(Broken(f"what is kept private changes how much {practice} is called for"))

    def _turns(self, practice: str, name: str, least: int, count: Count) -> bool:
        rules, rows = self.suggesting[practice], self._alone(name).rows
        count.inputs = max(count.inputs, self.space(_read(rules) | {name}).inputs)
        each = ([self.asks(rule, least, row) for row in rows] for rule in rules if (rule.need or 0) >= least)
        if all(self._apart(_differs(one), count) is None for one in each):
            return False
        return self._apart(_differs([self.needs(practice, least, at=row) for row in rows]), count) is not None

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
        shown = choices_left(self.ruleset, self.library.compiled.index, wanted.at_least)
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


def _differs(formulas: Sequence[Formula]) -> Formula:
    """That some are so and others not."""
    return Every((Some(tuple(formulas)), No(Every(tuple(formulas)))))


def _fires(rules: Iterable[Rule], without: str | None = None) -> Formula:
    return Some(tuple(Holds(rule.when) for rule in rules if rule.id != without))


def _findings(condition: Condition) -> set[str]:
    return {clause.finding for clause in clauses(condition)}


def _read(rules: Iterable[Rule]) -> set[str]:
    return {clause.finding for rule in rules for clause in clauses(rule.when)}


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
