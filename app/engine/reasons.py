"""The statements of a view: reasons for and against, strategies' standings, next questions, insights and limits.

Reasons are read from the bits of the verdicts. Every statement rests on the viewer's own answers or says that it rests
on what both answered.
"""

from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import cast

from app.engine.bitset import positions
from app.engine.compiled_ruleset import CompiledRule, CompiledRuleset, RuleMask
from app.engine.ruleset import NO_SUPPORT, NOTHING_FITS
from app.engine.selection import Offer, Pick
from app.engine.self_report import Liking, PooledReport, answer_at, poolable
from app.engine.verdicts import Gate, Reading, Situation
from app.engine.view import NOT_WILLING, PRIVATE, TASTE, AskNext, Because, Reason, StrategyView, Suggestion, Verdicts

MAX_QUESTIONS = 3
MAX_REASONS_PER_ACTIVITY = 3
ALWAYS_STATED = ("not_therapy", "not_a_safety_test")
"""The limits that every view states."""
PLAIN = {name: Reason(name, name) for name in (NOTHING_FITS, NO_SUPPORT, NOT_WILLING)}
DOES_NOT_FIT = Reason(NOTHING_FITS, "does_not_fit")
NOT_FOR_US, PUT_OFF, DONE_LATELY = (Reason(name, name) for name in ("not_for_us", "put_off", "done_lately"))
WITHHELD_PRIVATELY = Reason(PRIVATE, "withheld_private")
_TASTES = {level: (Reason(TASTE, f"taste_{level}", (Because(TASTE, level),)),) for level in ("love", "like")}
_FIXED = {
    reason.wording: reason for reason in (*PLAIN.values(), WITHHELD_PRIVATELY, *chain.from_iterable(_TASTES.values()))
}


def reasons_for(
    compiled: CompiledRuleset, verdicts: Verdicts, rules: RuleMask, limit: int | None = None
) -> tuple[Reason, ...]:
    """Return these rules as reasons, strongest first, at most `limit` of them."""
    known, literals, own_literals = compiled.reasons, verdicts.literals, verdicts.own_literals
    reasons = []
    for i in _strongest_first(compiled, rules, verdicts.capped)[:limit]:
        rule = compiled.rules[i]
        # A reason depends on the rule and on the values of its findings, so this key finds the one made before.
        key = i, literals & rule.named, own_literals & rule.own_named
        reason = known.get(key)
        if reason is None:
            reason = known[key] = intern_reason(compiled, _make(compiled, verdicts, rule))
        reasons.append(reason)
    return tuple(reasons)


def _strongest_first(compiled: CompiledRuleset, rules: RuleMask, capped: RuleMask) -> list[int]:
    # A capped rule is moderate at most, as in the gate.
    strong = rules & compiled.strong & ~capped
    firm = rules & compiled.firm & ~strong
    return [*positions(strong), *positions(firm), *positions(rules & ~(strong | firm))]


def why_not(
    compiled: CompiledRuleset, verdicts: Verdicts, gated: Gate, practices: tuple[int, ...]
) -> tuple[Reason, ...]:
    """Return the reasons against these practices.

    These are the rules that withhold them, then that nothing suggested fits; without either, that nothing calls for
    them.
    """
    here = sum(1 << practice for practice in practices)
    withholding = sum(1 << i for i in positions(gated.withholding) if compiled.rules[i].withholds & here)
    reasons = list(dict.fromkeys(reasons_for(compiled, verdicts, withholding)))
    left = here & ~gated.withheld & ~gated.withheld_privately
    if any(gated.needs[practice] and left >> practice & 1 for practice in practices):
        reasons.append(PLAIN[NOTHING_FITS])
    return tuple(reasons or [PLAIN[NO_SUPPORT]])


def likes_in(report: PooledReport) -> Mapping[str, Liking]:
    """Return the report's likings by kind of activity; empty where there are none."""
    preferences = report.activity_preferences
    return cast("Mapping[str, Liking]", (preferences and preferences.likes) or {})


def taste(kinds: tuple[str, ...], likes: Mapping[str, Liking]) -> tuple[Reason, ...]:
    """Return the reason that the viewer likes or loves one of these kinds; never the other partner's liking."""
    liked = [likes.get(kind) for kind in kinds]
    return _TASTES["love"] if "love" in liked else _TASTES["like"] if "like" in liked else ()


def intern_reason(compiled: CompiledRuleset, reason: Reason) -> Reason:
    """Return the first reason with the same wording, so that renderers can cache by identity."""
    return _FIXED.get(reason.wording) or compiled.wordings.setdefault(reason.wording, reason)


def _make(compiled: CompiledRuleset, verdicts: Verdicts, rule: CompiledRule) -> Reason:
    if rule.is_private:
        return WITHHELD_PRIVATELY if rule.need is None else Reason(PRIVATE, rule.id)
    because, is_shared = [], rule.reads_theirs
    for i, accepts in rule.reads:
        code = verdicts.codes[i]
        if code in accepts:
            # A value that the viewer's answers alone do not give would tell what the other one answered.
            is_own = verdicts.own_codes[i] == code
            finding = compiled.findings[i]
            because.append(Because(finding.id, finding.values[code] if is_own else None))
            is_shared = is_shared or not is_own
    return Reason(rule.id, rule.id, tuple(because), is_shared)


def strategy_standings(situation: Situation, gated: Gate, offer: Offer) -> tuple[StrategyView, ...]:
    """Return every strategy's rank and standing, with the reasons for it or against it."""
    compiled, verdicts = situation.compiled, situation.verdicts
    views = []
    for rank, strategy in enumerate(offer.strategies, 1):
        name, practices = compiled.practices_of[strategy]
        speaking = calling_for(practices, gated, offer)
        if speaking:
            reasons = reasons_for(compiled, verdicts, speaking)
            views.append(StrategyView(name, rank, "leading" if rank == 1 else "also", reasons, ()))
        elif offer.before and any(offer.before[practice] for practice in practices):
            # In a quiet view, what a private answer took away reads like what did not fit.
            views.append(StrategyView(name, rank, "not_now", (), (PLAIN[NOTHING_FITS],)))
        else:
            views.append(StrategyView(name, rank, "not_now", (), why_not(compiled, verdicts, gated, practices)))
    return tuple(views)


def calling_for(practices: Iterable[int], gated: Gate, offer: Offer) -> RuleMask:
    """Return the fired rules that call for those of these practices that are offered."""
    # Each rule calls for one practice, so a sum is a union.
    return sum(gated.suggesting[practice] for practice in practices if offer.eligible[practice])


def strategies_not_now(compiled: CompiledRuleset) -> tuple[StrategyView, ...]:
    """Return all strategies in the article's order, for a partner who is not willing now."""
    why = (PLAIN[NOT_WILLING],)
    return tuple(
        StrategyView(name, rank, "not_now", (), why) for rank, (name, _) in enumerate(compiled.practices_of, 1)
    )


def suggestions(situation: Situation, gated: Gate, picks: list[Pick]) -> tuple[Suggestion, ...]:
    """Return the picks with the reasons for their practices and the viewer's liking of their kinds."""
    compiled, likes = situation.compiled, likes_in(situation.own.report)
    reasons = {
        practice: reasons_for(compiled, situation.verdicts, gated.suggesting[practice], MAX_REASONS_PER_ACTIVITY)
        for practice in {pick.practice for pick in picks}
    }
    suggested = []
    for bit, practice in picks:
        position = bit.bit_length() - 1
        why = reasons[practice] + taste(compiled.index.order[position].kinds, likes)
        suggested.append(Suggestion(position, compiled.strategy_names[practice], why))
    return tuple(suggested)


def questions_to_ask(situation: Situation) -> tuple[AskNext, ...]:
    """Return the next questions; in a quiet view, without those answered privately."""
    questions = ask_next(situation.compiled, situation.verdicts, situation.own)
    if situation.full_report is None:
        return questions
    return tuple([entry for entry in questions if not _is_answered(situation, entry.question)])


def ask_next(compiled: CompiledRuleset, verdicts: Verdicts, own: Reading) -> tuple[AskNext, ...]:
    """Return the unanswered questions on which most rules and limits depend, as if the other had not answered.

    At most three; never one about safety or anything private.
    """
    # A rule is open where it may still become true but is not yet.
    _, possible = compiled.judge(verdicts.own_codes, compiled.tables.possible)
    undecided = possible & ~verdicts.own_true & compiled.askable_rules
    hanging, own_literals = dict(compiled.limits_hanging), verdicts.own_literals
    for values, rules, questions in compiled.openings:
        if not own_literals & values:
            left = undecided & rules
            for question in questions if left else ():
                hanging[question] = hanging.get(question, 0) | left
    counted = sorted([(-rules.bit_count(), question) for question, rules in hanging.items()])
    paths = compiled.ruleset.questions
    unanswered = (entry for entry in counted if answer_at(own.report, paths[entry[1]]) is None)
    return tuple([AskNext(paths[question], -count) for count, question in islice(unanswered, MAX_QUESTIONS)])


def _is_answered(situation: Situation, path: str) -> bool:
    report = situation.own.report if situation.full_report is None else poolable(situation.full_report)
    return answer_at(report, path) is not None


def insights(situation: Situation, *, with_suggestions: bool) -> tuple[str, ...]:
    """Return the insights that the viewer's own answers raise; general ones only beside suggestions.

    An insight about a finding that needs both reports rests on both.
    """
    # The conditions of insights stand behind those of the rules.
    declared = situation.compiled.insights
    raised = positions(situation.verdicts.own_true >> len(situation.compiled.rules))
    return tuple([declared[i].id for i in raised if with_suggestions or not declared[i].is_general])


def limits_of_view(situation: Situation, offered: int, *, suggests: bool) -> tuple[str, ...]:
    """Return what this view cannot do, as ids of phrases.

    They rest on the viewer's own answers and on whether the other partner answered. `offered` is the number of
    activities to compare with the limit asked for.
    """
    stated = list(ALWAYS_STATED)
    if situation.other is None:
        stated.append("one_heard")
    if situation.is_gentle:
        stated.append("kept_small")
    if suggests:
        if situation.other is None:
            stated.append("proposal")
        if not _is_answered(situation, "busyness.longest_slot_minutes"):
            stated.append("slot_unknown")
        if not _is_answered(situation, "circumstances.budget"):
            stated.append("budget_unknown")
        if offered < situation.limit:
            stated.append("fewer_than_asked")
    return tuple(stated)
