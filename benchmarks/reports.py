"""Synthetic self-reports: varied, seeded, and of nobody. They say nothing about how real couples answer.

Each answer is drawn by itself, so that reports run from the four required answers to nearly all of them. Three kinds
of answer are weighted, because a uniform draw would end most views early: vetoes and private refusals are the
exception, and few reports ask for support.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from pydantic import TypeAdapter

from app.api.recommendations.self_report import SelfReportIn
from app.engine.self_report import SelfReport
from app.engine.vocabulary import ANSWERS, KINDS, POOLED_PATHS, Answer

SEED = 20_261_123

REQUIRED = frozenset({"time_together.hours_per_week", "conflict.level", "busyness.level", "activity_preferences.likes"})
RANGES: Mapping[str, Callable[[Random], float]] = {
    "time_together.hours_per_week": lambda chance: chance.randrange(0, 80) / 4,
    "time_together.desired_hours_per_week": lambda chance: chance.randrange(8, 100) / 4,
    "time_together.date_nights_per_month": lambda chance: chance.randrange(0, 7),
    "busyness.minutes_per_week": lambda chance: chance.randrange(0, 600, 15),
    "busyness.longest_slot_minutes": lambda chance: chance.choice((10, 20, 30, 45, 60, 90, 120, 240, 1440)),
}
WEIGHTS: Mapping[str, Mapping[object, int]] = {
    "activity_preferences.likes": {"avoid": 8, "ok": 40, "like": 32, "love": 20},
    "private.willingness": {"yes": 75, "small_steps": 20, "no": 5},
}
SHARE_WITH_SAFETY_YES = 0.02
SHARE_HOLDING_BACK = 0.1

_REPORT = TypeAdapter(SelfReportIn)


def pairs_of_reports(count: int, seed: int = SEED) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """So many pairs of reports as they would arrive, the same ones for the same seed."""
    chance = Random(seed)  # noqa: S311  repeatable, and nothing is kept secret by it
    return [(draw_report(chance), draw_report(chance)) for _ in range(count)]


def read_report(arrived: Mapping[str, Any]) -> SelfReport:
    """A report in the engine's form, checked as a request's would be."""
    return _REPORT.validate_python(arrived)


def draw_report(chance: Random, answered: float | None = None) -> dict[str, Any]:
    """One report. `answered` is the share of optional questions answered; drawn as well when it is not given."""
    share = chance.random() if answered is None else answered
    report: dict[str, Any] = {}
    for path, answer in ANSWERS.items():
        group, _, name = path.partition(".")
        if group in ("safety", "keep_private") or not (path in REQUIRED or chance.random() < share):
            continue
        drawn = _draw_answer(answer, chance)
        if name:
            report.setdefault(group, {})[name] = drawn
        else:
            report[group] = drawn
    if chance.random() < share:
        report["safety"] = {"fear": "no", "hurt": "no", "self_harm": "skip"}
        if chance.random() < SHARE_WITH_SAFETY_YES:
            report["safety"]["fear"] = "yes"
    if answered is None and chance.random() < SHARE_HOLDING_BACK:
        report["keep_private"] = chance.sample(sorted(POOLED_PATHS), k=2)
    return report


def _draw_answer(answer: Answer, chance: Random) -> Any:
    match answer.shape:
        case "number" | "integer":
            return RANGES[answer.path](chance)
        case "choices":
            return chance.sample(answer.levels, k=chance.randint(0, min(3, len(answer.levels))))
        case "map_of_choices" | "map_of_scales":
            rated = [kind for kind in KINDS if chance.random() < 0.6]  # noqa: PLR2004
            return {kind: _draw_level(answer, chance) for kind in rated}
        case _:
            return _draw_level(answer, chance)


def _draw_level(answer: Answer, chance: Random) -> object:
    weights = WEIGHTS.get(answer.path)
    if weights:
        return chance.choices(tuple(weights), tuple(weights.values()))[0]
    if answer.shape == "yes_no":
        return chance.random() < 0.5  # noqa: PLR2004
    level = chance.choice(answer.levels)
    return int(level) if answer.shape in ("scale", "map_of_scales") else level
