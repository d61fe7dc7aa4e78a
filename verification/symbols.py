"""Two partners' answers as symbols, and all that the rules make of them, for z3.

Only what two people can pool, agree on and, for the reader, keep private is possible: what z3 finds are answers that
two people can give, and what it does not find nobody can.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import z3

from app.engine.conditions import Clause, Condition, Leaf, clauses, evaluate_condition
from app.engine.findings import CodeOperations, meet
from app.engine.ruleset import Finding, Need, Rule, Ruleset
from app.engine.vocabulary import KINDS
from verification.judged import effects_of
from verification.symbolic_answers import PAIRS, Agreement, Bool, SymbolicReport, Truths, any_of

_TOP_RATING = 5
TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)


def _first_known(mine: tuple[Bool, ...], theirs: tuple[Bool, ...]) -> tuple[Bool, ...]:
    silent = z3.Not(any_of(mine))
    return tuple(z3.Or(a, z3.And(silent, b)) for a, b in zip(mine, theirs, strict=True))


def _worse(mine: tuple[Bool, ...], theirs: tuple[Bool, ...]) -> tuple[Bool, ...]:
    return tuple(
        z3.And(z3.Or(mine[i], theirs[i]), z3.Not(any_of((*mine[i + 1 :], *theirs[i + 1 :])))) for i in range(len(mine))
    )


def _no_reports(_mine: tuple[Bool, ...], _theirs: tuple[Bool, ...]) -> tuple[Bool, ...]:
    raise TypeError("what both agreed on is read from an agreement, not from two reports")


ONE_HOT = CodeOperations(_first_known, _worse, _no_reports)
"""How codes meet that are given as one truth value for each value of a finding."""


SymbolicCodes = Mapping[str, tuple[Bool, ...]]
"""For each finding, that it has each of its values."""


@dataclass(frozen=True)
class SymbolicCouple:
    """The owner of a view and the other partner, if `heard`. What the owner keeps from the pool counts as not said."""

    world: "SymbolicRuleset"
    mine: SymbolicReport
    theirs: SymbolicReport
    heard: Bool

    @cached_property
    def own(self) -> SymbolicCodes:
        """The viewer's codes, the private ones with them."""
        return self._found(("pooled", "private"), self.mine)

    @cached_property
    def other(self) -> SymbolicCodes:
        """The pooled codes of the other."""
        return self._found(("pooled",), self.theirs)

    @cached_property
    def agreed(self) -> SymbolicCodes:
        """The codes of what both said."""
        return self._found(("mutual",), Agreement(self.mine, self.theirs, f"{self.mine.name}&{self.theirs.name}"))

    def _found(self, labels: tuple[str, ...], report: SymbolicReport | Agreement) -> SymbolicCodes:
        return {f.id: self.found(f, report) for f in self.world.findings if f.label in labels and not f.gap}

    def found(self, finding: Finding, report: SymbolicReport | Agreement) -> tuple[Bool, ...]:
        """The first of its tries that is true."""
        codes: dict[str, list[Bool]] = {value: [] for value in finding.values}
        earlier: list[Bool] = []
        for value, condition in finding.tries:
            is_true, _ = report.condition(condition)
            codes[value].append(z3.And(is_true, z3.Not(any_of(earlier))))
            earlier.append(is_true)
        return self.world.name_each(f"{report.name}:{finding.id}", [any_of(ways) for ways in codes.values()])

    @cached_property
    def forth(self) -> SymbolicCodes:
        """The codes as the two meet on the viewer's side; nothing private is known to the pair."""
        return self._met(self.own, self.other)

    @cached_property
    def back(self) -> SymbolicCodes:
        """The codes as the two meet on the other's side."""
        return self._met(self.other, self.own)

    @cached_property
    def alone(self) -> SymbolicCodes:
        """The codes of the viewer's answers alone, private ones and what was agreed with them."""
        nobody = {f.id: (FALSE,) * len(f.values) for f in self.world.findings}
        met = {f.id: meet(f.both, self.own.get(f.id), nobody[f.id], nobody[f.id], ONE_HOT) for f in self._pooled()}
        private = {f.id: self.own[f.id] for f in self.world.findings if f.label == "private"}
        return met | private | dict(self.agreed)

    def _pooled(self) -> list[Finding]:
        return [finding for finding in self.world.findings if finding.label == "pooled"]

    def _met(self, one: SymbolicCodes, two: SymbolicCodes) -> SymbolicCodes:
        met = {f.id: meet(f.both, one.get(f.id), two.get(f.id), self._gaps.get(f.id), ONE_HOT) for f in self._pooled()}
        private = {f.id: (FALSE,) * len(f.values) for f in self.world.findings if f.label == "private"}
        return met | private | dict(self.agreed)

    @cached_property
    def _gaps(self) -> SymbolicCodes:
        return {f.id: self._gap(f) for f in self.world.findings if f.gap}

    def _gap(self, finding: Finding) -> tuple[Bool, ...]:
        """The largest difference between two ratings of one kind."""
        gap = finding.gap
        if gap is None:
            raise TypeError(finding.id)
        apart: list[list[Bool]] = [[] for _ in range(_TOP_RATING)]
        for kind in KINDS:
            for a in range(1, _TOP_RATING + 1):
                for b in range(1, _TOP_RATING + 1):
                    both = z3.And(self.mine.rates(gap.of, kind, str(a)), self.theirs.rates(gap.of, kind, str(b)))
                    apart[abs(a - b)].append(both)
        reaches = [
            any_of(literals for of in apart[least:] for literals in of) for least in (0, gap.partial, gap.mismatched)
        ]
        aligned = z3.And(reaches[0], z3.Not(reaches[1]))
        name = f"gap:{self.mine.name}:{self.theirs.name}:{finding.id}"
        return self.world.name_each(name, [aligned, z3.And(reaches[1], z3.Not(reaches[2])), reaches[2]])

    def holds(self, condition: Condition, codes: SymbolicCodes) -> Bool:
        """Return that a condition on findings is true of these codes."""

        def clause(leaf: Leaf) -> Truths:
            if not isinstance(leaf, Clause):
                raise TypeError("a rule reads findings")
            literals = codes[leaf.finding]
            accepted = any_of(literals[code] for code in leaf.accepts)
            return accepted, z3.And(any_of(literals), z3.Not(accepted))

        return evaluate_condition(condition, PAIRS, clause)[0]

    def is_so(self, condition: Condition, wishes: SymbolicCodes | None = None) -> Bool:
        """Return that a condition is true of the pair, from either side; of the viewer alone where it is private.

        `wishes` are codes that stand in for those as the two meet.
        """
        if self.world.is_private(condition):
            return self.holds(condition, self.alone)
        forth, back = ({**side, **(wishes or {})} for side in (self.forth, self.back))
        return z3.Or(self.holds(condition, forth), z3.And(self.heard, self.holds(condition, back)))

    @cached_property
    def fires(self) -> dict[str, Bool]:
        return {rule.id: self.is_so(rule.when) for rule in self.world.rules}

    @cached_property
    def wished_by_both(self) -> dict[str, Bool]:
        """The rules that fire by the wishes of each of the two, or of the only one who was heard."""
        return {rule.id: self.by_each(rule.when, self.world.wishes) for rule in self.world.rules}

    def by_each(self, condition: Condition, wishes: Iterable[str]) -> Bool:
        """Return that a condition is true with these findings being the word of one of the two, whichever it is."""
        alone = ({name: stated[name] for name in wishes} for stated in (self.own, self.other))
        return z3.Or(z3.Not(self.heard), z3.And(*(self.is_so(condition, wished) for wished in alone)))

    def needs(self, purpose: str, least: int, without: str | None = None) -> Bool:
        """Return that a purpose is called for at least so much; `without` leaves one rule out."""
        return any_of(self.asks(rule, least) for rule in self.world.suggesting[purpose] if rule.id != without)

    def asks(self, rule: Rule, least: int) -> Bool:
        if (rule.need or 0) < least:
            return FALSE
        fires = self.fires[rule.id]
        return fires if least <= Need.moderate else z3.And(fires, self.wished_by_both[rule.id])

    def withheld(self, purpose: str, without: str | None = None) -> Bool:
        return self._some_fires(self.world.withholding[purpose], without)

    def withheld_ask(self, ask: str, without: str | None = None) -> Bool:
        return self._some_fires(self.world.softening[ask], without)

    def _some_fires(self, rules: Iterable[Rule], without: str | None) -> Bool:
        return any_of(self.fires[rule.id] for rule in rules if rule.id != without)

    def is_suggested(self, purpose: str, asking: str | None = None, without: str | None = None) -> Bool:
        """Return that a purpose is called for and that rules leave an activity of it, or one that asks for this."""
        free = (
            z3.Not(any_of(self.withheld_ask(ask, without) for ask in sorted(asks)))
            for asks in self.world.asks_of[purpose]
            if asking is None or asking in asks
        )
        return z3.And(self.needs(purpose, 1), z3.Not(self.withheld(purpose, without)), any_of(free))


class SymbolicRuleset:
    """A ruleset for one solver."""

    def __init__(self, ruleset: Ruleset, timeout_ms: int) -> None:
        self.ruleset = ruleset
        self.solver = z3.Solver()
        self.solver.set("timeout", timeout_ms)
        self.findings = ruleset.findings
        self.wishes = tuple(finding.id for finding in ruleset.findings if finding.wish)
        self.private = frozenset(finding.id for finding in ruleset.findings if finding.label == "private")
        effects = effects_of(ruleset)
        self.rules, self.suggesting, self.withholding = effects.rules, effects.suggesting, effects.withholding
        self.softening, self.asks_of = effects.softening, effects.asks_of

    def is_private(self, condition: Condition) -> bool:
        """Tell whether a condition reads a private finding, so that its owner alone decides it."""
        return any(clause.finding in self.private for clause in clauses(condition))

    def couple(self, name: str = "") -> SymbolicCouple:
        """Return any two partners, or one; with another name, another two."""
        heard = z3.Bool(f"heard{name}")
        mine, theirs = SymbolicReport(f"a{name}", self.solver), SymbolicReport(f"b{name}", self.solver, heard)
        return SymbolicCouple(self, mine, theirs, heard)

    def name_each(self, name: str, meanings: list[Bool]) -> tuple[Bool, ...]:
        """A symbol for each meaning, so that what is large is told to the solver once."""
        symbols = tuple(z3.Bool(f"{name}#{i}") for i in range(len(meanings)))
        self.solver.add(*(symbol == meaning for symbol, meaning in zip(symbols, meanings, strict=True)))
        return symbols
