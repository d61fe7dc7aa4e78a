"""Writes src/rekindle_client/generated/ from the OpenAPI document, before hatchling packs it.

`REKINDLE_OPENAPI=other.json` reads another document.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datamodel_code_generator import DataModelType, Formatter, InputFileType, LiteralType, PythonVersion, generate
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

Node = dict[str, Any]

ROOT = Path(__file__).parent
GENERATED = ROOT / "src" / "rekindle_client" / "generated"
# Beside this file in a source distribution, two folders up in the repository.
DOCUMENTS = (ROOT / "openapi.json", ROOT.parents[1] / "openapi.json")
# What the client sends by itself.
OWN_HEADERS = {"Accept-Language", "If-None-Match", "Rekindle-Test-Now", "X-Request-Id"}
CURSOR = "cursor"
SIMPLE_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


class Generate(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: Node) -> None:  # noqa: ARG002  hatchling gives them
        named = os.environ.get("REKINDLE_OPENAPI")
        source = Path(named) if named else next(file for file in DOCUMENTS if file.exists())
        write_package(json.loads(source.read_text(encoding="utf-8")))


def write_package(document: Node) -> None:
    GENERATED.mkdir(exist_ok=True)
    files = {
        "__init__": '"""Made from the OpenAPI document."""\n',
        "operations": write_operations(document),
        "problems": write_problems(document),
        "schemas": write_schemas(document),
    }
    for name, text in files.items():
        (GENERATED / f"{name}.py").write_text(text, encoding="utf-8")


def write_schemas(document: Node) -> str:
    """Return a TypedDict for each named schema; a code of a response is one of those known, or any other text."""
    schemas = {"openapi": document["openapi"], "info": document["info"], "paths": {}}
    made = generate(
        json.dumps(schemas | {"components": {"schemas": opened(document["components"]["schemas"])}}),
        input_file_type=InputFileType.OpenAPI,
        input_filename="openapi.json",
        output_model_type=DataModelType.TypingTypedDict,
        target_python_version=PythonVersion.PY_311,
        enum_field_as_literal=LiteralType.All,
        use_union_operator=True,
        use_standard_collections=True,
        use_schema_description=True,
        use_field_description=True,
        disable_timestamp=True,
        use_closed_typed_dict=False,
        formatters=[Formatter.BUILTIN],
    )
    return str(made).replace("from typing_extensions import TypedDict", "from typing import TypedDict")


def opened(node: Any) -> Any:
    """Return schemas without examples, with each open enumeration as its known codes or any text."""
    if isinstance(node, list):
        return [opened(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {name: opened(one) for name, one in node.items() if name not in {"example", "x-extensible-enum"}}
    if isinstance(node.get("examples"), list):
        del kept["examples"]
    codes = node.get("x-extensible-enum", ())
    if not codes or not all(isinstance(code, str) for code in codes):
        return kept
    types = kept.pop("type", "string")
    others = [{"type": one} for one in ([types] if isinstance(types, str) else types)]
    return kept | {"anyOf": [{"type": "string", "enum": codes}, *others]}


def write_problems(document: Node) -> str:
    """Return an error class for each code of a problem that the document shows."""
    components = document["components"]
    named = [components["examples"]]
    for response in components["responses"].values():
        named += [media.get("examples", {}) for media in response.get("content", {}).values()]
    shown = {
        code: example["value"]["title"]
        for examples in named
        for code, example in examples.items()
        if example.get("value", {}).get("code") == code
    }
    classes = [f'class {camel(code)}(ProblemError):\n    """{title}."""\n' for code, title in sorted(shown.items())]
    rows = [f'    "{code}": {camel(code)},' for code in sorted(shown)]
    return "\n\n".join(
        [
            "from ..errors import ProblemError\n",
            *classes,
            "PROBLEMS: dict[str, type[ProblemError]] = {\n" + "\n".join(rows) + "\n}\n",
        ]
    )


def write_operations(document: Node) -> str:
    """Return one class of methods that answer and one of methods that are awaited."""
    head = """# mypy: disable-error-code="no-any-return"
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from . import schemas


class Operations:
    def _call(self, method: str, path: str, **call: Any) -> Any:
        raise NotImplementedError

    def _items(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        raise NotImplementedError
"""
    every = [Operation(document, *one) for one in operations(document)]
    awaited = head.partition("\n\n\n")[2].replace("Operations", "AsyncOperations")
    awaited = awaited.replace("    def _call", "    async def _call").replace("Iterator", "AsyncIterator")
    answering = "\n".join(operation.method("def", "", "Iterator") for operation in every)
    awaiting = "\n".join(operation.method("async def", "await ", "AsyncIterator") for operation in every)
    return f"{head}\n{answering}\n\n{awaited}\n{awaiting}"


def operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


class Operation:
    """An operation of the document, to be written as a method."""

    def __init__(self, document: Node, verb: str, path: str, operation: Node) -> None:
        self.document, self.verb, self.path, self.operation = document, verb, path, operation
        self.parameters = [resolved(document, one) for one in operation.get("parameters", ())]

    def method(self, define: str, wait: str, iterator: str) -> str:
        name, query, headers = self.operation["operationId"], self._of("query"), self._of("header")
        sent = [f'"{self.verb.upper()}"', f'"{self.path}"']
        for part, parameters in {"names": self._of("path"), "query": query, "headers": headers}.items():
            sent += [f"{part}={mapping(parameters)}"] if parameters else []
        sent += ["body=body"] if "requestBody" in self.operation else []
        text = f"""
    {define} {name}({self._arguments([*query, *headers])}) -> {self._answer()}:
        \"\"\"{self._description()}\"\"\"
        return {wait}self._call({", ".join(sent)})
"""
        if CURSOR not in [one["name"] for one in query]:
            return text
        others = [one for one in query if one["name"] != CURSOR]
        return f"""{text}
    def {name.replace("list_", "iterate_", 1)}({self._arguments(others)}) -> {iterator}[{self._item()}]:
        \"\"\"Yield each item of `{name}`, and fetch the pages as they are needed.\"\"\"
        return self._items("{self.path}", {mapping(others)})
"""

    def _arguments(self, named: list[Node]) -> str:
        """Return names in the path, the body, then what is given by name alone."""
        found = ["self", *(argument(one) for one in self._of("path"))]
        if body := self.operation.get("requestBody"):
            written = type_of(next(iter(body["content"].values()))["schema"])
            found.append(f"body: {written}" + ("" if body.get("required") else " = None"))
        return ", ".join(found + ["*"] * bool(named) + [argument(one) for one in named])

    def _of(self, place: str) -> list[Node]:
        return [one for one in self.parameters if one["in"] == place and one["name"] not in OWN_HEADERS]

    def _success(self) -> Node:
        status = min(status for status in self.operation["responses"] if status.startswith("2"))
        return resolved(self.document, self.operation["responses"][status])

    def _answer(self) -> str:
        content = self._success().get("content", {})
        if "application/json" in content:
            return type_of(content["application/json"]["schema"])
        return "str" if content else "None"

    def _item(self) -> str:
        page = self.document["components"]["schemas"][self._answer().removeprefix("schemas.")]
        return type_of(page["properties"]["data"]["items"])

    def _description(self) -> str:
        text = self.operation.get("description") or self.operation.get("summary", "")
        return text.strip().replace("\\", "\\\\").replace("\n", "\n        ")


def resolved(document: Node, node: Node) -> Node:
    found: Any = document
    for name in node.get("$ref", "").removeprefix("#/").split("/") if "$ref" in node else ():
        found = found[name]
    return found if "$ref" in node else node


def type_of(schema: Node) -> str:
    """Return the annotation of a schema that is a reference, a simple type, or a choice of those."""
    if "$ref" in schema:
        return f"schemas.{schema['$ref'].rpartition('/')[2]}"
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(type_of(one) for one in schema["anyOf"]))
    types = schema.get("type", "string")
    return " | ".join(SIMPLE_TYPES[one] for one in ([types] if isinstance(types, str) else types))


def argument(parameter: Node) -> str:
    written = f"{snake(parameter['name'])}: {type_of(parameter['schema'])}"
    return written if parameter.get("required") else f"{written} | None = None"


def mapping(parameters: list[Node]) -> str:
    return "{" + ", ".join(f'"{one["name"]}": {snake(one["name"])}' for one in parameters) + "}"


def snake(name: str) -> str:
    return re.sub(r"\W", "_", name).lower()


def camel(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("_"))
