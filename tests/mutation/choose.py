"""Chooses the couples that kill: `python -m tests.mutation.choose`. Few of many random ones, kept as data."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import Any, cast

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.counterfactual import Evaluation, Target, evaluate_for_explanation, offered
from app.engine.evaluate import evaluate
from app.engine.explain import targets_of
from app.engine.history import Done, History
from app.engine.self_report import SelfReport, pool
from app.engine.verdicts import read
from app.engine.vocabulary import ANSWERS, KINDS, PRACTICES
from app.rulesets.load import load_ruleset
from tests.engine.reference import answer
from tests.engine.reports import random_past, random_report, seeded
from tests.mutation.kill import COUPLES, EVERYTHING, EXPLAINING, Couple, Killer, Programs, Told, all_mutants, told
from tests.mutation.mutate import Mutant

VIEWS, EXPLANATIONS, OF_EVERYTHING = 1500, 2500, 24
EVERY = 2
MOST = (1, 2, 3, 4, 5, 5, 5, 8, 20)


def answers_of(report: SelfReport) -> dict[str, Any]:
    said = {path: answer(report, path) for path in ANSWERS}
    return {
        path: sorted(value) if isinstance(value, frozenset) else value
        for path, value in said.items()
        if value is not None
    }


def random_couples(random: Random, compiled_rulesets: Programs, count: int, *, explained: bool) -> Iterator[Couple]:
    """Couples whose views are compared, or of whom something is explained."""
    for _ in range(count):
        ruleset = random.choice((0, 1, 2))
        compiled = compiled_rulesets[ruleset]
        reports = [random_report(random, is_safe=random.random() < (0.95 if explained else 0.7))]
        if random.random() < 0.6:
            reports.append(random_report(random))
        said = [_leaning(random, answers_of(report)) for report in reports]
        couple = Couple(said[0], said[1] if said[1:] else None, random.choice(MOST), (), ruleset)
        if random.random() < 0.4:
            couple = replace(couple, past=_past(random, compiled, couple))
        couple = replace(couple, quiet=random.random() < 0.3)
        yield asking(random, compiled, couple) if explained else couple


def _past(random: Random, compiled: CompiledRuleset, couple: Couple) -> History:
    """Of any kind; or it leaves little to offer; or much was done long ago, some of it one's favourites."""
    order = compiled.index.order
    match random.randrange(3):
        case 0:
            return random_past(random, _shown_to(compiled, couple))
        case 1:
            left = random.sample(PRACTICES, random.choice((1, 1, 2, 12)))
            put_off, unwanted = ([a.id for a in order if (a.practice in left) is kept] for kept in (True, False))
            is_all = random.random() < 0.2
            return History((), frozenset(unwanted), frozenset(put_off if is_all else ()), random.random() < 0.2)
        case _:
            few = random.choice(([], ["of-an-older-release"]))
            done = random.choices([*few, *(a.id for a in order if a.together)], k=random.choice((0, 1, 4, 9)))
            return History(tuple(Done(id_, 400) for id_ in (*done, *few)))


def _shown_to(compiled: CompiledRuleset, couple: Couple) -> list[str]:
    """So that what was done or put aside is what is called for."""
    mine, theirs = told(couple)[:2]
    view = evaluate(compiled, mine, None if theirs is None else pool(theirs), 20)
    places = {each.position for each in view.activities} | set(range(0, len(compiled.index.order), EVERY))
    return [compiled.index.order[place].id for place in sorted(places)]


def asking(random: Random, compiled: CompiledRuleset, couple: Couple) -> Couple:
    """About whatever there is, and about what rules speak for, where more is to be said."""
    every = targets_of(compiled)
    mine, theirs = told(couple)[:2]
    other = None if theirs is None else read(compiled, pool(theirs))
    stand = evaluate_for_explanation(compiled, mine, other, couple.most, couple.past, quiet=couple.quiet)
    called_for = [
        [target.id for target in every.values() if target.kind == kind and _is_called_for(stand, target)]
        for kind in ("activity", "practice")
    ]
    called_for.append([target.id for target in every.values() if target.kind == "activity" and offered(stand, target)])
    names = [random.choice([*every]), random.choice(PRACTICES), random.choice(compiled.practices_of)[0], "affection"]
    names += [name for each in called_for for name in random.sample(each, min(2, len(each)))]
    return replace(couple, why=tuple(dict.fromkeys(names)))


def _is_called_for(stand: Evaluation, target: Target) -> bool:
    return any(stand.gated.needs[practice] for practice in target.practices)


def _leaning(random: Random, said: dict[str, Any]) -> dict[str, Any]:
    """Now and then with much room, with many wishes, or with so little that what is left is passive or nothing."""
    if said.get("private.willingness") == "no":
        said["private.willingness"] = random.choice(("no", "small_steps"))
    for lean in (_narrow, _roomy, _tasteful, _wishful, _tight, _affectionate, _careful):
        if random.random() < 0.25:
            said |= lean(random)
    return said


def _narrow(random: Random) -> dict[str, Any]:
    return {
        "activity_preferences.likes": {kind: random.choice(("avoid", "avoid", "ok", "love")) for kind in KINDS},
        "activity_preferences.counts_as_quality_time": {kind: random.randint(2, 5) for kind in KINDS},
        "activity_preferences.quiet_is_welcome": random.random() < 0.5,
        "busyness.longest_slot_minutes": random.choice((5, 10, 15, 16, 30)),
    }


def _roomy(random: Random) -> dict[str, Any]:
    return {
        "busyness.longest_slot_minutes": random.choice((15, 30, 45, 60, 120, 2880)),
        "busyness.minutes_per_week": random.choice((30, 60, 240, 1200)),
        "circumstances.budget": random.choice(("low", "medium", "high")),
        "busyness.energy": "ok",
        "circumstances.children_at_home": "none",
    }


def _tasteful(random: Random) -> dict[str, Any]:
    return {
        "activity_preferences.likes": {kind: random.choice(("ok", "like", "love", "love")) for kind in KINDS},
        "activity_preferences.counts_as_quality_time": dict.fromkeys(KINDS, random.choice((4, 4, 5)))
        if random.random() < 0.4
        else {kind: random.randint(3, 4) for kind in KINDS},
        "activity_preferences.quiet_is_welcome": random.random() < 0.5,
    }


def _wishful(random: Random) -> dict[str, Any]:
    every = {
        "novelty.comfort_zone": random.choice(("not_now", "small_step", "ready")),
        "novelty.shared_purpose": random.random() < 0.3,
        "time_together.hours_per_week": random.choice((0, 0, 0.25, 2, 5, 10, 20, 100, 167.75, 168)),
        "time_together.desired_hours_per_week": random.choice((0, 0.25, 2, 5, 10, 20, 100, 167.75, 168)),
        "time_together.feels": random.choice(("too_little", "enough", "plenty")),
    }
    return {path: value for path, value in every.items() if random.random() < 0.6}


def _tight(random: Random) -> dict[str, Any]:
    """Four limits at once stand in the way of much: one more than may be changed."""
    return {
        "busyness.longest_slot_minutes": random.choice((5, 14, 29)),
        "busyness.minutes_per_week": random.choice((0, 5, 30)),
        "circumstances.budget": "free",
        "novelty.comfort_zone": random.choice(("not_now", "not_now", "small_step")),
        "circumstances.living": "same_home",
        "circumstances.season": [],
        "activity_preferences.likes": {},
    }


def _affectionate(_: Random) -> dict[str, Any]:
    return {"private.affection_interest": "open", "private.willingness": "yes"}


def _careful(random: Random) -> dict[str, Any]:
    return {
        "private.willingness": random.choice(("yes", "small_steps")),
        "private.recent_breach": random.random() < 0.5,
    }


class Chooser:
    """Adds to what is chosen whatever kills something that nothing before it killed."""

    def __init__(self, killer: Killer, seed: int) -> None:
        self._killer = killer
        self._random = seeded(seed)
        self.couple_of: dict[int, Couple] = {}
        self.chosen: list[Told] = []

    def take(self, couples: Iterable[Couple]) -> list[Told]:
        taken = []
        for couple in couples:
            case = self._killer.add(told(couple))
            self.couple_of[id(case)] = couple
            taken.append(case)
        return taken

    def drawn(self, views: int, explanations: int) -> tuple[list[Told], list[Told]]:
        compiled_rulesets, random = self._killer.compiled_rulesets, self._random
        return (
            self.take(random_couples(random, compiled_rulesets, views, explained=False)),
            self.take(random_couples(random, compiled_rulesets, explanations, explained=True)),
        )

    def alive_after(self, mutants: Iterable[Mutant], views: int, explanations: int) -> list[Mutant]:
        """Those that nothing kills; couples that do are chosen on the way."""
        seen, asked = self.drawn(views, explanations)
        alive = []
        for mutant in mutants:
            self._killer.cases = self.chosen
            if self._killer.kills(mutant):
                continue
            self._killer.cases = asked if mutant.module in EXPLAINING else [*seen, *asked]
            found = self._killer.killing(mutant)
            if found is None:
                alive.append(mutant)
            else:
                self.chosen.append(cast(Told, found))
        return alive

    def of_everything(self, count: int) -> Iterator[Couple]:
        for each in random_couples(self._random, self._killer.compiled_rulesets, count, explained=True):
            yield replace(each, why=EVERYTHING)


def choose(mutants: list[Mutant], seed: int = 3) -> tuple[list[Couple], list[Mutant]]:
    chooser = Chooser(Killer(load_ruleset(), []), seed)
    chooser.chosen += chooser.take(chooser.of_everything(OF_EVERYTHING))
    alive = chooser.alive_after(mutants, VIEWS, EXPLANATIONS)
    return [chooser.couple_of[id(case)] for case in chooser.chosen], alive


def main() -> None:
    chosen, alive = choose(all_mutants())
    COUPLES.write_text("[\n" + ",\n".join(each.as_json() for each in chosen) + "\n]\n", encoding="utf-8")
    print(*(mutant.name for mutant in alive), sep="\n")  # noqa: T201
    print(f"{len(chosen)} couples; {len(alive)} mutants live on")  # noqa: T201


if __name__ == "__main__":
    main()
