"""A ruleset as Python functions: built as `ast` nodes from the typed conditions, never from text.

Findings become table look-ups, made by trying the plain reading (`conditions.truth`) on every combination of what they
read. Rules become one function: each way for a condition to hold is a *row* with a bit of its own, and a finding's
value leaves the rows that it does not rule out. One intersection of the values' sets is the verdict.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import chain, combinations, product
from typing import Any, cast, get_type_hints

from app.engine.bitset import Unions
from app.engine.conditions import (
    UNKNOWN,
    Chosen,
    Condition,
    Contains,
    Leaf,
    Linear,
    Truth,
    alternatives,
    answer_truth,
    leaves,
)
from app.engine.findings import CodeOperations, finding_code, meet
from app.engine.ruleset import Finding
from app.engine.self_report import PooledReport, SelfReport
from app.engine.vocabulary import ANSWERS, READABLE

Codes = tuple[int, ...]
"""One number a finding: the position of its value, or `UNKNOWN`."""

Judge = Callable[[Codes], int]
"""From codes to the bits of the conditions that are true."""

Literal = tuple[str, tuple[int, ...]]
"""A clause reduced to what matters: its finding, and the codes that make it true."""

_Table = tuple[int, ...]
"""For each value of a finding the rows that it leaves. The last entry is for *unknown* (code -1)."""


def compile_rules(conditions: tuple[Condition, ...], findings: tuple[Finding, ...]) -> Judge:
    """Return one function for all conditions. A condition's bit is its position."""
    rows, further = _rows(conditions)
    return _compile_judge([_rows_left(finding, rows) for finding in findings], len(conditions), further)


def _rows(conditions: tuple[Condition, ...]) -> tuple[list[tuple[Literal, ...]], list[int]]:
    """Return every way for a condition to hold, and for each further way the bit of its condition.

    The first way of each stands at the condition's own position, further ones behind them all.
    """
    ways = [
        [tuple((clause.finding, clause.accepts) for clause in way) for way in alternatives(condition)]
        for condition in conditions
    ]
    more = [(way, 1 << i) for i, (_, *others) in enumerate(ways) for way in others]
    return [first for first, *_ in ways] + [way for way, _ in more], [bit for _, bit in more]


def _rows_left(finding: Finding, rows: list[tuple[Literal, ...]]) -> _Table:
    left = [(1 << len(rows)) - 1] * (len(finding.values) + 1)
    for i, row in enumerate(rows):
        for name, accepts in row:
            if name == finding.id:
                for code in {*range(UNKNOWN, len(finding.values))}.difference(accepts):
                    left[code] &= ~(1 << i)
    return tuple(left)


def _compile_judge(tables: list[_Table], conditions: int, further: list[int]) -> Judge:
    """Return a function from codes to the conditions of which a row is left; `further` are those of the last rows."""
    codes = [f"c{i}" for i in range(len(tables))]
    entries = []
    # Three findings share a table, since each intersection costs more than looking something up.
    for i in range(0, len(tables), 3):
        nested = cast(ast.expr, ast.Constant(_nested(tables[i : i + 3])))
        entries.append(reduce(_entry, map(_name, codes[i : i + 3]), nested))
    body: list[ast.stmt] = [
        _assign(_names(codes), _name("codes")),
        _assign(_target("left"), _joined(ast.BitAnd(), entries)),
        ast.Return(
            ast.BinOp(
                ast.BinOp(_name("left"), ast.BitAnd(), _number((1 << conditions) - 1)),
                ast.BitOr(),
                ast.Call(_name("joined"), [ast.BinOp(_name("left"), ast.RShift(), _number(conditions))], []),
            )
        ),
    ]
    return cast(Judge, _function("judge", ["codes"], body, {"joined": Unions.of(further).union}))


def _nested(tables: Sequence[_Table], left: int = -1) -> Any:
    """Return one table for the values of several findings, a level for each."""
    first, *others = tables
    return tuple(_nested(others, left & rows) if others else left & rows for rows in first)


def _joined(op: ast.operator, parts: Sequence[ast.expr]) -> ast.expr:
    joined: ast.expr = parts[0]
    for part in parts[1:]:
        joined = ast.BinOp(joined, op, part)
    return joined


def compile_meeting(findings: tuple[Finding, ...]) -> Callable[[Codes, Codes, Codes], Codes]:
    """Return a function from the viewer's codes, the other's and the gaps to the codes in the viewer's view."""
    count = len(findings)
    mine, theirs, gaps = ([f"{letter}{i}" for i in range(count)] for letter in "abg")
    met = [
        meet(finding.both, _name(a), _name(b), _name(gap), _EXPRESSIONS)
        for finding, a, b, gap in zip(findings, mine, theirs, gaps, strict=True)
    ]
    body: list[ast.stmt] = [
        _assign(_names(mine), _name("mine")),
        _assign(_names(theirs), _name("theirs")),
        _assign(_names(gaps), _name("gaps")),
        ast.Return(ast.Tuple(met, ast.Load())),
    ]
    return cast(Callable[[Codes, Codes, Codes], Codes], _function("meet", ["mine", "theirs", "gaps"], body, {}))


def _no_expression(_mine: ast.expr, _theirs: ast.expr) -> ast.expr:
    raise TypeError("what both agreed on is read from `Agreed`, not from two reports")


_EXPRESSIONS = CodeOperations(
    first_known=lambda mine, theirs: ast.IfExp(ast.Compare(mine, [ast.GtE()], [_number(0)]), mine, theirs),
    worse=lambda mine, theirs: ast.IfExp(ast.Compare(mine, [ast.Gt()], [theirs]), mine, theirs),
    agreed=_no_expression,
)


def compile_reading(findings: tuple[Finding, ...], report: type[PooledReport | SelfReport]) -> Callable[[Any], Codes]:
    """Return a function from a report of this type to the codes of these findings, in order, gaps left unknown."""
    tables = {f"table{i}": _FindingLookup.of(finding) for i, finding in enumerate(findings) if finding.gap is None}
    groups = sorted({path.partition(".")[0] for table in tables.values() for path in table.paths if "." in path})
    scope: dict[str, Any] = {name: table.entries for name, table in tables.items()}
    scope |= {f"no_{group}": _empty(report, group) for group in groups}
    scope |= {_set_name(name, path): names for name, table in tables.items() for path, names in table.members.items()}
    body = _groups_read(groups)
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


def compile_answer_masks(
    joined_by_and: Iterable[tuple[str, Callable[[Any], int]]], joined_by_or: Iterable[tuple[str, Callable[[Any], int]]]
) -> Callable[[PooledReport], tuple[int, int]]:
    """Return a function from a report to two sets, each joined from the sets that its answers amount to by path."""
    scope: dict[str, Any] = {}
    sets = []
    for op, masks in ((ast.BitAnd(), joined_by_and), (ast.BitOr(), joined_by_or)):
        parts: list[ast.expr] = []
        for path, of in masks:
            scope[name := f"of{len(scope)}"] = of
            parts.append(ast.Call(_name(name), [_read_answer(path)], []))
        sets.append(_joined(op, parts))
    groups = sorted({path.partition(".")[0] for path, _ in (*joined_by_and, *joined_by_or)})
    scope |= {f"no_{group}": _empty(PooledReport, group) for group in groups}
    body = [*_groups_read(groups), ast.Return(ast.Tuple(sets, ast.Load()))]
    return cast("Callable[[PooledReport], tuple[int, int]]", _function("masks", ["report"], body, scope))


def _groups_read(groups: Iterable[str]) -> list[ast.stmt]:
    return [
        _assign(_target(group), ast.BoolOp(ast.Or(), [_attribute("report", group), _name(f"no_{group}")]))
        for group in groups
    ]


@dataclass(frozen=True, slots=True)
class _FindingLookup:
    """A finding as a table: the atoms that it reads of a report, and its code for every combination of their values.

    `members` has the members that count, by the path of the answer that may contain them.
    """

    atoms: tuple[tuple[str, Any], ...]
    entries: dict[Any, int]
    members: dict[str, frozenset[str]]

    @property
    def paths(self) -> frozenset[str]:
        linear = (path for kind, atom in self.atoms if kind == "linear" for _, path in atom.terms)
        alone = (atom.path for kind, atom in self.atoms if kind == "alone")
        return frozenset(chain(linear, alone, (atom for kind, atom in self.atoms if kind in ("answer", "members"))))

    # Most findings are the same in the rulesets that one process reads: releases, edits, tests.
    @classmethod
    @lru_cache(maxsize=512)
    def of(cls, finding: Finding) -> "_FindingLookup":
        read = [leaf for _, condition in finding.tries for leaf in leaves(condition)]
        members: dict[str, list[str]] = {}
        for leaf in read:
            if isinstance(leaf, Contains):
                members.setdefault(leaf.path, []).append(leaf.member)
        # An answer that one condition alone is about needs three entries, however many levels or members it has.
        on_words = [leaf for leaf in dict.fromkeys(read) if isinstance(leaf, Chosen | Contains) and _has_words(leaf)]
        conditions = Counter((type(leaf), leaf.path) for leaf in on_words)
        alone = {leaf for leaf in on_words if conditions[type(leaf), leaf.path] == 1}
        atoms = tuple(dict.fromkeys(("alone", leaf) if leaf in alone else _atom(leaf) for leaf in read))
        domains = [_domain(atom, members) for atom in atoms]
        entries = {}
        for values in product(*domains):
            code = _code(finding, dict(zip(atoms, values, strict=True)))
            entries[values if len(atoms) > 1 else values[0]] = code
        counted = {path: frozenset(names) for path, names in members.items() if ("members", path) in atoms}
        return cls(atoms, entries, counted)


def _has_words(leaf: Chosen | Contains) -> bool:
    return READABLE[leaf.path].shape not in ("yes_no", "scale")


def _atom(leaf: Leaf) -> tuple[str, Any]:
    match leaf:
        case Linear():
            return "linear", leaf
        case Chosen(path):
            return "answer", path
        case Contains(path):
            return "members", path
        case _:
            raise TypeError("a finding reads answers, not findings")


def _domain(atom: tuple[str, Any], members: Mapping[str, list[str]]) -> list[Any]:
    kind, of = atom
    if kind in ("linear", "alone"):
        return [None, False, True]
    if kind == "members":
        mentioned = dict.fromkeys(members[of])
        return [None, *(frozenset(c) for n in range(len(mentioned) + 1) for c in combinations(mentioned, n))]
    answer = READABLE[of]
    if answer.shape == "yes_no":
        return [None, False, True]
    return [None, *(int(level) if answer.shape == "scale" else level for level in answer.levels)]


def _code(finding: Finding, values: Mapping[tuple[str, Any], Any]) -> int:
    answers = {of: value for (kind, of), value in values.items() if kind in ("answer", "members")}

    def leaf_truth(leaf: Leaf) -> Truth:
        if isinstance(leaf, Linear):
            return cast(Truth, values["linear", leaf])
        return cast(Truth, values["alone", leaf]) if ("alone", leaf) in values else answer_truth(leaf, answers)

    return finding_code(finding, leaf_truth)


def _look_up(name: str, table: _FindingLookup) -> ast.expr:
    keys = [_read_atom(kind, atom, name) for kind, atom in table.atoms]
    key = keys[0] if len(keys) == 1 else ast.Tuple(keys, ast.Load())
    return _entry(_name(name), key)


def _read_atom(kind: str, atom: Any, table: str) -> ast.expr:
    if kind == "linear":
        return _read_linear(atom)
    answer = _read_answer(atom.path if kind == "alone" else atom)
    if kind == "answer":
        return answer
    present = ast.Compare(answer, [ast.IsNot()], [ast.Constant(None)])
    if kind == "alone":
        holds = (
            ast.Compare(ast.Constant(atom.member), [ast.In()], [answer])
            if isinstance(atom, Contains)
            else ast.Compare(answer, [ast.In()], [ast.Constant(atom.levels)])
        )
        return ast.IfExp(present, holds, ast.Constant(None))
    return ast.IfExp(present, ast.BinOp(answer, ast.BitAnd(), _name(_set_name(table, atom))), ast.Constant(None))


def _set_name(table: str, path: str) -> str:
    return f"{table}_{path.replace('.', '_')}"


def _read_answer(path: str) -> ast.expr:
    group, _, answer = path.partition(".")
    return _attribute(group, answer) if answer else _attribute("report", group)


def _read_linear(linear: Linear) -> ast.expr:
    """Return a comparison of a linear sum, which is None where an answer is missing."""
    # Quarter hours are exact in binary, so scaling the constant instead loses nothing.
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
