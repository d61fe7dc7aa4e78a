"""Chooses the couples that kill: `python -m tests.mutation.choose`. Few of many random ones, kept as data."""

from random import Random
from typing import Any, cast

from app.engine.explain import targets_of
from app.engine.program import prepare
from app.engine.self_report import SelfReport
from app.engine.vocabulary import ANSWERS, KINDS
from app.rulesets.load import load_ruleset
from tests.engine.reference import answer
from tests.engine.reports import random_report, seeded
from tests.mutation.kill import COUPLES, EXPLAINING, Couple, Killer, Told, all_mutants, shuffled
from tests.mutation.mutate import Mutant

VIEWS, EXPLANATIONS = 1500, 2500
MOST = (1, 2, 3, 4, 5, 5, 5, 8, 20)


def answers_of(report: SelfReport) -> dict[str, Any]:
    said = {path: answer(report, path) for path in ANSWERS}
    return {
        path: sorted(value) if isinstance(value, frozenset) else value
        for path, value in said.items()
        if value is not None
    }


def random_couples(targets: dict[bool, list[str]], views: int, explanations: int) -> list[Couple]:
    """First those whose views are compared, then those of whom something is explained."""
    random = seeded(3)
    couples = []
    for i in range(views + explanations):
        is_shuffled = random.random() < 0.5
        why = random.choice(targets[is_shuffled]) if i >= views else None
        reports = [random_report(random, is_safe=i >= views or random.random() < 0.7)]
        if random.random() < 0.6:
            reports.append(random_report(random))
        said = [answers_of(report) | (narrow(random) if random.random() < 0.4 else {}) for report in reports]
        couples.append(Couple(said[0], said[1] if said[1:] else None, random.choice(MOST), why, is_shuffled))
    return couples


def narrow(random: Random) -> dict[str, Any]:
    """Much is ruled out, and much of the rest counts as time together: so that what is left is passive or nothing."""
    return {
        "activity_preferences.likes": {kind: random.choice(("avoid", "avoid", "ok", "love")) for kind in KINDS},
        "activity_preferences.counts_as_quality_time": {kind: random.randint(2, 5) for kind in KINDS},
        "activity_preferences.quiet_is_welcome": random.random() < 0.5,
        "busyness.longest_slot_minutes": random.choice((5, 10, 15, 16, 30)),
    }


def choose(
    mutants: list[Mutant], views: int = VIEWS, explanations: int = EXPLANATIONS
) -> tuple[list[Couple], list[str]]:
    """Couples that kill, each one that nothing before it killed; and the names of the mutants that live on."""
    library = load_ruleset()
    targets = {False: [*targets_of(library.program)], True: [*targets_of(prepare(shuffled(library.ruleset)))]}
    couples = random_couples(targets, views, explanations)
    killer = Killer(library, couples)
    cases = killer.cases
    of = {id(case): couple for case, couple in zip(cases, couples, strict=True)}
    chosen: list[Told] = []
    alive = []
    for mutant in mutants:
        killer.cases = chosen
        if killer.kills(mutant):
            continue
        is_explaining = mutant.module in EXPLAINING
        killer.cases = cases[views:] if is_explaining else cases[: views + explanations // 5]
        found = killer.killing(mutant)
        if found is not None:
            chosen.append(cast(Told, found))
        else:
            alive.append(mutant.name)
            print("alive:", mutant.name, flush=True)  # noqa: T201
    return [of[id(case)] for case in chosen], alive


def main() -> None:
    chosen, alive = choose(all_mutants())
    COUPLES.write_text("[\n" + ",\n".join(each.as_json() for each in chosen) + "\n]\n", encoding="utf-8")
    print(f"{len(chosen)} couples; {len(alive)} mutants live on")  # noqa: T201


if __name__ == "__main__":
    main()
