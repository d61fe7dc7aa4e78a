"""Four generators, two for each language: what they make of the document takes the responses of a later version."""

import json
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.node_tools import alone, install, run
from tests.trust.grown import NEW_CODE, NEW_FIELD, NEW_ID, grow, responses

ROOT = Path(__file__).parents[2]
NODE = Path(__file__).with_name("generators")
BIN = NODE / "node_modules" / ".bin"
DOCUMENT: dict[str, Any] = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))
OPENAPI_PYTHON_CLIENT = """
import json, sys
from made import models
for name, answer in json.load(open(sys.argv[1])):
    assert getattr(models, name).from_dict(answer).to_dict().keys() == answer.keys(), name
"""
DATAMODEL_CODE_GENERATOR = """
import json, sys
import made
for name, answer in json.load(open(sys.argv[1])):
    getattr(made, name).model_validate(answer)
"""
TYPESCRIPT = {
    "openapi-typescript": (
        ("openapi-typescript", "openapi.json", "--output", "made.ts"),
        "./made.js",
        "made.components['schemas']['{}']",
    ),
    "@hey-api/openapi-ts": (
        ("openapi-ts", "--input", "openapi.json", "--output", "made"),
        "./made/types.gen.js",
        "made.{}",
    ),
}
# The generator writes this one file from a template of its own, whatever is described, and its types do not hold.
TYPES = """
[mypy]
[mypy-made.client]
disable_error_code = arg-type
"""


def closed() -> dict[str, Any]:
    """The document with the outcome of a view as a closed enumeration."""
    document = deepcopy(DOCUMENT)
    outcome = document["components"]["schemas"]["View"]["properties"]["outcome"]
    outcome["enum"] = outcome.pop("x-extensible-enum")
    return document


@pytest.fixture(params=[DOCUMENT, closed()], ids=["open", "closed"])
def document(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    (tmp_path / "openapi.json").write_text(json.dumps(found), encoding="utf-8")
    return found


@pytest.fixture
def answers(tmp_path: Path) -> list[tuple[str, Any]]:
    """Each response of today's document, grown."""
    grown = [(name, grow(DOCUMENT, name, example)) for name, example in responses(DOCUMENT)]
    (tmp_path / "answers.json").write_text(json.dumps(grown), encoding="utf-8")
    return grown


def python(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=cwd, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=600, check=False
    )


def test_what_is_fed_has_grown_everywhere(answers: list[tuple[str, Any]]) -> None:
    text = json.dumps(answers)

    assert len(answers) > 50
    assert all(NEW_FIELD in answer for _, answer in answers)
    assert min(text.count(NEW_CODE), text.count(NEW_ID)) > 20


def test_openapi_python_client(document: dict[str, Any], answers: list[tuple[str, Any]], tmp_path: Path) -> None:
    made = ("--path", "openapi.json", "--output-path", "made", "--meta", "none", "--fail-on-warning")
    done = python("-m", "openapi_python_client", "generate", *made, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr

    fed = python("-c", OPENAPI_PYTHON_CLIENT, "answers.json", cwd=tmp_path)

    assert (fed.returncode == 0) == (document is DOCUMENT), fed.stderr
    if document is DOCUMENT:
        (tmp_path / "mypy.ini").write_text(TYPES, encoding="utf-8")
        checked = python("-m", "mypy", "--config-file", "mypy.ini", "made", cwd=tmp_path)
        assert checked.returncode == 0, checked.stdout


def test_datamodel_code_generator(document: dict[str, Any], answers: list[tuple[str, Any]], tmp_path: Path) -> None:
    made = ("--input", "openapi.json", "--input-file-type", "openapi", "--output", "made.py")
    done = python("-m", "datamodel_code_generator", *made, cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    fed = python("-c", DATAMODEL_CODE_GENERATOR, "answers.json", cwd=tmp_path)

    assert (fed.returncode == 0) == (document is DOCUMENT), fed.stderr


@pytest.mark.parametrize("generator", TYPESCRIPT)
def test_typescript(generator: str, document: dict[str, Any], answers: list[tuple[str, Any]], tmp_path: Path) -> None:
    with alone(NODE):
        install(NODE)
    make, module, type_of = TYPESCRIPT[generator]
    run(BIN / make[0], *make[1:], cwd=tmp_path)
    assigned = [
        f"export const a{number}: {type_of.format(name)} = null! as {literal_type(answer)};"
        for number, (name, answer) in enumerate(answers)
    ]
    (tmp_path / "fed.ts").write_text(
        "\n".join([f"import type * as made from '{module}';", *assigned]), encoding="utf-8"
    )
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    strict = ("--strict", "--noEmit", "--skipLibCheck", "--module", "nodenext")

    fed = subprocess.run(
        [BIN / "tsc", *strict, "fed.ts"], cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False
    )

    assert (fed.returncode == 0) == (document is DOCUMENT), fed.stdout


def literal_type(value: Any) -> str:
    """Return the TypeScript type of an answer as it comes, where any text is a text."""
    if isinstance(value, dict):
        return "{" + "; ".join(f"{json.dumps(name)}: {literal_type(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return f"({' | '.join(dict.fromkeys(map(literal_type, value))) or 'never'})[]"
    return {bool: "boolean", int: "number", float: "number", str: "string"}.get(type(value), "null")
