"""Which inputs get something else under another ruleset: counted exactly, cell by cell, with self-reports that show it.

A cell is one combination of what the findings read by some rules can come to when two people meet, the reader's own
wishes beside it. Cells that leave the same rules open are carried on as one, so that very many are counted in no time.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice, product
from typing import Any, NamedTuple, cast

from app.engine.conditions import Condition, alternatives, clauses, positive
from app.engine.evaluate import evaluate
from app.engine.ruleset import Finding, Insight, Need, Rule
from app.engine.selection import order_strategies
from app.engine.self_report import pool
from app.engine.verdicts import gate
from app.engine.view import Verdicts, View
from app.engine.vocabulary import PRACTICES
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, report_of
from verification.inputs import Inputs, Met, Way, merge, together

MOST_WITNESSES = 5
MOST_STATES = 200_000
_NEUTRAL: Answers = {
    "time_together.hours_per_week": 4,
    "conflict.level": "rare",
    "busyness.level": "normal",
    "activity_preferences.likes": {},
}
_LIKES = "activity_preferences.likes"

Literal = tuple[Finding, frozenset[int], bool]
"""A finding, the codes that are accepted, and whether it is the reader's own code that counts."""

Plain = dict[str, Any]


class Row(NamedTuple):
    """One way for a rule of one side to be true, or to be true by the reader's own wishes."""

    side: int
    one: Rule | Insight
    is_own: bool
    literals: frozenset[Literal]


class Outcome(NamedTuple):
    """What the rules make of a practice, a tone, an insight or of all strategies, and which of them fire."""

    comes_to: str
    fired: tuple[str, ...]


class Cells(NamedTuple):
    """So many cells, and the inputs behind them."""

    cells: int
    way: Way


class Change(NamedTuple):
    """Cells in which something else comes of it; both are empty where the same does, for other reasons."""

    subject: str
    old: str
    new: str
    cells: int
    way: Way

    @property
    def is_only_said(self) -> bool:
        return not self.old


class Counted(NamedTuple):
    """Everything about one subject. `cells` and `inputs` are all there are, `changes` those that differ."""

    subject: str
    findings: tuple[str, ...]
    cells: int
    inputs: int
    changes: tuple[Change, ...]


class TooMany(Exception):
    """More states than can be told apart here."""


class Comparison:
    """Two rulesets and what is told apart by them."""

    def __init__(self, old: Library, new: Library) -> None:
        self.sides = (old, new)
        self._inputs = Inputs(new.questions if len(new.questions) >= len(old.questions) else old.questions)
        self._findings = tuple({finding.id: finding for finding in side.ruleset.findings} for side in self.sides)

    # What to count

    def changed_rules(self) -> list[tuple[int, Rule]]:
        """Rules of either side that the other does not have alike, in what they decide and in what they read."""
        return [each for each in self._each_rule() if self._decides(*each) not in self._decided_by(1 - each[0])]

    def changed_insights(self) -> list[str]:
        """Insights that are not raised alike by both."""
        raised = [
            {each.id: (each.when, self._read(side, each.when)) for each in library.ruleset.insights}
            for side, library in enumerate(self.sides)
        ]
        return [id_ for id_ in dict.fromkeys(chain(*raised)) if raised[0].get(id_) != raised[1].get(id_)]

    def count_all(self) -> tuple[list[Counted], Counted | None]:
        """Every practice, tone and insight that a change touches; and the leading strategy, None: too many states."""
        changed = self.changed_rules()
        subjects = dict.fromkeys(subject for _, rule in changed for subject in subjects_of(rule))
        counted = [self._count_subject(subject) for subject in sorted(subjects)]
        counted += [self._count_insight(id_) for id_ in self.changed_insights()]
        return counted, self._count_leading(changed) if changed else None

    def _each_rule(self) -> Iterator[tuple[int, Rule]]:
        for side, library in enumerate(self.sides):
            yield from ((side, rule) for rule in library.ruleset.rules if rule.status != "retired")

    def _decides(self, side: int, rule: Rule) -> tuple[object, ...]:
        read = self._read(side, rule.when)
        return rule.id, rule.when, rule.suggests, rule.need, rule.withholds, rule.withholds_tones, read

    def _decided_by(self, side: int) -> list[tuple[object, ...]]:
        return [self._decides(side, rule) for of, rule in self._each_rule() if of == side]

    def _read(self, side: int, when: Condition) -> frozenset[Finding]:
        return frozenset(self._findings[side][clause.finding] for clause in clauses(when))

    # Counting

    def _count_subject(self, subject: str) -> Counted:
        rules = [each for each in self._each_rule() if subject in subjects_of(each[1])]
        rows = [row for side, rule in rules for row in self._rows(side, rule)]
        read = _findings_in(rows)
        return self._counted(subject, read, self._walk(rows, read), lambda side, left: _of_subject(subject, side, left))

    def _count_insight(self, id_: str) -> Counted:
        rows = [
            Row(side, insight, False, literals)
            for side, library in enumerate(self.sides)
            for insight in library.ruleset.insights
            if insight.id == id_
            for literals in self._literals(side, insight.when, own=lambda finding: finding.gap is None)
        ]
        read = _findings_in(rows)
        return self._counted(f"insight {id_}", read, self._walk(rows, read), _of_insight)

    def _count_leading(self, changed: list[tuple[int, Rule]]) -> Counted | None:
        """Over what the changed rules read and what every report tells; everything else is unanswered."""
        read = {finding for side, rule in changed for finding in self._read(side, rule.when)}
        read |= {each for side in self._findings for each in side.values() if self._inputs.is_always_known(each)}
        rows = [row for side, rule in self._each_rule() for row in self._rows(side, rule)]
        rows = [row for row in rows if all(finding in read for finding, _, _ in row.literals)]
        ordered = sorted(read, key=lambda finding: finding.id)
        try:
            states = self._walk(rows, ordered)
        except TooMany:
            return None
        return self._counted("leading strategy", ordered, states, self._leading)

    def _counted(
        self, subject: str, read: Iterable[Finding], states: Mapping[frozenset[int], Cells], outcome: Any
    ) -> Counted:
        changes: dict[tuple[str, str], Change] = {}
        for left, (cells, way) in states.items():
            (old, old_fired), (new, new_fired) = outcome(0, self._left(left)), outcome(1, self._left(left))
            if (old, old_fired) != (new, new_fired):
                key = ("", "") if old == new else (old, new)
                before = changes.get(key)
                kept: dict[Any, Way] = {0: before.way} if before else {}
                merge(kept, 0, way)
                changes[key] = Change(subject, key[0], key[1], cells + (before.cells if before else 0), kept[0])
        return Counted(
            subject,
            tuple(dict.fromkeys(finding.id for finding in read)),
            sum(cells for cells, _ in states.values()),
            sum(way.inputs for _, way in states.values()),
            tuple(sorted(changes.values(), key=lambda each: (each.is_only_said, -each.way.inputs, each.old, each.new))),
        )

    def _left(self, left: frozenset[int]) -> list[Row]:
        return [self._walked[i] for i in sorted(left)]

    def _walk(self, rows: list[Row], read: Iterable[Finding]) -> dict[frozenset[int], Cells]:
        """Which rows are left when everything is known, with the cells and inputs that leave just these."""
        self._walked = rows
        states: dict[int, Cells] = {(1 << len(rows)) - 1: Cells(1, Way(1, {}, {}))}
        for group in together(read):
            steps = self._steps(group, rows)
            after: dict[int, Cells] = {}
            for (left, before), (leaves, step) in product(states.items(), steps.items()):
                mine, theirs = {**before.way.mine, **step.way.mine}, {**before.way.theirs, **step.way.theirs}
                way = Way(before.way.inputs * step.way.inputs, mine, theirs)
                _add(after, left & leaves, Cells(before.cells * step.cells, way))
            states = after
            if len(states) > MOST_STATES:
                raise TooMany
        return {frozenset(i for i in range(len(rows)) if left >> i & 1): cells for left, cells in states.items()}

    def _steps(self, group: tuple[Finding, ...], rows: list[Row]) -> Mapping[int, Cells]:
        """What the ways to meet in these findings leave of the rows. A way is a cell by the codes that they read."""
        cells: dict[Met, Way] = {}
        reads_own = {finding for row in rows for finding, _, is_own in row.literals if is_own}
        for met, way in self._inputs.ways(group).items():
            own = tuple(code if f in reads_own else 0 for f, code in zip(group, met.own, strict=True))
            merge(cells, Met(met.codes, own), way)
        steps: dict[int, Cells] = {}
        for met, way in cells.items():
            code = {(f, False): c for f, c in zip(group, met.codes, strict=True)}
            code |= {(f, True): c for f, c in zip(group, met.own, strict=True)}
            left = sum(
                1 << i
                for i, row in enumerate(rows)
                if all(
                    code.get((f, is_own), -2) in accepts for f, accepts, is_own in row.literals if (f, is_own) in code
                )
            )
            _add(steps, left, Cells(1, way))
        return steps

    def _rows(self, side: int, rule: Rule) -> Iterator[Row]:
        """As the two meet; and, where a wish is read, once more with the reader's own wishes."""
        for literals in self._literals(side, rule.when, own=lambda _: False):
            yield Row(side, rule, False, literals)
        if any(finding.wish for finding in self._read(side, rule.when)):
            for literals in self._literals(side, rule.when, own=lambda finding: finding.wish):
                yield Row(side, rule, True, literals)

    def _literals(self, side: int, when: Condition, own: Any) -> Iterator[frozenset[Literal]]:
        findings = self._findings[side]
        sizes = {id_: len(finding.values) for id_, finding in findings.items()}
        for way in alternatives(positive(when, sizes)):
            named = [(findings[clause.finding], frozenset(clause.accepts)) for clause in way]
            yield frozenset((finding, accepts, own(finding)) for finding, accepts in named)

    def _leading(self, side: int, left: list[Row]) -> Outcome:
        """Where something of every practice fits: what fits is a matter of limits, not of rules."""
        compiled = self.sides[side].compiled
        needs, withheld, privately = dict.fromkeys(PRACTICES, 0), set[str](), set[str]()
        for rule, is_capped in _fired(side, left):
            if rule.suggests:
                needs[rule.suggests] = max(needs[rule.suggests], _need(rule, is_capped=is_capped))
            elif any(finding.label == "private" for finding in self._read(side, rule.when)):
                privately.update(rule.withholds)
            else:
                withheld.update(rule.withholds)
        called = [needs[practice] for practice in PRACTICES]
        eligible = [int(bool(needs[practice]) and practice not in withheld) for practice in PRACTICES]
        order = order_strategies(compiled, called, eligible)
        offered = {compiled.strategy_of[i] for i, p in enumerate(PRACTICES) if eligible[i] and p not in privately}
        order.sort(key=lambda strategy: strategy not in offered)
        return Outcome(compiled.practices_of[order[0]][0] if order[0] in offered else "none", ())


def subjects_of(rule: Rule) -> tuple[str, ...]:
    """The practices and tones that a rule decides about."""
    practices = (rule.suggests,) if rule.suggests else rule.withholds
    return (*(f"practice {practice}" for practice in practices), *(f"tone {tone}" for tone in rule.withholds_tones))


def _is_left(row: Row, code: Mapping[tuple[Finding, bool], int]) -> bool:
    return all(code[f, is_own] in accepts for f, accepts, is_own in row.literals if (f, is_own) in code)


def _findings_in(rows: Iterable[Row]) -> list[Finding]:
    return sorted({finding for row in rows for finding, _, _ in row.literals}, key=lambda finding: finding.id)


def _add(into: dict[int, Cells], key: int, cells: Cells) -> None:
    before = into.get(key)
    kept: dict[Any, Way] = {0: before.way} if before else {}
    merge(kept, 0, cells.way)
    into[key] = Cells(cells.cells + (before.cells if before else 0), kept[0])


def _fired(side: int, left: list[Row]) -> Iterator[tuple[Rule, bool]]:
    """The rules that are true, and whether they are so through the other's wish alone."""
    by_own = {row.one.id for row in left if row.side == side and row.is_own}
    seen: dict[str, Row] = {row.one.id: row for row in left if row.side == side and not row.is_own}
    for id_, row in seen.items():
        rule = cast(Rule, row.one)
        reads_wish = any(finding.wish for finding, _, _ in row.literals)
        yield rule, reads_wish and id_ not in by_own


def _need(rule: Rule, *, is_capped: bool) -> Need:
    need = cast(Need, rule.need)
    return min(need, Need.moderate) if is_capped else need


def _of_subject(subject: str, side: int, left: list[Row]) -> Outcome:
    fired = list(_fired(side, left))
    needs = [_need(rule, is_capped=is_capped) for rule, is_capped in fired if rule.need]
    withheld = any(subject in subjects_of(rule) for rule, _ in fired if not rule.need)
    need = max(needs).name if needs else "not called for"
    return Outcome("withheld" if withheld else need, tuple(sorted(rule.id for rule, _ in fired)))


def _of_insight(side: int, left: list[Row]) -> Outcome:
    return Outcome("raised" if any(row.side == side for row in left) else "silent", ())


# Self-reports that show it


class Witness(NamedTuple):
    """A pair of self-reports, or one alone, and what the engine makes of it under each ruleset."""

    change: Change
    mine: Answers
    theirs: Answers
    old: View
    new: View


def witnesses(sides: tuple[Library, Library], counted: Iterable[Counted]) -> tuple[Witness, ...]:
    """At most five, of as many subjects as there are, each put to both engines. Reasons alone come last."""
    queue = [(change.is_only_said, place, change) for each in counted for place, change in enumerate(each.changes)]
    queue.sort(key=lambda each: (*each[:2], each[2].way.length))
    found: Iterator[Witness] = (witness for _, _, change in queue if is_changed(sides, witness := show(sides, change)))
    return tuple(islice(found, MOST_WITNESSES))


def show(sides: tuple[Library, Library], change: Change) -> Witness:
    """Reports that can be sent as they are. What the other has to leave unknown, they keep private."""
    mine = {**_NEUTRAL, **change.way.mine}
    theirs: Answers = {}
    if change.way.theirs:
        kept = sorted(path for path in _NEUTRAL if path not in change.way.theirs and path != _LIKES)
        theirs = {**_NEUTRAL, **change.way.theirs, **({"keep_private": frozenset(kept)} if kept else {})}
    other = pool(report_of(theirs)) if theirs else None
    old, new = (evaluate(side.compiled, report_of(mine), other) for side in sides)
    return Witness(change, mine, theirs, old, new)


def is_changed(sides: tuple[Library, Library], witness: Witness) -> bool:
    """Whether the one who reads it is shown something else."""
    return shown(sides[0], witness.old) != shown(sides[1], witness.new)


def gated(library: Library, view: View) -> Mapping[str, str]:
    """What the engine itself makes of every practice and tone in this view."""
    compiled = library.compiled
    found = gate(compiled, cast(Verdicts, view.verdicts))
    comes_to = {}
    for i, practice in enumerate(PRACTICES):
        withheld = (found.withheld | found.withheld_privately) >> i & 1
        need = Need(found.needs[i]).name if found.needs[i] else "not called for"
        comes_to[f"practice {practice}"] = "withheld" if withheld else need
    for tone, mask in compiled.index.by_tone.items():
        withheld = bool(mask) and (found.tones | found.private_tones) & mask == mask
        comes_to[f"tone {tone}"] = "withheld" if withheld else "not called for"
    return comes_to


def shown(library: Library, view: View) -> Plain:
    """What a view shows, as ids."""
    order = library.compiled.index.order
    return {
        "outcome": view.outcome,
        "strategies": [{"id": s.strategy, "standing": s.standing, "reasons": _ids(s)} for s in view.strategies],
        "activities": [order[suggestion.position].id for suggestion in view.activities],
        "insights": list(view.insights),
    }


def _ids(strategy: Any) -> list[str]:
    return [reason.rule for reason in strategy.reasons + strategy.withheld_by]
