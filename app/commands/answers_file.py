"""Reading of a file of answers, as strictly as the API reads a body."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from app.api.http.validation import pointer
from app.commands.failure import CommandFailed
from app.rulesets.diagnostics import DiagnosticCollector, Location
from app.rulesets.strict_json import UnreadableJson, read_json
from app.rulesets.strict_yaml import read_text
from app.rulesets.utf8 import NotUtf8, decode_utf8

STANDARD_INPUT = "standard input"
JSON_ENDINGS, YAML_ENDINGS = (".json",), (".yaml", ".yml")


class AnswersFile(NamedTuple):
    """The value of a file, with the place of every part by its JSON pointer where the file is YAML."""

    name: str
    value: Any
    places: Mapping[str, Location]

    def line(self, at: str, reason: str) -> str:
        """Return a line about the part at a pointer: its file, place, pointer and the reason."""
        nearest, place = at, self.places.get(at)
        while place is None and nearest != "#":
            nearest = nearest.rpartition("/")[0]
            place = self.places.get(nearest)
        where = f"{self.name}:{place.line}:{place.column}" if place else self.name
        return printable(f"{where}: {at}: {reason}")


def read_answers(file: Path, limit: int) -> AnswersFile:
    """Return the content of a file, of standard input for `-`: JSON where it begins with a brace, else YAML.

    An ending of the name says which of the two it is. Raises `CommandFailed` with every mistake that can be told, and
    for more than `limit` bytes.
    """
    name = STANDARD_INPUT if str(file) == "-" else str(file)
    data = read_bytes(file, name, limit)
    if not data.strip():
        raise CommandFailed([printable(f"{name}: This is empty; a self-report is needed.")])
    if is_json(file, data):
        return read_as_json(name, data)
    return read_as_yaml(name, data)


def read_bytes(file: Path, name: str, limit: int) -> bytes:
    try:
        if name == STANDARD_INPUT:
            data = sys.stdin.buffer.read(limit + 1) if sys.stdin else None
        else:
            with file.open("rb") as opened:
                data = opened.read(limit + 1)
    except OSError as error:
        raise CommandFailed([printable(f"{name} cannot be read: {error.strerror or error}.")]) from error
    if data is None:
        raise CommandFailed([f"{name} is closed."])
    if len(data) > limit:
        raise CommandFailed([printable(f"{name}: This is too large; at most {limit} bytes are read.")])
    return data


def is_json(file: Path, data: bytes) -> bool:
    if file.suffix in (*JSON_ENDINGS, *YAML_ENDINGS):
        return file.suffix in JSON_ENDINGS
    return data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def read_as_json(name: str, data: bytes) -> AnswersFile:
    try:
        return AnswersFile(name, read_json(data), {})
    except UnreadableJson as error:
        places = [f"{pointer(mistake.keys)}: " if mistake.keys else "" for mistake in error.mistakes]
        lines = [f"{name}: {place}{mistake.reason}" for place, mistake in zip(places, error.mistakes, strict=True)]
        raise CommandFailed(map(printable, lines)) from None


def read_as_yaml(name: str, data: bytes) -> AnswersFile:
    try:
        text = decode_utf8(data)
    except NotUtf8 as error:
        raise CommandFailed([printable(f"{name}: {error}")]) from None
    mistakes, places = DiagnosticCollector(), dict[tuple[str | int, ...], Location]()
    node = read_text(text, name, mistakes)
    value = node.to_json(places) if node else None
    if mistakes.diagnostics:
        raise CommandFailed(map(printable, dict.fromkeys(map(str, sorted(mistakes.diagnostics)))))
    return AnswersFile(name, value, {pointer(keys): place for keys, place in places.items()})


def printable(line: str) -> str:
    """Return the line with what would steer a terminal, or cannot be encoded, as an escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)
