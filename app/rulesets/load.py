"""Content files into one checked, frozen `Library`. Every mistake in every file is found before anything is used."""

import re
from pathlib import Path

from app.engine.condition_parser import nearest
from app.engine.ruleset import Ruleset
from app.rulesets.activities import read_activities, read_strategies
from app.rulesets.canonical import Declared, build, digest_of, write
from app.rulesets.content_reader import ReadContext
from app.rulesets.diagnostics import Location
from app.rulesets.library import SOURCE_LOCALE, Library, Texts
from app.rulesets.properties import read_properties
from app.rulesets.releases import newest_release
from app.rulesets.rules import read_findings, read_insights, read_rules
from app.rulesets.sources import read_claims, read_fixed_texts, read_help, read_questions
from app.rulesets.strict_yaml import Node, files_in

_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_IN_BRACES = re.compile(r"\{[^{}]*\}")
_FOLDERS = ("activities", "help", "locales", "rules")
_BESIDE = ("words.yaml",)
"""What tests hold the content against is no part of the ruleset."""

UNRELEASED = "unreleased"
"""The version of content of which there is no release yet."""

CONTENT = Path(__file__).parent.parent / "content"


def load_ruleset(root: Path = CONTENT) -> Library:
    """Read a content folder whole, under the version of its newest release. Raises `ContentError` with all mistakes."""
    desk = ReadContext(root)
    claims, references = read_claims(desk)
    desk.claims = tuple(claims)
    findings = read_findings(desk)
    rules, insights = read_rules(desk, findings), read_insights(desk, findings)
    strategies, practices = read_strategies(desk)
    activities = read_activities(desk)
    properties = read_properties(desk, findings, rules, tuple(strategy.id for strategy in strategies))
    groups, questions = read_questions(desk)
    help_lines = read_help(desk)
    read_fixed_texts(desk)
    _check_findings_named_by_the_engine(desk, tuple(finding.id for finding in findings))
    texts = _read_locales(desk) | {SOURCE_LOCALE: desk.texts}
    _check_all_was_read(desk)
    desk.mistakes.raise_if_any()
    ruleset = Ruleset(
        version=newest_release(root) or UNRELEASED,
        findings=findings,
        rules=rules,
        insights=insights,
        strategies=strategies,
        practices=practices,
        activities=activities,
        questions=tuple(question.id for question in questions),
    )
    declared = Declared(ruleset, texts, claims, references, groups, questions, help_lines, properties)
    return build(declared, digest_of(write(declared)), None, desk.places)


def _check_all_was_read(desk: ReadContext) -> None:
    """A rule in a file that nothing reads would silently never fire."""
    for path in sorted(desk.root.rglob("*")):
        file = path.relative_to(desk.root)
        if not path.is_file() or file.as_posix() in desk.opened or path.name.startswith("."):
            continue
        if file.parts[0] in _FOLDERS and len(file.parts) > 1:
            desk.mistakes.add(
                Location(file.as_posix()), "nothing reads this file; content stands in files that end in `.yaml`"
            )
        elif path.suffix in (".yaml", ".yml") and file.as_posix() not in _BESIDE:
            meant = nearest(file.parts[0], tuple({each.partition("/")[0] for each in desk.opened}))
            desk.mistakes.add(Location(file.as_posix()), f"nothing reads this file;{meant}".removesuffix(";"))


def _check_findings_named_by_the_engine(desk: ReadContext, findings: tuple[str, ...]) -> None:
    """Two findings bound what fits and what comes first, so they have to be there."""
    for name in ("conflict", "start"):
        if findings and name not in findings:
            desk.mistakes.add(Location("findings.yaml"), f"the finding `{name}` is missing; what fits depends on it")


def _read_locales(desk: ReadContext) -> dict[str, Texts]:
    folder = desk.root / "locales"
    tags = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    is_source_whole = not desk.mistakes.found
    return {tag: _read_locale(desk, tag, is_source_whole=is_source_whole) for tag in tags}


def _read_locale(desk: ReadContext, tag: str, *, is_source_whole: bool) -> Texts:
    """A language has exactly the texts of the source language, under the same keys, with the same words in braces."""
    folder = Location(f"locales/{tag}")
    is_language = tag != SOURCE_LOCALE and _LANGUAGE_TAG.fullmatch(tag)
    if not is_language:
        desk.mistakes.add(folder, f"`{tag}` is not the tag of another language, such as `de` or `pt-BR`")
    nodes: dict[str, Node] = {}
    for name in files_in(desk.root / "locales" / tag):
        node = desk.open_node(f"locales/{tag}/{name}.yaml")
        if node:
            _flatten(node, name, nodes)
    texts = {key: node.text() for key, node in nodes.items()}
    if not is_source_whole or not is_language:
        return texts
    for key in sorted(desk.texts.keys() - texts.keys()):
        desk.mistakes.add(folder, f"the text `{key}` is missing")
    for key, node in nodes.items():
        source = desk.texts.get(key)
        if source is None:
            node.key.wrong(f"there is no text `{key}` to translate")
        elif sorted(_IN_BRACES.findall(texts[key])) != sorted(_IN_BRACES.findall(source)):
            node.wrong(f"in braces the source language has {' '.join(_IN_BRACES.findall(source)) or 'nothing'}")
    return texts


def _flatten(node: Node, key: str, nodes: dict[str, Node]) -> None:
    if node.is_mapping:
        for name, part in node.entries().items():
            _flatten(part, f"{key}/{name}", nodes)
    elif node.is_list:
        for number, part in enumerate(node.items()):
            _flatten(part, f"{key}/{number}", nodes)
    else:
        nodes[key] = node
