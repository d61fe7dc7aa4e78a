"""The way from answers to strategies, laid out as four columns with lines between them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import clauses
from verification.review_words import Reviewed, plain

_ROW, _TOP = 19, 34
_COLUMNS = ((6, 128), (222, 348), (452, 622), (664, 754))
_HEADS = ("What is asked", "What it amounts to", "What can be done", "Strategy")
_LETTER = 5.6
"""The width of a letter, about."""


class Line(NamedTuple):
    """A line from a node of one column to a node of the next."""

    start: str
    end: str
    kind: str


class Curve(NamedTuple):
    """A line as it is drawn."""

    kind: str
    path: str


class NamedBox(NamedTuple):
    """A node as it is drawn; a squeezed one has its name set narrower."""

    kind: str
    name: str
    x: int
    y: float
    width: int
    is_squeezed: bool


class Heading(NamedTuple):
    """The title of a column."""

    x: int
    name: str


class PathPicture(NamedTuple):
    """A picture and the same in words; findings that shape no practice are left out."""

    height: int
    curves: list[Curve]
    heads: list[Heading]
    nodes: list[NamedBox]
    words: str
    left_out: list[str]


def path_picture(reviewed: Reviewed) -> PathPicture:
    """Lay out the groups of questions, findings, practices and strategies of a ruleset."""
    ruleset = reviewed.library.ruleset
    practices = {practice.id: practice.strategy or "" for practice in ruleset.practices}
    strategies = [strategy.id for strategy in ruleset.strategies]
    calling = list(dict.fromkeys(_calls(reviewed, strategies, practices)))
    findings = _in_order([line.start for line in calling], list(practices), calling)
    asking = [Line(group, id_, "asks") for id_ in findings for group in _groups_read(reviewed, id_)]
    groups = _in_order([line.start for line in asking], findings, asking)
    placing = [Line(id_, strategy, _kind(strategies, strategy)) for id_, strategy in practices.items() if strategy]
    columns: list[dict[str, tuple[str, str]]] = [
        {id_: (plain(id_).capitalize(), "asks") for id_ in groups},
        {id_: (plain(id_).capitalize(), "asks") for id_ in findings},
        {id_: (reviewed.practice(id_), _kind(strategies, strategy)) for id_, strategy in practices.items()},
        {id_: (reviewed.texts[f"strategies/{id_}/title"], _kind(strategies, id_)) for id_ in strategies},
    ]
    height = max(map(len, columns)) * _ROW + _TOP
    places = [_places(list(column), height) for column in columns]
    return PathPicture(
        height,
        [
            _curve(places[i][line.start], places[i + 1][line.end], i, line.kind)
            for i, lines in enumerate((asking, calling, placing))
            for line in sorted(lines, key=lambda line: line.kind != "asks")
        ],
        [Heading(left, head) for (left, _), head in zip(_COLUMNS, _HEADS, strict=True)],
        [
            _box(i, name, places[i][id_], kind)
            for i, column in enumerate(columns)
            for id_, (name, kind) in column.items()
        ],
        ". ".join(_words(reviewed.practice(id_), calling, id_) for id_ in practices),
        [plain(id_) for id_ in reviewed.findings if id_ not in findings],
    )


def _calls(reviewed: Reviewed, strategies: Sequence[str], practices: Mapping[str, str]) -> Iterator[Line]:
    for rule in reviewed.rules.values():
        for clause in clauses(rule.when):
            if rule.suggests:
                yield Line(clause.finding, rule.suggests, _kind(strategies, practices[rule.suggests]))
            for practice in rule.withholds:
                yield Line(clause.finding, practice, "withholds")


def _groups_read(reviewed: Reviewed, finding: str) -> Iterable[str]:
    return dict.fromkeys(path.partition(".")[0] for path in sorted(paths_of(reviewed.findings[finding])))


def _in_order(nodes: Iterable[str], ends: Sequence[str], lines: Sequence[Line]) -> list[str]:
    """Return each node near the middle of the nodes that its lines lead to, so that few lines cross."""
    place = {id_: i for i, id_ in enumerate(ends)}
    led: dict[str, list[int]] = {id_: [] for id_ in nodes}
    for line in lines:
        if line.kind != "withholds":
            led[line.start].append(place[line.end])
    return sorted(led, key=lambda id_: sum(led[id_]) / len(led[id_]) if led[id_] else len(place))


def _places(ids: Sequence[str], height: float) -> Mapping[str, float]:
    room = (height - _TOP) / len(ids)
    return {id_: _TOP + (i + 0.5) * room for i, id_ in enumerate(ids)}


def _curve(start: float, end: float, column: int, kind: str) -> Curve:
    left, right = _COLUMNS[column][1], _COLUMNS[column + 1][0]
    middle = (left + right) / 2
    return Curve(kind, f"M{left} {start:.1f}C{middle} {start:.1f} {middle} {end:.1f} {right} {end:.1f}")


def _box(column: int, name: str, y: float, kind: str) -> NamedBox:
    left, right = _COLUMNS[column]
    return NamedBox(kind, name, left, y, right - left, len(name) * _LETTER > right - left - 12)


def _kind(strategies: Sequence[str], strategy: str) -> str:
    return f"way{strategies.index(strategy)}" if strategy in strategies else "way3"


def _words(name: str, lines: Sequence[Line], practice: str) -> str:
    calls = dict.fromkeys(plain(line.start) for line in lines if line.end == practice and line.kind != "withholds")
    holds = dict.fromkeys(plain(line.start) for line in lines if line.end == practice and line.kind == "withholds")
    called = f"called for by {', '.join(calls)}" if calls else "called for without any finding"
    return f"{name}: {called}" + (f"; held back by {', '.join(holds)}" if holds else "")
