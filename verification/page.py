"""The page about a simulation: one file with its pictures in it, readable on paper and without JavaScript."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from verification.comparison import NOTHING
from verification.pictures import Bar, Swing, bars, moves, percent, swings

_CSS = Path(__file__).with_name("page.css")
_FEW = "fewer than 10"
_CHANGES = {"added": "new", "removed": "gone", "changed": "changed", "same": "as before"}
_STANDINGS = {"leading": "first", "also": "also", "not_now": "not now"}
_OUTCOMES = {"support": "Support", "nothing_now": "Nothing for now", "suggestions": "Suggestions"}
_KINDS = {
    "leading": "another strategy leads",
    "suggested": "other strategies are suggested",
    "order": "the strategies stand in another order",
    "practice": "other practices are offered",
    "need": "a practice is called for more or less",
    "insight": "other things worth knowing",
    "outcome": "suggestions where there were none, or none where there were some",
}

Json = Mapping[str, Any]


def page(found: Json) -> str:
    """The whole page."""
    everyone = found["segments"][0]
    title = f"What changes from {found['old']['version']} to {found['new']['version']}"
    if found["old"]["version"] == found["new"]["version"]:
        title = f"What changes in {found['new']['version']}"
    body = [
        f"<h1>{escape(title)}</h1>",
        _summary(found, everyone),
        _kinds(everyone),
        _segments(found["segments"]),
        _leading(found, everyone),
        _practices(found["practices"], everyone),
        _rules(found["rules"]),
        _cases(found["cases"]),
        _about(found),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>\n{_CSS.read_text(encoding='utf-8')}</style></head><body><main>\n"
        + "\n".join(part for part in body if part)
        + "\n</main></body></html>\n"
    )


def _summary(found: Json, everyone: Json) -> str:
    couples = found["couples"]
    if couples["with_a_changed_view"] == 0:
        said = "<p class=lead>Nobody would get anything else.</p>"
    else:
        changed = _share(couples["with_a_changed_view"], couples["count"])
        views = _share(everyone["changed"], everyone["views"])
        said = (
            f"<p class=lead>For <strong>{_words(changed)}</strong> of the couples something would change. "
            f"That is {_words(views)} of all views, one view for each partner.</p>"
        )
    who = (
        f"<p>{couples['count']:,} couples were looked at. They are <strong>made up</strong>: nobody gave these "
        "answers, and their shares say nothing about real couples. They are there to show where a change reaches.</p>"
        if couples["is_synthetic"]
        else f"<p>{couples['count']:,} couples of a file were looked at. Counts below 10 are left out, and no couple "
        "is shown by itself.</p>"
    )
    probe = found["activities"]
    if probe["views"]:
        other, first = probe["other_list"] / probe["views"], probe["other_first"] / probe["views"]
        who += (
            f"<p>{probe['views']:,} of the views were also made as a request makes them, and agreed. In them the list "
            f"of activities changed in {percent(other)} of the views, its first activity in {percent(first)}.</p>"
        )
    return said + who


def _kinds(everyone: Json) -> str:
    rows = [
        Bar(says[0].upper() + says[1:], share, _words(share))
        for kind, says in _KINDS.items()
        if (share := _share(everyone[kind], everyone["views"])) != 0
    ]
    if not rows:
        return ""
    return "<h2>What changes</h2><p>A view may change in several ways.</p>" + _list(
        (row.name, row.says) for row in rows
    )


def _list(rows: Iterable[tuple[str, str]]) -> str:
    told = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td class=number>{escape(says)}</td></tr>" for name, says in rows
    )
    return f"<table><tbody>{told}</tbody></table>"


def _segments(segments: Sequence[Json]) -> str:
    shares = [(each["title"], _share(each["changed"], each["views"])) for each in segments if each["views"]]
    picture = bars("Share of views that change, group by group", [Bar(n, s, _words(s)) for n, s in shares])
    head = "".join(f"<th class=number>{name}</th>" for name in ("Views", "Something", "What leads", "Which strategies"))
    rows = "".join(
        f"<tr><th scope=row>{escape(each['title'])}</th><td class=number>{_number(each['views'])}</td>"
        + "".join(
            f"<td class=number>{_words(_share(each[kind], each['views']))}</td>"
            for kind in ("changed", "leading", "suggested")
        )
        + "</tr>"
        for each in segments
    )
    return (
        "<h2>Whom it reaches</h2><p>Groups overlap. A couple belongs where at least one of the two says so.</p>"
        f"{picture}<div class=wide><table><thead><tr><th>Group</th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _leading(found: Json, everyone: Json) -> str:
    if everyone["leading"] == 0:
        return "<h2>Which strategy leads</h2><p>The same one as before, in every view.</p>"
    counts = {(each["before"], each["after"]): each["views"] or 0 for each in found["leading"]}
    total = sum(counts.values()) or 1
    names = found["titles"] | {NOTHING: "Nothing for now"}
    picture = moves(
        "From the strategy that led before to the one that leads now",
        {id_: names[id_] for id_ in names if any(id_ in pair for pair in counts)},
        {pair: count / total for pair, count in counts.items()},
    )
    return (
        "<h2>Which strategy leads</h2><p>Down: what led before. Across: what leads now. Shares are of all views "
        f"of those who want to do something and need no support first.</p>{picture}"
    )


def _practices(practices: Sequence[Json], everyone: Json) -> str:
    views = everyone["views"] or 1
    rows = [
        Swing(each["title"], (each["gained"] or 0) / views, (each["lost"] or 0) / views)
        for each in practices
        if each["gained"] != 0 or each["lost"] != 0
    ]
    if not rows:
        return "<h2>What is offered</h2><p>The same practices as before, in every view.</p>"
    picture = swings("Practices that views gain and lose", rows)
    return (
        "<h2>What is offered</h2><p>To the left the views that lose a practice, to the right those that gain it.</p>"
        f"{picture}"
    )


def _rules(rules: Sequence[Json]) -> str:
    if not rules:
        return "<h2>The rules</h2><p>No rule was added, taken away or changed, and none fires elsewhere.</p>"
    rows = "".join(
        f"<tr><th scope=row>{escape(each['title'])}<br><code>{escape(each['id'])}</code></th>"
        f"<td>{_CHANGES[each['change']]}</td>"
        + "".join(f"<td class=number>{_number(each[part])}</td>" for part in ("old", "new", "changed"))
        + "</tr>"
        for each in rules
    )
    head = "".join(f"<th class=number>{name}</th>" for name in ("Fired before", "Fires now", "Differs in"))
    return (
        "<h2>The rules</h2><p>In how many views each of them fires. One that only says something else fires where it "
        "did.</p>"
        f"<div class=wide><table><thead><tr><th>Rule</th><th></th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cases(cases: Sequence[Json]) -> str:
    if not cases:
        return ""
    told = "".join(_case(number, case) for number, case in enumerate(cases, 1))
    return (
        f"<h2>The {len(cases)} views that change most</h2><p>Each stands for all views that change in the same way. "
        f"The couples are made up.</p>{told}"
    )


def _case(number: int, case: Json) -> str:
    before, after = case["before"], case["after"]
    columns = "".join(
        f"<div><h3>{name}</h3>{_view(mine, other, mark)}</div>"
        for name, mine, other, mark in (("Before", before, after, "gone"), ("After", after, before, "added"))
    )
    why = "".join(
        f"<p class=note>{name}: {escape('; '.join(case[part]))}.</p>"
        for part, name in (
            ("no_longer_fires", "No longer fires"),
            ("now_fires", "Fires now"),
            ("weighs_otherwise", "Says something else"),
        )
        if case[part]
    )
    alone = "Only partner A was heard. " if case["is_alone"] else ""
    rest = case["other_answers"]
    more = f"<details><summary>All other answers ({len(rest)})</summary>{_answers(rest)}</details>" if rest else ""
    return (
        f"<article><h3>{number}. The view of partner {case['viewer'].upper()}</h3>"
        f"<p class=note>{alone}{case['views']:,} {'view changes' if case['views'] == 1 else 'views change'} so.</p>"
        f"<div class=views>{columns}</div>{why}{_answers(case['deciding_answers'])}{more}</article>"
    )


def _view(view: Json, other: Json, mark: str) -> str:
    strategies = "".join(
        f"<li class={'not' if each['standing'] == 'not_now' else 'leads' if each['standing'] == 'leading' else 'also'}>"
        f"{escape(each['title'])} ({_STANDINGS[each['standing']]})</li>"
        for each in view["strategies"]
    )
    there = {each["id"] for each in other["activities"]}
    activities = "".join(
        f"<li{'' if each['id'] in there else f' class={mark}'}>{escape(each['title'])}</li>"
        for each in view["activities"]
    )
    empty = f"<p class=not>{_OUTCOMES[view['outcome']]}.</p>"
    return (f"<ol>{strategies}</ol>" if strategies else "") + (f"<ul>{activities}</ul>" if activities else empty)


def _answers(answers: Sequence[Json]) -> str:
    if not answers:
        return ""
    rows = "".join(
        f"<tr><th scope=row>{escape(each['question'])}</th><td>{escape(each['a']) or '–'}</td>"  # noqa: RUF001  a dash
        f"<td>{escape(each['b']) or '–'}</td></tr>"  # noqa: RUF001
        for each in answers
    )
    return (
        "<div class=wide><table><thead><tr><th>Asked</th><th>A says</th><th>B says</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _about(found: Json) -> str:
    said = "".join(f"<li>{escape(each)}</li>" for each in found["not_covered"])
    seed = f", seed {found['couples']['seed']}" if found["couples"]["is_synthetic"] else ""
    return (
        f"<h2>How this was made</h2><p>Every couple was decided by both rulesets, with whole numbers only{seed}.</p>"
        f"<ul>{said}</ul>"
        f"<p class=note>Before: {escape(found['old']['version'])}, <code>{found['old']['digest']}</code><br>"
        f"After: {escape(found['new']['version'])}, <code>{found['new']['digest']}</code></p>"
    )


def _share(count: int | None, of: int | None) -> float | None:
    if count is None:
        return None
    return count / of if of else 0


def _words(share: float | None) -> str:
    return _FEW if share is None else percent(share)


def _number(count: int | None) -> str:
    return _FEW if count is None else f"{count:,}"
