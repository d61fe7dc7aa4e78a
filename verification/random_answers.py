"""Random answers of one partner, from nearly nothing to nearly everything."""

from random import Random
from typing import Any

from app.engine.vocabulary import ANSWERS, KINDS, POOLED_PATHS, Answer
from app.rulesets.answer_space import REQUIRED

_DENSITIES = (0.05, 0.2, 0.4, 0.7, 0.95)
_HOURS = (0, 0.25, 1, 1.75, 2, 3, 4, 5, 6, 8, 10, 20, 168)
_MINUTES = (5, 9, 10, 15, 20, 30, 31, 45, 60, 61, 90, 120, 240, 600, 1200)


def random_answers(random: Random) -> dict[str, Any]:
    """Return answers from nearly nothing to nearly everything; now and then something is kept private."""
    density, private = random.choice(_DENSITIES), random.choice((0, 0, 0.2, 0.6))
    answers: dict[str, Any] = {}
    for path in ANSWERS:
        if path == "keep_private" or path.startswith("safety."):
            continue
        if path in REQUIRED or random.random() < (density if path in POOLED_PATHS else private):
            answers[path] = _value(random, path)
    if random.random() < private:
        answers["keep_private"] = frozenset(random.sample(sorted(POOLED_PATHS), random.randint(1, 8)))
    return answers


def _value(random: Random, path: str) -> Any:
    answer = ANSWERS[path]
    if answer.shape in ("number", "integer"):
        return _number(random, path)
    if answer.shape == "yes_no":
        return random.choice((False, True))
    if answer.shape == "choices":
        return frozenset(random.sample(answer.levels, random.choice((0, 1, 1, 2))))
    if answer.shape in ("map_of_choices", "map_of_scales"):
        rated = random.sample(KINDS, random.choice((0, 1, 3, 9)))
        return {kind: _level(random, answer) for kind in rated}
    return _level(random, answer)


def _number(random: Random, path: str) -> float:
    if ANSWERS[path].shape == "number":
        return random.choice(_HOURS)
    return random.randint(0, 31) if path.endswith("per_month") else random.choice(_MINUTES)


def _level(random: Random, answer: Answer) -> Any:
    level = random.choice(answer.levels)
    return int(level) if answer.shape in ("scale", "map_of_scales") else level
