"""What changed between two rulesets: as it is written, and as what people get."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from app.engine.ruleset import Insight, Rule
from app.rulesets.canonical import write
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers
from app.rulesets.prose import Prose
from verification.behaviour import Comparison, Counted, Witness, shown, witnesses

FORMAT = 1
COUNTED_OVER = (
    "Cells are the combinations of what the listed findings can come to when two people meet, or when one is heard "
    "alone; inputs are all pairs of reports behind them, as far as these findings read them. Each practice, tone and "
    "insight is counted over everything that its rules read. The leading strategy is counted over what the changed "
    "rules read and what every report tells, with everything else unanswered and something of every practice fitting. "
    "Counted are inputs, not people: `rekindle simulate` says how often they may occur. Numbers of inputs are texts: "
    "they may have more digits than a number in JSON safely has."
)
NOT_COUNTED = (
    "Which activities fit and which of them are chosen, and which question is asked next. What changed of activities "
    "is listed for each of them."
)
_KINDS = ("findings", "rules", "insights", "strategies", "practices", "activities")

Plain = dict[str, Any]


def compare(old: Library, new: Library) -> Plain:
    """Everything that differs, as data."""
    return {
        "format": FORMAT,
        "old": {"version": old.version, "digest": old.digest},
        "new": {"version": new.version, "digest": new.digest},
        "declared": {kind: found for kind, found in _declared(old, new) if any(found.values())},
        "texts": {locale: found for locale, found in _texts(old, new) if any(found.values())},
        "behaviour": _behaviour(old, new),
    }


def _declared(old: Library, new: Library) -> Iterator[tuple[str, Plain]]:
    prose = Prose(old), Prose(new)
    for kind in _KINDS:
        yield (
            kind,
            _entries(
                {each.id: each for each in getattr(old.ruleset, kind)},
                {each.id: each for each in getattr(new.ruleset, kind)},
                (Prose(old), Prose(new)),
            ),
        )
    for kind in ("questions", "help_lines", "properties"):
        before, after = ({each.id: each for each in getattr(side, kind)} for side in (old, new))
        yield kind, _entries(before, after, prose)
    yield "claims", _entries(old.claims, new.claims, prose)
    before, after = ({str(number): each for number, each in side.references.items()} for side in (old, new))
    yield "references", _entries(before, after, prose)


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


def _named(id_: str, each: Any, prose: Prose) -> Plain:
    sentence = _sentence(each, prose)
    return {"id": id_} | ({"sentence": sentence} if sentence else {})


def _sentence(each: Any, prose: Prose) -> str | None:
    if isinstance(each, Rule):
        return prose.rule(each)
    return prose.insight(each) if isinstance(each, Insight) else None


def _parts(old: Any, new: Any, prose: tuple[Prose, Prose]) -> list[Plain]:
    """Each part that differs; of a rule the whole sentence too, for whoever reads no trees."""
    parts = [(each.name, write(getattr(old, each.name)), write(getattr(new, each.name))) for each in fields(old)]
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


def _behaviour(old: Library, new: Library) -> Plain:
    comparison = Comparison(old, new)
    counted, leading = comparison.count_all()
    seen = [*counted, leading] if leading else counted
    is_left_out = leading is None and bool(comparison.changed_rules())
    return {
        "counted_over": COUNTED_OVER,
        "not_counted": NOT_COUNTED + (" The leading strategy: too much changed at once." if is_left_out else ""),
        "subjects": [_counted_out(each) for each in seen],
        "witnesses": [_witness_out(comparison.sides, each) for each in witnesses(comparison.sides, seen)],
    }


def _counted_out(counted: Counted) -> Plain:
    decided = [change for change in counted.changes if not change.is_only_said]
    said = [change for change in counted.changes if change.is_only_said]
    return {
        "subject": counted.subject,
        "findings": list(counted.findings),
        "cells": counted.cells,
        "cells_changed": sum(change.cells for change in decided),
        "inputs": str(counted.inputs),
        "inputs_changed": str(sum(change.way.inputs for change in decided)),
        "changes": [
            {"old": change.old, "new": change.new, "cells": change.cells, "inputs": str(change.way.inputs)}
            for change in decided
        ],
        "cells_with_other_reasons_alone": sum(change.cells for change in said),
        "inputs_with_other_reasons_alone": str(sum(change.way.inputs for change in said)),
    }


def _witness_out(sides: tuple[Library, Library], witness: Witness) -> Plain:
    change = witness.change
    return {
        "subject": change.subject,
        "old": change.old or None,
        "new": change.new or None,
        "reports": {"a": as_sent(witness.mine)} | ({"b": as_sent(witness.theirs)} if witness.theirs else {}),
        "view_of_a": {"old": shown(sides[0], witness.old), "new": shown(sides[1], witness.new)},
    }


def as_sent(answers: Answers) -> Plain:
    """A self-report as it is posted."""
    report: Plain = {}
    for path, value in answers.items():
        group, _, name = path.partition(".")
        held = sorted(value) if isinstance(value, frozenset) else value
        if name:
            report.setdefault(group, {})[name] = held
        else:
            report[group] = held
    return report


def say(diff: Plain) -> Iterator[str]:
    """The same in lines for a terminal."""
    yield f"From {diff['old']['version']} to {diff['new']['version']}"
    if not diff["declared"] and not diff["texts"]:
        yield "Nothing else is declared or said."
    for kind, found in diff["declared"].items():
        yield f"\n{kind.replace('_', ' ').capitalize()}"
        for mark, each in [("+", each) for each in found["added"]] + [("-", each) for each in found["removed"]]:
            yield f"  {mark} {each['id']}" + (f": {each['sentence']}" if "sentence" in each else "")
        for each in found["changed"]:
            yield f"  ~ {each['id']}"
            yield from (f"      {_say_part(part)}" for part in each["parts"])
    for locale, found in diff["texts"].items():
        yield f"\nTexts, {locale}"
        yield f"  {len(found['added'])} added, {len(found['removed'])} removed, {len(found['changed'])} changed"
        for each in found["changed"]:
            yield f"  ~ {each['key']}\n      - {each['old']}\n      + {each['new']}"
    yield from _say_behaviour(diff["behaviour"])


def _say_part(part: Plain) -> str:
    if part["part"] in ("when", "tries", "scenarios", "cases"):
        return f"{part['part']}: changed"
    return f"{part['part']}: {part['old']} -> {part['new']}"


def _say_behaviour(behaviour: Plain) -> Iterator[str]:
    yield "\nWho gets something else"
    if not behaviour["subjects"]:
        yield "  No rule decides otherwise, for anyone."
    for each in behaviour["subjects"]:
        of = f"{each['cells_changed']:,} of {each['cells']:,} cells"
        yield f"  {each['subject']}: {of}, {_share(each)} of all inputs"
        for change in each["changes"]:
            behind = f"{change['cells']:,} cells, {int(change['inputs']):,} inputs"
            yield f"      {change['old']} -> {change['new']}: {behind}"
        if each["cells_with_other_reasons_alone"]:
            yield f"      the same for other reasons: {each['cells_with_other_reasons_alone']:,} cells"
    for witness in behaviour["witnesses"]:
        how = f"{witness['old']} -> {witness['new']}" if witness["old"] else "the same for other reasons"
        yield f"\nFor example, {witness['subject']}: {how}"
        for name, report in witness["reports"].items():
            yield f"  {name}: " + ", ".join(_say_answers(report))
        for side in ("old", "new"):
            view = witness["view_of_a"][side]
            yield f"  {side}: {', '.join(view['activities']) or view['outcome']}"


def _say_answers(report: Plain, group: str = "") -> Iterator[str]:
    for name, value in report.items():
        if isinstance(value, dict) and not group:
            yield from _say_answers(value, f"{name}.")
        else:
            yield f"{group}{name}: {value}"


def _share(counted: Plain) -> str:
    """In whole hundredths of a percent, so that no float decides what is said."""
    hundredths, rest = divmod(int(counted["inputs_changed"]) * 10_000, int(counted["inputs"]))
    if hundredths == 0 and rest:
        return "less than 0.01 %"
    return f"{hundredths // 100}.{hundredths % 100:02} %"
