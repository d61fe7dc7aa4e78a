"""A second engine, slow and plain: what `evaluate` must decide, worked out from the ruleset's data alone.

No masks, no tables, no compiled functions: lists of activities, and conditions read as they are written. It follows the
design rather than the engine, so that the two can be compared.
"""

from collections import Counter
from dataclasses import dataclass
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
    leaves,
    truth,
    whole,
)
from app.engine.history import NO_HISTORY, History
from app.engine.ruleset import Activity, Finding, Rule, Ruleset
from app.engine.self_report import PooledReport, SelfReport, poolable
from app.engine.vocabulary import KINDS, POOLED_PATHS, PRACTICES
from tests.engine.build import report_of

Codes = dict[str, int]

COSTS = ("free", "low", "medium", "high")
CEILINGS = ("rare", "occasional", "frequent", "chronic")
GRADES = ("A", "A-", "B", "B-", "C", "C-", "D")
LIKINGS = ("avoid", "ok", "like", "love")
TENDER = {"newborn", "grief", "pregnancy_loss", "illness"}
MODERATE = 2
DAYS_OF_REST = {"ritual": 7, "seasonal": 90, "once": 365}


@dataclass(frozen=True)
class Why:
    rule: str
    text: str
    because: tuple[tuple[str, str | None], ...] = ()
    is_shared: bool = False


@dataclass(frozen=True)
class Stands:
    strategy: str
    rank: int
    standing: str
    reasons: tuple[Why, ...]
    withheld_by: tuple[Why, ...]


@dataclass(frozen=True)
class Decision:
    outcome: str
    strategies: tuple[Stands, ...] = ()
    activities: tuple[tuple[str, str | None, tuple[Why, ...]], ...] = ()
    insights: tuple[str, ...] = ()
    ask_next: tuple[tuple[str, int], ...] = ()
    support: tuple[str, ...] = ()
    limits: tuple[str, ...] = ("not_therapy", "not_a_safety_test")
    next_check_in_days: int = 7


def answer(report: PooledReport | SelfReport | None, path: str) -> Any:
    group, _, name = path.partition(".")
    answers = getattr(report, group, None)
    return answers if not name or answers is None else getattr(answers, name)


# Findings


def leaf_truth(leaf: Leaf, report: PooledReport | SelfReport) -> Truth:
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


def find(finding: Finding, report: PooledReport | SelfReport | None) -> int:
    """The first of a finding's values whose condition is true."""
    if report is None:
        return UNKNOWN
    for value, condition in finding.tries:
        if truth(condition, lambda leaf: leaf_truth(leaf, report)) is True:
            return finding.values.index(value)
    return UNKNOWN


def meet(finding: Finding, mine: SelfReport, theirs: PooledReport | None) -> int:
    """What a finding is in the viewer's view, both heard."""
    own = find(finding, mine)
    if finding.both == "own":
        return own
    other = find(finding, theirs)
    match finding.both:
        case "theirs":
            return other
        case "own_first":
            return other if own == UNKNOWN else own
        case "worse":
            return max(own, other)
        case _:
            return gap_between(finding, mine, theirs)


def gap_between(finding: Finding, mine: SelfReport, theirs: PooledReport | None) -> int:
    assert finding.gap is not None
    one, two = answer(mine, finding.gap.of) or {}, answer(theirs, finding.gap.of) or {}
    apart = [abs(one[kind] - two[kind]) for kind in KINDS if kind in one and kind in two]
    if not apart:
        return UNKNOWN
    if max(apart) >= finding.gap.mismatched:
        return finding.values.index("mismatched")
    return finding.values.index("partial" if max(apart) >= finding.gap.partial else "aligned")


def holds(condition: Condition, codes: Codes) -> Truth:
    def clause(leaf: Leaf) -> Truth:
        assert isinstance(leaf, Clause)
        return clause_truth(leaf, codes)

    return truth(condition, clause)


# What fits


def liking(report: PooledReport | SelfReport | None, activity: Activity) -> str:
    likes: dict[str, str] = answer(report, "activity_preferences.likes") or {}
    return min((likes.get(kind, "ok") for kind in activity.kinds), key=LIKINGS.index)


def suits(report: PooledReport | SelfReport, activity: Activity) -> bool:
    """Whether one partner's own limits leave an activity."""
    slot = answer(report, "busyness.longest_slot_minutes")
    week = answer(report, "busyness.minutes_per_week")
    budget = answer(report, "circumstances.budget")
    zone = answer(report, "novelty.comfort_zone")
    a_week = 0 if activity.repeat == "seasonal" else activity.minutes * (activity.times_a_week or 1)
    return (
        activity.minutes <= (60 if slot is None else slot)
        and (week is None or a_week <= week)
        and COSTS.index(activity.cost) <= COSTS.index(budget or "low")
        and activity.novelty <= {"not_now": 1, "small_step": 2}.get(zone, 3)
        and not (answer(report, "busyness.energy") == "drained" and activity.energy == "lively")
        and not any(limit in activity.unsuitable_for for limit in answer(report, "circumstances.health_limits") or ())
        and not (answer(report, "circumstances.alcohol_free") and activity.alcohol)
    )


def suits_the_two(reports: list[PooledReport | SelfReport], activity: Activity) -> bool:
    """What is true of both, whoever said it: children, who could look after them, distance, a tender season."""
    children = {answer(report, "circumstances.children_at_home") for report in reports} - {None}
    childcare = {answer(report, "circumstances.childcare") for report in reports} - {None}
    seasons = {season for report in reports for season in answer(report, "circumstances.season") or ()}
    homes = {answer(report, "circumstances.living") for report in reports}
    at_home = bool(children - {"none"})
    if ("long_distance" in homes and not activity.remote) or (activity.parents_only and not at_home):
        return False
    if activity.apart_only and not homes & {"long_distance", "same_city"}:
        return False
    if seasons & TENDER and activity.energy == "lively":
        return False
    if activity.children != "away":
        return True
    if at_home:
        return childcare == {True}
    return "none" in children or False not in childcare


def suits_the_conflict(activity: Activity, conflict: int, quality_time: tuple[str, ...]) -> bool:
    if CEILINGS.index(activity.conflict_ceiling) < conflict:
        return False
    if conflict < CEILINGS.index("chronic"):
        return True
    return (
        activity.minutes <= 30 and activity.fixed_end if activity.practice in quality_time else activity.minutes <= 45
    )


def counts(report: PooledReport | SelfReport, activity: Activity) -> bool:
    rated = answer(report, "activity_preferences.counts_as_quality_time") or {}
    return any(rated.get(kind, 0) >= 4 for kind in activity.kinds)


# The view


def decide(
    ruleset: Ruleset,
    mine: SelfReport,
    theirs: PooledReport | None,
    most: int = 5,
    past: History = NO_HISTORY,
    *,
    quiet: bool = False,
) -> Decision:
    """One partner's whole view."""
    if quiet:
        return Quietly(ruleset, mine, theirs, most, past).decide()
    kinds = support(mine)
    if kinds:
        return Decision("support", support=kinds)
    return Reference(ruleset, mine, theirs, most, past).decide()


def without_private(mine: SelfReport) -> SelfReport:
    """What its owner told and did not keep private."""
    told = {path: answer(mine, path) for path in POOLED_PATHS - (mine.keep_private or frozenset())}
    return report_of({path: said for path, said in told.items() if said is not None})


def support(mine: SelfReport) -> tuple[str, ...]:
    asked = []
    if answer(mine, "safety.self_harm") == "yes":
        asked.append("crisis")
    if any(answer(mine, f"safety.{of}") == "yes" for of in ("fear", "hurt", "injury", "threat", "forced", "control")):
        asked.append("danger")
    if answer(mine, "safety.humiliated") == "often":
        asked.append("concern")
    if answer(mine, "safety.worried_about_own_acts") == "yes":
        asked.append("own_acts")
    return tuple(asked)


class Reference:
    def __init__(
        self, ruleset: Ruleset, mine: SelfReport, theirs: PooledReport | None, most: int, past: History = NO_HISTORY
    ) -> None:
        self.ruleset = ruleset
        self.mine = mine
        self.theirs = theirs
        self.most = most
        self.past = past
        self.findings = {finding.id: finding for finding in ruleset.findings}
        self.rules = [rule for rule in ruleset.rules if rule.status != "retired"]
        self.heard: list[PooledReport | SelfReport] = [poolable(mine)] if theirs is None else [poolable(mine), theirs]
        self.met = {finding.id: meet(finding, mine, theirs) for finding in ruleset.findings}
        self.own = {f.id: UNKNOWN if f.gap else find(f, mine) for f in ruleset.findings}
        self.strategy_of = {practice: s.id for s in ruleset.strategies for practice in s.practices}
        self.fired = [rule for rule in self.rules if holds(rule.when, self.met) is True]
        self.needs = {rule.id: self.need_of(rule) for rule in self.fired if rule.suggests}
        self.fitting = [activity for activity in ruleset.activities if self.fits(activity)]
        self.lead = self.lead_of_my_favourites()

    def reads_private(self, rule: Rule) -> bool:
        return any(self.findings[clause.finding].label == "private" for clause in clauses(rule.when))

    def need_of(self, rule: Rule) -> int:
        """The other's wish alone calls for no more than a moderate need."""
        assert rule.need is not None
        my_wish = {f.id: self.own[f.id] if f.wish else self.met[f.id] for f in self.ruleset.findings}
        is_mine = self.theirs is None or holds(rule.when, my_wish) is True
        return int(rule.need) if is_mine else min(int(rule.need), MODERATE)

    def suggesting(self, practice: str) -> list[Rule]:
        """The rules that suggest a practice, strongest first."""
        return sorted(
            (rule for rule in self.fired if rule.suggests == practice), key=lambda rule: (-self.needs[rule.id], rule.id)
        )

    def need(self, practice: str) -> int:
        return max((self.needs[rule.id] for rule in self.suggesting(practice)), default=0)

    def is_withheld(self, practice: str, *, privately: bool) -> bool:
        return any(
            practice in rule.withholds
            for rule in self.fired
            if rule.suggests is None and (privately or not self.reads_private(rule))
        )

    def fits(self, activity: Activity) -> bool:
        """Joint things keep to both partners' limits, solo ones to their doer's; a veto of either holds for both."""
        doers = self.heard if activity.together else self.heard[:1]
        return (
            all(liking(report, activity) != "avoid" for report in self.heard)
            and all(suits(report, activity) for report in doers)
            and suits_the_two(self.heard, activity)
            and suits_the_conflict(activity, self.met["conflict"], self.ruleset.strategies[0].practices)
        )

    def is_toned_down(self, activity: Activity, *, privately: bool) -> bool:
        return any(
            set(rule.withholds_tones) & set(activity.tones)
            for rule in self.fired
            if privately or not self.reads_private(rule)
        )

    def is_passive(self, activity: Activity) -> bool:
        """Side by side, and not what everyone who was heard counts as time together."""
        is_counted = all(counts(report, activity) for report in self.heard)
        is_welcome = all(answer(report, "activity_preferences.quiet_is_welcome") for report in self.heard)
        is_wanted = is_counted or ("quiet" in activity.kinds and is_welcome)
        return activity.together and activity.interaction == "parallel" and not is_wanted

    def concerned(self, activity: Activity) -> list[PooledReport | SelfReport]:
        return self.heard if activity.together else self.heard[:1]

    def loved_by(self, activity: Activity) -> list[bool]:
        return [liking(report, activity) == "love" for report in self.heard]

    def lead_of_my_favourites(self) -> int:
        """How many more joint things were done that I alone love than such as the other alone loves."""
        done = [each for id_, _ in self.past.done for each in self.ruleset.activities if each.id == id_]
        loved = [self.loved_by(activity) for activity in done if activity.together]
        return loved.count([True, False]) - loved.count([False, True])

    def has_its_turn(self, activity: Activity) -> bool:
        loved = [False, True] if self.lead > 0 else [True, False] if self.lead < 0 else None
        return activity.together and self.loved_by(activity) == loved

    def is_put_aside(self, activity: Activity) -> bool:
        if activity.id in self.past.unwanted or activity.id in self.past.put_off:
            return True
        if activity.repeat == "ritual" and all(
            LIKINGS.index(liking(report, activity)) >= LIKINGS.index("like") for report in self.concerned(activity)
        ):
            return False
        return any(id_ == activity.id and ago < DAYS_OF_REST[activity.repeat] for id_, ago in self.past.done)

    def eligible(self, practice: str, *, privately: bool) -> list[Activity]:
        """What a suggested practice has to offer; passive things alone are not an offer."""
        if not self.need(practice) or self.is_withheld(practice, privately=privately):
            return []
        is_small = privately and (self.past.gentle or answer(self.mine, "private.willingness") == "small_steps")
        fitting = [
            activity
            for activity in self.fitting
            if activity.practice == practice
            and not self.is_toned_down(activity, privately=privately)
            and not (is_small and (activity.minutes > 30 or activity.novelty > 1))
            and not (privately and self.is_put_aside(activity))
        ]
        if all(self.is_passive(activity) for activity in fitting):
            return []
        return sorted(fitting, key=self.place_of)

    def place_of(self, activity: Activity) -> tuple[int, bool, bool, int, int, str]:
        """The lower of both likings, counting as time together, whose turn it is, effort, evidence, id."""
        lower = min(LIKINGS.index(liking(report, activity)) for report in self.concerned(activity))
        is_counted = all(counts(report, activity) for report in self.heard)
        effort = sum(activity.minutes > band for band in (15, 30, 60))
        in_turn = self.has_its_turn(activity)
        return -lower, not is_counted, not in_turn, effort, GRADES.index(activity.grade), activity.id

    def decide(self) -> Decision:
        if answer(self.mine, "private.willingness") == "no":
            not_willing = (Why("not_willing", "not_willing"),)
            stands = [
                Stands(strategy.id, rank, "not_now", (), not_willing)
                for rank, strategy in enumerate(self.ruleset.strategies, 1)
            ]
            return self.nothing_now(stands, ())
        return self.view({practice: self.eligible(practice, privately=True) for practice in PRACTICES}, self.rank())

    def view(self, offers: dict[str, list[Activity]], ranked: list[Any], hushed: tuple[str, ...] = ()) -> Decision:
        """Of what is offered; of a strategy that is hushed nothing is said but that it does not fit."""
        self.offers = offers
        suggested = [strategy for strategy in ranked if any(self.offers[practice] for practice in strategy.practices)]
        others = [strategy for strategy in ranked if strategy not in suggested]
        stands = []
        for rank, each in enumerate([*suggested, *others], 1):
            if each in suggested:
                fired = [rule for p in each.practices if self.offers[p] for rule in self.suggesting(p)]
                reasons = tuple(
                    self.why(rule) for rule in sorted(fired, key=lambda rule: (-self.needs[rule.id], rule.id))
                )
                stands.append(Stands(each.id, rank, "leading" if rank == 1 else "also", reasons, ()))
            else:
                silent = (Why("nothing_fits", "nothing_fits"),)
                why_not = silent if each.id in hushed else self.why_not(each.practices)
                stands.append(Stands(each.id, rank, "not_now", (), why_not))
        if not suggested:
            return self.nothing_now(stands, self.ask_next())
        places = {strategy.id: place for place, strategy in enumerate(ranked)}
        in_order = sorted(
            (practice for practice in self.strategy_of if self.offers[practice]),
            key=lambda p: (-self.need(p), places[self.strategy_of[p]], PRACTICES.index(p)),
        )
        chosen = self.select(in_order, suggested[0].id)
        return Decision(
            "suggestions",
            tuple(stands),
            tuple((a.id, self.strategy_of.get(a.practice), self.reasons_for(a)) for a in chosen),
            self.insights(with_general=True),
            self.ask_next(),
            limits=self.limits(len(chosen)),
        )

    def rank(self) -> list[Any]:
        """By pooled answers alone: the needs of the practices on offer, strongest first; then the article's order."""

        def key(strategy: Any) -> list[int]:
            needs = [self.need(practice) for practice in strategy.practices if self.eligible(practice, privately=False)]
            longest = len(PRACTICES)
            return [-need for need in sorted(needs, reverse=True)] + [0] * (longest - len(needs))

        return sorted(self.ruleset.strategies, key=key)

    def select(self, in_order: list[str], leading: str) -> list[Activity]:
        affection = self.offers["affection"][:1] if self.most > 2 else []
        room = self.most - len(affection)
        chosen = [self.first(in_order, leading, lambda _: True)]
        at_most = 2 if len(in_order) > 1 else room
        for practice in in_order:
            for activity in self.offers[practice]:
                of_this = sum(each.practice == practice for each in chosen)
                if activity not in chosen and of_this < at_most and len(chosen) < room:
                    chosen.append(activity)
        elsewhere = [practice for practice in in_order if self.strategy_of[practice] != leading]
        if elsewhere and room > 1 and all(self.strategy_of[each.practice] == leading for each in chosen):
            chosen = [*chosen[: room - 1], self.offers[elsewhere[0]][0]]
        if self.theirs is None and all(activity.together for activity in chosen):
            chosen = self.with_solo(chosen, in_order, leading)
        return chosen + affection

    def first(self, in_order: list[str], leading: str, may_be: Any) -> Activity:
        """Of the leading strategy, not passive, not kept up already; short where they do not know where to start."""
        kept_up = {p for report in self.heard for p in answer(report, "time_together.we_already") or ()}
        is_unsure = self.met["start"] == 1
        candidates = [
            (is_unsure and activity.minutes > 15, practice in kept_up, place, activity)
            for place, practice in enumerate(p for p in in_order if self.strategy_of[p] == leading)
            for activity in self.offers[practice]
            if not self.is_passive(activity) and may_be(activity)
        ]
        return min(candidates, key=lambda candidate: candidate[:3])[3]

    def with_solo(self, chosen: list[Activity], in_order: list[str], leading: str) -> list[Activity]:
        """One thing that one may do alone, in the last place that may be given up."""
        solos = [activity for practice in in_order for activity in self.offers[practice] if not activity.together]
        for practice in dict.fromkeys(solo.practice for solo in solos):
            solo = next(each for each in solos if each.practice == practice)
            after_the_first = [[*chosen[:place], solo, *chosen[place + 1 :]] for place in range(len(chosen) - 1, 0, -1)]
            for tried in after_the_first:
                if self.is_balanced(tried, in_order):
                    return tried
        if any(self.strategy_of[solo.practice] == leading for solo in solos):
            return [self.first(in_order, leading, lambda activity: not activity.together), *chosen[1:]]
        if solos and self.most == 1:
            return solos[:1]
        return chosen

    def is_balanced(self, chosen: list[Activity], in_order: list[str]) -> bool:
        of = [activity.practice for activity in chosen]
        has_two = len({self.strategy_of[practice] for practice in of}) > 1
        can_have_two = len({self.strategy_of[practice] for practice in in_order}) > 1
        return (has_two or not can_have_two) and (len(in_order) == 1 or all(of.count(practice) <= 2 for practice in of))

    def reasons_for(self, activity: Activity) -> tuple[Why, ...]:
        reasons = tuple(self.why(rule) for rule in self.suggesting(activity.practice)[:3])
        likes = answer(self.mine, "activity_preferences.likes") or {}
        liked = {likes.get(kind) for kind in activity.kinds}
        level = "love" if "love" in liked else "like" if "like" in liked else None
        return reasons + ((Why("taste", f"taste_{level}", (("taste", level),)),) if level else ())

    def why(self, rule: Rule) -> Why:
        """A rule as a reason: findings that hold, levels only where the viewer's own answers alone give them."""
        if self.reads_private(rule):
            return Why("private", "withheld_private" if rule.suggests is None else rule.id)
        named, is_shared = [], False
        for clause in dict.fromkeys((clause.finding, clause.accepts) for clause in clauses(rule.when)):
            finding, code = self.findings[clause[0]], self.met[clause[0]]
            is_shared = is_shared or finding.both == "theirs"
            if finding.both != "theirs" and code != UNKNOWN and code in clause[1]:
                is_own = self.own[finding.id] == code
                named.append((finding.id, finding.values[code] if is_own else None))
                is_shared = is_shared or not is_own
        return Why(rule.id, rule.id, tuple(named), is_shared)

    def why_not(self, practices: tuple[str, ...]) -> tuple[Why, ...]:
        withholding = [rule for rule in self.fired if set(rule.withholds) & set(practices)]
        reasons = [self.why(rule) for rule in withholding]
        if any(self.need(practice) and not self.is_withheld(practice, privately=True) for practice in practices):
            reasons.append(Why("nothing_fits", "nothing_fits"))
        return tuple(dict.fromkeys(reasons or [Why("no_support", "no_support")]))

    def nothing_now(self, stands: list[Stands], asked: tuple[tuple[str, int], ...]) -> Decision:
        limits = (
            "not_therapy",
            "not_a_safety_test",
            *(["one_heard"] if self.theirs is None else []),
            *(["kept_small"] if self.past.gentle else []),
        )
        return Decision(
            "nothing_now",
            tuple(stands),
            (),
            self.insights(with_general=False),
            asked,
            (),
            limits,
            next_check_in_days=14,
        )

    def insights(self, *, with_general: bool) -> tuple[str, ...]:
        """Raised by the viewer's own answers; what lies between the two needs both."""
        codes = {f.id: self.met[f.id] if f.gap else self.own[f.id] for f in self.ruleset.findings}
        return tuple(
            insight.id
            for insight in self.ruleset.insights
            if holds(insight.when, codes) is True and (with_general or list(leaves(insight.when)))
        )

    def ask_next(self) -> tuple[tuple[str, int], ...]:
        """The unanswered pooled questions that most rules and limits hang on, as if the other had said nothing."""

        def is_mine_to_decide(rule: Rule) -> bool:
            read = [self.findings[clause.finding] for clause in clauses(rule.when)]
            return all(finding.label == "pooled" and finding.both not in ("gap", "theirs") for finding in read)

        hanging = Counter({"busyness.longest_slot_minutes": 1, "circumstances.budget": 1})
        for rule in self.rules:
            if is_mine_to_decide(rule) and holds(rule.when, self.own) is None:
                unknown = {clause.finding for clause in clauses(rule.when) if self.own[clause.finding] == UNKNOWN}
                hanging.update(set().union(*(paths_of(self.findings[finding]) for finding in unknown)))
        asked = [(path, hanging[path]) for path in self.ruleset.questions if answer(self.mine, path) is None]
        return tuple(sorted((each for each in asked if each[1]), key=lambda each: -each[1])[:3])

    def said(self, path: str) -> Any:
        return answer(self.mine, path)

    def limits(self, offered: int) -> tuple[str, ...]:
        said = {
            "not_therapy": True,
            "not_a_safety_test": True,
            "one_heard": self.theirs is None,
            "kept_small": self.past.gentle,
            "proposal": self.theirs is None,
            "slot_unknown": self.said("busyness.longest_slot_minutes") is None,
            "budget_unknown": self.said("circumstances.budget") is None,
            "fewer_than_asked": offered < self.most,
        }
        return tuple(phrase for phrase, applies in said.items() if applies)


class Quietly(Reference):
    """A view for a screen that another may see: as without private answers, then less what they keep out."""

    def __init__(
        self, ruleset: Ruleset, mine: SelfReport, theirs: PooledReport | None, most: int, past: History
    ) -> None:
        super().__init__(ruleset, without_private(mine), theirs, most, past._replace(gentle=False))
        self.whole = mine
        self.public = 0
        self.told = Reference(ruleset, mine, theirs, most, past)

    def said(self, path: str) -> Any:
        return answer(self.whole, path)

    def ask_next(self) -> tuple[tuple[str, int], ...]:
        return tuple(each for each in super().ask_next() if self.said(each[0]) is None)

    def spared(self) -> set[str]:
        """What the full view could offer; nothing where it is support, or where its owner is not willing."""
        if support(self.whole) or answer(self.whole, "private.willingness") == "no":
            return set()
        return {each.id for practice in PRACTICES for each in self.told.eligible(practice, privately=True)}

    def decide(self) -> Decision:
        before = {practice: self.eligible(practice, privately=True) for practice in PRACTICES}
        public = self.view(before, self.rank())
        shown, spared = {id_ for id_, _, _ in public.activities}, self.spared()
        if not shown:
            return public
        self.public = len(shown)
        finer = self.less(before, spared)
        return finer if {id_ for id_, _, _ in finer.activities} == shown else self.less(before, spared & shown)

    def limits(self, offered: int) -> tuple[str, ...]:
        return super().limits(max(offered, self.public))

    def less(self, before: dict[str, list[Activity]], ids: set[str]) -> Decision:
        offers = {practice: [each for each in offered if each.id in ids] for practice, offered in before.items()}
        offers = {
            practice: [] if all(self.is_passive(each) for each in offered) else offered
            for practice, offered in offers.items()
        }
        hushed = tuple(
            strategy.id for strategy in self.ruleset.strategies if any(before[p] for p in strategy.practices)
        )
        ranked = self.rank() if any(offers.values()) else [*self.ruleset.strategies]
        return self.view(offers, ranked, hushed)


def paths_of(finding: Finding) -> set[str]:
    paths: set[str] = set()
    for leaf in (leaf for _, condition in finding.tries for leaf in leaves(condition)):
        match leaf:
            case Linear(terms):
                paths |= {path for _, path in terms}
            case Chosen(path) | Contains(path):
                paths.add(path)
            case _:
                raise AssertionError(leaf)
    return paths


# The engine's view in the same form


def decision_of(ruleset_order: tuple[Activity, ...], view: Any) -> Decision:
    def why(reason: Any) -> Why:
        return Why(reason.rule, reason.text, tuple(map(tuple, reason.because)), reason.is_shared)

    def whys(reasons: Any) -> tuple[Why, ...]:
        return tuple(map(why, reasons))

    return Decision(
        view.outcome,
        tuple(Stands(s.strategy, s.rank, s.standing, whys(s.reasons), whys(s.withheld_by)) for s in view.strategies),
        tuple((ruleset_order[a.position].id, a.strategy, whys(a.reasons)) for a in view.activities),
        view.insights,
        tuple(tuple(asked) for asked in view.ask_next),
        view.support,
        view.limits,
        view.next_check_in_days,
    )
