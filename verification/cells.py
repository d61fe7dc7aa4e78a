"""Proofs by complete enumeration: every combination of codes that what a property rests on can have."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from itertools import chain, combinations, islice, product

from app.engine.conditions import UNKNOWN, Clause, Condition, Leaf, clauses, evaluate_condition, positive
from app.engine.findings import meet
from app.engine.ruleset import Finding, Need, Rule
from app.engine.vocabulary import ANSWERS
from app.rulesets.answer_space import AnswerSpace
from app.rulesets.library import Library
from app.rulesets.properties import Property, PropertyKind
from verification.activities_left import choices_left, made_for
from verification.counterexamples import MeansResult, Violation
from verification.derived_findings import broken_in
from verification.judged import conditions_of, effects_of, findings_read, purposes_behind, purposes_of
from verification.meetings import (
    ALWAYS,
    BACK,
    MOST_BOXES,
    NEVER,
    OTHER,
    OWN,
    TREES,
    Axis,
    CodeCell,
    Search,
    TooMany,
    all_of,
    any_of,
    cells_of,
    grouped_by_answers,
    learns,
    not_,
    plain_name,
    reports_of,
    worsens,
)

_NEEDS = tuple(int(need) for need in Need)
_STRONG = int(Need.strong)


class Cells:
    """The cells of one ruleset, and each kind of property as a question about them.

    Each kind is shown by the method of its name. What holds for every couple is asked once of two people and once of
    one who is heard alone.
    """

    def __init__(self, library: Library) -> None:
        self.library, self.ruleset = library, library.ruleset
        self.findings = {finding.id: finding for finding in self.ruleset.findings}
        self.sizes = {finding.id: len(finding.values) for finding in self.ruleset.findings}
        self.wishes = frozenset(f.id for f in self.ruleset.findings if f.wish)
        self.effects = effects_of(self.ruleset)
        self.group_of = {f.id: group for group in grouped_by_answers(self.ruleset.findings) for f in group}
        self.heard = True
        self.search = Search(MOST_BOXES)
        self.axis_of = cache(lambda group, names, heard: cells_of(group, names, heard=heard))

    def show(self, wanted: Property) -> MeansResult:
        self.search = Search(MOST_BOXES)
        broken: list[Violation] = []
        try:
            for self.heard in (True,) if wanted.kind in _ASKED_ONCE else (True, False):
                if not broken:
                    broken.extend(getattr(self, wanted.kind)(wanted))
        except TooMany as error:
            broken.append(Violation(f"not shown: {error}"))
        return MeansResult(tuple(broken), self.search.cells)

    def _space(self, formula: Condition) -> list[Axis]:
        """Return all that can be of what a formula reads; findings that read common answers stand on one axis."""
        names: dict[tuple[Finding, ...], set[str]] = {}
        for clause in clauses(formula):
            names.setdefault(self.group_of[plain_name(clause.finding)], set()).add(clause.finding)
        return [self.axis_of(group, frozenset(read), self.heard) for group, read in names.items()]

    def _first(self, formula: Condition) -> tuple[CodeCell, ...] | None:
        return self.search.first(self._space(formula), formula)

    def _break_with(self, says: str, formula: Condition) -> Iterator[Violation]:
        """Yield the first cell at which a formula is so, if any, with answers that lead there."""
        cells = self._first(formula)
        if cells is not None:
            yield Violation(says, reports_of(cells))

    # What the rules make of a cell.

    def holds(self, condition: Condition, names: Mapping[str, str], at: CodeCell | None = None) -> Condition:
        """Return that a condition is true, the findings having the names in the cells that are given for them.

        It is so or it is not: what is unknown does not hold, and neither does what has no name. The codes of `at`
        stand, whatever a cell says of them.
        """

        def clause(leaf: Leaf) -> Condition:
            if not isinstance(leaf, Clause):
                raise TypeError("a rule reads findings")
            name = names.get(leaf.finding)
            if name is None:
                return NEVER
            if at is not None and name in at.codes:
                return ALWAYS if at.codes[name] in leaf.accepts else NEVER
            return Clause(name, leaf.op, leaf.values, leaf.accepts)

        return evaluate_condition(positive(condition, self.sizes), TREES, clause)

    def is_so(
        self, condition: Condition, at: CodeCell | None = None, wishes: Iterable[str] = (), whose: str = OWN
    ) -> Condition:
        """Return that a condition is true of the pair, from either side; of the viewer alone where it is private.

        `wishes` are findings that are the word of one of the two alone.
        """
        if self.is_private(condition):
            return self.holds(condition, self._alone_names, at)
        wished = {name: whose + name for name in wishes}
        return any_of(*(self.holds(condition, {**side, **wished}, at) for side in self._sides))

    def is_private(self, condition: Condition) -> bool:
        return any(self.findings[clause.finding].label == "private" for clause in clauses(condition))

    @cached_property
    def _sides(self) -> tuple[dict[str, str], dict[str, str]]:
        """The names of what the pair knows, from either side. Most findings are the same from both: they have one."""
        known = [f for f in self.ruleset.findings if f.label != "private"]
        return {f.id: f.id for f in known}, {f.id: self._back(f) for f in known}

    def _back(self, finding: Finding) -> str:
        return finding.id if finding.both in ("gap", "agreed") else BACK + finding.id

    @cached_property
    def _alone_names(self) -> dict[str, str]:
        """The names of what the viewer knows alone: own answers, and what was agreed."""
        own = {f.id: OWN + f.id for f in self.ruleset.findings if f.both not in ("theirs", "gap", "agreed")}
        return own | {f.id: f.id for f in self.ruleset.findings if f.both == "agreed"}

    def asks(self, rule: Rule, least: int, at: CodeCell | None = None) -> Condition:
        """Return that a rule calls for at least so much; through the wish of only one that is moderate at most."""
        if (rule.need or 0) < least:
            return NEVER
        fires = self.is_so(rule.when, at)
        return fires if least <= Need.moderate else all_of(fires, self.by_each(rule.when, self.wishes, at))

    def by_each(self, condition: Condition, wishes: Iterable[str], at: CodeCell | None = None) -> Condition:
        """Return that a condition is true with these findings being the word of one of the two, whichever it is."""
        if not self.heard or not {*wishes} & {clause.finding for clause in clauses(condition)}:
            return ALWAYS
        return all_of(*(self.is_so(condition, at, wishes, whose) for whose in (OWN, OTHER)))

    def needs(self, purpose: str, least: int, without: str | None = None, at: CodeCell | None = None) -> Condition:
        return any_of(*(self.asks(rule, least, at) for rule in self.effects.suggesting[purpose] if rule.id != without))

    def _fires(self, rules: Iterable[Rule], without: str | None = None) -> Condition:
        return any_of(*(self.is_so(rule.when) for rule in rules if rule.id != without))

    def withheld(self, purpose: str, without: str | None = None) -> Condition:
        return self._fires(self.effects.withholding[purpose], without)

    def _all_withheld(self, name: str) -> Condition:
        return all_of(*map(self.withheld, purposes_of(self.ruleset, name)))

    def suggested(self, purpose: str, asking: str | None = None, without: str | None = None) -> Condition:
        """Return that a purpose is called for and that rules leave an activity of it, or one that asks for this."""
        softening = self.effects.softening
        free = (
            not_(any_of(*(self._fires(softening[ask], without) for ask in sorted(asks))))
            for asks in self.effects.asks_of[purpose]
            if asking is None or asking in asks
        )
        return all_of(self.needs(purpose, Need.slight), not_(self.withheld(purpose, without)), any_of(*free))

    def _some_need(self, name: str, least: int) -> Condition:
        return any_of(*(self.needs(purpose, least) for purpose in purposes_of(self.ruleset, name)))

    # The kinds.

    def suggests(self, wanted: Property) -> Iterator[Violation]:
        """Show it by one purpose that is always there; else by two, and so on."""
        for case in wanted.cases:
            for strategy in case.strategies:
                purposes = purposes_behind(self.ruleset, strategy)
                sizes = range(1, _MOST_TOGETHER + 1)
                together = chain.from_iterable(combinations(purposes, size) for size in sizes)
                cells: tuple[CodeCell, ...] | None = ()
                for some in together:
                    left = any_of(*map(self.suggested, some))
                    cells = self._first(all_of(self.is_so(case.when), not_(left)))
                    if cells is None:
                        break
                if cells is not None:
                    yield Violation(f"nothing of {strategy} is left", reports_of(cells))

    def called_for(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            need, by_each = int(case.need or Need.slight), self.by_each(case.when, self.wishes)
            for name in case.names:
                bounded = self._some_need(name, min(need, Need.moderate))
                too_little = any_of(all_of(by_each, not_(self._some_need(name, need))), not_(bounded))
                yield from self._break_with(
                    f"{name} is called for too little", all_of(self.is_so(case.when), too_little)
                )

    def called_for_at_most(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            for name in case.names:
                too_much = self._some_need(name, int(case.need or 0) + 1)
                yield from self._break_with(f"{name} is called for too much", all_of(self.is_so(case.when), too_much))

    def withholds(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            must_hold: list[tuple[str, Condition]] = [(name, self._all_withheld(name)) for name in case.names]
            must_hold += [(f"what asks for {ask}", self._fires(self.effects.softening[ask])) for ask in case.asks]
            for name, is_withheld in must_hold:
                yield from self._break_with(f"{name} is not withheld", all_of(self.is_so(case.when), not_(is_withheld)))

    def only_where(self, wanted: Property) -> Iterator[Violation]:
        for case in wanted.cases:
            for name in case.names:
                elsewhere = all_of(
                    any_of(*map(self.suggested, purposes_of(self.ruleset, name))), not_(self.is_so(case.when))
                )
                yield from self._break_with(f"{name} is suggested elsewhere too", elsewhere)

    def rises(self, wanted: Property) -> Iterator[Violation]:
        """Show it with each finding free of the others: wider than what people can answer, so all the surer."""
        for purpose, name in wanted.pairs:
            yield from self._falls(purpose, name, worsens, f"{purpose} is called for less when {name} worsens")

    def answers_add(self, _: Property) -> Iterator[Violation]:
        for purpose, rules in self.effects.suggesting.items():
            says = f"{purpose} is called for less once more is known"
            falls = (self._falls(purpose, name, learns, says) for name in sorted(findings_read(rules)))
            yield from islice(chain.from_iterable(falls), 1)

    def _falls(
        self, purpose: str, moved: str, moves: Callable[[CodeCell, CodeCell], bool], says: str
    ) -> Iterator[Violation]:
        """Yield where what is called for falls: a rule falls that no other makes up for."""
        cells, values = self._alone(moved), ("unknown", *self.findings[moved].values)
        rules = [rule for rule in self.effects.suggesting[purpose] if moved in findings_read([rule])]
        for before, after in ((a, b) for a in cells for b in cells if moves(a, b)):
            for rule in rules:
                for least in _NEEDS[: rule.need]:
                    called = self.asks(rule, least, before)
                    if self._apart(all_of(called, not_(self.asks(rule, least, after)))) is None:
                        continue
                    if self._apart(all_of(called, not_(self.needs(purpose, least, at=after)))) is not None:
                        steps = " to ".join(values[cell.codes[moved] - UNKNOWN] for cell in (before, after))
                        yield Violation(f"{says} ({moved}: {steps}): see rules/{rule.id}.yaml")
                        return

    def _apart(self, formula: Condition) -> tuple[CodeCell, ...] | None:
        """Search with each finding let free of the others: wider than what people can answer, so all the surer."""
        names = {plain_name(clause.finding) for clause in clauses(formula)}
        return self.search.first([self._alone(name) for name in sorted(names)], formula)

    def _alone(self, name: str) -> Axis:
        names = {name, self._back(self.findings[name])} | ({OWN + name, OTHER + name} if name in self.wishes else set())
        return self.axis_of(self.group_of[name], frozenset(names), self.heard)

    def alive(self, _: Property) -> Iterator[Violation]:
        for name, when in conditions_of(self.ruleset):
            is_own = name.startswith(("insights/", "openings/"))
            if self._first(self.holds(when, self._alone_names) if is_own else self.is_so(when)) is None:
                yield Violation(f"no answers make {name} true")

    def counts(self, wanted: Property) -> Iterator[Violation]:
        for rule in self.effects.rules:
            idle = [says for says, ways in self._decides(rule) if all(self._first(way) is None for way in ways)]
            if rule.id not in wanted.excused:
                yield from (Violation(f"{rule.id} {says} that other rules do not decide without it") for says in idle)
            elif not idle:
                yield Violation(f"{rule.id} decides something, so it needs no excuse")
            elif self._first(self._is_read(rule)) is None:
                yield Violation(f"{rule.id} changes nothing and is never read as a reason")

    def _decides(self, rule: Rule) -> Iterator[tuple[str, Iterable[Condition]]]:
        """Yield where leaving a rule out would change what is called for, or each single thing that it withholds."""
        if rule.suggests:
            yield (
                "decides nothing",
                (
                    all_of(self.asks(rule, k), not_(self.needs(purpose, k, rule.id)), not_(self.withheld(purpose)))
                    for k in _NEEDS[: rule.need]
                    for purpose in purposes_of(self.ruleset, rule.suggests)
                ),
            )
        fires = self.is_so(rule.when)
        for name in rule.withholds:
            some = (all_of(fires, self.suggested(p, None, rule.id)) for p in purposes_of(self.ruleset, name))
            yield f"holds back nothing of {name}", some
        for ask in rule.withholds_asks:
            with_it = (
                p for p, asks in self.effects.asks_of.items() if any(ask in alternatives for alternatives in asks)
            )
            some = (all_of(fires, self.suggested(p, ask, rule.id)) for p in with_it)
            yield f"holds back nothing that asks for {ask}", some

    def _is_read(self, rule: Rule) -> Condition:
        spoken = self.holds(rule.when, self._alone_names)
        if not rule.suggests:
            return spoken
        return all_of(spoken, not_(self._all_withheld(rule.suggests)))

    def bounded_wishes(self, wanted: Property) -> Iterator[Violation]:
        """Whatever presses, presses by the word of each: rule by rule, else all of a purpose together."""
        for purpose, rules in self.effects.suggesting.items():
            strong = [rule for rule in rules if rule.need == _STRONG]
            by_each = any_of(*(all_of(self.is_so(r.when), self.by_each(r.when, wanted.findings)) for r in strong))
            says = f"the wish of one alone makes {purpose} press"
            for rule in strong:
                pressing = self.asks(rule, _STRONG)
                if self._first(all_of(pressing, not_(self.by_each(rule.when, wanted.findings)))):
                    broken = [*self._break_with(says, all_of(pressing, not_(by_each)))]
                    yield from broken
                    if broken:
                        break

    def alike(self, wanted: Property) -> Iterator[Violation]:
        for finding in (self.findings[name] for name in wanted.findings):
            if finding.gap:
                continue
            codes = [code for (code,) in AnswerSpace([finding]).by_codes]
            self.search.cells += len(codes) ** 2
            both = product(codes, codes)
            if any(meet(finding.both, a, b, UNKNOWN) != meet(finding.both, b, a, UNKNOWN) for a, b in both):
                yield Violation(f"{finding.id} is not the same from both sides")

    def derived(self, wanted: Property) -> Iterator[Violation]:
        ordered = {question.id for question in self.library.questions if question.ordered}
        ordered |= {path for path, answer in ANSWERS.items() if answer.shape in ("number", "integer", "scale")}
        for finding in self.ruleset.findings:
            if not finding.gap:
                space = AnswerSpace([finding])
                self.search.cells += len(space.every)
                yield from broken_in(space, finding, ordered, wanted)

    def choices_left(self, wanted: Property) -> Iterable[Violation]:
        index = self.library.compiled.index
        broken, self.search.cells = choices_left(self.ruleset, index, wanted.at_least)
        return broken

    def made_for(self, wanted: Property) -> Iterable[Violation]:
        broken, self.search.cells = made_for(self.ruleset, wanted.cases)
        return broken


_ASKED_ONCE: tuple[PropertyKind, ...] = ("alive", "counts", "alike", "derived", "choices_left", "made_for")
_MOST_TOGETHER = 3
"""So many purposes at most are looked at together for one of them always to be there."""
