"""Strict YAML with positions.

Plain YAML guesses what a scalar means: `no` becomes false, `1.10` becomes 1.1, and a key written twice silently loses
its first value. Here a scalar is text until its place says what it must be, and every guess is a mistake with a line.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any, cast

import yaml

from app.engine.condition_parser import nearest
from app.rulesets.diagnostics import DiagnosticCollector, Location
from app.rulesets.strict_json import MAX_DEPTH

_LOOKS_TRUE_OR_FALSE = ("yes", "no", "on", "off", "True", "False", "y", "n")
_MOST_DIGITS = 9
_JSON_WORDS = {"true": True, "false": False, "null": None}
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_COMMENT_BEHIND = re.compile(r"\S[ \t]+#")
_CLEVER = {
    yaml.AnchorToken: "anchors",
    yaml.AliasToken: "aliases",
    yaml.TagToken: "tags",
    yaml.DirectiveToken: "directives",
}


class Node:
    """A part of a content file and its place. Reading it as something it is not notes a mistake and goes on."""

    __slots__ = ("_key", "_mistakes", "_node", "file")

    def __init__(self, node: yaml.Node, file: str, mistakes: DiagnosticCollector, key: "Node | None" = None) -> None:
        self._node = node
        self._key = key
        self._mistakes = mistakes
        self.file = file

    @property
    def key(self) -> "Node":
        """The key that it stands under, or itself where there is none."""
        return self._key or self

    @property
    def place(self) -> Location:
        mark = self._node.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1)

    def wrong(self, reason: str, *, offset: int = 0) -> None:
        """Note a mistake here; `offset` is characters from the start of the text, where that stands on one line."""
        place, style = self.place, getattr(self._node, "style", None)
        if self._node.end_mark.line > self._node.start_mark.line or style in ("|", ">"):
            offset = 0
        elif offset and style in ("'", '"'):
            offset += 1
        self._mistakes.add(Location(place.file, place.line, place.column + offset), reason.removesuffix(";"))

    @property
    def noted(self) -> int:
        """The number of mistakes so far, in all files: unchanged means that everything read since is sound."""
        return len(self._mistakes.diagnostics)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def is_empty(self) -> bool:
        return isinstance(self._node, yaml.ScalarNode) and not self._node.value.strip()

    def entries(self) -> dict[str, "Node"]:
        """Return the parts of a mapping by key, in the order they are written."""
        if not isinstance(self._node, yaml.MappingNode):
            self.wrong("here a mapping (`key: value`) is needed")
            return {}
        entries: dict[str, Node] = {}
        for key_node, value_node in self._node.value:
            key = Node(key_node, self.file, self._mistakes)
            name = key.text()
            if not name:
                continue
            if name in entries:
                key.wrong(f"`{name}` is written twice; one of the two would be lost")
            entries[name] = Node(value_node, self.file, self._mistakes, key)
        return entries

    def items(self) -> list["Node"]:
        if not isinstance(self._node, yaml.SequenceNode):
            self.wrong("here a list is needed: `[one, two]`, or one line each with `- `")
            return []
        return [Node(item, self.file, self._mistakes) for item in self._node.value]

    def text(self) -> str:
        """Return the text, and note an empty one."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.wrong(f"here a text is needed{'; one that holds `: ` goes in quotes' if self.is_mapping else ''}")
            return ""
        value = cast(str, self._node.value).strip()
        if not value:
            self.wrong("this is empty")
        return value

    def word(self, known: Sequence[str], named: str = "") -> str:
        """Return the text, and note one that is not among these words; `named` says in words which there are."""
        word = self.text()
        if word in known:
            return word
        if word:
            self.wrong(f"`{word}` is not known here;{named or nearest(word, tuple(known))}")
        return known[0] if known else ""

    def words(self, known: Sequence[str], named: str = "") -> tuple[str, ...]:
        """Return a list of these words, and note one that is there twice."""
        words = []
        for item in self.items():
            word = item.word(known, named)
            if word in words:
                item.wrong(f"`{word}` is listed twice")
            words.append(word)
        return tuple(words)

    def integer(self, low: int, high: int) -> int:
        """Return a whole number, and note one outside this range."""
        text = self.text()
        if not re.fullmatch(rf"-?[0-9]{{1,{_MOST_DIGITS}}}", text):
            self.wrong(f"`{text}` is not a whole number from {low} to {high}")
            return low
        number = int(text)
        if not low <= number <= high:
            self.wrong(f"{number} is outside {low}..{high}")
            return low
        return number

    def truth(self) -> bool:
        """Return a truth value, and note anything that only looks like one."""
        text = self.text()
        if text not in ("true", "false"):
            hint = f"; `{text}` is a word here, not a truth value" if text in _LOOKS_TRUE_OR_FALSE else ""
            self.wrong(f"write `true` or `false`{hint}")
        return text == "true"

    def to_json(self, places: dict[tuple[str | int, ...], Location], keys: tuple[str | int, ...] = ()) -> Any:
        """Return the value as JSON has it: `true`, `false`, `null`, numbers as JSON spells them, all else as text.

        The place of every part, of a member that of its name, is added to `places` under the keys that lead to it.
        """
        places.setdefault(keys, self.key.place)
        match self._node:
            case yaml.MappingNode():
                return {
                    name: node.to_json(places, (*keys, name)) for name, node in self._members(self._node.value).items()
                }
            case yaml.SequenceNode():
                return [item.to_json(places, (*keys, index)) for index, item in enumerate(self.items())]
            case _:
                return self._scalar()

    def _members(self, pairs: Sequence[tuple[yaml.Node, yaml.Node]]) -> dict[str, "Node"]:
        members: dict[str, Node] = {}
        for key_node, value_node in pairs:
            key = Node(key_node, self.file, self._mistakes)
            if not isinstance(key_node, yaml.ScalarNode):
                key.wrong("here a name is needed")
                continue
            if key_node.value in members:
                key.wrong(f"`{key_node.value}` is written twice; one of the two would be lost")
            members[key_node.value] = Node(value_node, self.file, self._mistakes, key)
        return members

    def _scalar(self) -> str | float | bool | None:
        node = cast(yaml.ScalarNode, self._node)
        text = cast(str, node.value)
        if node.style in ("'", '"', "|", ">"):
            return text
        if text in _JSON_WORDS:
            return _JSON_WORDS[text]
        if not text:
            self.key.wrong("nothing stands here: write `null`, or leave the name out")
        number = _JSON_NUMBER.fullmatch(text)
        return self._number(text, is_whole=not any(number.groups())) if number else text

    def _number(self, digits: str, *, is_whole: bool) -> float | None:
        try:
            number = int(digits) if is_whole else float(digits)
        except ValueError:
            self.wrong("no reader takes a number of thousands of digits")
            return None
        if not is_whole and not isfinite(number):
            self.wrong("this number is larger than any that can be computed with")
        return number


class Record:
    """A mapping with known keys: asks for them by name, and notes at `close` what nobody asked for."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._entries = node.entries()
        self._asked: set[str] = set()

    def get(self, key: str) -> Node | None:
        self._asked.add(key)
        return self._entries.get(key)

    def need(self, key: str) -> Node | None:
        """Return the part under this key, and note that it is missing."""
        part = self.get(key)
        if part is None and self.node.is_mapping:
            self.node.wrong(f"`{key}` is missing")
        return part

    def text(self, key: str) -> str:
        part = self.need(key)
        return part.text() if part else ""

    def word(self, key: str, known: Sequence[str]) -> str:
        part = self.need(key)
        return part.word(known) if part else next(iter(known), "")

    def words(self, key: str, known: Sequence[str], *, needed: bool = True) -> tuple[str, ...]:
        part = self.need(key) if needed else self.get(key)
        return part.words(known) if part else ()

    def integer(self, key: str, low: int, high: int) -> int:
        part = self.need(key)
        return part.integer(low, high) if part else low

    def truth(self, key: str, *, default: bool | None = None) -> bool:
        part = self.need(key) if default is None else self.get(key)
        return part.truth() if part else bool(default)

    def items(self, key: str, *, needed: bool = True) -> list[Node]:
        part = self.need(key) if needed else self.get(key)
        return part.items() if part else []

    def entries(self, key: str, *, needed: bool = True) -> Iterable[tuple[str, Node]]:
        part = self.need(key) if needed else self.get(key)
        return part.entries().items() if part else ()

    def records(self, key: str) -> Iterator[tuple[str, "Record"]]:
        """Yield the records of a mapping under this key."""
        return ((name, Record(entry)) for name, entry in self.entries(key))

    def close(self) -> None:
        """Note every key that nobody asked for, with the nearest that could be meant."""
        for key, part in self._entries.items():
            if key not in self._asked:
                part.key.wrong(f"there is no key `{key}` here;{nearest(key, tuple(sorted(self._asked)), named='keys')}")


class _BoundedLoader(yaml.CSafeLoader):
    """A loader that stops at `MAX_DEPTH` levels; its base goes on until the stack overflows."""

    depth = 0

    def descend_resolver(self, *place: Any) -> None:
        self.depth += 1
        # The document itself is the first level, and a scalar takes one too.
        if self.depth > MAX_DEPTH + 1:
            raise _TooDeep(problem_mark=place[0].start_mark)

    def ascend_resolver(self) -> None:
        self.depth -= 1


class _TooDeep(yaml.MarkedYAMLError):
    pass


def read_file(path: Path, root: Path, mistakes: DiagnosticCollector) -> Node | None:
    """Return a file's content; None, with a mistake noted, when it cannot be read at all."""
    file = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        mistakes.add(Location(file), "this file is missing")
    except UnicodeDecodeError as error:
        mistakes.add(Location(file), f"this is not UTF-8 text: {error.reason} at byte {error.start}")
    except OSError as error:
        mistakes.add(Location(file), f"this cannot be read: {error.strerror}")
    else:
        node = read_text(text, file, mistakes)
        if node and _is_all_said(text, file, mistakes):
            return node
    return None


def read_text(text: str, file: str, mistakes: DiagnosticCollector) -> Node | None:
    """Return the content of a text of the name `file`; None, with a mistake noted, when it cannot be read at all."""
    try:
        node = yaml.compose(text, Loader=_BoundedLoader)
    except yaml.MarkedYAMLError as error:
        mark, reason = _what_stopped_reading(error, text)
        mistakes.add(Location(file, mark.line + 1, mark.column + 1) if mark else Location(file), reason)
    except yaml.YAMLError as error:
        mistakes.add(Location(file), f"this is not YAML: {getattr(error, 'reason', error)}")
    else:
        if node is None:
            mistakes.add(Location(file), "this file is empty")
        elif _is_plain(text, file, mistakes):
            return Node(node, file, mistakes)
    return None


def _what_stopped_reading(error: yaml.MarkedYAMLError, text: str) -> tuple[yaml.Mark | None, str]:
    """Return the place and the thing to do: the slips that prose invites by name, all others as YAML says them."""
    if isinstance(error, _TooDeep):
        return error.problem_mark, f"this is nested too deeply: {MAX_DEPTH} levels are read"
    if error.context == "while scanning a quoted scalar":
        return error.context_mark, "the quote that opens here is never closed"
    mark = error.problem_mark or error.context_mark
    slip = _slip_of_prose(mark, text) if mark else None
    context = f" {error.context} (line {error.context_mark.line + 1})" if error.context and error.context_mark else ""
    return slip or (mark, f"this is not YAML:{context} {error.problem or ''}".rstrip())


def _slip_of_prose(stop: yaml.Mark, text: str) -> tuple[yaml.Mark, str] | None:
    """Recognise a text that goes on after its quotes, or holds what looks like a key."""
    before = _scalar_before(stop, text)
    if before is None:
        return None
    if before.style in ("'", '"') and before.end_mark.line == stop.line:
        return before.start_mark, (
            f"the quote that opens here closes in line {stop.line + 1}, column {before.end_mark.column}, "
            "and text follows: is a quote missing, or one too many?"
        )
    if text[stop.index : stop.index + 1] != ":":
        return None
    if before.start_mark.line == stop.line:
        return before.start_mark, "put the text in quotes, because it holds `: `"
    return stop, "put the text in quotes, because it holds `: `; a key begins in the column of the keys around it"


def _scalar_before(mark: yaml.Mark, text: str) -> yaml.ScalarToken | None:
    """Return the text that ends right before a place."""
    last: yaml.Token | None = None
    with suppress(yaml.YAMLError):
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            if token.start_mark.index >= mark.index:
                break
            last = token
    return last if isinstance(last, yaml.ScalarToken) else None


def _is_plain(text: str, file: str, mistakes: DiagnosticCollector) -> bool:
    """Note anchors, aliases, tags and directives: they make a file mean something that it does not say."""
    if not set("&*!%").intersection(text):
        return True
    clever = [token for token in yaml.scan(text, Loader=yaml.CSafeLoader) if type(token) in _CLEVER]
    for token in clever:
        mark = token.start_mark
        mistakes.add(
            Location(file, mark.line + 1, mark.column + 1), f"write it out: {_CLEVER[type(token)]} are not used here"
        )
    return not clever


def _is_all_said(text: str, file: str, mistakes: DiagnosticCollector) -> bool:
    """Note comments behind a text, which would lose all that follows ` #`."""
    suspects = [match.end() - 1 for match in _COMMENT_BEHIND.finditer(text)]
    tokens = yaml.scan(text, Loader=yaml.CSafeLoader) if suspects else ()
    scalars = [token for token in tokens if isinstance(token, yaml.ScalarToken)]
    lost = [at for at in suspects if not any(one.start_mark.index <= at < one.end_mark.index for one in scalars)]
    for at in lost:
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        mistakes.add(
            Location(file, line, column),
            "what follows `#` is lost: put the text in quotes, or the comment in a line of its own",
        )
    return not lost
