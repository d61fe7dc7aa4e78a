"""Generated self-reports: as hypothesis strategies that shrink, and fast ones from a seeded random number generator."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, get_args

from hypothesis import strategies as st

from app.engine.history import BegunPath, Cause, Done, History, Reaction
from app.engine.self_report import SelfReport
from app.engine.vocabulary import ANSWERS, KINDS, POOLED_PATHS
from tests.engine.build import report_of

PRIVATE_PATHS = tuple(path for path in ANSWERS if path not in POOLED_PATHS and path != "keep_private")
SAFETY_PATHS = tuple(path for path in PRIVATE_PATHS if path.startswith("safety."))
_HOURS = (0, 0.25, 1, 1.75, 2, 3, 4, 4.75, 5, 6, 7.5, 8, 9, 10, 20, 168)
_INTEGERS: Mapping[str, tuple[int, ...]] = {
    "time_together.date_nights_per_month": (0, 1, 3, 4, 5, 31),
    "busyness.minutes_per_week": (0, 2, 5, 10, 15, 29, 30, 31, 40, 45, 60, 75, 90, 120, 240, 600, 1200),
    "busyness.longest_slot_minutes": (5, 9, 10, 14, 15, 16, 20, 29, 30, 31, 45, 46, 60, 61, 75, 120, 240, 1440, 2880),
}
_SOME = 3


def values_of(path: str) -> tuple[Any, ...]:
    """What one answer may be: all levels, or numbers on both sides of every line that is drawn through them."""
    answer = ANSWERS[path]
    match answer.shape:
        case "number":
            return _HOURS
        case "integer":
            return _INTEGERS[path]
        case "yes_no":
            return (False, True)
        case "scale" | "map_of_scales":
            return tuple(map(int, answer.levels))
        case _:
            return answer.levels


def _values(path: str) -> st.SearchStrategy[Any]:
    one = st.sampled_from(values_of(path))
    match ANSWERS[path].shape:
        case "choices":
            return st.frozensets(one, max_size=_SOME)
        case "map_of_choices" | "map_of_scales":
            return st.dictionaries(st.sampled_from(KINDS), one, max_size=6)
        case _:
            return one


def _group(name: str) -> st.SearchStrategy[dict[str, Any]]:
    paths = [path for path in ANSWERS if path.partition(".")[0] == name]
    return st.fixed_dictionaries({}, optional={path: _values(path) for path in paths})


_POOLED_GROUPS = [_group(name) for name in dict.fromkeys(path.partition(".")[0] for path in sorted(POOLED_PATHS))]
_PRIVATE = st.fixed_dictionaries({}, optional={p: _values(p) for p in PRIVATE_PATHS if p not in SAFETY_PATHS})
_SAFETY = st.fixed_dictionaries({}, optional={path: _values(path) for path in SAFETY_PATHS})
_UNANSWERED: st.SearchStrategy[dict[str, Any]] = st.just({})


def told_to_both(answers: dict[str, Any]) -> dict[str, Any]:
    """The pooled answers alone; a liking of touch and a separation are private."""
    told = {path: value for path, value in answers.items() if path in POOLED_PATHS}
    if LIKES in told:
        told[LIKES] = {kind: liking for kind, liking in told[LIKES].items() if kind != "touch"}
    if SEASON in told:
        told[SEASON] = [each for each in told[SEASON] if each != "separation"]
    return told


LIKES, SEASON = "activity_preferences.likes", "circumstances.season"


def _joined(parts: tuple[dict[str, Any], ...]) -> SelfReport:
    answers: dict[str, Any] = {}
    for part in parts:
        answers |= part
    return report_of(answers)


pooled_alone: st.SearchStrategy[SelfReport] = st.tuples(*[group.map(told_to_both) for group in _POOLED_GROUPS]).map(
    _joined
)
"""Reports without any private answer."""

kept_private = st.frozensets(st.sampled_from(sorted(POOLED_PATHS)), max_size=_SOME).map(
    lambda kept: {"keep_private": kept}
)

safe: st.SearchStrategy[SelfReport] = st.tuples(
    *_POOLED_GROUPS, st.one_of(_UNANSWERED, _PRIVATE), st.one_of(_UNANSWERED, kept_private)
).map(_joined)
"""Reports without safety answers: all others likely absent, some pooled ones kept private."""

whole: st.SearchStrategy[SelfReport] = st.tuples(
    *_POOLED_GROUPS, st.one_of(_UNANSWERED, _PRIVATE), st.one_of(_UNANSWERED, _UNANSWERED, _SAFETY), kept_private
).map(_joined)
"""Reports with everything in them that a report may hold."""


def seeded(seed: int) -> Random:
    """The same reports in every run."""
    return Random(seed)


def random_report(random: Random, *, is_private: bool = True, is_safe: bool = True) -> SelfReport:
    """One of very many reports; how much is answered varies from nearly nothing to nearly all."""
    density = random.choice((0.05, 0.2, 0.4, 0.7, 0.95))
    private_density = random.choice((0, 0, 0.2, 0.6)) if is_private else 0
    safety_density = 0 if is_safe else random.choice((0, 0, 0.15))
    answers: dict[str, Any] = {}
    for path in ANSWERS:
        if path == "keep_private":
            continue
        of = density if path in POOLED_PATHS else safety_density if path in SAFETY_PATHS else private_density
        if random.random() < of:
            answers[path] = random_value(random, path)
    if is_private and random.random() < 0.2:
        answers["keep_private"] = random.sample(sorted(POOLED_PATHS), random.randint(1, 8))
    return report_of(answers if is_private else told_to_both(answers))


def random_past(
    random: Random, ids: Sequence[str], *, is_gentle: bool | None = None, paths: Sequence[str] = ()
) -> History:
    """Some of these done, unwanted and put off; now and then nothing at all, or what no release has any more."""
    known = [*ids, "of-an-older-release"]
    most = random.choice((0, 2, 10, 60))
    done = [Done(random.choice(known), random.choice((0, 1, 6, 7, 8, 89, 90, 91, 364, 365, 400))) for _ in range(most)]
    unwanted, put_off = (random.sample(known, random.choice((0, 0, 3, 40, len(known) - 1))) for _ in range(2))
    gentle = random.random() < 0.3 if is_gentle is None else is_gentle
    causes = random.sample(get_args(Cause), random.choice((0, 0, 1, 2, 4)))
    ago = (0, 1, 8, 27, 28, 55, 56, 90, 364, 365)
    said = [
        Reaction(random.choice(known), cause, random.choice(ago), is_over=random.random() < 0.2)
        for cause in [*causes, *causes[:1]]
    ]
    begun = random.sample(paths, random.choice((0, 1, 3))) if paths else []
    return History(
        tuple(done),
        frozenset(unwanted),
        frozenset(put_off),
        gentle,
        reactions=tuple(said),
        paths=tuple(BegunPath(path, random.choice((0, 6, 90, 400))) for path in begun),
    )


def random_value(random: Random, path: str) -> Any:
    values = values_of(path)
    match ANSWERS[path].shape:
        case "choices":
            return random.sample(values, random.choice((0, 1, 1, 2, min(5, len(values)))))
        case "map_of_choices" | "map_of_scales":
            return {kind: random.choice(values) for kind in random.sample(KINDS, random.choice((1, 2, 5, 9)))}
        case _:
            return random.choice(values)
