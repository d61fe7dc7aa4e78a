"""What a machine can hold of how Rekindle is written: its words, its sizes, and imports that a reader can follow."""

import ast
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_IDENTIFIERS = re.compile("what|who|said|asked|told|held|kept|found|most|each|given")
QUESTION_WORDS = re.compile("what|whether|where|how|who|which|when|why")
PRONOUNS_AND_PREPOSITIONS = re.compile(
    "its?|they|them|their|these|those|this|that|he|she|we|i|my|mine|one|everything|nobody|each|all|of|for|in|on|at|by|"
    "with|without|from|to|as|until|beyond|before|after|within|among|between|behind|so|such|only|if"
)
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_FILE = 400, 40, 1_000
# A command is imported once it is chosen, an application in the worker that serves it, what few workers come to need
# and a module of an extra once it is needed: in one place each.
LOADERS = {"app/cli.py", "app/commands/supervise.py", "app/main.py", "verification/loading.py"}
# Written by hand; made for tools; sealed.
LONG_FILES = (
    "app/content/questions.yaml",
    "app/content/findings.yaml",
    "app/content/insights.yaml",
    "app/content/activities/",
    "requirements/",
    "openapi.json",
    "app/content/releases/",
)

# These are left of each kind, by module or name; the list gets shorter until it goes.
LEFT = {
    "identifiers": {
        *("app/api/catalogue/rules.py", "app/engine/ruleset.py"),
    },
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def trees() -> dict[str, ast.Module]:
    """Return the modules under their names."""
    return {
        file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for folder in ("app", "verification")
        for file in sorted((ROOT / folder).rglob("*.py"))
    }


def identifiers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg


def docstrings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, Function | ast.ClassDef | ast.Module) and (text := ast.get_docstring(node)):
            yield text


def first_word(text: str) -> str:
    return text.split(maxsplit=1)[0].strip("`*.,:;\"'").lower()


def types(tree: ast.Module) -> Iterator[str]:
    """Yield the classes and type aliases at the top of a module."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name[0].isupper() and not name.isupper():
                yield name


def late_imports(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of imports inside functions, by a module's name, or by `__getattr__` of a module."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield from (inner.lineno for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom))
            if node.name == "__getattr__" and [argument.arg for argument in node.args.args][:1] != ["self"]:
                yield node.lineno
        elif isinstance(node, ast.Attribute | ast.Name) and ast.unparse(node).endswith(("import_module", "__import__")):
            yield node.lineno


def untyped_rows(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that declare a row or a connection as `Any`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and isinstance(node.annotation, ast.Name):
            target = node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)
            if node.annotation.id == "Any" and target in {"row", "rows", "record", "connection", "engine"}:
                yield node.lineno


def long_functions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION:
            yield node.name


def test_identifiers_are_words_of_the_field() -> None:
    wrong = {name: set(filter(NO_IDENTIFIERS.fullmatch, identifiers(tree))) for name, tree in trees().items()}

    assert_few("identifiers", [f"{name}: {sorted(words)}" for name, words in wrong.items() if words])


@pytest.mark.parametrize(("kind", "words"), [("question", QUESTION_WORDS), ("pronoun", PRONOUNS_AND_PREPOSITIONS)])
def test_docstrings_begin_with_a_verb_or_a_noun(kind: str, words: re.Pattern[str]) -> None:
    texts = [(name, text) for name, tree in trees().items() for text in docstrings(tree)]
    wrong = [f"{name}: {text[:60]}" for name, text in texts if words.fullmatch(first_word(text))]

    assert_few(kind, wrong, bar=int(0.03 * len(texts)))


def test_a_type_name_has_one_meaning() -> None:
    places = defaultdict(set)
    for name, tree in trees().items():
        for type_name in types(tree):
            places[type_name].add(name)

    assert_few("types", [f"{name}: {sorted(files)}" for name, files in places.items() if len(files) > 1])


def test_imports_stand_at_the_top() -> None:
    late = {name: list(late_imports(tree)) for name, tree in trees().items() if name not in LOADERS}

    assert_few("imports", [f"{name}: {lines}" for name, lines in late.items() if lines])


def test_rows_and_connections_have_types() -> None:
    untyped = {name: list(untyped_rows(tree)) for name, tree in trees().items()}

    assert_few("rows", [f"{name}: {lines}" for name, lines in untyped.items() if lines])


def test_modules_and_functions_are_short() -> None:
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in trees()}
    modules = [f"{name}: {length} lines" for name, length in lengths.items() if length > LONGEST_MODULE]
    functions = [f"{name}: {function}" for name, tree in trees().items() for function in long_functions(tree)]

    assert_few("sizes", modules + functions)


def assert_few(kind: str, wrong: list[str], bar: int = 0) -> None:
    new = [line for line in wrong if line.partition(":")[0] not in LEFT.get(kind, set())]
    assert len(new) <= bar, "\n".join([f"{len(new)} new:", *new])


def test_no_long_generated_file_is_in_a_contributor_s_way() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no clone")
    files = [ROOT / name for name in listed.stdout.split("\0") if name and not name.startswith(LONG_FILES)]
    lengths = {file.relative_to(ROOT).as_posix(): file.read_bytes().count(b"\n") for file in files if file.is_file()}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


@pytest.mark.parametrize(
    ("find", "planted"),
    [
        (late_imports, "def f():\n    import json"),
        (late_imports, "def f():\n    from json import loads"),
        (late_imports, "import importlib\nimportlib.import_module('json')"),
        (late_imports, "def __getattr__(name): ..."),
        (untyped_rows, "def f(row: Any): ..."),
        (untyped_rows, "connection: Any = None"),
        (long_functions, "def f():\n" + "    pass\n" * LONGEST_FUNCTION),
        (types, "Row = tuple[str, int]"),
        (types, "class Row: ..."),
        (docstrings, '"""Where it is."""'),
    ],
)
def test_what_is_planted_is_seen(find: object, planted: str) -> None:
    assert callable(find)
    assert len(list(find(ast.parse(planted)))) == 1
