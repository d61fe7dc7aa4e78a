"""One partner's whole view, decided slowly, and what may be said of it: from the reader's own answers alone."""

from dataclasses import dataclass
from functools import cached_property

from app.engine.compiled_ruleset import CompiledRuleset
from app.engine.conditions import clause_truth, clauses
from app.engine.history import Moment
from app.engine.ruleset import Activity, Rule, Ruleset
from app.engine.self_report import Agreed, PooledReport, SelfReport, pool, poolable
from app.engine.view import Reason, View
from tests.engine.reference import LIKE, LOVE, Pair, answer, holds, liking, withholds
from tests.engine.reference_feedback import Feedback
from tests.engine.reference_menu import Menu, Pick, rests
from tests.engine.reference_narrowing import (
    Narrowing,
    begins_alone,
    codes_of,
    holds_back,
    is_hurt,
    is_unwilling,
    needs_care,
    presses,
    reads,
    support,
)
from tests.engine.reference_paths import steps_due

Step = tuple[str, int, int]
Why = tuple[str, tuple[tuple[str, str], ...]]
PLAIN: Why = ("not_the_moment", ())


@dataclass(frozen=True)
class Stand:
    strategy: str
    rank: int
    standing: str
    reasons: tuple[Why, ...]
    withheld_by: tuple[Why, ...]


@dataclass(frozen=True)
class Decision:
    outcome: str
    strategies: tuple[Stand, ...] = ()
    activities: tuple[tuple[str, str, tuple[Why, ...], Step | None], ...] = ()
    opening: tuple[tuple[str, tuple[float, ...]], ...] = ()
    insights: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    limits: tuple[str, ...] = ("not_therapy",)
    next_check_in_days: int = 7


def decide(
    ruleset: Ruleset,
    mine: SelfReport,
    theirs: PooledReport | None,
    agreed: Agreed,
    moment: Moment,
    *,
    quiet: bool = False,
) -> Decision:
    """One partner's whole view."""
    kinds = support(mine)
    if kinds and not quiet:
        return Decision("support", support=kinds)
    due = frozenset(step.activity for step in steps_due(ruleset, agreed, moment.history) if step.rests_on is None)
    return Decider(Pair(ruleset, pool(mine), theirs, agreed, due), mine, moment, is_quiet=quiet).decide()


class Decider:
    """Ranks what private answers have not touched, then takes away, chooses and speaks."""

    def __init__(self, pair: Pair, mine: SelfReport, moment: Moment, *, is_quiet: bool) -> None:
        self.pair = pair
        self.mine = mine
        self.moment = moment
        self.is_quiet = is_quiet
        self.narrowing = Narrowing(pair, mine, moment.history)
        self.told = pool(mine) if is_quiet else poolable(mine)
        self.codes = codes_of(pair, self.told, private=False) if is_quiet else self.narrowing.codes

    def is_allowed(self, activity: Activity) -> bool:
        narrowing = self.narrowing
        return narrowing.quietly_allows(activity) if self.is_quiet else narrowing.fully_allows(activity)

    def may_be_told_of(self, activity: Activity) -> bool:
        """What is kept from the pool meets the other's answers, so it chooses no sentence."""
        narrowing = self.narrowing
        return narrowing.is_in_quiet_width(activity) if self.is_quiet else narrowing.is_left_by_causes(activity)

    def decide(self) -> Decision:
        order = [strategy.id for strategy in self.pair.ruleset.strategies]
        if is_unwilling(self.mine) and not self.is_quiet:
            against = (("not_willing", ()),)
            stands = tuple(Stand(each, rank, "not_now", (), against) for rank, each in enumerate(order, 1))
            return self.nothing_now(stands)
        offered = [
            activity
            for activity in self.pair.called_for
            if not self.narrowing.puts_aside(activity)
            and (not self.is_quiet or self.narrowing.is_in_quiet_width(activity))
        ]
        left = [activity for activity in offered if self.is_allowed(activity)]
        active = {self.pair.strategy(activity) for activity in left if not self.pair.is_passive(activity)}
        ranked = self.pair.ranked(offered) if active - {None} else order
        # What stands only side by side is no offer of its strategy.
        left = [activity for activity in left if self.pair.strategy(activity) in active | {None}]
        first = self.could_begin(left)
        begin = [self.pair.strategy(activity) for activity in first]
        suggested = [strategy for strategy in ranked if strategy in active]
        suggested.sort(key=lambda strategy: strategy not in begin)
        ranked = suggested + [strategy for strategy in ranked if strategy not in active]
        if not suggested:
            against = (("nothing_today", ()),)
            return self.nothing_now(tuple(Stand(s, rank, "not_now", (), against) for rank, s in enumerate(order, 1)))
        stands = tuple(self.stand(rank, strategy, suggested) for rank, strategy in enumerate(ranked, 1))
        stands_there = [activity for activity in left if activity in first or not self.rests(activity)]
        menu = Menu(self.pair, self.moment, tuple(suggested), tuple(stands_there), tuple(first))
        return self.suggestions(stands, menu.chosen())

    def could_begin(self, left: list[Activity]) -> list[Activity]:
        """What may come first: what is the reader's own to begin with, and of that what does not rest."""
        own = [activity for activity in left if self.is_own_beginning(activity)]
        for here in (own, left):
            awake = [activity for activity in here if not self.rests(activity)]
            if found := self.pair.could_begin(awake) or self.pair.could_begin(here):
                return found
        return []

    def is_own_beginning(self, activity: Activity) -> bool:
        """For one who is hurt or unsure of staying something for themselves, after a breach of trust what lasts."""
        if not self.is_quiet and begins_alone(self.mine):
            return self.narrowing.is_for_oneself(activity)
        if not self.is_quiet and answer(self.mine, "private.recent_breach") is True:
            lasting = [lead for lead in self.pair.ruleset.choosing.leads if lead.lasts]
            return any(activity.id in lead.activities for lead in lasting)
        return False

    def rests(self, activity: Activity) -> bool:
        return rests(self.pair, self.moment, activity)

    def suggestions(self, stands: tuple[Stand, ...], menu: list[Pick]) -> Decision:
        return Decision(
            "suggestions",
            stands,
            tuple((activity.id, place, self.reasons_for(activity), self.step(activity)) for activity, place in menu),
            self.opening(),
            self.insights(only_safety=self.needs_calm_words()),
            limits=self.limits([activity for activity, _ in menu]),
        )

    def needs_calm_words(self) -> bool:
        """The full view of one who is hurt, or who presses, keeps to the insights of safety."""
        mine = self.mine
        return not self.is_quiet and (needs_care(mine) or is_hurt(mine) or holds_back(mine) or presses(mine))

    def nothing_now(self, stands: tuple[Stand, ...]) -> Decision:
        """The same page whatever its cause."""
        return Decision(
            "nothing_now",
            stands,
            insights=self.insights(only_safety=True),
            limits=self.limits([]),
            next_check_in_days=14,
        )

    def step(self, activity: Activity) -> Step | None:
        """The step of a path that it is, where the path may be named: what is private shows in no quiet view."""
        for due in steps_due(self.pair.ruleset, self.pair.agreed, self.moment.history):
            finding = due.rests_on and self.pair.findings[due.rests_on]
            if due.activity == activity.id and (
                not finding or self.codes[finding.id] == finding.values.index(finding.values[-1])
            ):
                return due.path, due.number, due.steps
        return None

    # Words

    @cached_property
    def speaking(self) -> list[Rule]:
        """The rules that the reader's answers fire and that may be told of."""
        fired = [rule for rule in self.pair.rules if self.pair.clauses_of(rule) and holds(rule.when, self.codes)]
        return [rule for rule in fired if not reads(self.pair, rule, "private")]

    @cached_property
    def meant(self) -> list[Activity]:
        """What no answer of the reader keeps out."""
        return [
            activity
            for activity in self.pair.ruleset.activities
            if self.may_be_told_of(activity)
            and self.pair.fits(activity, [self.told], self.codes["conflict"])
            and not any(withholds(rule, activity) for rule in self.speaking)
        ]

    def calls(self, rule: Rule, activity: Activity) -> bool:
        return rule.suggests in (activity.purpose, activity.practice)

    def suggesting(self, activities: list[Activity]) -> list[Rule]:
        """The rules that call for one of these which no answer of the reader keeps out, strongest first.

        Of one need, they go by the order in which the purposes are declared that they call for.
        """
        ids = {activity.id for activity in activities}
        meant = [activity for activity in self.meant if activity.id in ids]
        own = [rule for rule in self.speaking if any(self.calls(rule, activity) for activity in meant)]
        purposes = self.pair.ruleset.purposes
        places = {
            rule.id: next(i for i, p in enumerate(purposes) if rule.suggests in (p.id, p.practice)) for rule in own
        }
        return sorted(own, key=lambda rule: (-int(rule.need or 0), places[rule.id]))

    def place_in_leads(self, rule: Rule) -> int:
        """Of the leads that hold by the reader's own answers, the first for something that the rule calls for.

        Within a lead, what reads the same as the lead comes first.
        """
        ruleset = self.pair.ruleset
        leads = [lead for lead in ruleset.choosing.leads if holds(lead.when, self.codes)]
        for place, lead in enumerate(leads):
            if any(self.calls(rule, activity) for activity in ruleset.activities if activity.id in lead.activities):
                read = {clause.finding for clause in clauses(lead.when)}
                return 2 * place + (not read & {clause.finding for clause in clauses(rule.when)})
        return 2 * len(leads)

    def stand(self, rank: int, strategy: str, suggested: list[str]) -> Stand:
        if strategy in suggested:
            of_it = [each for each in self.pair.ruleset.activities if self.pair.strategy(each) == strategy]
            told = sorted(self.suggesting(of_it), key=self.place_in_leads)
            reasons: tuple[Why, ...] = ((strategy, ()), *(self.why(rule) for rule in told))
            return Stand(strategy, rank, "leading" if rank == 1 else "also", reasons, ())
        practices = {practice for practice, of in self.pair.strategy_of.items() if of == strategy}
        closing = [rule for rule in self.speaking if practices & set(rule.withholds)]
        return Stand(strategy, rank, "not_now", (), tuple(map(self.why, closing)) or (PLAIN,))

    def reasons_for(self, activity: Activity) -> tuple[Why, ...]:
        rules = sorted(
            self.suggesting([activity]),
            key=lambda rule: (rule.suggests != activity.purpose, self.place_in_leads(rule)),
        )
        serious = {purpose.id for purpose in self.pair.ruleset.purposes if purpose.is_serious}
        level = (
            {LOVE: "love", LIKE: "like"}.get(liking(self.told, activity)) if activity.purpose not in serious else None
        )
        taste: tuple[Why, ...] = ((f"taste_{level}", ()),) if level else ()
        return (*map(self.why, rules), *taste)

    def why(self, rule: Rule) -> Why:
        """A rule with the findings that make it true; what rests on an agreement is put down to no answer."""
        codes, clauses = self.codes, self.pair.clauses_of(rule)
        if reads(self.pair, rule, "mutual"):
            return rule.id, ()
        true = dict.fromkeys(clause.finding for clause in clauses if clause_truth(clause, codes))
        return rule.id, tuple((id_, self.pair.findings[id_].values[codes[id_]]) for id_ in true)

    def insights(self, *, only_safety: bool = False) -> tuple[str, ...]:
        codes = self.codes
        raised = [insight for insight in self.pair.ruleset.insights if holds(insight.when, codes)]
        return tuple(insight.id for insight in raised if not only_safety or insight.basis == "safety_policy")

    def opening(self) -> tuple[tuple[str, tuple[float, ...]], ...]:
        """The first sentence that holds of what is good, then the first of what is hard, or one that stands alone."""
        codes, sentences = self.codes, []
        alone = [each for each in self.pair.ruleset.openings if each.stands_alone and holds(each.when, codes)]
        if alone:
            return ((alone[0].id, ()),)
        for is_good in (True, False):
            for sentence in self.pair.ruleset.openings:
                numbers = tuple(answer(self.told, path) for path in sentence.slots)
                if sentence.is_good is is_good and holds(sentence.when, codes) and all(n and n >= 1 for n in numbers):
                    sentences.append((sentence.id, numbers))
                    break
        return tuple(sentences)

    def limits(self, menu: list[Activity]) -> tuple[str, ...]:
        was_alone, answered, suggests = self.pair.theirs is None, poolable(self.mine), bool(menu)
        for_two = any(activity.together for activity in menu)
        after_feedback = Feedback(self.pair.ruleset, self.moment.history).said(menu) if menu else []
        said = {
            "not_therapy": True,
            "one_heard_proposal": was_alone and for_two,
            "one_heard": was_alone and not for_two,
            "kept_small": self.moment.history.gentle and not self.is_quiet,
            **dict.fromkeys(after_feedback, True),
            "slot_unknown": suggests and answer(answered, "busyness.longest_slot_minutes") is None,
            "budget_unknown": suggests and answer(answered, "circumstances.budget") is None,
            "answers_may_change": not suggests,
        }
        return tuple(phrase for phrase, applies in said.items() if applies)


def decision_of(compiled: CompiledRuleset, view: View) -> Decision:
    """The engine's view in the same form; which question to ask next is read off a stored table instead."""

    def whys(reasons: tuple[Reason, ...]) -> tuple[Why, ...]:
        return tuple((reason.id, tuple((b.finding, b.level) for b in reason.because)) for reason in reasons)

    order = compiled.index.order
    return Decision(
        view.outcome,
        tuple(Stand(s.strategy, s.rank, s.standing, whys(s.reasons), whys(s.withheld_by)) for s in view.strategies),
        tuple(
            (order[a.position].id, a.place, whys(a.reasons), a.step and tuple(a.step))  # type: ignore[misc]
            for a in view.activities
        ),
        tuple((sentence.id, sentence.values) for sentence in view.opening),
        view.insights,
        view.support,
        view.limits,
        view.next_check_in_days,
    )
