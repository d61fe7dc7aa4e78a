"""A second engine, slow and plain: what `evaluate` must decide, worked out from the ruleset's data alone.

No masks, no tables, no compiled functions: lists of activities, and conditions read as they are written. It follows the
design rather than the engine, so that the two can be compared.
"""

from functools import cached_property
from typing import Any

from app.engine.conditions import (
    UNKNOWN,
    Chosen,
    Clause,
    Condition,
    Contains,
    Leaf,
    Linear,
    Truth,
    clause_truth,
    clauses,
    is_compared,
    truth,
    whole,
)
from app.engine.ruleset import Activity, Finding, Rule, Ruleset
from app.engine.self_report import Agreed, Mutual, PooledReport, SelfReport
from app.engine.vocabulary import KINDS

Codes = dict[str, int]
Report = PooledReport | SelfReport

COSTS = ("free", "low", "medium", "high")
CEILINGS = ("rare", "occasional", "frequent", "chronic")
LIKINGS = ("avoid", "ok", "like", "love")
OK, LIKE, LOVE = 1, 2, 3
TENDER = {"newborn", "grief", "pregnancy_loss", "illness"}
MODERATE = 2
DAYS_OF_REST = {"ritual": 7, "seasonal": 90, "once": 365}
NEW_EXPERIENCES = "new_experiences"
QUALITY_TIME = "quality_time"
NOBODY = PooledReport()


# Findings


def answer(report: Report | None, path: str) -> Any:
    group, _, name = path.partition(".")
    answers = getattr(report, group, None)
    return answers if not name or answers is None else getattr(answers, name)


def leaf_truth(leaf: Leaf, report: Report) -> Truth:
    match leaf:
        case Chosen(path, levels):
            said = answer(report, path)
            return None if said is None else str(said).lower() in levels
        case Contains(path, member):
            said = answer(report, path)
            return None if said is None else member in said
        case Linear(terms, op, constant):
            numbers = [(factor, path, answer(report, path)) for factor, path in terms]
            if any(said is None for _, _, said in numbers):
                return None
            return is_compared(op, sum(factor * whole(said, path) for factor, path, said in numbers), constant)
        case _:
            raise AssertionError(leaf)


def find(finding: Finding, report: Report) -> int:
    """The first of a finding's values whose condition is true."""
    for value, condition in finding.tries:
        if truth(condition, lambda leaf: leaf_truth(leaf, report)) is True:
            return finding.values.index(value)
    return UNKNOWN


def gap_between(finding: Finding, one_report: Report, two_report: Report) -> int:
    assert finding.gap is not None
    one, two = answer(one_report, finding.gap.of) or {}, answer(two_report, finding.gap.of) or {}
    apart = [abs(one[kind] - two[kind]) for kind in KINDS if kind in one and kind in two]
    if not apart:
        return UNKNOWN
    if max(apart) >= finding.gap.mismatched:
        return finding.values.index("mismatched")
    return finding.values.index("partial" if max(apart) >= finding.gap.partial else "aligned")


def agreed_code(finding: Finding, agreed: Agreed) -> int:
    return find(finding, SelfReport(mutual=Mutual(about=agreed.about or None, affection=agreed.affection)))


def pooled_code(finding: Finding, report: Report) -> int:
    return UNKNOWN if finding.gap or finding.label != "pooled" else find(finding, report)


def meet(finding: Finding, one: Report, other: Report, agreed: Agreed) -> int:
    """What a finding is for two, from the side of one of them; nothing private is known here."""
    mine, theirs = pooled_code(finding, one), pooled_code(finding, other)
    match finding.both:
        case "agreed":
            return agreed_code(finding, agreed)
        case "gap":
            return gap_between(finding, one, other)
        case "own":
            return mine
        case "theirs":
            return theirs
        case "own_first":
            return theirs if mine == UNKNOWN else mine
        case "worse":
            return max(mine, theirs)


def holds(condition: Condition, codes: Codes) -> bool:
    def clause(leaf: Leaf) -> Truth:
        assert isinstance(leaf, Clause)
        return clause_truth(leaf, codes)

    return truth(condition, clause) is True


# What fits


def liking(report: Report, activity: Activity) -> int:
    """How the main kind is liked."""
    likes: dict[str, str] = answer(report, "activity_preferences.likes") or {}
    return LIKINGS.index(likes.get(activity.kinds[0], "ok"))


def is_vetoed(report: Report, activity: Activity) -> bool:
    likes: dict[str, str] = answer(report, "activity_preferences.likes") or {}
    return any(likes.get(kind) == "avoid" for kind in activity.kinds)


def suits(report: Report, activity: Activity) -> bool:
    """Whether the limits of one who takes part leave an activity."""
    slot = answer(report, "busyness.longest_slot_minutes")
    week = answer(report, "busyness.minutes_per_week")
    budget = answer(report, "circumstances.budget")
    zone = answer(report, "novelty.comfort_zone")
    is_drained = answer(report, "busyness.energy") == "drained"
    a_week = 0 if activity.repeat == "seasonal" else activity.minutes * (activity.times_a_week or 1)
    return (
        activity.minutes <= (60 if slot is None else slot)
        and (week is None or a_week <= week)
        and COSTS.index(activity.cost) <= COSTS.index(budget or "low")
        and activity.novelty <= {"not_now": 1, "small_step": 2}.get(zone, 3)
        and (not is_drained or activity.energy == "drained" or liking(report, activity) == LOVE)
        and not any(limit in activity.unsuitable_for for limit in answer(report, "circumstances.health_limits") or ())
        and not (answer(report, "circumstances.alcohol_free") and activity.alcohol)
    )


def suits_the_two(reports: list[Report], activity: Activity) -> bool:
    """What is true of both, whoever said it: children, who could look after them, distance, a tender season."""
    children = {answer(report, "circumstances.children_at_home") for report in reports} - {None}
    childcare = {answer(report, "circumstances.childcare") for report in reports} - {None}
    seasons = {season for report in reports for season in answer(report, "circumstances.season") or ()}
    homes = {answer(report, "circumstances.living") for report in reports}
    at_home = bool(children - {"none"})
    if ("long_distance" in homes and not activity.remote) or (activity.parents_only and not at_home):
        return False
    if any(makes_no_sense(reports, life) for life in activity.not_for) or leaves_someone_alone(reports, activity):
        return False
    if activity.apart_only and not homes & {"long_distance", "same_city"}:
        return False
    if seasons & TENDER and activity.energy == "lively":
        return False
    if activity.children != "away":
        return True
    return childcare == {True} if at_home else "none" in children or False not in childcare


def leaves_someone_alone(reports: list[Report], activity: Activity) -> bool:
    """Whether both are out for more than twenty minutes, and nobody stays with the one who needs care."""
    cares = any("someone_needs_care" in (answer(report, "circumstances.home") or ()) for report in reports)
    is_outside = activity.setting != "apart" and ("walk" in activity.kinds or "outing" in activity.kinds)
    is_out = activity.together and (activity.children == "away" or is_outside)
    return cares and is_out and activity.minutes > 20 and "nobody_to_hand_over" not in activity.not_for


def makes_no_sense(reports: list[Report], life: str) -> bool:
    def said(path: str) -> set[str]:
        given = [answer(report, path if "." in path else f"circumstances.{path}") for report in reports]
        return {level for levels in given if levels for level in ([levels] if isinstance(levels, str) else levels)}

    return {
        "no_small_child": not said("children_at_home") & {"under_6", "mixed"},
        "nobody_to_hand_over": not said("children_at_home") - {"none"} and "someone_needs_care" not in said("home"),
        "newborn": "newborn" in said("season"),
        "mourning": bool(said("season") & {"grief", "pregnancy_loss"}),
        "nothing_awaited": not said("season") & {"illness", "pregnancy", "recovery", "trying_for_a_baby"},
        "no_baby_on_the_way": "pregnancy" not in said("season"),
        "no_empty_house": "children_moved_out" not in said("season"),
        "someone_needs_care": "someone_needs_care" in said("home"),
        "shifts": "shift_work" in said("busyness.sources"),
        "relatives_at_home": "others_live_here" in said("home"),
        "no_shared_evening": bool(said("awake_together")) and not said("awake_together") & {"evenings", "nights"},
    }[life]


def counts(report: Report, activity: Activity) -> bool:
    rated = answer(report, "activity_preferences.counts_as_quality_time") or {}
    is_welcome = "quiet" in activity.kinds and answer(report, "activity_preferences.quiet_is_welcome")
    return bool(is_welcome) or any(rated.get(kind, 0) >= 4 for kind in activity.kinds)


def is_small_step(activity: Activity) -> bool:
    return activity.minutes <= 30 and activity.novelty <= 1


def puts_two_in_one_room(activity: Activity) -> bool:
    return activity.together and activity.setting == "same_room"


# The pair


class Pair:
    """What two people, or one heard alone, could do: the same for both, but for what one does alone."""

    def __init__(
        self,
        ruleset: Ruleset,
        mine: PooledReport,
        theirs: PooledReport | None,
        agreed: Agreed,
        due: frozenset[str] = frozenset(),
    ) -> None:
        self.due = due
        self.ruleset = ruleset
        self.mine = mine
        self.theirs = theirs
        self.agreed = agreed
        self.heard: list[Report] = [mine] if theirs is None else [mine, theirs]
        self.findings = {finding.id: finding for finding in ruleset.findings}
        self.rules = [rule for rule in ruleset.rules if rule.status != "retired"]
        self.practice_of = {purpose.id: purpose.practice for purpose in ruleset.purposes}
        self.strategy_of = {practice: each.id for each in ruleset.strategies for practice in each.practices}
        # Whoever was heard alone is not asked to thank for what they miss themselves.
        sides = ((mine, NOBODY),) if theirs is None else ((mine, theirs), (theirs, mine))
        self.sides: list[Codes] = [{f.id: meet(f, *side, agreed) for f in ruleset.findings} for side in sides]
        self.firing = [rule for rule in self.rules if self.holds_for_either(rule.when)]
        self.conflict = max(side["conflict"] for side in self.sides)

    def clauses_of(self, rule: Rule) -> tuple[Clause, ...]:
        return clauses(rule.when)

    def holds_for_either(self, condition: Condition) -> bool:
        return any(holds(condition, side) for side in self.sides)

    def strength(self, rule: Rule) -> int:
        """A rule's need: what only one of two wishes for is at most moderate."""
        assert rule.need is not None
        if self.theirs is None:
            return int(rule.need)
        wishes = [{f.id: pooled_code(f, report) for f in self.ruleset.findings if f.wish} for report in self.heard]
        is_shared = any(all(holds(rule.when, side | wish) for wish in wishes) for side in self.sides)
        return int(rule.need) if is_shared else min(int(rule.need), MODERATE)

    @cached_property
    def needs(self) -> dict[str, int]:
        """The need of each purpose."""
        strengths = [(rule.suggests, self.strength(rule)) for rule in self.firing if rule.suggests]
        return {
            purpose: max((need for suggested, need in strengths if suggested in (purpose, practice)), default=0)
            for purpose, practice in self.practice_of.items()
        }

    def need(self, activity: Activity) -> int:
        """What is due on a path is wanted, whatever the rules say."""
        return max(self.needs[activity.purpose], int(activity.id in self.due))

    def strategy(self, activity: Activity) -> str | None:
        return self.strategy_of.get(activity.practice)

    def suits_the_conflict(self, activity: Activity, conflict: int) -> bool:
        if CEILINGS.index(activity.conflict_ceiling) < conflict:
            return False
        if conflict < CEILINGS.index("chronic"):
            return True
        is_quality_time = self.strategy(activity) == QUALITY_TIME
        return activity.minutes <= 30 and activity.fixed_end if is_quality_time else activity.minutes <= 45

    def fits(self, activity: Activity, reports: list[Report], conflict: int) -> bool:
        """Joint things keep to the limits of both, solo ones to their doer's; a veto of either holds for both."""
        doers = reports if activity.together else reports[:1]
        return (
            not any(is_vetoed(report, activity) for report in reports)
            and all(suits(report, activity) for report in doers)
            and suits_the_two(reports, activity)
            and self.suits_the_conflict(activity, conflict)
        )

    @cached_property
    def called_for(self) -> list[Activity]:
        """What fits, is called for and is not withheld."""
        return [
            activity
            for activity in self.ruleset.activities
            if self.fits(activity, self.heard, self.conflict)
            and (activity.practice != "affection" or self.agreed.affection)
            and self.need(activity)
            and not any(withholds(rule, activity) for rule in self.firing)
        ]

    def likings(self, activity: Activity) -> list[int]:
        """Of those who do it, the lower first."""
        doers = self.heard if activity.together else self.heard[:1]
        return sorted(liking(report, activity) for report in doers)

    def is_counted(self, activity: Activity) -> bool:
        doers = self.heard if activity.together else self.heard[:1]
        return all(counts(report, activity) for report in doers)

    def is_passive(self, activity: Activity) -> bool:
        return activity.together and activity.interaction == "parallel" and not self.is_counted(activity)

    def is_kept_up(self, activity: Activity) -> bool:
        return any(activity.practice in (answer(report, "time_together.we_already") or ()) for report in self.heard)

    @cached_property
    def made_for_a_hard_time(self) -> set[str]:
        """What leads name that hold and read what hard time the two go through."""
        leads = [lead for lead in self.ruleset.choosing.leads if self.holds_for_either(lead.when)]
        hard = [lead for lead in leads if any(clause.finding == "hard_time" for clause in clauses(lead.when))]
        return {id_ for lead in hard for id_ in lead.activities}

    def could_begin(self, activities: list[Activity]) -> list[Activity]:
        """Nothing side by side that does not count; of two, nothing for one alone while there is else."""
        active = [activity for activity in activities if self.strategy(activity) and not self.is_passive(activity)]
        if self.theirs is None:
            return active
        return [activity for activity in active if activity.together] or active

    def ranked(self, activities: list[Activity]) -> list[str]:
        """Strategies by the strongest need; then the first precedence that names one; then the article's order."""
        naming = [p.strategy for p in self.ruleset.choosing.precedences if self.holds_for_either(p.when)]
        first = self.could_begin(activities)

        def key(strategy: str) -> tuple[int, int]:
            needs = [self.need(activity) for activity in first if self.strategy(activity) == strategy]
            return -max(needs, default=0), naming.index(strategy) if strategy in naming else len(naming)

        return sorted((strategy.id for strategy in self.ruleset.strategies), key=key)


def withholds(rule: Rule, activity: Activity) -> bool:
    is_named = activity.purpose in rule.withholds or activity.practice in rule.withholds
    return is_named or bool(set(rule.withholds_asks) & set(activity.asks))
