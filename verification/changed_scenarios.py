"""The command `scenarios`: scenarios that a change of the rules turns, and small mistakes that none of them shows."""

from collections.abc import Callable, Iterator
from pathlib import Path

from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from app.rulesets.releases import ReleaseStore, newest_release
from verification.boundaries import generate
from verification.equivalents import why_equivalent
from verification.mutants import fates
from verification.scenarios import BoundaryScenario, Difference, ScenarioCouple, Suite, compared, decide


def say_scenarios(
    folder: Path, say: Callable[[str], object], *, rule: str | None = None, mutants: bool = False
) -> bool:
    """Say which scenarios the content of a folder turns since the last release, and return whether it is sound.

    With `rule`, the scenarios in which that rule fires are said instead. With `mutants`, every small mistake in the
    rules is tried on the scenarios, and those are named that none of them shows.
    """
    library = load_ruleset(folder)
    suite = generate(library)
    if rule is not None:
        for scenario in suite.scenarios:
            if rule in scenario.expected.fires:
                _say_scenario(scenario, say)
        return True
    former = newest_release(folder)
    if former is not None:
        say_turned(ReleaseStore().open(folder, former), library, suite, say)
    say(f"{len(suite.scenarios) + 1} scenarios stand at the lines that the rules draw.")
    return not mutants or _shows_all(library, suite, say)


def _say_scenario(scenario: BoundaryScenario, say: Callable[[str], object]) -> None:
    say(scenario.name)
    for line in scenario.shows:
        say(f"    {line}")


def say_turned(old: Library, new: Library, suite: Suite, say: Callable[[str], object]) -> None:
    """Say which scenarios of the two rulesets come out otherwise; `suite` is that of the new one."""
    lines = [*turned(old, new, suite)]
    count = len({difference.scenario for difference in lines})
    say(f"This change turns {count} {'scenario' if count == 1 else 'scenarios'} since {old.version}.")
    scenario = None
    for difference in lines:
        if difference.scenario != scenario:
            say(f"  {difference.scenario}")
            scenario = difference.scenario
        say(f"    {difference.key}: {difference.change}")


def turned(old: Library, new: Library, suite: Suite) -> Iterator[Difference]:
    """Yield the differences in the scenarios of both rulesets; `suite` is that of the new one."""
    couples = {scenario.name: scenario.couple for scenario in generate(old).scenarios}
    couples |= {scenario.name: scenario.couple for scenario in suite.scenarios}
    everyone = [decide(library.compiled, ScenarioCouple({})) for library in (old, new)]
    yield from compared("whoever answers nothing", *everyone)
    for name, couple in couples.items():
        before, after = (
            decide(library.compiled, couple, base) for library, base in zip((old, new), everyone, strict=True)
        )
        yield from compared(name, before, after)


def _shows_all(library: Library, suite: Suite, say: Callable[[str], object]) -> bool:
    tried = [*fates(library, suite)]
    alive = [fate.mutant for fate in tried if fate.by_suite is None]
    missed = [mutant for mutant in alive if why_equivalent(library, mutant) is None]
    for mutant in missed:
        say(f"not seen: {mutant.name}")
    counted = len(tried) - len(alive) + len(missed)
    equivalent = len(alive) - len(missed)
    say(f"{counted - len(missed)} of {counted} mutants of the rules are seen; {equivalent} more are equivalent.")
    return not missed
