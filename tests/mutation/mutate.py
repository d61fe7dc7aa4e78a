"""Small mistakes in Python, made on purpose: one change at a time in one function or one constant of a module."""

import ast
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
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
        holder, _, _ = self.owner.rpartition(".")
        node = ast.ClassDef(holder, [], [], [self.node], []) if self.is_function and holder else self.node
        compiled = compile(ast.fix_missing_locations(ast.Module([node], [])), f"<{self.name}>", "exec")
        for _ in range(self.is_function + bool(self.is_function and holder)):
            compiled = next(part for part in compiled.co_consts if isinstance(part, CodeType))
        return compiled


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
            case ast.Assign(value=ast.Subscript() | ast.BinOp()):
                pass  # the name of a type
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
        if field in ("annotation", "returns", "args", "decorator_list", "type_params") and not isinstance(
            node, ast.Call
        ):
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
    is_super = isinstance(part, ast.Expr) and ast.unparse(part).startswith("super()")
    return is_docstring or is_type or is_super or isinstance(part, ast.Raise)


def _changes(node: ast.AST) -> Iterable[Change]:
    kinds = (kind for kind in type(node).__mro__ if kind in _CHANGES)
    return _CHANGES[next(kinds)](node) if any(kind in _CHANGES for kind in type(node).__mro__) else ()


def _of_comparison(node: ast.Compare) -> Iterator[Change]:
    for other in _COMPARISONS[type(node.ops[0])] if len(node.ops) == 1 else ():
        yield partial(_set, ops=[other()])


def _of_logic(node: ast.BoolOp) -> Iterator[Change]:
    yield partial(_set, op=_LOGIC[type(node.op)]())
    for i in range(len(node.values)):
        yield partial(_without, i=i)


def _of_operation(node: ast.BinOp) -> Iterator[Change]:
    yield partial(_set, op=_OPERATORS[type(node.op)]())
    if isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield lambda each: each.left
        yield lambda each: each.right


def _of_unary(_: ast.UnaryOp) -> Iterator[Change]:
    yield lambda each: each.operand


def _of_choice(_: ast.IfExp) -> Iterator[Change]:
    yield lambda each: each.body
    yield lambda each: each.orelse


def _of_constant(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield lambda each: ast.Constant(not each.value)
    elif isinstance(node.value, int):
        yield lambda each: ast.Constant(each.value + 1)
        yield lambda each: ast.Constant(each.value - 1)


def _of_call(node: ast.Call) -> Iterator[Change]:
    if isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        yield partial(_set, func=ast.Name(_CALLS[node.func.id], ast.Load()))
    elif any(keyword.arg in _ORDERINGS for keyword in node.keywords):
        yield partial(_set, keywords=[one for one in node.keywords if one.arg not in _ORDERINGS])


def _of_slice(node: ast.Slice) -> Iterator[Change]:
    if node.lower:
        yield partial(_set, lower=None)
    if node.upper:
        yield partial(_set, upper=None)


def _of_comprehension(node: ast.comprehension) -> Iterator[Change]:
    for i in range(len(node.ifs)):
        yield partial(_set, ifs=node.ifs[:i] + node.ifs[i + 1 :])


def _of_case(node: ast.match_case) -> Iterator[Change]:
    is_last_resort = isinstance(node.pattern, ast.MatchAs) and node.pattern.pattern is None
    if not is_last_resort:
        yield partial(_set, guard=ast.Constant(False))


def _of_statement(node: ast.stmt) -> Iterator[Change]:
    match node:
        case ast.AugAssign():
            yield partial(_set, op=_OPERATORS[type(node.op)]())
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


_CHANGES: dict[type[ast.AST], Callable[[Any], Iterable[Change]]] = {
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_logic,
    ast.BinOp: _of_operation,
    ast.UnaryOp: _of_unary,
    ast.IfExp: _of_choice,
    ast.Constant: _of_constant,
    ast.Call: _of_call,
    ast.Slice: _of_slice,
    ast.comprehension: _of_comprehension,
    ast.match_case: _of_case,
    ast.stmt: _of_statement,
}
