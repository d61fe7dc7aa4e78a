"""A ruleset as Python functions: built as `ast` nodes from the typed conditions, never from text.

Findings become table look-ups, made by trying the plain reading (`conditions.truth`) on every combination of what they read.
Rules become one function. Each distinct clause is a *literal* with a bit of its own, so a verdict keeps which literals held.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import chain, combinations, product
from typing import Any, cast, get_type_hints

from app.engine import self_report
from app.engine.conditions import (
    UNKNOWN,
    All,
    AnyOf,
    Chosen,
    Clause,
    Condition,
    Contains,
    Leaf,
    Linear,
    Not,
    Truth,
    leaves,
    truth,
)
from app.engine.ruleset import Finding
from app.engine.self_report import PooledReport, SelfReport
from app.engine.vocabulary import ANSWERS

Codes = tuple[int, ...]
"""One number a finding: the position of its value, or `UNKNOWN`."""

Judge = Callable[[Codes, tuple[tuple[int, ...], ...]], tuple[int, int]]
"""From codes and literal tables to (bits of the literals that hold, bits of the rules that fire)."""


@dataclass(frozen=True, slots=True)
class Literals:
    """Which literals hold for each value of each finding; the last entry of a table is for *unknown* (code -1).

    `certain` takes an unknown literal as not holding, `possible` as holding: with both, a verdict is true, false or open.
    """

    order: tuple[tuple[str, tuple[int, ...]], ...]
    certain: tuple[tuple[int, ...], ...]
    possible: tuple[tuple[int, ...], ...]


def tabulate_literals(conditions: tuple[Condition, ...], findings: tuple[Finding, ...]) -> Literals:
    """Give each distinct literal of these conditions its bit."""
    order = tuple(dict.fromkeys(literal for condition in conditions for literal in _literals(positive(condition))))
    certain, possible = [], []
    for finding in findings:
        own = {bit: accepts for bit, (name, accepts) in enumerate(order) if name == finding.id}
        held = [sum(1 << bit for bit, accepts in own.items() if code in accepts) for code in range(len(finding.values))]
        certain.append((*held, 0))
        possible.append((*held, sum(1 << bit for bit in own)))
    return Literals(order, tuple(certain), tuple(possible))


def positive(condition: Condition, values: Mapping[str, int] | None = None, *, negated: bool = False) -> Condition:
    """The same condition without `not`: a negated clause accepts the other values (`values`: how many each finding has)."""
    match condition:
        case Not(part):
            return positive(part, values, negated=not negated)
        case All(parts) | AnyOf(parts):
            inner = tuple(positive(part, values, negated=negated) for part in parts)
            return All(inner) if isinstance(condition, All) is not negated else AnyOf(inner)
        case Clause(finding, op, words, accepts) if negated:
            others = tuple(code for code in range((values or {})[finding]) if code not in accepts)
            return Clause(finding, op, words, others)
        case _:
            return condition


def _literals(condition: Condition) -> Iterator[tuple[str, tuple[int, ...]]]:
    return ((leaf.finding, leaf.accepts) for leaf in leaves(condition) if isinstance(leaf, Clause))


def compile_judge(conditions: tuple[Condition, ...], literals: Literals, findings: int) -> Judge:
    """One function that judges all conditions at once. Conditions hold no `not` (see `positive`)."""
    bit_of = {literal: 1 << bit for bit, literal in enumerate(literals.order)}
    codes, tables = [f"c{i}" for i in range(findings)], [f"t{i}" for i in range(findings)]
    always = sum(1 << rule for rule, condition in enumerate(conditions) if condition == All(()))
    bits: ast.expr = _number(0)
    for code, table in zip(codes, tables, strict=True):
        bits = ast.BinOp(bits, ast.BitOr(), _entry(_name(table), _name(code)))
    body: list[ast.stmt] = [
        _assign(_names(codes), _name("codes")),
        _assign(_names(tables), _name("tables")),
        _assign(_target("bits"), bits),
        _assign(_target("fired"), _number(always)),
    ]
    for rule, condition in enumerate(conditions):
        if condition != All(()):
            fire = ast.AugAssign(_target("fired"), ast.BitOr(), _number(1 << rule))
            body.append(ast.If(_holds(condition, bit_of), [fire], []))
    body.append(ast.Return(ast.Tuple([_name("bits"), _name("fired")], ast.Load())))
    return cast(Judge, _function("judge", ["codes", "tables"], body, {}))


def _holds(condition: Condition, bit_of: Mapping[tuple[str, tuple[int, ...]], int]) -> ast.expr:
    if isinstance(condition, Clause):
        return _bits_in(bit_of[condition.finding, condition.accepts])
    parts = cast("All | AnyOf", condition).parts
    plain = sum({bit_of[part.finding, part.accepts] for part in parts if isinstance(part, Clause)})
    nested = [_holds(part, bit_of) for part in parts if not isinstance(part, Clause)]
    if isinstance(condition, AnyOf):
        tests = ([_bits_in(plain)] if plain else []) + nested
        return tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), tests)
    whole = ast.Compare(ast.BinOp(_name("bits"), ast.BitAnd(), _number(plain)), [ast.Eq()], [_number(plain)])
    tests = ([whole] if plain else []) + nested
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)


def _bits_in(mask: int) -> ast.expr:
    return ast.BinOp(_name("bits"), ast.BitAnd(), _number(mask))


def compile_meeting(findings: tuple[Finding, ...]) -> Callable[[Codes, Codes, Codes], Codes]:
    """A function of the viewer's codes, the other's and the gaps: how the two meet in the viewer's view."""
    count = len(findings)
    mine, theirs, gaps = ([f"{letter}{i}" for i in range(count)] for letter in "abg")
    met = [_meet(f.both, _name(a), _name(b), _name(g)) for f, a, b, g in zip(findings, mine, theirs, gaps, strict=True)]
    body: list[ast.stmt] = [
        _assign(_names(mine), _name("mine")),
        _assign(_names(theirs), _name("theirs")),
        _assign(_names(gaps), _name("gaps")),
        ast.Return(ast.Tuple(met, ast.Load())),
    ]
    return cast(Callable[[Codes, Codes, Codes], Codes], _function("meet", ["mine", "theirs", "gaps"], body, {}))


def _meet(both: str, mine: ast.expr, theirs: ast.expr, gap: ast.expr) -> ast.expr:
    match both:
        case "own":
            return mine
        case "theirs":
            return theirs
        case "gap":
            return gap
        case "own_first":
            return ast.IfExp(ast.Compare(mine, [ast.GtE()], [_number(0)]), mine, theirs)
        case _:
            return ast.IfExp(ast.Compare(mine, [ast.Gt()], [theirs]), mine, theirs)


def compile_reading(findings: tuple[Finding, ...], report: type[PooledReport | SelfReport]) -> Callable[[Any], Codes]:
    """A function from a report of this type to the codes of these findings, in order. Gaps are left unknown."""
    tables = {f"table{i}": _Table.of(finding) for i, finding in enumerate(findings) if finding.gap is None}
    groups = sorted({path.partition(".")[0] for table in tables.values() for path in table.paths if "." in path})
    scope: dict[str, Any] = {name: table.entries for name, table in tables.items()}
    scope |= {f"no_{group}": _empty(report, group) for group in groups}
    scope |= {f"kept_{member}": frozenset(kept) for table in tables.values() for member, kept in table.kept.items()}
    body: list[ast.stmt] = [
        _assign(_target(group), ast.BoolOp(ast.Or(), [_attribute("report", group), _name(f"no_{group}")]))
        for group in groups
    ]
    codes: list[ast.expr] = []
    for i, finding in enumerate(findings):
        table = tables.get(f"table{i}")
        codes.append(_number(UNKNOWN) if finding.gap or table is None else _look_up(f"table{i}", table))
    body.append(ast.Return(ast.Tuple(codes, ast.Load())))
    return cast(Callable[[Any], Codes], _function("read", ["report"], body, scope))


def _empty(report: type, group: str) -> object:
    annotation = get_type_hints(report)[group]
    kind = next(part for part in annotation.__args__ if part is not type(None))
    return kind()


@dataclass(frozen=True, slots=True)
class _Table:
    """A finding as a table: what it reads of a report, and its code for every combination of that."""

    atoms: tuple[tuple[str, Any], ...]
    entries: dict[Any, int]
    kept: dict[str, tuple[str, ...]]

    @property
    def paths(self) -> frozenset[str]:
        linear = (path for kind, atom in self.atoms if kind == "linear" for _, path in atom.terms)
        return frozenset(chain(linear, (atom for kind, atom in self.atoms if kind != "linear")))

    @classmethod
    def of(cls, finding: Finding) -> "_Table":
        read = [leaf for _, condition in finding.tries for leaf in leaves(condition)]
        members: dict[str, list[str]] = {}
        for leaf in read:
            if isinstance(leaf, Contains):
                members.setdefault(leaf.path, []).append(leaf.member)
        atoms = tuple(dict.fromkeys(_atom(leaf) for leaf in read))
        kept = {f"{finding.id}_{path.replace('.', '_')}": tuple(dict.fromkeys(of)) for path, of in members.items()}
        domains = [_domain(atom, members) for atom in atoms]
        entries = {}
        for values in product(*domains):
            code = _code(finding, dict(zip(atoms, values, strict=True)))
            entries[values if len(atoms) > 1 else values[0]] = code
        named = tuple((kind, atom) for kind, atom in atoms)
        return cls(named, entries, kept)


def _atom(leaf: Leaf) -> tuple[str, Any]:
    match leaf:
        case Linear():
            return "linear", leaf
        case Chosen(path):
            return "answer", path
        case Contains(path):
            return "members", path
        case Clause():
            raise TypeError("a finding reads answers, not findings")


def _domain(atom: tuple[str, Any], members: Mapping[str, list[str]]) -> list[Any]:
    kind, of = atom
    if kind == "linear":
        return [None, False, True]
    if kind == "members":
        mentioned = dict.fromkeys(members[of])
        return [None, *(frozenset(c) for n in range(len(mentioned) + 1) for c in combinations(mentioned, n))]
    answer = ANSWERS[of]
    if answer.shape == "yes_no":
        return [None, False, True]
    return [None, *(int(level) if answer.shape == "scale" else level for level in answer.levels)]


def _code(finding: Finding, read: Mapping[tuple[str, Any], Any]) -> int:
    for value, condition in finding.tries:
        if truth(condition, lambda leaf: _leaf_truth(leaf, read)):
            return finding.values.index(value)
    return UNKNOWN


def _leaf_truth(leaf: Leaf, read: Mapping[tuple[str, Any], Any]) -> Truth:
    value = read[_atom(leaf)]
    if value is None or isinstance(leaf, Linear):
        return cast(Truth, value)
    if isinstance(leaf, Contains):
        return leaf.member in value
    return (str(value).lower() if isinstance(value, bool) else str(value)) in cast(Chosen, leaf).levels


def _look_up(table: str, of: _Table) -> ast.expr:
    keys = [_read_atom(kind, atom, of) for kind, atom in of.atoms]
    key = keys[0] if len(keys) == 1 else ast.Tuple(keys, ast.Load())
    return _entry(_name(table), key)


def _read_atom(kind: str, atom: Any, of: _Table) -> ast.expr:  # noqa: ANN401  a path or a Linear
    if kind == "linear":
        return _read_linear(atom)
    answer = _read_answer(atom)
    if kind == "answer":
        return answer
    kept = next(name for name in of.kept if name.endswith(atom.replace(".", "_")))
    present = ast.Compare(answer, [ast.IsNot()], [ast.Constant(None)])
    return ast.IfExp(present, ast.BinOp(answer, ast.BitAnd(), _name(f"kept_{kept}")), ast.Constant(None))


def _read_answer(path: str) -> ast.expr:
    group, _, answer = path.partition(".")
    return _attribute(group, answer) if answer else _attribute("report", group)


def _read_linear(linear: Linear) -> ast.expr:
    """None where an answer is missing. Quarter hours are exact in binary, so scaling the constant instead loses nothing."""
    scale = 4 if ANSWERS[linear.terms[0][1]].shape == "number" else 1
    total: ast.expr | None = None
    for factor, path in linear.terms:
        term: ast.expr = ast.BinOp(_number(factor * scale), ast.Mult(), _read_answer(path))
        total = term if total is None else ast.BinOp(total, ast.Add(), term)
    compared = ast.Compare(cast(ast.expr, total), [_COMPARISONS[linear.op]()], [_number(linear.constant)])
    missing = [ast.Compare(_read_answer(path), [ast.Is()], [ast.Constant(None)]) for _, path in linear.terms]
    absent: ast.expr = missing[0] if len(missing) == 1 else ast.BoolOp(ast.Or(), cast("list[ast.expr]", missing))
    return ast.IfExp(absent, ast.Constant(None), compared)


_COMPARISONS: Mapping[str, Callable[[], ast.cmpop]] = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}


def _function(name: str, arguments: list[str], body: list[ast.stmt], scope: dict[str, Any]) -> Callable[..., Any]:
    module = ast.parse(f"def {name}({', '.join(arguments)}): ...")
    cast(ast.FunctionDef, module.body[0]).body = body
    ast.fix_missing_locations(module)
    namespace = dict(scope)
    exec(compile(module, f"<{name}>", "exec"), namespace)  # noqa: S102  nodes built above, no text is evaluated
    return cast(Callable[..., Any], namespace[name])


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _entry(table: ast.expr, key: ast.expr) -> ast.Subscript:
    return ast.Subscript(table, key, ast.Load())


def _target(name: str) -> ast.Name:
    return ast.Name(name, ast.Store())


def _names(names: list[str]) -> ast.Tuple:
    return ast.Tuple([_target(name) for name in names], ast.Store())


def _number(value: int) -> ast.Constant:
    return ast.Constant(value)


def _attribute(of: str, name: str) -> ast.Attribute:
    return ast.Attribute(_name(of), name, ast.Load())


def _assign(target: ast.expr, value: ast.expr) -> ast.Assign:
    return ast.Assign([target], value)
