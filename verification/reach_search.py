"""Witnesses: a couple for every activity, and for every answer a report that it decides something in."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from app.engine.bitset import Mask
from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.history import Moment
from app.engine.ruleset import Activity
from app.engine.self_report import SelfReport
from app.engine.vocabulary import ANSWERS
from app.rulesets.library import Library
from app.rulesets.plain_reports import Answers, answers_of, report_of
from app.rulesets.sampling import sample_couples
from verification.boundaries import Generator
from verification.counterexamples import MeansResult, Violation
from verification.judged import judge

COUPLES = 2_000
"""The couples of the synthetic population that are looked at."""
LEAST_OFTEN, LEAST_OFTEN_OF_ADD_ON = 0.04, 0.01
"""The share of the views in which a purpose is suggested and fits, in which it is shown at least.

An add-on never comes first, nor among what else is called for, and the liking of touch is known to its owner alone.
"""
_FEWEST = 100
_SEEDS = 400
_LIKES = "activity_preferences.likes"
_SAID_IN_VAIN = {
    ("circumstances.health_limits", "other"),
    ("closeness.feelings", "hopeful"),
    ("time_together.we_already", "affection"),
}
"""A limit that no activity can name, a feeling that nothing reads, and what no list ever begins with."""
NamedCouple = tuple[str, SelfReport, SelfReport | None]


def reached(library: Library) -> MeansResult:
    """Look for a first view of five for every activity, and count how often each purpose is shown."""
    compiled, shown = library.compiled, 0
    suggested, seen = Counter[str](), Counter[str]()
    population = [*_couples()]
    for couple in population:
        picks, eligible = _first_view(compiled, couple)
        shown |= picks
        suggested.update(p.id for p in compiled.purposes if p.activities & eligible)
        seen.update(p.id for p in compiled.purposes if p.activities & picks)
    add_ons = {id_ for practice in library.ruleset.practices if not practice.strategy for id_ in practice.purposes}
    broken = [
        Violation(f"{purpose} is shown in {seen[purpose]} of the {count} views in which it could be")
        for purpose, count in suggested.items()
        if count >= _FEWEST and seen[purpose] < (LEAST_OFTEN_OF_ADD_ON if purpose in add_ons else LEAST_OFTEN) * count
    ]
    generator = Generator(library)
    for bit, activity in enumerate(compiled.index.order):
        if not shown >> bit & 1 and not _has_witness(generator, compiled, activity, 1 << bit):
            broken.append(Violation(f"no couple was found to whom {activity.id} is shown"))
    return MeansResult(tuple(broken), 0, len(population))


def _couples() -> Iterator[NamedCouple]:
    """Yield each partner of the synthetic couples as the one who reads."""
    for number, a, b in sample_couples(range(COUPLES)):
        yield f"couple {number}", a, b
        if b is not None:
            yield f"couple {number}", b, a


def _first_view(compiled: CompiledRuleset, couple: NamedCouple) -> tuple[Mask, Mask]:
    """Return what is shown and what could be."""
    seed, mine, theirs = couple
    stands = judge(compiled, mine, theirs, Moment(seed=seed)).narrow()
    return sum(pick.bit for pick in stands.picks), stands.eligible


def _has_witness(generator: Generator, compiled: CompiledRuleset, activity: Activity, bit: Mask) -> bool:
    """Look among couples who both love what it mainly is and have room for it, and for whom a rule calls for it."""
    return any(
        _first_view(compiled, (f"witness {seed}", report_of(mine), theirs))[0] & bit
        for mine, theirs in _roomy(generator, activity)
        for seed in range(_SEEDS)
    )


def _roomy(generator: Generator, activity: Activity) -> Iterator[tuple[Answers, SelfReport]]:
    """Yield couples who love what an activity mainly is, have room for it, and for whom a rule calls for it."""
    both: Answers = {**_room_for(activity), _LIKES: {activity.kinds[0]: "love"}}
    for mine, theirs in generator.called_for(activity.purpose):
        yield {**both, **mine}, report_of({**both, **(theirs or {})})


def _room_for(activity: Activity) -> Answers:
    """Return the answers of somebody whose days leave room for an activity."""
    return {
        "busyness.longest_slot_minutes": 2880,
        "busyness.minutes_per_week": 1200,
        "busyness.energy": "ok",
        "novelty.comfort_zone": "ready",
        "circumstances.budget": "high",
        "circumstances.childcare": True,
        "circumstances.children_at_home": "under_6" if activity.parents_only else "none",
        "circumstances.living": "long_distance" if activity.apart_only else "same_home",
        "circumstances.health_limits": frozenset(),
        "circumstances.season": frozenset(),
        "mutual.affection": "open",
    }


def decides(library: Library) -> MeansResult:
    """Look for a report for every answer, and for every member of a set, without which a view would be another.

    What decides nothing for the synthetic couples is looked for among couples at the lines that the rules draw, and is
    then added to the answers of couples who have room for all that is called for.
    """
    compiled, generator = library.compiled, Generator(library)
    wanted = {(path, level) for path, answer in ANSWERS.items() for level in _parts(path, answer.shape, answer.levels)}
    count = 0
    drawn = ((scenario.couple.mine, scenario.couple.theirs) for scenario in generator.suite().scenarios)
    at_lines = (("line", report_of(mine), None if theirs is None else report_of(theirs)) for mine, theirs in drawn)
    for seed, mine, theirs in chain(_couples(), at_lines):
        answers = dict(answers_of(mine))
        parts = {part for name, value in answers.items() for part in _given(name, value)}
        for path, level in sorted(wanted & parts):
            count += 1
            fewer = report_of(_without(answers, path, level))
            if _views(compiled, seed, mine, theirs) != _views(compiled, seed, fewer, theirs):
                wanted.discard((path, level))
        if not wanted:
            break
    for activity in compiled.index.order if wanted else ():
        for mine_there, other in _roomy(generator, activity):
            count += len(wanted)
            wanted -= _decided_by_adding(compiled, mine_there, other, wanted)
    broken = [Violation(f"{path} decides nothing{f' by {level}' if level else ''}") for path, level in sorted(wanted)]
    return MeansResult(tuple(broken), 0, count)


def _decided_by_adding(
    compiled: CompiledRuleset, mine: Answers, theirs: SelfReport, wanted: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return the parts of answers that change a view once they are added to a report."""
    before = _views(compiled, "room", report_of(mine), theirs)
    added = {
        (path, level): {**mine, path: frozenset({*mine.get(path, ()), level}) if level else True}
        for path, level in wanted
        if level or ANSWERS[path].shape == "yes_no"
    }
    return {part for part, more in added.items() if _views(compiled, "room", report_of(more), theirs) != before}


def _parts(path: str, shape: str, levels: tuple[str, ...]) -> tuple[str, ...]:
    # Being asked nothing more is what every member of this set does.
    if shape != "choices" or path == "keep_private":
        return ("",)
    return tuple(level for level in levels if (path, level) not in _SAID_IN_VAIN)


def _given(path: str, value: Any) -> Iterator[tuple[str, str]]:
    members = value if ANSWERS[path].shape == "choices" and path != "keep_private" else ("",)
    return ((path, member) for member in members)


def _without(answers: Answers, path: str, level: str) -> Mapping[str, Any]:
    rest = {other: value for other, value in answers.items() if other != path}
    return {**rest, path: answers[path] - {level}} if level else rest


def _views(compiled: CompiledRuleset, seed: str, mine: SelfReport, theirs: SelfReport | None) -> tuple[object, ...]:
    """Return both views, without what is asked next: whatever was left out would be asked."""
    moment = Moment(seed=seed)
    both = None if theirs is None else evaluate_both(compiled, mine, theirs, (moment, moment))
    views = both or (evaluate(compiled, mine, None, moment=moment),)
    return tuple(view._replace(verdict=None, ask_next=()) for view in views)
