"""Small mistakes in Python, made on purpose: one change at a time in one function or one constant of a module."""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

Change = Callable[[Any], ast.AST | None]
"""From a node of a copy to what stands there instead."""

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}
_ORDERINGS = ("key", "reverse")
_LOGIC: dict[type[ast.boolop], type[ast.boolop]] = {ast.And: ast.Or, ast.Or: ast.And}


@dataclass(frozen=True)
class Mutant:
    """One change. `owner` is the function or the constant; `name` says all, without line numbers, so that it lasts."""

    module: str
    owner: str
    name: str
    is_function: bool
    node: ast.stmt

    def code(self) -> CodeType:
        """The changed function's code, or that of the changed statement of a module."""
        compiled = compile(ast.fix_missing_locations(ast.Module([self.node], [])), f"<{self.name}>", "exec")
        if not self.is_function:
            return compiled
        return next(part for part in compiled.co_consts if isinstance(part, CodeType))


def mutants_of(path: Path) -> Iterator[Mutant]:
    """All changes to one file, in the order of its text."""
    seen: dict[str, int] = {}
    for owner, node, is_function in _owners(ast.parse(path.read_text(encoding="utf-8"))):
        for before, after, changed in _changed(node):
            name = f"{path.stem}.{owner}: {before} -> {after}"
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                name = f"{name} ({seen[name]})"
            yield Mutant(path.stem, owner, name, is_function, changed)


def _owners(tree: ast.Module) -> Iterator[tuple[str, ast.stmt, bool]]:
    for node in tree.body:
        match node:
            case ast.FunctionDef():
                yield node.name, node, True
            case ast.ClassDef():
                for part in node.body:
                    if isinstance(part, ast.FunctionDef):
                        yield f"{node.name}.{part.name}", part, True
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                yield name, node, False
            case ast.Assign(targets=[ast.Tuple()]):
                yield ast.unparse(node.targets[0]), node, False


def _changed(node: ast.stmt) -> Iterator[tuple[str, str, ast.stmt]]:
    for i, (_, _, _, part) in enumerate(_parts(node)):
        for change in _changes(part):
            copy = deepcopy(node)
            if isinstance(copy, ast.FunctionDef):
                copy.decorator_list = []
            parent, field, at, found = _parts(copy)[i]
            instead = change(found)
            if at is None:
                setattr(parent, field, instead)
            else:
                getattr(parent, field)[at] = instead
            yield _short(part), _short(instead), copy


def _short(node: ast.AST | None) -> str:
    if node is None:
        return "nothing"
    if isinstance(node, ast.comprehension):
        return "for " + ast.unparse(node.target) + "".join(f" if {ast.unparse(each)}" for each in node.ifs)
    if isinstance(node, ast.match_case):
        return f"case {ast.unparse(node.pattern)}"
    return ast.unparse(ast.fix_missing_locations(deepcopy(node))).partition("\n")[0]


def _parts(node: ast.AST) -> list[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every part below a node, with where it hangs; types, names of arguments and docstrings left out."""
    found: list[tuple[ast.AST, str, int | None, ast.AST]] = []
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "args", "decorator_list", "type_params") and not isinstance(node, ast.Call):
            continue
        each = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for at, part in each:
            if isinstance(part, ast.AST) and not _is_left_out(node, part):
                found.append((node, field, at, part))
                found += _parts(part)
    return found


def _is_left_out(parent: ast.AST, part: ast.AST) -> bool:
    is_docstring = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    is_type = isinstance(parent, ast.Call) and ast.unparse(parent.func) == "cast" and part is parent.args[0]
    return is_docstring or is_type or isinstance(part, ast.Raise)


def _changes(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=[op]):
            for other in _COMPARISONS[type(op)]:
                yield lambda each, other=other: _set(each, ops=[other()])
        case ast.BoolOp(op=op, values=values):
            yield lambda each: _set(each, op=_LOGIC[type(each.op)]())
            for i in range(len(values)):
                yield lambda each, i=i: _without(each, i)
        case ast.BinOp(op=op):
            yield lambda each: _set(each, op=_OPERATORS[type(each.op)]())
            if isinstance(op, ast.BitAnd | ast.BitOr):
                yield lambda each: each.left
                yield lambda each: each.right
        case ast.UnaryOp():
            yield lambda each: each.operand
        case ast.IfExp():
            yield lambda each: each.body
            yield lambda each: each.orelse
        case ast.Constant(value=bool()):
            yield lambda each: ast.Constant(not each.value)
        case ast.Constant(value=int()):
            yield lambda each: ast.Constant(each.value + 1)
            yield lambda each: ast.Constant(each.value - 1)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            yield lambda each: _set(each, func=ast.Name(_CALLS[each.func.id], ast.Load()))
        case ast.Call(keywords=keywords) if any(keyword.arg in _ORDERINGS for keyword in keywords):
            yield lambda each: _set(each, keywords=[one for one in each.keywords if one.arg not in _ORDERINGS])
        case ast.Slice(lower=lower, upper=upper):
            if lower:
                yield lambda each: _set(each, lower=None)
            if upper:
                yield lambda each: _set(each, upper=None)
        case ast.comprehension(ifs=ifs):
            for i in range(len(ifs)):
                yield lambda each, i=i: _set(each, ifs=each.ifs[:i] + each.ifs[i + 1 :])
        case ast.stmt():
            yield from _statement_changes(node)
        case ast.match_case(pattern=ast.MatchAs(pattern=None)):
            pass
        case ast.match_case():
            yield lambda each: _set(each, guard=ast.Constant(False))


def _statement_changes(node: ast.stmt) -> Iterator[Change]:
    match node:
        case ast.AugAssign():
            yield lambda each: _set(each, op=_OPERATORS[type(each.op)]())
            yield lambda _: ast.Pass()
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield lambda _: ast.Return(ast.Constant(None))
        case ast.If():
            yield lambda each: _set(each, test=ast.UnaryOp(ast.Not(), each.test))
            yield lambda each: ast.If(ast.Constant(False), each.body, each.orelse)
        case ast.For() | ast.While():
            yield lambda _: ast.Pass()
        case ast.Expr() | ast.Continue() | ast.Break() | ast.Delete():
            yield lambda _: ast.Pass()
        case ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield lambda _: ast.Pass()


def _set(node: ast.AST, **values: Any) -> ast.AST:
    for name, value in values.items():
        setattr(node, name, value)
    return node


def _without(node: ast.BoolOp, i: int) -> ast.expr:
    left = node.values[:i] + node.values[i + 1 :]
    return left[0] if len(left) == 1 else ast.BoolOp(node.op, left)
