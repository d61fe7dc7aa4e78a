"""Random answers of one partner, from nearly nothing to nearly everything, and random moments."""

from random import Random
from typing import Any

from app.engine.activity_index import ActivityIndex
from app.engine.history import Done, History, Moment
from app.engine.vocabulary import ANSWERS, KINDS, POOLED_PATHS, Answer
from app.rulesets.answer_space import REQUIRED

_DENSITIES = (0.05, 0.2, 0.4, 0.7, 0.95)
_GENTLE = 0.1
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


def random_moment(random: Random, index: ActivityIndex) -> Moment:
    """Return a moment: in one of four nothing was shown before, and in most nothing was done."""
    ids, limit = [activity.id for activity in index.order], random.choice((1, 3, 5, 5, 8))
    seen = random.choices(random.sample(ids, 12), k=random.choice((0, 5, 15, 40)))
    done = tuple(Done(id_, random.randint(0, 400)) for id_ in random.sample(ids, random.choice((0, 0, 0, 6))))
    aside = frozenset(random.sample(ids, random.choice((0, 0, 0, 9))))
    history = History(done, unwanted=aside, gentle=random.random() < _GENTLE)
    return Moment(random.choice(("", "one", "two", "three")), random.randint(0, 60), tuple(seen), history, limit)


def _value(random: Random, path: str) -> Any:
    answer = ANSWERS[path]
    match answer.shape:
        case "number":
            return random.choice(_HOURS)
        case "integer":
            return random.randint(0, 31) if path.endswith("per_month") else random.choice(_MINUTES)
        case "yes_no":
            return random.choice((False, True))
        case "choices":
            return frozenset(random.sample(answer.levels, random.choice((0, 1, 1, 2))))
        case "map_of_choices" | "map_of_scales":
            rated = random.sample(KINDS, random.choice((0, 1, 3, 9)))
            return {kind: _level(random, answer) for kind in rated}
        case _:
            return _level(random, answer)


def _level(random: Random, answer: Answer) -> Any:
    level = random.choice(answer.levels)
    return int(level) if answer.shape in ("scale", "map_of_scales") else level
