"""What private answers, answers kept from the pool and a reader's history leave of an offer: read slowly."""

from app.engine.conditions import UNKNOWN
from app.engine.history import History
from app.engine.ruleset import Activity, Rule
from app.engine.self_report import SelfReport, pool, poolable
from tests.engine.reference import (
    DAYS_OF_REST,
    LOVE,
    NEW_EXPERIENCES,
    Codes,
    Pair,
    Report,
    agreed_code,
    answer,
    find,
    holds,
    is_small_step,
    puts_two_in_one_room,
    withholds,
)
from tests.engine.reference_paths import steps_due

DAYS_OF_FAMILY_REST = {"partner_declined": 56, "not_our_kind_of_thing": 90, "unsafe": 365}
DAYS_OF_REST_AFTER = {"too_long": 56, "too_tired": 56, "too_expensive": 56}
DANGERS = ("fear", "hurt", "injury", "threat", "forced", "control")
SAFETY = (*DANGERS, "humiliated", "self_harm", "worried_about_own_acts")


def support(mine: SelfReport) -> tuple[str, ...]:
    asked = {
        "crisis": answer(mine, "safety.self_harm") == "yes",
        "danger": any(answer(mine, f"safety.{of}") == "yes" for of in DANGERS),
        "concern": answer(mine, "safety.humiliated") == "often",
        "own_acts": answer(mine, "safety.worried_about_own_acts") == "yes",
    }
    return tuple(kind for kind, applies in asked.items() if applies)


def is_unwilling(mine: SelfReport) -> bool:
    return bool(answer(mine, "private.willingness") == "no")


def takes_small_steps(mine: SelfReport) -> bool:
    return bool(answer(mine, "private.willingness") == "small_steps")


def needs_care(mine: SelfReport) -> bool:
    """Two or more of the soft signs."""
    signs = [
        answer(mine, "conflict.feels_meant_to_hurt") in ("often", "always"),
        is_too_much(mine),
        answer(mine, "safety.humiliated") == "sometimes",
        answer(mine, "private.leaning_out") is True,
        {answer(mine, f"safety.{question}") for question in SAFETY} == {"skip"},
    ]
    return sum(map(bool, signs)) >= 2


def begins_alone(mine: SelfReport) -> bool:
    """What comes first in the full view of one who is hurt, or unsure of staying, is for themselves."""
    return is_hurt(mine) or holds_back(mine) or answer(mine, "private.leaning_out") is True


def begins_otherwise(mine: SelfReport) -> bool:
    """The full view begins otherwise than for the pair: with oneself, or with what lasts after a breach."""
    return begins_alone(mine) or answer(mine, "private.recent_breach") is True


def is_hurt(mine: SelfReport) -> bool:
    return answer(mine, "conflict.feels_meant_to_hurt") in ("often", "always") or is_made_small(mine)


def holds_back(mine: SelfReport) -> bool:
    """Nearly everything is kept to oneself, and being together takes effort."""
    feels = answer(mine, "conflict.being_together_feels")
    return answer(mine, "communication.openness") == 1 and feels in {"an_effort", "overwhelming", "avoided"}


def is_made_small(mine: SelfReport) -> bool:
    return bool(answer(mine, "safety.humiliated") == "sometimes")


def presses(mine: SelfReport) -> bool:
    """Much time already, a wish for much more, and pushing while acts seem meant to hurt."""
    hours = answer(mine, "time_together.hours_per_week") or 0
    wish = answer(mine, "time_together.desired_hours_per_week") or 0
    is_pushing = answer(mine, "conflict.pattern") == "i_push_partner_withdraws" and hours >= 8 and wish - hours >= 4
    return is_pushing and answer(mine, "conflict.feels_meant_to_hurt") in ("sometimes", "often", "always")


def is_too_much(mine: SelfReport) -> bool:
    feels = answer(mine, "conflict.being_together_feels")
    return feels in {"overwhelming", "avoided"}


def codes_of(pair: Pair, report: Report, *, agreed: bool = True, private: bool = True) -> Codes:
    """What one partner's answers amount to, as if the other had said nothing."""
    codes: Codes = {}
    for finding in pair.ruleset.findings:
        is_hidden = finding.label == "private" and not private
        if finding.label == "mutual":
            codes[finding.id] = agreed_code(finding, pair.agreed) if agreed else UNKNOWN
        else:
            is_others = finding.gap is not None or finding.both == "theirs"
            codes[finding.id] = UNKNOWN if is_hidden or is_others else find(finding, report)
    return codes


def reads(pair: Pair, rule: Rule, label: str) -> bool:
    return any(pair.findings[clause.finding].label == label for clause in pair.clauses_of(rule))


class Narrowing:
    """What one partner's own answers and history leave, as if the other had said nothing."""

    def __init__(self, pair: Pair, mine: SelfReport, past: History) -> None:
        self.pair = pair
        self.mine = mine
        self.past = past
        self.own, self.whole = pool(mine), poolable(mine)
        self.keeps_something = self.own != self.whole
        self.private_rules = [rule for rule in pair.rules if reads(pair, rule, "private")]
        self.codes = codes_of(pair, mine)
        self.withholding = [rule for rule in self.private_rules if holds(rule.when, self.codes)]
        self.as_if_pooled = Pair(pair.ruleset, self.whole, pair.theirs, pair.agreed)

    def is_kept_out(self, activity: Activity) -> bool:
        """Whether an activity would be out if nothing were kept from the pool."""
        other = self.as_if_pooled
        is_out = not other.fits(activity, other.heard, other.conflict)
        return self.keeps_something and (is_out or any(withholds(rule, activity) for rule in other.firing))

    def fully_allows(self, activity: Activity) -> bool:
        """Whether the answers leave an activity, what is kept from the pool too."""
        return (
            not self.is_kept_out(activity)
            and self.is_left_by_causes(activity)
            and not self.is_on_others_quarrels(activity)
        )

    def is_on_others_quarrels(self, activity: Activity) -> bool:
        """Whether it is on quarrels, and nothing that the reader pooled calls for it; a step of a path is their own."""
        purpose = next(each for each in self.pair.ruleset.purposes if each.id == activity.purpose)
        codes = codes_of(self.pair, self.own, private=False)
        told = [rule for rule in self.pair.rules if self.pair.clauses_of(rule) and holds(rule.when, codes)]
        is_asked = any(rule.suggests in (activity.purpose, activity.practice) for rule in told)
        due = {step.activity for step in steps_due(self.pair.ruleset, self.pair.agreed, self.past)}
        return purpose.is_on_quarrels and not is_asked and activity.id not in due

    def is_left_by_causes(self, activity: Activity) -> bool:
        """Whether private answers leave an activity, each cause taking away what it asks."""
        return (
            not any(withholds(rule, activity) for rule in self.withholding)
            and (is_small_step(activity) or not (self.past.gentle or takes_small_steps(self.mine)))
            and not (needs_care(self.mine) and not self.is_for_oneself(activity))
            and not (
                self.is_help_looked_for_alone() and activity.together and self.is_of_a_purpose_for_oneself(activity)
            )
            and not (presses(self.mine) and activity.together)
            and not (is_too_much(self.mine) and puts_two_in_one_room(activity))
        )

    def is_help_looked_for_alone(self) -> bool:
        return is_hurt(self.mine) or holds_back(self.mine) or is_too_much(self.mine)

    def is_of_a_purpose_for_oneself(self, activity: Activity) -> bool:
        return next(each for each in self.pair.ruleset.purposes if each.id == activity.purpose).is_for_oneself

    def is_for_oneself(self, activity: Activity) -> bool:
        return not activity.together and not activity.asks and self.is_of_a_purpose_for_oneself(activity)

    def quietly_allows(self, activity: Activity) -> bool:
        is_out = self.is_kept_out(activity) or self.is_on_others_quarrels(activity)
        return not is_out and self.is_in_quiet_width(activity)

    def is_in_quiet_width(self, activity: Activity) -> bool:
        """Everything, little where any private cause asks for it, or nothing."""
        if support(self.mine) or is_unwilling(self.mine):
            return False
        is_narrow = self.withholding or self.past.gentle or takes_small_steps(self.mine)
        return not is_narrow or self.is_little(activity)

    def is_little(self, activity: Activity) -> bool:
        """Whether an activity is within what every cause asks."""
        return (
            is_small_step(activity)
            and activity.practice not in ("retreat", "affection")
            and self.pair.strategy(activity) != NEW_EXPERIENCES
            and not activity.asks
            and not puts_two_in_one_room(activity)
            and not (activity.together and self.is_of_a_purpose_for_oneself(activity))
            and not any(withholds(rule, activity) for rule in self.private_rules)
        )

    def puts_aside(self, activity: Activity) -> bool:
        """Whether the reader's own choices and feedback, or its having been done lately, keep an activity out."""
        if activity.id in self.past.unwanted | self.past.put_off or self.rests_after_feedback(activity):
            return True
        if activity.repeat == "ritual" and self.pair.likings(activity)[0] == LOVE:
            return False
        if activity.id in {step.activity for step in steps_due(self.pair.ruleset, self.pair.agreed, self.past)}:
            return False
        return any(id_ == activity.id and ago < DAYS_OF_REST[activity.repeat] for id_, ago in self.past.done)

    def rests_after_feedback(self, activity: Activity) -> bool:
        by_id = {each.id: each for each in self.pair.ruleset.activities}
        for id_, cause, ago, _ in self.past.reactions:
            family = by_id[id_].family if id_ in by_id else None
            is_near = activity.id == id_ or (family is not None and activity.family == family)
            days, of_family = DAYS_OF_REST_AFTER.get(cause, 28), DAYS_OF_FAMILY_REST.get(cause, 0)
            if (activity.id == id_ and ago < days) or (is_near and ago < of_family):
                return True
        return False
