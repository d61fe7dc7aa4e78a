"""`rekindle diff`: what differs between two rulesets, as they are declared and as synthetic couples are shown it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Annotated, Any

import typer

from app.engine.plain_values import Plain
from app.engine.ruleset import Insight, Rule
from app.rulesets.canonical import write
from app.rulesets.comparison import ASPECTS, EVERYONE, CoupleComparison, compare_couples, comparison_lines
from app.rulesets.library import Library
from app.rulesets.plain_reports import as_posted
from app.rulesets.prose import Prose
from app.rulesets.sampling import sample_couples
from app.settings import read_settings
from verification.options import Couples, RulesetName
from verification.release_file import open_ruleset

FORMAT = 2
EXAMPLES = 3
_KINDS = ("findings", "rules", "insights", "strategies", "practices", "purposes", "activities", "openings")


def run(
    old: RulesetName,
    new: RulesetName,
    *,
    couples: Couples = 2_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what changed between two rulesets, and who gets something else."""
    root = read_settings().content_folder
    libraries = open_ruleset(root, old), open_ruleset(root, new)
    comparison = compare_couples(libraries[0].compiled, libraries[1].compiled, sample_couples(range(couples)))
    diff = diff_of(*libraries, comparison)
    lines = [json.dumps(diff, ensure_ascii=False, indent=2)] if as_json else diff_lines(diff, comparison, *libraries)
    typer.echo("\n".join(lines))


def diff_of(old: Library, new: Library, comparison: CoupleComparison) -> Plain:
    """Return everything that differs, as data."""
    return {
        "format": FORMAT,
        "old": {"version": old.version, "digest": old.digest},
        "new": {"version": new.version, "digest": new.digest},
        "declared": {kind: entries for kind, entries in _declared(old, new) if any(entries.values())},
        "texts": {locale: texts for locale, texts in _texts(old, new) if any(texts.values())},
        "couples": {
            "is_synthetic": True,
            "count": comparison.couples,
            "changed": comparison.couples_changed,
            "views": comparison.views[EVERYONE],
            "views_changed": {aspect: comparison.changed[aspect, EVERYONE] for aspect in ("any", *ASPECTS)},
            "examples": [
                {
                    "viewer": example.viewer,
                    "seed": f"couple {example.couple.number}",
                    "reports": {
                        name: as_posted(report)
                        for name, report in (("a", example.couple.a), ("b", example.couple.b))
                        if report
                    },
                    "old": _plain(example.old._asdict()),
                    "new": _plain(example.new._asdict()),
                    "no_longer_fires": list(example.no_longer_fires),
                    "now_fires": list(example.now_fires),
                    "views": comparison.ways[example.way],
                }
                for example in comparison.examples(EXAMPLES)
            ],
        },
    }


def _plain(view: Plain) -> Plain:
    return {name: sorted(part) if isinstance(part, frozenset) else part for name, part in view.items()}


def _declared(old: Library, new: Library) -> Iterator[tuple[str, Plain]]:
    before, after = _parts_by_id(old), _parts_by_id(new)
    for kind in before:
        yield kind, _entries(before[kind], after[kind], (Prose(old), Prose(new)))


def _parts_by_id(library: Library) -> dict[str, Mapping[str, Any]]:
    kinds = {kind: getattr(library.ruleset, kind) for kind in _KINDS}
    kinds |= {kind: getattr(library, kind) for kind in ("questions", "help_lines", "properties")}
    references = {str(number): reference for number, reference in library.references.items()}
    by_id = {kind: {entry.id: entry for entry in entries} for kind, entries in kinds.items()}
    return {**by_id, "claims": library.claims, "references": references}


def _entries(old: Mapping[str, Any], new: Mapping[str, Any], prose: tuple[Prose, Prose]) -> Plain:
    return {
        "added": [_named(id_, new[id_], prose[1]) for id_ in new if id_ not in old],
        "removed": [_named(id_, old[id_], prose[0]) for id_ in old if id_ not in new],
        "changed": [
            {"id": id_, "parts": _parts(old[id_], new[id_], prose)}
            for id_ in new
            if id_ in old and write(old[id_]) != write(new[id_])
        ],
    }


def _named(id_: str, entry: Any, prose: Prose) -> Plain:
    sentence = _sentence(entry, prose)
    return {"id": id_} | ({"sentence": sentence} if sentence else {})


def _sentence(entry: Any, prose: Prose) -> str | None:
    if isinstance(entry, Rule):
        return prose.rule(entry)
    return prose.insight(entry) if isinstance(entry, Insight) else None


def _parts(old: Any, new: Any, prose: tuple[Prose, Prose]) -> list[Plain]:
    """Return the parts that differ, and of a rule or an insight the whole sentence, which is easier to read."""
    parts = [(field.name, write(getattr(old, field.name)), write(getattr(new, field.name))) for field in fields(old)]
    parts.append(("sentence", _sentence(old, prose[0]), _sentence(new, prose[1])))
    return [{"part": name, "old": before, "new": after} for name, before, after in parts if before != after]


def _texts(old: Library, new: Library) -> Iterator[tuple[str, Plain]]:
    for locale in sorted({*old.texts, *new.texts}):
        before, after = old.texts.get(locale, {}), new.texts.get(locale, {})
        changed = [key for key in after if before.get(key, after[key]) != after[key]]
        yield (
            locale,
            {
                "added": sorted(after.keys() - before.keys()),
                "removed": sorted(before.keys() - after.keys()),
                "changed": [{"key": key, "old": before[key], "new": after[key]} for key in sorted(changed)],
            },
        )


def diff_lines(diff: Plain, comparison: CoupleComparison, old: Library, new: Library) -> Iterator[str]:
    """Yield the same in lines for a terminal."""
    yield f"From {diff['old']['version']} to {diff['new']['version']}"
    if not diff["declared"] and not diff["texts"]:
        yield "Nothing else is declared or said."
    for kind, entries in diff["declared"].items():
        yield f"\n{kind.replace('_', ' ').capitalize()}"
        for mark, change in (("+", "added"), ("-", "removed")):
            for entry in entries[change]:
                yield f"  {mark} {entry['id']}" + (f": {entry['sentence']}" if "sentence" in entry else "")
        for entry in entries["changed"]:
            yield f"  ~ {entry['id']}"
            yield from (f"      {_part_line(part)}" for part in entry["parts"])
    for locale, texts in diff["texts"].items():
        yield f"\nTexts, {locale}"
        yield f"  {len(texts['added'])} added, {len(texts['removed'])} removed, {len(texts['changed'])} changed"
        for text in texts["changed"]:
            yield f"  ~ {text['key']}\n      - {text['old']}\n      + {text['new']}"
    yield "\nWho gets something else"
    yield from comparison_lines(comparison, old, new, EXAMPLES)


def _part_line(part: Plain) -> str:
    if part["part"] in ("when", "tries", "scenarios", "cases"):
        return f"{part['part']}: changed"
    return f"{part['part']}: {part['old']} -> {part['new']}"
