"""Pictures as SVG inside the page: no script, no outside host, and words for whoever cannot see them."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

_WIDTH, _ROW, _NAMES = 720, 26, 230
_ROOM = 84
_DARK = 0.6


class Bar(NamedTuple):
    """A name with a share from 0 to 1; None where it is not shown."""

    name: str
    share: float | None
    says: str


class Swing(NamedTuple):
    """A name with what it gained and what it lost, as shares."""

    name: str
    gained: float
    lost: float


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Shares below each other, the widest one as long as there is room."""
    most = max((row.share or 0 for row in rows), default=0) or 1
    room = _WIDTH - _NAMES - _ROOM
    drawn = []
    for i, row in enumerate(rows):
        y, length = i * _ROW, (row.share or 0) / most * room
        drawn.append(
            f'<text x="{_NAMES - 10}" y="{y + 17}" text-anchor="end">{escape(row.name)}</text>'
            f'<rect class="bar" x="{_NAMES}" y="{y + 4}" width="{length:.1f}" height="{_ROW - 9}" rx="2"/>'
            f'<text class="figure" x="{_NAMES + length + 7:.1f}" y="{y + 17}">{escape(row.says)}</text>'
        )
    told = "; ".join(f"{row.name}: {row.says}" for row in rows)
    return _picture(title, told, len(rows) * _ROW, "".join(drawn))


def swings(title: str, rows: Sequence[Swing]) -> str:
    """What was lost to the left, what was gained to the right."""
    most = max((max(row.gained, row.lost) for row in rows), default=0) or 1
    room = (_WIDTH - _NAMES) / 2 - _ROOM - _NAMES / 6
    middle = _NAMES + (_WIDTH - _NAMES) / 2
    drawn = [f'<line class="axis" x1="{middle}" x2="{middle}" y1="0" y2="{len(rows) * _ROW}"/>']
    for i, row in enumerate(rows):
        y, lost, gained = i * _ROW, row.lost / most * room, row.gained / most * room
        drawn.append(
            f'<text x="{_NAMES - 10}" y="{y + 17}" text-anchor="end">{escape(row.name)}</text>'
            f'<rect class="lost" x="{middle - lost:.1f}" y="{y + 4}" width="{lost:.1f}" height="{_ROW - 9}"/>'
            f'<rect class="gained" x="{middle:.1f}" y="{y + 4}" width="{gained:.1f}" height="{_ROW - 9}"/>'
        )
        if row.lost:
            drawn.append(
                f'<text class="figure" x="{middle - lost - 7:.1f}" y="{y + 17}" text-anchor="end">'
                f"{percent(row.lost)} fewer</text>"
            )
        if row.gained:
            drawn.append(
                f'<text class="figure" x="{middle + gained + 7:.1f}" y="{y + 17}">{percent(row.gained)} more</text>'
            )
    told = "; ".join(f"{row.name}: {percent(row.gained)} gained, {percent(row.lost)} lost" for row in rows)
    return _picture(title, told, len(rows) * _ROW, "".join(drawn))


def moves(title: str, names: Mapping[str, str], shares: Mapping[tuple[str, str], float]) -> str:
    """A square for each way from what led before, down, to what leads now, across; darker where more went."""
    ids = list(names)
    side, high = (_WIDTH - _NAMES) / max(len(ids), 1), 44
    moved = max((share for (before, after), share in shares.items() if before != after), default=0) or 1
    drawn = [
        f'<text class="head" x="{_NAMES + (i + 0.5) * side:.1f}" y="16" text-anchor="middle">'
        f"{escape(names[each])}</text>"
        for i, each in enumerate(ids)
    ]
    for row, before in enumerate(ids):
        y = 26 + row * high
        drawn.append(f'<text x="{_NAMES - 10}" y="{y + 27}" text-anchor="end">{escape(names[before])}</text>')
        for column, after in enumerate(ids):
            share, x = shares.get((before, after), 0), _NAMES + column * side
            kind = "stays" if before == after else "moves"
            depth = 1 if before == after else share / moved
            drawn.append(
                f'<rect class="{kind}" x="{x + 2:.1f}" y="{y + 2}" width="{side - 4:.1f}" height="{high - 4}" rx="3"'
                f' fill-opacity="{depth * 0.8:.2f}"/>'
                f'<text class="{_on(kind, depth)}" x="{x + side / 2:.1f}" y="{y + 27}" text-anchor="middle">'
                f"{percent(share)}</text>"
            )
    told = "; ".join(
        f"from {names[before]} to {names[after]}: {percent(share)}"
        for (before, after), share in shares.items()
        if share
    )
    return _picture(title, told, 30 + len(ids) * high, "".join(drawn))


def _on(kind: str, depth: float) -> str:
    """Letters that can be read on what lies behind them."""
    return "light" if kind == "moves" and depth > _DARK else "figure"


def percent(share: float) -> str:
    """A share in words that do not promise more than is known: a little is not nothing."""
    if share == 0:
        return "0 %"
    if share < 0.0005:  # noqa: PLR2004
        return "below 0.05 %"
    return f"{share * 100:.1f} %"


def _picture(title: str, told: str, height: float, drawn: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(f"{title}. {told}.")}">'
        f"<title>{escape(title)}</title>{drawn}</svg>"
    )
