"""Findings, rules and insights, from their files."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast, get_args

from app.engine.compiled_ruleset import paths_of
from app.engine.condition_parser import ConditionError, nearest, parse_derivation, parse_rule_condition
from app.engine.conditions import All, AnyOf, Clause, Condition, clause_truth, clauses, rule_truth
from app.engine.ruleset import Ask, Finding, Gap, Insight, Need, Rule, Scenario
from app.engine.vocabulary import ANSWERS, PRACTICES, READABLE
from app.rulesets.content_files import files_in
from app.rulesets.content_reader import ReadContext, ValuesOf, check_id, read_fields
from app.rulesets.diagnostics import Location
from app.rulesets.strict_yaml import Node, Record

_FEWEST_VALUES = 2
_FIRES = {"fires": True, "silent": False}


def read_findings(context: ReadContext) -> tuple[Finding, ...]:
    """Read `findings.yaml`: what the answers amount to."""
    return tuple(_finding(context, id_, record) for id_, record in context.records("findings.yaml", "a finding"))


def _finding(context: ReadContext, id_: str, record: Record) -> Finding:
    context.text(record, "about", f"findings/{id_}/about")
    part = record.need("values")
    values = tuple(item.text() for item in part.items()) if part else ()
    if part and part.is_list and len(set(values)) != max(len(values), _FEWEST_VALUES):
        part.wrong("a finding has at least two values, each of them once")
    gap = record.get("gap")
    tries = () if gap else _tries(record, values, "is") + _tries(record, values, "otherwise")
    finding = read_fields(
        record,
        Finding,
        id=id_,
        values=values,
        wish=record.truth("wish", default=False),
        tries=tries,
        gap=_gap(gap) if gap else None,
    )
    _check_label(finding, record.node)
    return finding


def _tries(record: Record, values: tuple[str, ...], key: str) -> tuple[tuple[str, Condition], ...]:
    tries = []
    for value, node in record.entries(key, needed=key == "is"):
        if value not in values:
            node.key.wrong(f"`{value}` is not a value of this finding;{nearest(value, values, named='values')}")
        condition = _parsed(node, parse_derivation)
        if condition is not None:
            tries.append((value, condition))
    return tuple(tries)


def _gap(node: Node) -> Gap:
    record = Record(node)
    maps = tuple(path for path, answer in ANSWERS.items() if answer.shape == "map_of_scales")
    gap = Gap(record.word("of", maps), record.integer("partial", 1, 4), record.integer("mismatched", 1, 4))
    record.close()
    if gap.partial > gap.mismatched:
        node.wrong("`partial` is a smaller difference than `mismatched`, or the same")
    return gap


def _check_label(finding: Finding, node: Node) -> None:
    """Note a pooled finding that reads an answer of another label, and a mutual one that reads anything else."""
    labels = {path: READABLE[path].label for path in sorted(paths_of(finding))}
    others = [path for path, label in labels.items() if label != "pooled"]
    if others and finding.label == "pooled":
        node.wrong(f"`{others[0]}` is {labels[others[0]]}, so this finding is too: `label: {labels[others[0]]}`")
    if finding.label == "private" and finding.both != "own":
        node.wrong("a private finding is its owner's alone: `both: own`")
    if finding.label == "mutual" and (finding.both != "agreed" or {*labels.values()} != {"mutual"}):
        node.wrong("a mutual finding reads mutual answers alone, and counts where both agree: `both: agreed`")
    if finding.label != "mutual" and finding.both == "agreed":
        node.wrong("only a mutual finding counts where both agree: `label: mutual`")


def _parsed(node: Node, parse: Callable[[str], Condition]) -> Condition | None:
    try:
        return parse(node.text())
    except ConditionError as error:
        node.wrong(error.reason, offset=error.offset)
    except (OverflowError, RecursionError):
        node.wrong("this is not a condition: it is too large or too deep")
    return None


def read_condition(context: ReadContext, node: Node | None) -> Condition | None:
    """Read a condition; None where a part cannot be read. A list is AND, `any: [...]` OR, an empty list always true."""
    parts = _parts(node, context.values_of) if node and context.findings else None
    if parts is None:
        return None
    return parts[0] if len(parts) == 1 else All(parts)


def _parts(node: Node, values_of: ValuesOf) -> tuple[Condition, ...] | None:
    if node.is_mapping and _wrote_colons(node, values_of):
        return None
    parts = [_any_of(item, values_of) if item.is_mapping else _clause(item, values_of) for item in node.items()]
    whole = tuple(part for part in parts if part is not None)
    return whole if node.is_list and len(whole) == len(parts) else None


def _clause(item: Node, values_of: ValuesOf) -> Condition | None:
    return _parsed(item, lambda text: parse_rule_condition(text, values_of))


def _any_of(item: Node, values_of: ValuesOf) -> Condition | None:
    if _wrote_colons(item, values_of):
        return None
    record = Record(item)
    part = record.need("any")
    record.close()
    parts = _parts(part, values_of) if part else None
    if part and parts == ():
        part.wrong("`any` of nothing is never true: list at least one condition")
    return AnyOf(parts) if parts else None


def _wrote_colons(item: Node, values_of: ValuesOf) -> bool:
    """Note comparisons such as `busy: full`, each with how it is written, and return whether there were any."""
    slips = {
        name: part
        for name, part in item.entries().items()
        if name != "any" and not part.is_mapping and (name in values_of or not part.is_list)
    }
    for name, part in slips.items():
        values = part.items() if part.is_list else [part]
        meant = _comparison(name, "in" if part.is_list else "==", [value.text() or "…" for value in values])
        part.key.wrong(f"write `{meant}`")
        if name not in values_of:
            part.key.wrong(f"there is no finding `{name}`;{nearest(name, values_of)}")
        else:
            for value in values:
                value.word(values_of[name])
    return bool(slips)


def _comparison(finding: str, op: str, values: Sequence[str]) -> str:
    return f"{finding} in ({', '.join(values)})" if op == "in" else f"{finding} {op} {values[0]}"


def read_rules(context: ReadContext) -> tuple[Rule, ...]:
    """Read `rules/*.yaml`: one rule a file, its name is its id."""
    rules = []
    for id_, path in files_in(context.root / "rules").items():
        record = context.open(f"rules/{path.name}")
        if record:
            check_id(record.node, id_, kind="a rule")
            rules.append(_rule(context, id_, record))
    if not rules:
        context.mistakes.add(Location("rules"), "there is no rule at all")
    return tuple(rules)


def _rule(context: ReadContext, id_: str, record: Record) -> Rule:
    context.texts_of(record, f"rules/{id_}", "title", "says")
    excuse = record.get("shadowed_by_design")
    if excuse:
        context.take(excuse, excuse_key(id_))
    suggests, need = _suggests(context, record.get("suggest"))
    withholds, asks = _withholds(context, record.get("withhold"))
    if record.node.is_mapping and (suggests is None) == (not withholds and not asks):
        record.node.wrong("a rule either suggests one purpose or withholds something: `suggest:` or `withhold:`")
    when, scenarios = _when(context, record)
    rule = read_fields(
        record,
        Rule,
        id=id_,
        when=when,
        suggests=suggests,
        need=need,
        withholds=withholds,
        withholds_asks=asks,
        scenarios=scenarios,
        **context.grounds(record, f"rules/{id_}"),
    )
    _check_private(context, rule, record.get("when") or record.node)
    return rule


def excuse_key(rule: str) -> str:
    """Return the key of the text in which a rule says why it may change nothing."""
    return f"rules/{rule}/shadowed_by_design"


def _suggests(context: ReadContext, node: Node | None) -> tuple[str | None, Need | None]:
    """Read which purpose is suggested, or with `practice` which whole practice, and how much it is needed."""
    if node is None:
        return None, None
    record = Record(node)
    practice, purpose = record.get("practice"), record.get("purpose")
    if practice and purpose:
        node.wrong("a rule suggests a `purpose`, or with `practice` all purposes of one, not both")
    elif practice is None:
        purpose = record.need("purpose")
    suggested = practice.word(PRACTICES) if practice else context.purpose(purpose) if purpose else ""
    need = record.word("need", tuple(Need.__members__))
    record.close()
    return suggested, Need[need]


def _withholds(context: ReadContext, node: Node | None) -> tuple[tuple[str, ...], tuple[Ask, ...]]:
    if node is None:
        return (), ()
    record = Record(node)
    named = (context.purpose(item) for item in record.items("purposes", needed=False))
    withheld = (*record.words("practices", PRACTICES, needed=False), *dict.fromkeys(named))
    asks = record.words("asks", get_args(Ask), needed=False)
    record.close()
    return withheld, cast("tuple[Ask, ...]", asks)


def _when(context: ReadContext, record: Record) -> tuple[Condition, tuple[Scenario, ...]]:
    when, scenes = read_condition(context, record.need("when")), record.need("scenarios")
    if not context.findings:
        return All(()), ()
    before = record.node.noted
    scenarios = tuple(_scenario(item, when, context.values_of) for item in scenes.items()) if scenes else ()
    if scenes and when is not None and record.node.noted == before:
        _check_both_sides(scenes, when, scenarios)
    return when or All(()), scenarios


def _scenario(node: Node, when: Condition | None, values_of: ValuesOf) -> Scenario:
    before = node.noted
    record = Record(node)
    named = {}
    for finding, value in record.entries("given"):
        if finding not in values_of:
            value.key.wrong(f"there is no finding `{finding}`;{nearest(finding, values_of)}")
        else:
            named[finding] = value.word(values_of[finding])
    fires = _FIRES[record.word("expect", tuple(_FIRES))]
    record.close()
    if when is None or node.noted > before:
        return Scenario(named, fires)
    codes = {finding: values_of[finding].index(value) for finding, value in named.items()}
    if (rule_truth(when, codes) is True) is not fires:
        does, expected = ("does not fire", "fires") if fires else ("fires", "silent")
        made = [f"; {_made_of(clause, named, codes)}" for clause in dict.fromkeys(clauses(when))]
        node.wrong(f"here it {does}, and `{expected}` is expected{''.join(made)}")
    return Scenario(named, fires)


def _made_of(clause: Clause, named: Mapping[str, str], codes: Mapping[str, int]) -> str:
    """Return in words the outcome of one clause for the findings of a scenario."""
    comparison = f"`{_comparison(clause.finding, clause.op, clause.values)}`"
    holds = clause_truth(clause, codes)
    if holds is None:
        return f"{comparison} stays unknown: {clause.finding} is not given"
    return f"{comparison} {'holds' if holds else 'does not hold'}: {clause.finding} is {named[clause.finding]}"


def _check_both_sides(node: Node, when: Condition, scenarios: tuple[Scenario, ...]) -> None:
    if not any(scenario.fires for scenario in scenarios):
        node.wrong("a scenario in which it fires is missing")
    if clauses(when) and all(scenario.fires for scenario in scenarios):
        node.wrong("a scenario in which it stays silent is missing")


def _check_private(context: ReadContext, rule: Rule, node: Node) -> None:
    """Note a private finding that suggests. Order rests on what is pooled or agreed, never on what is private."""
    private = {*context.private}
    if rule.suggests is not None and any(c.finding in private for c in clauses(rule.when)):
        lines = (item for item in node.items() if not item.is_mapping)
        line = next((item for item in lines if private & {*re.findall(r"\w+", item.text())}), node)
        line.wrong("a rule that reads a private finding may only withhold")


def read_insights(context: ReadContext) -> tuple[Insight, ...]:
    """Read `insights.yaml`: short explanations that are not activities."""
    return tuple(_insight(context, id_, record) for id_, record in context.records("insights.yaml", "an insight"))


def _insight(context: ReadContext, id_: str, record: Record) -> Insight:
    context.texts_of(record, f"insights/{id_}", "text")
    when, scenarios = _when(context, record)
    grounds = context.grounds(record, f"insights/{id_}")
    return read_fields(record, Insight, id=id_, when=when, scenarios=scenarios, **grounds)
