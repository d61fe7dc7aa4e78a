"""Content files into one checked, frozen `Library`. Every mistake in every file is found before anything is used."""

from pathlib import Path

from app.engine.condition_parser import nearest
from app.engine.ruleset import Ruleset
from app.rulesets.activities import read_activities, read_strategies
from app.rulesets.canonical import Declared, build, digest_of, write
from app.rulesets.content_reader import ReadContext
from app.rulesets.diagnostics import Location
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.locales import read_locales
from app.rulesets.properties import read_properties
from app.rulesets.releases import newest_release
from app.rulesets.rules import read_findings, read_insights, read_rules
from app.rulesets.sources import read_claims, read_fixed_texts, read_help, read_questions

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
    texts = read_locales(desk) | {SOURCE_LOCALE: desk.texts}
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
    """Note files that nothing reads: a rule in one of them would silently never fire."""
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
    """Note the absence of the two findings that bound what fits and what comes first."""
    for name in ("conflict", "start"):
        if findings and name not in findings:
            desk.mistakes.add(Location("findings.yaml"), f"the finding `{name}` is missing; what fits depends on it")
