"""The page that a counsellor reads and signs: one file, readable on paper, without scripts or outside hosts."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from app.engine.compiled_ruleset import paths_of
from app.engine.ruleset import Finding, Rule
from verification.decision_table import Fate, Row, Table
from verification.path_picture import path_picture
from verification.reviewed import BASES, FATES, Cited, Group, Reviewed, plain

_CSS = (Path(__file__).with_name("page.css"), Path(__file__).with_name("review_page.css"))
_MEETINGS = {
    "worse": "of two, the later value",
    "own": "the reader's own",
    "own_first": "the reader's own, else the other's",
    "theirs": "the other's, never named",
    "gap": "how far two ratings lie apart",
}
_SIGN = "<p class=sign>Read by <span>&nbsp;</span> on <span>&nbsp;</span></p>"


def page(reviewed: Reviewed) -> str:
    """All rules, the way to them, and what stands behind them."""
    body = [
        f"<h1>The rules of Rekindle</h1><p class=lead>{reviewed.counts()}</p>",
        _how_to_read(reviewed),
        _contents(reviewed),
        "<h2>From answers to strategies</h2>"
        "<p>Lines in colour call for a practice, broken red ones hold it back.</p>" + path_picture(reviewed),
        _second_looks(reviewed),
        *(_group(reviewed, group, i, reviewed.groups) for i, group in enumerate(reviewed.groups)),
        _insights(reviewed),
        _findings(reviewed),
        _claims(reviewed),
        _references(reviewed),
        f"<h2>Signed</h2><p>For the whole of <code>{escape(reviewed.library.digest)}</code>, as read here.</p>{_SIGN}",
    ]
    return _whole(f"The rules of Rekindle {reviewed.library.version}", body)


def rule_page(reviewed: Reviewed, rule: Rule) -> str:
    """One rule alone."""
    body = [f"<h1>One rule of Rekindle</h1>{_ruleset(reviewed)}", _card(reviewed, rule)]
    return _whole(reviewed.title(rule.id), body)


def _whole(title: str, body: Iterable[str]) -> str:
    style = "".join(file.read_text(encoding="utf-8") for file in _CSS)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>\n{style}</style></head><body><main>\n"
        + "\n".join(part for part in body if part)
        + "\n</main></body></html>\n"
    )


def _ruleset(reviewed: Reviewed) -> str:
    library = reviewed.library
    return f"<p class=note>Ruleset {escape(library.version)}, <code>{escape(library.digest)}</code></p>"


def _how_to_read(reviewed: Reviewed) -> str:
    return (
        "<p>Answers amount to findings. Rules read findings: each one calls for a practice, or holds something back. "
        "The strongest call counts, calls are never added up, and holding back always wins. "
        f"“Scenarios” are what a rule's author expects of it; the {len(reviewed.couples)} boundary scenarios are "
        "answers on both sides of every line that is drawn, each decided with and without the rule.</p>"
        f"<p>Your name under a rule says that you have read it and would stand by it.</p>{_ruleset(reviewed)}"
    )


def _contents(reviewed: Reviewed) -> str:
    links = [(_place(i), group.title) for i, group in enumerate(reviewed.groups)]
    links += [
        ("insights", "Worth knowing"),
        ("findings", "Findings"),
        ("claims", "Claims"),
        ("references", "References"),
    ]
    told = "".join(f'<li><a href="#{place}">{escape(title)}</a></li>' for place, title in links)
    return f'<nav aria-label="Contents"><ul>{told}</ul></nav>'


def _place(group: int) -> str:
    return f"group-{group}"


def _second_looks(reviewed: Reviewed) -> str:
    looks = "".join(f"<li>{_link(reviewed, rule)}: {escape(why)}.</li>" for rule, why in reviewed.second_looks())
    unmet = [claim for claim, by in reviewed.realised.items() if not by]
    looks += f"<li>Nothing realises {', '.join(map(escape, unmet))}.</li>" if unmet else ""
    return f"<h2>Worth a second look</h2><ul>{looks}</ul>" if looks else ""


def _link(reviewed: Reviewed, rule: str) -> str:
    return f'<a href="#rule-{escape(rule)}">{escape(reviewed.title(rule))}</a>'


def _group(reviewed: Reviewed, group: Group, number: int, groups: tuple[Group, ...]) -> str:
    is_first = number == 0 or groups[number - 1].strategy != group.strategy
    strategy = f"<h2>{escape(group.strategy or group.title)}</h2>" if is_first else ""
    title = f'<h3 id="{_place(number)}">{escape(group.title)}</h3>'
    if not group.strategy:
        strategy, title = "", f'<h2 id="{_place(number)}">{escape(group.title)}</h2>'
    table = _decision_table(reviewed, group.table) if group.table else ""
    cards = "".join(_card(reviewed, rule) for rule in group.rules)
    return f"{strategy}{title}<p>{escape(group.summary)}</p>{table}{cards}"


def _decision_table(reviewed: Reviewed, table: Table) -> str:
    columns = [finding for finding in table.reads if any(finding.id in row.given for row in table.rows)]
    head = "".join(
        f'<th scope=col><a href="#finding-{escape(each.id)}">{escape(plain(each.id))}</a></th>' for each in columns
    )
    rows = "".join(_row(reviewed, row, columns) for row in table.rows)
    if all(row.given for row in table.rows):
        empty = "<td class=any>–</td>" * len(columns)  # noqa: RUF001  a dash
        rows += f"<tr><th scope=row class=fate>{FATES[Fate.uncalled]}</th>{empty}<td>otherwise</td></tr>"
    notes = [f"From the top, the first row that fits counts. It covers {table.combinations:,} combinations."]
    notes.append(reviewed.wish_note(table))
    if table.idle:
        notes.append(f"In no row: {', '.join(_link(reviewed, rule) for rule in table.idle)}.")
    return (
        f"<div class=wide><table class=decide><thead><tr><th scope=col>What becomes of it</th>{head}"
        "<th scope=col>By</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div><p class=note>{' '.join(note for note in notes if note)}</p>"
    )


def _row(reviewed: Reviewed, row: Row, columns: Iterable[Finding]) -> str:
    kind = "withheld" if row.fate > Fate.strong else row.fate.name
    cells = "".join(
        f'<td data-of="{escape(plain(each.id))}">{escape(reviewed.values(each.id, row.given[each.id]))}</td>'
        if each.id in row.given
        else "<td class=any>–</td>"  # noqa: RUF001
        for each in columns
    )
    rules = "<br>".join(_link(reviewed, rule) for rule in row.rules)
    return f'<tr><th scope=row class="fate {kind}">{FATES[row.fate]}</th>{cells}<td>{rules}</td></tr>'


def _card(reviewed: Reviewed, rule: Rule) -> str:
    says = f"<blockquote>{escape(reviewed.says(rule))}</blockquote>" if reviewed.says(rule) else ""
    notes = "".join(f"<li>{escape(note)}</li>" for note in reviewed.card_notes(rule))
    claims = "".join(_cited(each) for each in reviewed.cited(rule))
    return (
        f'<article id="rule-{escape(rule.id)}"><h4>{escape(reviewed.title(rule.id))}</h4>'
        f"<p class=meta>{rule.status} · rests on {BASES[rule.basis]} · <code>{escape(rule.id)}</code></p>"
        f"<p class=sentence>{escape(reviewed.sentence(rule))}</p>{says}{_scenarios(reviewed, rule)}"
        f"<ul>{notes}</ul><ul><li>{escape(reviewed.evidence(rule))}</li>{claims}</ul>{_SIGN}</article>"
    )


def _cited(claim: Cited) -> str:
    sources = "".join(f"<br><small>{escape(source)}</small>" for source in claim.sources)
    return (
        f'<li><a href="#claim-{claim.id}">{claim.id}</a>, {escape(claim.section)}: {escape(claim.text)} '
        f"<em>{escape(claim.support)}</em>{sources}</li>"
    )


def _scenarios(reviewed: Reviewed, rule: Rule) -> str:
    columns = reviewed.scenario_columns(rule)
    head = "".join(f"<th scope=col>{escape(plain(finding.id))}</th>" for finding in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in reviewed.scenario_row(each, columns)) + "</tr>"
        for each in rule.scenarios
    )
    return (
        f"<div class=wide><table><thead><tr>{head}<th scope=col>It</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _insights(reviewed: Reviewed) -> str:
    rows = "".join(
        f"<tr><td>{escape(reviewed.insight_when(insight))}</td><td>{escape(reviewed.texts[f'insights/{insight.id}/text'])}"
        f"</td><td>{_claim_links(insight.claims)}</td></tr>"
        for insight in reviewed.library.ruleset.insights
    )
    return _table(
        "insights",
        "Worth knowing",
        "Shown to the one whose answers it is about.",
        ("When", "What it says", "Claims"),
        rows,
    )


def _claim_links(claims: Iterable[str]) -> str:
    return " ".join(f'<a href="#claim-{claim}">{claim}</a>' for claim in claims)


def _findings(reviewed: Reviewed) -> str:
    rows = "".join(
        f'<tr id="finding-{escape(finding.id)}"><th scope=row>{escape(plain(finding.id))}'
        f"{'<br><small>private</small>' if finding.label == 'private' else ''}</th>"
        f"<td>{escape(reviewed.about(finding.id))}</td><td>{escape(', '.join(map(plain, finding.values)))}</td>"
        f"<td>{_MEETINGS[finding.both]}</td><td>{_questions(reviewed, finding)}</td></tr>"
        for finding in reviewed.findings.values()
    )
    return _table(
        "findings",
        "Findings",
        "Values run from the calmest to the one that asks for most. Every cut point is ours, not the article's.",
        ("Finding", "About", "Values", "In one view", "From"),
        rows,
    )


def _questions(reviewed: Reviewed, finding: Finding) -> str:
    return "<br>".join(escape(reviewed.texts[f"questions/{path}/text"]) for path in sorted(paths_of(finding)))


def _claims(reviewed: Reviewed) -> str:
    rows = "".join(_claim(reviewed, reviewed.claim(id_)) for id_ in reviewed.library.claims)
    return _table(
        "claims",
        "Claims of the article, and what realises each",
        "In our own words.",
        ("Claim", "What it says and what stands behind it", "Realised by"),
        rows,
    )


def _claim(reviewed: Reviewed, claim: Cited) -> str:
    by: dict[str, list[str]] = {}
    for kind, id_, name in reviewed.realisers(claim.id):
        link = f'<a href="#rule-{escape(id_)}">{escape(name)}</a>' if kind == "rule" else escape(name)
        by.setdefault(kind, []).append(link)
    told = "".join(
        f"<p><strong>{kind.capitalize()}</strong>: {'; '.join(names)}</p>"
        if kind != "activity"
        else f"<p><strong>Activities</strong>: {len(names)}, such as {names[0]}</p>"
        for kind, names in by.items()
    )
    return (
        f'<tr id="claim-{claim.id}"><th scope=row>{claim.id}</th><td>{escape(claim.text)}<br>'
        f"<small>{escape(claim.section)}: {escape(claim.support)} {escape(claim.evidence)}</small></td>"
        f"<td>{told or 'nothing yet'}</td></tr>"
    )


def _references(reviewed: Reviewed) -> str:
    rows = "".join(
        f"<tr><th scope=row>{each.number}</th><td>{escape(each.printed)}</td>"
        f"<td>{escape(each.verified or 'Not verified.')}</td>"
        f"<td>{escape(reviewed.texts[f'references/{each.number}/supports'])}<br><small>{escape(each.link)}</small></td></tr>"
        for each in reviewed.library.references.values()
    )
    return _table("references", "References", "", ("No.", "As printed", "As found", "What it supports"), rows)


def _table(place: str, title: str, says: str, head: Iterable[str], rows: str) -> str:
    columns = "".join(f"<th scope=col>{name}</th>" for name in head)
    lead = f"<p>{says}</p>" if says else ""
    return (
        f'<h2 id="{place}">{title}</h2>{lead}<div class=wide><table class=long><thead><tr>{columns}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
