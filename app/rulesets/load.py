"""Content files into one checked, frozen `Library`. Every mistake in every file is found before anything is used."""

from pathlib import Path

from app.engine.condition_parser import nearest
from app.engine.ruleset import Ruleset
from app.rulesets.activities import read_activities, read_strategies
from app.rulesets.canonical import build, digest_of, write
from app.rulesets.choosing import read_choosing, read_openings
from app.rulesets.content_files import all_files_in
from app.rulesets.content_reader import ReadContext
from app.rulesets.diagnostics import Location
from app.rulesets.labels import read_labels
from app.rulesets.library import SOURCE_LOCALE, Declared, Library
from app.rulesets.locales import read_locales
from app.rulesets.paths import read_paths
from app.rulesets.properties import read_properties
from app.rulesets.question_shares import read_share_file
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
    context = ReadContext(root)
    claims, references = read_claims(context)
    context.claims = tuple(claims)
    context.findings = read_findings(context)
    practices = read_strategies(context)
    rules, insights = read_rules(context), read_insights(context)
    context.activities = read_activities(context)
    paths, choosing, openings = read_paths(context), read_choosing(context), read_openings(context)
    properties = read_properties(context, rules)
    groups, questions = read_questions(context)
    help_lines = read_help(context)
    read_fixed_texts(context)
    read_labels(context)
    # What fits, and what comes first, depends on these two.
    for name in ("conflict", "start"):
        if context.findings and name not in context.values_of:
            context.mistakes.add(Location("findings.yaml"), f"the finding `{name}` is missing; what fits depends on it")
    texts = read_locales(context) | {SOURCE_LOCALE: context.texts}
    _check_all_was_read(context)
    context.mistakes.raise_if_any()
    ruleset = Ruleset(
        # Part of the digest: only under its name are the files equal to a release.
        version=newest_release(root) or UNRELEASED,
        findings=context.findings,
        rules=rules,
        insights=insights,
        strategies=context.strategies,
        practices=practices,
        purposes=context.purposes,
        activities=context.activities,
        choosing=choosing,
        openings=openings,
        questions=tuple(question.id for question in questions),
        paths=paths,
    )
    declared = Declared(ruleset, texts, claims, references, groups, questions, help_lines, properties)
    return build(declared, digest_of(write(declared)), None, context.places, read_share_file(root))


def _check_all_was_read(context: ReadContext) -> None:
    """Note files that nothing reads: a rule in one of them would silently never fire."""
    for file in all_files_in(context.root):
        if file.as_posix() in context.opened:
            continue
        if file.parts[0] in _FOLDERS and len(file.parts) > 1:
            context.mistakes.add(
                Location(file.as_posix()), "nothing reads this file; content stands in files that end in `.yaml`"
            )
        elif file.suffix in (".yaml", ".yml") and file.as_posix() not in _BESIDE:
            meant = nearest(file.parts[0], tuple({name.partition("/")[0] for name in context.opened}))
            context.mistakes.add(Location(file.as_posix()), f"nothing reads this file;{meant}".removesuffix(";"))
