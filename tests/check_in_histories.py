"""Random histories of one partner's answers, and what has to be there after each of their acts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Protocol

from app.engine.vocabulary import ANSWERS, POOLED_PATHS
from app.service.answers_by_path import as_report, by_path
from tests.engine.reports import random_value
from tests.people import REPORT

REQUIRED = ("time_together.hours_per_week", "conflict.level", "busyness.level")
PATHS = tuple(path for path in ANSWERS if path != "keep_private" and not path.startswith("safety."))
OWN = {
    "activity_preferences.likes.touch": "activity_preferences.likes",
    "circumstances.season.separation": "circumstances.season",
}
GROUPS = ("private", "mutual", "keep_private")
ACTS = 5
Answers = dict[str, Any]


class Teller(Protocol):
    """Whoever sends what one partner answers, and reads it."""

    @property
    def today(self) -> date: ...

    def report(self, body: Any) -> None: ...
    def check_in(self, answers: Any, clear: list[str], answered_on: date) -> None: ...
    def form(self) -> Any:
        """The answers to begin a check-in from."""

    def pooled(self) -> Any:
        """What a locked token reads of the last report, which is what may reach the other."""

    def whole(self) -> Any:
        """All of the last report."""

    def wait(self, days: int) -> None: ...


@dataclass
class Memory:
    """What was answered on which day, by path, and what is kept from the pool: said in other words than the service."""

    days: Mapping[str, int]
    said: dict[str, tuple[Any, date]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def is_private(self, path: str) -> bool:
        return path in OWN or path in self.kept or path not in POOLED_PATHS

    def take(self, answers: Answers, keep: set[str], day: date) -> None:
        self.kept |= keep
        self.said |= {path: (value, day) for path, value in answers.items()}
        for path in keep & self.said.keys() - answers.keys():
            self.said[path] = (self.said[path][0], day)

    def lapse(self, today: date) -> None:
        for path, (_, day) in list(self.said.items()):
            if self.is_private(path) and today - day >= timedelta(days=2 * self.days[OWN.get(path, path)]):
                del self.said[path]

    def clear(self, clear: list[str]) -> None:
        for path in list(self.said):
            label = "mutual" if path.startswith("mutual.") else "private"
            is_labelled = path in OWN or path not in POOLED_PATHS
            was_kept = path in self.kept and "keep_private" in clear
            if (is_labelled and label in clear) or was_kept or path in clear or OWN.get(path) in clear:
                del self.said[path]
        if "keep_private" in clear:
            self.kept = set()

    def whole(self) -> Answers:
        return {path: value for path, (value, _) in self.said.items()}

    def pooled(self) -> Answers:
        return {path: value for path, value in self.whole().items() if not self.is_private(path)}


def faults(random: Random, teller: Teller, days: Mapping[str, int]) -> list[str]:
    """Live a history and name what was lost, and what was disclosed."""
    memory, wrong = Memory(days), []
    answers, keep = some_answers(random, 0.3), set(random.sample(sorted(POOLED_PATHS), random.choice((0, 2, 5))))
    teller.report({**whole_report(answers), "keep_private": sorted(keep)})
    memory.take(by_path(whole_report(answers)), keep, teller.today)
    for _ in range(ACTS):
        teller.wait(random.choice((0, 1, 7, 7, 13, 30)))
        act = random.choice(WAYS)
        act(random, teller, memory)
        wrong += differences(memory, teller)
    return wrong


def differences(memory: Memory, teller: Teller) -> list[str]:
    pooled, whole = answered(teller.pooled()), answered(teller.whole())
    kept = set(whole.pop("keep_private", ()))
    expected = memory.whole()
    return [
        *(f"disclosed: {path}" for path in pooled if path not in memory.pooled()),
        *(f"lost: {path}" for path, value in expected.items() if whole.get(path) != value),
        *(f"not forgotten: {path}" for path in whole if path not in expected),
        *(f"pooled again: {path}" for path in memory.kept - kept),
    ]


def answered(plain: Any) -> Answers:
    """The answers by path, without what was not answered."""
    return by_path({group: without_null(part) for group, part in plain.items() if part is not None})


def without_null(part: Any) -> Any:
    return {name: value for name, value in part.items() if value is not None} if isinstance(part, dict) else part


def some_answers(random: Random, density: float) -> Answers:
    chosen = [path for path in PATHS if random.random() < density]
    return by_path(as_report({path: plain_value(random, path) for path in chosen}))


def plain_value(random: Random, path: str) -> Any:
    value = random_value(random, path)
    if isinstance(value, frozenset | set | list):
        # Three topics at most.
        return sorted(value)[:3] if path == "mutual.about" else sorted(value)
    return dict(value) if isinstance(value, Mapping) else value


def whole_report(answers: Answers) -> Any:
    return as_report({**by_path(REPORT), **answers})


def sends(answers: Any, keep: list[str], clear: list[str], teller: Teller, memory: Memory, back: int = 0) -> None:
    day = teller.today - timedelta(days=back)
    teller.check_in({**answers, **({"keep_private": keep} if keep else {})}, clear, day)
    memory.lapse(teller.today)
    memory.clear(clear)
    memory.take(answered({group: part for group, part in answers.items() if group != "keep_private"}), {*keep}, day)


def reads_changes_and_posts(random: Random, teller: Teller, memory: Memory) -> None:
    form = by_path(teller.form())
    changed = {path: plain_value(random, path) for path in random.sample(PATHS[:40], 2)}
    sends(as_report(form | by_path(as_report(changed)) | required(random)), [], [], teller, memory)


def posts_what_a_locked_token_reads(random: Random, teller: Teller, memory: Memory) -> None:
    body = {**teller.pooled()}
    for group in random.sample(("private", "mutual", "keep_private"), 2):
        body[group] = random.choice((None, [] if group == "keep_private" else {}))
    sends(body, [], [], teller, memory)


def answers_only_what_is_needed(random: Random, teller: Teller, memory: Memory) -> None:
    sends(as_report(required(random)), [], [], teller, memory, back=random.choice((0, 3, 7)))


def answers_what_is_kept_private(random: Random, teller: Teller, memory: Memory) -> None:
    paths = sorted(memory.kept) or list(REQUIRED)
    sends(as_report({path: plain_value(random, path) for path in random.sample(paths, 1)}), [], [], teller, memory)


def keeps_more_private(random: Random, teller: Teller, memory: Memory) -> None:
    keep = random.sample(sorted(POOLED_PATHS), 2)
    sends(as_report(some_answers(random, 0.05)), keep, [], teller, memory)


def clears(random: Random, teller: Teller, memory: Memory) -> None:
    clear = random.sample([path for path in PATHS if path not in REQUIRED], random.choice((0, 3)))
    clear += random.sample(GROUPS, random.choice((0, 1)))
    sends(as_report(some_answers(random, random.choice((0, 0.1)))), [], clear, teller, memory)


def required(random: Random) -> Answers:
    return {path: plain_value(random, path) for path in REQUIRED}


Way = Callable[[Random, Teller, Memory], None]
WAYS: tuple[Way, ...] = (
    reads_changes_and_posts,
    reads_changes_and_posts,
    posts_what_a_locked_token_reads,
    answers_only_what_is_needed,
    answers_what_is_kept_private,
    keeps_more_private,
    clears,
)
