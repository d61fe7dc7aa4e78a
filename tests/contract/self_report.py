"""The self-report as the contract has it, written down a second time, and generated requests in JSON.

Nothing here is read from the application, so that a level that went missing there is missed here.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from random import Random
from typing import Any

Report = dict[str, Any]

SHORTEST: Report = {
    "time_together": {"hours_per_week": 4},
    "conflict": {"level": "occasional"},
    "busyness": {"level": "full"},
    "activity_preferences": {"likes": {"walk": "love", "screen": "ok"}},
}
REQUIRED = (
    "time_together.hours_per_week",
    "conflict.level",
    "busyness.level",
)

KINDS = (
    "screen", "meal", "cooking", "walk", "talk", "writing", "hobby", "craft", "outing", "household", "quiet", "game",
    "learning", "volunteering", "sport", "dance", "music", "nature", "touch",
)  # fmt: skip
PRACTICES = (
    "protected_time", "everyday_moments", "shared_meaning", "interactive_time", "communication_exercises",
    "check_ins_and_affirmations", "gratitude_and_surprise", "shared_hobby", "retreat", "learn_together",
    "serve_together", "explore_together", "affection",
)  # fmt: skip
HOW_OFTEN = ("never", "rarely", "sometimes", "often", "always")
SAFETY_ANSWERS = ("no", "yes", "skip")

CHOICES: Mapping[str, tuple[str, ...]] = {
    "goal": ("repair", "strengthen"),
    "time_together.feels": ("far_too_little", "too_little", "about_right", "enough", "plenty", "too_much"),
    "time_together.compared_with_others": ("less", "same", "more", "do_not_compare"),
    "time_together.regularity": ("irregular", "weekly", "several_a_week", "daily"),
    "time_together.mostly": ("passive", "date_night", "mixed", "interactive"),
    "time_together.everyday_moments": ("none", "rare", "some", "daily"),
    "conflict.level": ("rare", "occasional", "frequent", "chronic"),
    "conflict.unresolved_issues": ("none", "some", "many"),
    "conflict.pattern": (
        "discuss",
        "both_avoid",
        "i_push_partner_withdraws",
        "partner_pushes_i_withdraw",
        "both_blame",
    ),
    "conflict.feels_meant_to_hurt": HOW_OFTEN,
    "conflict.being_together_feels": ("looked_forward_to", "neutral", "an_effort", "overwhelming", "avoided"),
    "busyness.level": ("slack", "normal", "full", "overloaded"),
    "busyness.energy": ("drained", "ok", "lively"),
    "busyness.stress": ("none", "some", "high", "overwhelming"),
    "communication.ease": ("strained", "effortful", "easy"),
    "communication.silence": ("uncomfortable", "neutral", "comfortable"),
    "closeness.appreciated": HOW_OFTEN,
    "novelty.comfort_zone": ("not_now", "small_step", "ready"),
    "circumstances.children_at_home": ("none", "under_6", "from_6_to_12", "teens", "mixed"),
    "circumstances.living": ("same_home", "same_city", "long_distance"),
    "circumstances.budget": ("free", "low", "medium", "high"),
    "private.willingness": ("no", "small_steps", "yes"),
    "private.partner_responds_warmly": HOW_OFTEN,
    "private.mood": ("fine", "low", "very_low"),
    "closeness.fair_share": ("fair", "i_do_more", "partner_does_more"),
    "mutual.affection": ("no", "everyday_touch", "open"),
    "safety.fear": SAFETY_ANSWERS,
    "safety.hurt": SAFETY_ANSWERS,
    "safety.injury": SAFETY_ANSWERS,
    "safety.threat": SAFETY_ANSWERS,
    "safety.forced": SAFETY_ANSWERS,
    "safety.control": SAFETY_ANSWERS,
    "safety.self_harm": SAFETY_ANSWERS,
    "safety.worried_about_own_acts": SAFETY_ANSWERS,
    "safety.humiliated": ("never", "rarely", "sometimes", "often", "skip"),
}
SETS: Mapping[str, tuple[str, ...]] = {
    "time_together.we_already": PRACTICES,
    "busyness.sources": (
        "work", "shift_work", "study", "childcare", "eldercare", "health", "commute", "household", "other",
    ),
    "closeness.feelings": (
        "disconnected", "grown_apart", "unimportant", "unloved", "lonely", "frustrated", "confused", "distant",
        "hopeful",
    ),
    "circumstances.health_limits": ("mobility", "pain", "fatigue", "sensory", "other"),
    "circumstances.season": (
        "newborn", "pregnancy_loss", "grief", "illness", "recovery", "separation", "new_job", "moving", "pregnancy",
        "trying_for_a_baby", "job_loss", "retirement", "children_moved_out", "home_again",
    ),
    "closeness.going_well": (
        "humour", "kindness", "teamwork", "talking", "touch", "respect", "shared_interests", "loyalty", "parenting",
    ),
    "circumstances.home": ("others_live_here", "someone_needs_care"),
    "circumstances.awake_together": ("mornings", "daytime", "evenings", "nights", "days_off"),
    "circumstances.what_helps": ("written_words", "clear_plan", "quiet_places", "short_turns"),
    "private.worried_about_drink": ("my_own", "my_partners"),
    "mutual.about": (
        "housework", "money", "parenting", "relatives", "screens", "work", "health", "sex", "faith", "drink_or_drugs",
        "plans", "past_hurts",
    ),
}  # fmt: skip
LARGEST: Mapping[str, int] = {"mutual.about": 3}
SCALES: Mapping[str, int] = {
    "time_together.engagement": 5,
    "communication.openness": 5,
    "communication.trust": 5,
    "closeness.level": 7,
    "closeness.priority": 5,
    "closeness.understood": 5,
    "novelty.routine": 5,
    "novelty.boredom": 5,
    "private.physical_closeness": 5,
}
YES_NO = (
    "activity_preferences.quiet_is_welcome",
    "closeness.knows_where_to_start",
    "novelty.shared_purpose",
    "circumstances.childcare",
    "circumstances.guilt_about_time_for_two",
    "circumstances.alcohol_free",
    "private.feels_rejected",
    "private.leaning_out",
    "private.recent_breach",
)
HOURS = ("time_together.hours_per_week", "time_together.desired_hours_per_week")
INTEGERS: Mapping[str, tuple[int, int]] = {
    "time_together.date_nights_per_month": (0, 31),
    "busyness.minutes_per_week": (0, 1200),
    "busyness.longest_slot_minutes": (5, 2880),
}
LIKES = "activity_preferences.likes"
COUNTS = "activity_preferences.counts_as_quality_time"
LIKINGS = ("avoid", "ok", "like", "love")

PATHS = (*CHOICES, *SETS, *SCALES, *YES_NO, *HOURS, *INTEGERS, LIKES, COUNTS)
MUTUAL = frozenset(path for path in PATHS if path.startswith("mutual."))
PRIVATE = (
    MUTUAL
    | frozenset(path for path in PATHS if path.startswith(("private.", "safety.")))
    | {
        "conflict.feels_meant_to_hurt",
        "conflict.being_together_feels",
    }
)
SAFETY = frozenset(path for path in PRIVATE if path.startswith("safety."))
POOLED = tuple(path for path in PATHS if path not in PRIVATE)
_SOME_HOURS = (0, 0.25, 1, 2, 3.5, 4, 5, 7.75, 8, 10, 20, 60, 168)
_ONE_OF: Mapping[str, Sequence[Any]] = {
    **CHOICES,
    **{path: range(1, highest + 1) for path, highest in SCALES.items()},
    **dict.fromkeys(YES_NO, (True, False)),
    **dict.fromkeys(HOURS, _SOME_HOURS),
    "time_together.date_nights_per_month": range(32),
    "busyness.minutes_per_week": (0, 10, 20, 30, 45, 60, 120, 300, 1200),
    "busyness.longest_slot_minutes": (5, 10, 15, 20, 30, 45, 60, 90, 240, 1440, 2880),
}


def with_answer(report: Report, path: str, value: object) -> Report:
    """A copy of the report with one answer in it."""
    changed = deepcopy(report)
    group, _, name = path.partition(".")
    if name:
        changed.setdefault(group, {})[name] = value
    else:
        changed[group] = value
    return changed


def without_answers(report: Report, paths: Iterable[str]) -> Report:
    """A copy of the report as if these had not been asked; a group with nothing left goes too, unless it is needed."""
    changed = deepcopy(report)
    for path in paths:
        group, _, name = path.partition(".")
        if name:
            changed.get(group, {}).pop(name, None)
        else:
            changed.pop(group, None)
    needed = {required.partition(".")[0] for required in REQUIRED} | {"activity_preferences"}
    return {group: answers for group, answers in changed.items() if answers != {} or group in needed}


def pointer_to(path: str, partner: str = "a") -> str:
    return f"#/reports/{partner}/{path.replace('.', '/')}"


def some_value(random: Random, path: str) -> Any:
    """An answer that this question may have."""
    if path in SETS:
        return random.sample(SETS[path], min(random.choice((0, 1, 1, 2, 3)), len(SETS[path])))
    if path in (LIKES, COUNTS):
        kinds = random.sample(KINDS, random.choice((0, 1, 3, 6, 12)))
        return {kind: random.choice(LIKINGS) if path == LIKES else random.randint(1, 5) for kind in kinds}
    return random.choice(_ONE_OF[path])


def some_answers(random: Random, paths: Sequence[str], share: float) -> dict[str, Any]:
    return {path: some_value(random, path) for path in paths if random.random() < share}


def report_of(answers: Mapping[str, Any], base: Report = SHORTEST) -> Report:
    """A whole report: these answers, and of the base what they leave out."""
    report = deepcopy(base)
    for path, value in answers.items():
        report = with_answer(report, path, value)
    return report


def some_report(random: Random, *, safe: bool = True) -> Report:
    """One of very many reports; how much is answered varies from the shortest to nearly all."""
    required = {path: some_value(random, path) for path in REQUIRED}
    pooled = some_answers(random, POOLED, random.choice((0, 0.1, 0.3, 0.6, 0.9)))
    private = some_answers(random, sorted(PRIVATE - SAFETY), random.choice((0, 0, 0.2, 0.6)))
    safety = {} if safe else some_answers(random, sorted(SAFETY), random.choice((0, 0, 0.15)))
    report = report_of(required | pooled | private | safety)
    if random.random() < 0.25:
        report["keep_private"] = random.sample(POOLED, random.randint(1, 6))
    return report


def some_options(random: Random) -> dict[str, Any]:
    """How an answer is asked for; each may be absent, or null."""
    options: dict[str, Any] = {
        "country": random.choice(("US", "gb", "ZZ", None, {"a": "US", "b": "DE"}, {"b": "us"})),
        "locale": random.choice(("en", "en-GB", "xx", None)),
        "max_activities": random.choice((None, 1, 2, 5, 8, 20)),
        "explain": random.choice((None, "none", "reasons", "full")),
        "seed": random.choice((None, "", "6f1c", "x" * 64)),
        "turn": random.choice((None, 0, 1, 7, 10_000)),
        "seen": random.choice((None, [], ["evening-walk", "no-such-thing"] * 3, {"a": ["evening-walk"], "b": None})),
    }
    return {name: value for name, value in options.items() if value is not None or random.random() < 0.5}
