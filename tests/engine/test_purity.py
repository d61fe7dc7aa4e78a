import ast
import sys
from pathlib import Path

import pytest

import app.engine

ENGINE = Path(app.engine.__file__).parent
IMPURE = {
    "time",
    "datetime",
    "random",
    "os",
    "pathlib",
    "io",
    "secrets",
    "uuid",
    "sys",
    "socket",
    "subprocess",
    "shutil",
}
PURE_NAMES = {"datetime": {"date", "datetime"}, "sys": {"intern"}}
"""Names of impure modules that read nothing by themselves."""

READS_THE_CLOCK = {"now", "today", "utcnow", "fromtimestamp"}
REACHING_OUT = {"open", "input", "print", "eval", "__import__", "globals", "breakpoint"}
MODULES = sorted(ENGINE.glob("*.py"))


def imports_of(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            if not {alias.name for alias in node.names} <= PURE_NAMES.get(str(node.module), set()):
                names.add(str(node.module))
    return names


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_the_engine_knows_no_clock_no_chance_and_no_files(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for name in imports_of(tree):
        top = name.partition(".")[0]
        assert top in sys.stdlib_module_names or name.startswith("app.engine."), name
        assert top not in IMPURE, name
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & REACHING_OUT
    assert not {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & READS_THE_CLOCK


def test_only_the_compiler_compiles_and_it_compiles_nodes_alone() -> None:
    executing = {
        module.stem
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("exec", "compile")
    }
    assert executing == {"code_generation"}


def test_every_module_was_looked_at() -> None:
    assert {"evaluate", "code_generation", "conditions", "choosing", "offer", "say"} <= {
        module.stem for module in MODULES
    }
