"""The way from answers to strategies as a picture: SVG inside the page, with words for whoever cannot see it."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

from app.engine.compiled_ruleset import paths_of
from app.engine.conditions import clauses
from verification.reviewed import Reviewed, plain

_WIDTH, _ROW, _TOP = 760, 19, 34
_COLUMNS = ((6, 128), (222, 348), (452, 622), (664, 754))
_HEADS = ("What is asked", "What it amounts to", "What can be done", "Strategy")
_LETTER = 5.6


class Line(NamedTuple):
    """From a node of one column to a node of the next."""

    start: str
    end: str
    kind: str


def path_picture(reviewed: Reviewed) -> str:
    """Findings that shape no practice are left out, and said below the picture."""
    ruleset = reviewed.library.ruleset
    practices = {practice.id: practice.strategy or "" for practice in ruleset.practices}
    strategies = [strategy.id for strategy in ruleset.strategies]
    asked = _asked(reviewed)
    calling = list(dict.fromkeys(_lines(reviewed, strategies, practices)))
    findings = _in_order([line.start for line in calling], list(practices), calling)
    asking = [Line(group, finding, "asks") for finding in findings for group in asked[finding]]
    groups = _in_order([line.start for line in asking], findings, asking)
    placing = [Line(id_, of, _kind(strategies, of)) for id_, of in practices.items() if of]
    names = [
        {id_: _capital(plain(id_)) for id_ in groups},
        {id_: _capital(plain(id_)) for id_ in findings},
        {id_: reviewed.practice(id_) for id_ in practices},
        {id_: reviewed.texts[f"strategies/{id_}/title"] for id_ in strategies},
    ]
    height = max(map(len, names)) * _ROW + _TOP
    places = [_places(list(column), height) for column in names]
    drawn = [
        _curve(places[i][line.start], places[i + 1][line.end], i, line.kind)
        for i, lines in enumerate((asking, calling, placing))
        for line in sorted(lines, key=lambda line: line.kind != "asks")
    ]
    for i, column in enumerate(names):
        drawn.append(f'<text class="head" x="{_COLUMNS[i][0]}" y="16">{_HEADS[i]}</text>')
        drawn += [
            _node(i, name, places[i][id_], _node_kind(i, id_, practices, strategies)) for id_, name in column.items()
        ]
    told = ". ".join(_told(names[2][id_], calling, id_) for id_ in practices)
    left_out = [plain(id_) for id_ in reviewed.findings if id_ not in findings]
    rest = (
        f"<p class=note>Not drawn, for no practice hangs on them: {escape(', '.join(left_out))}. "
        "They raise something worth knowing, hold back a tone, or pick the first step.</p>"
    )
    return (
        f'<div class="wide"><svg class="path" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(f"From answers to strategies. {told}.")}"><title>From answers to strategies</title>'
        f"{''.join(drawn)}</svg></div>{rest if left_out else ''}"
    )


def _lines(reviewed: Reviewed, strategies: Sequence[str], practices: Mapping[str, str]) -> Iterable[Line]:
    for rule in reviewed.rules.values():
        for clause in clauses(rule.when):
            if rule.suggests:
                yield Line(clause.finding, rule.suggests, _kind(strategies, practices[rule.suggests]))
            for practice in rule.withholds:
                yield Line(clause.finding, practice, "withholds")


def _asked(reviewed: Reviewed) -> Mapping[str, tuple[str, ...]]:
    """For each finding the groups of questions that it reads."""
    return {
        id_: tuple(dict.fromkeys(path.partition(".")[0] for path in sorted(paths_of(finding))))
        for id_, finding in reviewed.findings.items()
    }


def _in_order(nodes: Iterable[str], ends: Sequence[str], lines: Sequence[Line]) -> list[str]:
    """Each near the middle of what its lines lead to, so that few of them cross."""
    place = {id_: i for i, id_ in enumerate(ends)}
    led: dict[str, list[int]] = {id_: [] for id_ in nodes}
    for line in lines:
        if line.kind != "withholds":
            led[line.start].append(place[line.end])
    return sorted(led, key=lambda id_: sum(led[id_]) / len(led[id_]) if led[id_] else len(place))


def _places(ids: Sequence[str], height: float) -> Mapping[str, float]:
    room = (height - _TOP) / len(ids)
    return {id_: _TOP + (i + 0.5) * room for i, id_ in enumerate(ids)}


def _curve(start: float, end: float, column: int, kind: str) -> str:
    left, right = _COLUMNS[column][1], _COLUMNS[column + 1][0]
    middle = (left + right) / 2
    return f'<path class="{kind}" d="M{left} {start:.1f}C{middle} {start:.1f} {middle} {end:.1f} {right} {end:.1f}"/>'


def _node(column: int, name: str, y: float, kind: str) -> str:
    left, right = _COLUMNS[column]
    squeeze = f' textLength="{right - left - 12}" lengthAdjust="spacingAndGlyphs"'
    is_wide = len(name) * _LETTER > right - left - 12
    return (
        f'<rect class="node {kind}" x="{left}" y="{y - 8:.1f}" width="{right - left}" height="16" rx="3"/>'
        f'<text x="{left + 6}" y="{y + 4:.1f}"{squeeze if is_wide else ""}>{escape(name)}</text>'
    )


def _node_kind(column: int, id_: str, practices: Mapping[str, str], strategies: Sequence[str]) -> str:
    of = {2: practices.get(id_, ""), 3: id_}.get(column)
    return "asks" if of is None else _kind(strategies, of)


def _kind(strategies: Sequence[str], strategy: str) -> str:
    return f"way{strategies.index(strategy)}" if strategy in strategies else "way3"


def _told(name: str, lines: Sequence[Line], practice: str) -> str:
    calls = dict.fromkeys(plain(line.start) for line in lines if line.end == practice and line.kind != "withholds")
    holds = dict.fromkeys(plain(line.start) for line in lines if line.end == practice and line.kind == "withholds")
    called = f"called for by {', '.join(calls)}" if calls else "called for without any finding"
    held = f"; held back by {', '.join(holds)}" if holds else ""
    return f"{name}: {called}{held}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
