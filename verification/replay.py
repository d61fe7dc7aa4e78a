"""The command `rekindle scenarios`: what differs from the suite, the suite anew, and what it would overlook."""

from collections.abc import Callable
from pathlib import Path

from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from verification import scenarios
from verification.boundaries import generate
from verification.equivalents import why_equivalent
from verification.exercised import as_table, rows
from verification.mutants import fates
from verification.scenarios import NAME, Suite, differences, read


def replay(folder: Path, say: Callable[[str], object], *, write: bool, mutants: bool) -> bool:
    """Whether everything comes out as expected."""
    library = load_ruleset(folder)
    if write:
        _write(library, folder / NAME, say)
    suite = read(folder / NAME)
    is_sound = _is_as_expected(library, suite, say)
    return (not mutants or _sees_all(library, suite, say)) and is_sound


def _write(library: Library, path: Path, say: Callable[[str], object]) -> None:
    before = read(path) if path.exists() else None
    suite = generate(library)
    path.write_text(scenarios.write(suite), encoding="utf-8")
    known = {} if before is None else {scenario.name: scenario for scenario in before.scenarios}
    now = {scenario.name: scenario for scenario in suite.scenarios}
    added, gone = now.keys() - known.keys(), known.keys() - now.keys()
    changed = sum(known[name].expected != now[name].expected for name in now.keys() & known.keys())
    say(f"{path}: {len(now)} scenarios; {len(added)} new, {len(gone)} gone, {changed} come out otherwise.")


def _is_as_expected(library: Library, suite: Suite, say: Callable[[str], object]) -> bool:
    found = [*differences(library.compiled, suite)]
    for difference in found:
        say(str(difference))
    uncovered = [row for row in rows(library.ruleset, suite) if not row.is_covered]
    if uncovered:
        say(as_table(uncovered))
    if not found and not uncovered:
        say(f"{len(suite.scenarios) + 1} scenarios come out as expected.")
    return not found and not uncovered


def _sees_all(library: Library, suite: Suite, say: Callable[[str], object]) -> bool:
    tried = [*fates(library, suite)]
    alive = [fate.mutant for fate in tried if fate.by_suite is None]
    missed = [mutant for mutant in alive if why_equivalent(library, mutant) is None]
    for mutant in missed:
        say(f"not seen: {mutant.name}")
    counted = len(tried) - len(alive) + len(missed)
    equivalent = len(alive) - len(missed)
    say(f"{counted - len(missed)} of {counted} mutants of the rules are seen; {equivalent} more are equivalent.")
    return not missed
