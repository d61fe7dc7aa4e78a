"""Differences between what two rulesets show the same couples, found by deciding every couple with both.

For example, `compare_couples(old.compiled, new.compiled, sample_couples(range(2_000)))`, whose result
`comparison_lines` puts into words.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, NamedTuple, get_args

from app.engine.bitset import positions
from app.engine.compiled_ruleset import CompiledRuleset, RuleMask, paths_of
from app.engine.conditions import clauses
from app.engine.evaluate import evaluate, evaluate_both
from app.engine.history import Moment
from app.engine.offer import judge_pair, read
from app.engine.ruleset import Rule
from app.engine.self_report import NO_AGREEMENT, SelfReport, agree, pool
from app.engine.view import View, ViewOutcome
from app.rulesets.answer_words import answer_in_words
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.plain_reports import answers_of
from app.rulesets.sampling import SampledCouple

Aspect = Literal["outcome", "leading", "strategies", "order", "activities", "first", "insights", "reasons", "questions"]
"""A part of a view that may differ; `strategies` as a set, `order` their order, `first` the activity at the top."""

ASPECT_TITLES: Mapping[Aspect, str] = {
    "outcome": "suggestions where there were none, or none where there were some",
    "leading": "another strategy leads",
    "strategies": "other strategies are suggested",
    "order": "the same strategies, in another order",
    "activities": "other activities are shown, or in another order",
    "first": "another activity comes first",
    "insights": "other insights",
    "reasons": "other reasons",
    "questions": "other questions are asked next",
}
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
EVERYONE = "everyone"
MOST_EXAMPLES = 20
_VIEWERS: tuple[Literal["a", "b"], ...] = ("a", "b")
_WEIGHTS: Mapping[Aspect, int] = {
    "outcome": 12,
    "leading": 8,
    "activities": 3,
    "order": 1,
    "insights": 1,
    "reasons": 1,
}
_WEIGHT_OF_A_STRATEGY = 4
_TEXT_KEYS = {
    "strategies": "strategies/{}/title",
    "insights": "insights/{}/text",
    "reasons": "rules/{}/says",
    "questions": "questions/{}/text",
}


class ShownView(NamedTuple):
    """The compared parts of a view, as ids: the suggested strategies in order, and the rules behind every standing."""

    outcome: ViewOutcome
    strategies: tuple[str, ...]
    activities: tuple[str, ...]
    insights: tuple[str, ...]
    reasons: frozenset[str]
    questions: tuple[str, ...]

    @property
    def leading(self) -> str | None:
        """The first strategy; None where nothing is suggested."""
        return self.strategies[0] if self.strategies else None


class WayToDiffer(NamedTuple):
    """A way to differ; two views that differ in the same way stand for each other as examples.

    Outcomes and leading strategies stand in pairs; `strategies` and `insights` are those of one view alone.
    """

    outcomes: tuple[ViewOutcome, ViewOutcome]
    leading: tuple[str | None, str | None]
    strategies: frozenset[str]
    insights: frozenset[str]


class ViewDifference(NamedTuple):
    """Both views of partner `viewer`, and the rules that fired in one of them alone."""

    couple: SampledCouple
    viewer: Literal["a", "b"]
    old: ShownView
    new: ShownView
    no_longer_fires: tuple[str, ...]
    now_fires: tuple[str, ...]

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        old, new = self.old, self.new
        same_strategies = frozenset(old.strategies) == frozenset(new.strategies)
        differs: Mapping[Aspect, bool] = {
            "outcome": old.outcome != new.outcome,
            "leading": old.leading != new.leading,
            "strategies": not same_strategies,
            "order": same_strategies and old.strategies != new.strategies,
            "activities": old.activities != new.activities,
            "first": old.activities[:1] != new.activities[:1],
            "insights": old.insights != new.insights,
            "reasons": old.reasons != new.reasons,
            "questions": old.questions != new.questions,
        }
        return tuple(aspect for aspect in ASPECTS if differs[aspect])

    @property
    def way(self) -> WayToDiffer:
        old, new = self.old, self.new
        return WayToDiffer(
            (old.outcome, new.outcome),
            (old.leading, new.leading),
            frozenset(old.strategies) ^ frozenset(new.strategies),
            frozenset(old.insights) ^ frozenset(new.insights),
        )

    @property
    def rank(self) -> tuple[int, int, str]:
        """The order of examples: those that differ most, and of equal ones the first couple."""
        old, new = self.old, self.new
        weight = sum(_WEIGHTS.get(aspect, 0) for aspect in self.aspects)
        weight += _WEIGHT_OF_A_STRATEGY * len(frozenset(old.strategies) ^ frozenset(new.strategies))
        weight += len(frozenset(old.activities) ^ frozenset(new.activities))
        return -weight, self.couple.number, self.viewer


@dataclass(slots=True)
class CoupleComparison:
    """Counts over the couples that were compared. Those of parts, added up, are those of the whole.

    `views` counts views by segment, `changed` those that differ by aspect and segment, and in any way as `any`;
    `leading` counts pairs of leading strategies; `gained` and `lost` count views by what they have alone, such as
    `strategies/affection`; `shown` counts new views by activity; `fired` counts views by rule and whether it fires
    before and after.
    """

    couples: int = 0
    couples_changed: int = 0
    views: Counter[str] = field(default_factory=Counter)
    changed: Counter[tuple[str, str]] = field(default_factory=Counter)
    leading: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    fired: Counter[tuple[str, bool, bool]] = field(default_factory=Counter)
    ways: Counter[WayToDiffer] = field(default_factory=Counter)
    _of_way: dict[WayToDiffer, ViewDifference] = field(default_factory=dict)

    def examples(self, limit: int = MOST_EXAMPLES) -> list[ViewDifference]:
        """Return the views that differ most, one for each way to differ; at most 20."""
        return sorted(self._of_way.values(), key=lambda example: example.rank)[:limit]

    def add(self, other: "CoupleComparison") -> None:
        """Add the counts of other couples under the same rulesets. The order of additions does not matter."""
        # Every field but the examples is a number or a counter.
        for counted in fields(self)[:-1]:
            setattr(self, counted.name, getattr(self, counted.name) + getattr(other, counted.name))
        for example in other.examples():
            self._show(example)

    def _show(self, difference: ViewDifference) -> None:
        shown = self._of_way.get(difference.way)
        if shown is None or difference.rank < shown.rank:
            self._of_way[difference.way] = difference

    def record(self, difference: ViewDifference, segments: Iterable[str]) -> None:
        old, new = difference.old, difference.new
        self.changed.update((aspect, segment) for segment in segments for aspect in ("any", *difference.aspects))
        for kind, before, after in (
            ("strategies", old.strategies, new.strategies),
            ("activities", old.activities, new.activities),
        ):
            self.gained.update(f"{kind}/{id_}" for id_ in after if id_ not in before)
            self.lost.update(f"{kind}/{id_}" for id_ in before if id_ not in after)
        self.ways[difference.way] += 1
        self._show(difference)


def compare_couples(
    old: CompiledRuleset,
    new: CompiledRuleset,
    couples: Iterable[SampledCouple],
    segments_of: Callable[[SampledCouple], Iterable[str]] = lambda _: (),
) -> CoupleComparison:
    """Decide the couples by both rulesets and count what differs, for everyone and for the segments of each couple."""
    comparison = CoupleComparison()
    fired: Counter[tuple[int, int]] = Counter()
    for couple in couples:
        segments = (EVERYONE, *segments_of(couple))
        changed = 0
        rules = _fired(old, couple), _fired(new, couple)
        for viewer, before, after in zip(_VIEWERS, views_of(old, couple), views_of(new, couple), strict=False):
            shown = shown_view(old, before), shown_view(new, after)
            fired[rules] += 1
            comparison.views.update(segments)
            comparison.shown.update(shown[1].activities)
            comparison.leading[shown[0].leading, shown[1].leading] += 1
            if shown[0] != shown[1]:
                changed = 1
                difference = ViewDifference(couple, viewer, *shown, *_in_one_alone(old, new, rules))
                comparison.record(difference, segments)
        comparison.couples += 1
        comparison.couples_changed += changed
    comparison.fired.update(_by_rule(old, new, fired))
    return comparison


def views_of(compiled: CompiledRuleset, couple: SampledCouple) -> tuple[View, ...]:
    """Return both views, or the one of the partner who answered alone."""
    moment = Moment(seed=f"couple {couple.number}")
    if couple.b is None:
        return (evaluate(compiled, couple.a, None, moment=moment),)
    return evaluate_both(compiled, couple.a, couple.b, (moment, moment))


def shown_view(compiled: CompiledRuleset, view: View) -> ShownView:
    order = compiled.index.order
    return ShownView(
        view.outcome,
        tuple([strategy.strategy for strategy in view.strategies if strategy.standing != "not_now"]),
        tuple([order[shown.position].id for shown in view.activities]),
        view.insights,
        frozenset([reason.id for strategy in view.strategies for reason in strategy.reasons + strategy.withheld_by]),
        tuple([question.question for question in view.ask_next]),
    )


def _fired(compiled: CompiledRuleset, couple: SampledCouple) -> RuleMask:
    a, b = couple.a, couple.b
    if b is None:
        return judge_pair(compiled, read(compiled, pool(a)), None, NO_AGREEMENT).true
    agreed = agree(a.mutual, b.mutual)
    return judge_pair(compiled, read(compiled, pool(a)), read(compiled, pool(b)), agreed).true


def _rules_in(compiled: CompiledRuleset, fired: int) -> dict[str, None]:
    return {compiled.rules[i].id: None for i in positions(fired)}


def _in_one_alone(
    old: CompiledRuleset, new: CompiledRuleset, fired: tuple[int, int]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, after = _rules_in(old, fired[0]), _rules_in(new, fired[1])
    return tuple(rule for rule in before if rule not in after), tuple(rule for rule in after if rule not in before)


def _by_rule(
    old: CompiledRuleset, new: CompiledRuleset, fired: Mapping[tuple[int, int], int]
) -> Counter[tuple[str, bool, bool]]:
    by_rule: Counter[tuple[str, bool, bool]] = Counter()
    for masks, views in fired.items():
        before, after = _rules_in(old, masks[0]), _rules_in(new, masks[1])
        for rule in before | after:
            by_rule[rule, rule in before, rule in after] += views
    return by_rule


def deciding_paths(old: Library, new: Library, difference: ViewDifference) -> frozenset[str]:
    """Return the answers read by rules that fired in one of the two views alone, or that both rulesets have unlike."""
    paths: set[str] = set()
    for library, other, alone in ((old, new, difference.no_longer_fires), (new, old, difference.now_fires)):
        findings = {finding.id: finding for finding in library.ruleset.findings}
        others = {rule.id: decides(rule) for rule in other.ruleset.rules}
        for rule in library.ruleset.rules:
            if rule.id in alone or others.get(rule.id, decides(rule)) != decides(rule):
                paths.update(*(paths_of(findings[clause.finding]) for clause in clauses(rule.when)))
    return frozenset(paths)


def decides(rule: Rule) -> tuple[object, ...]:
    """Return the parts of a rule that decide; the others are words and evidence."""
    return rule.when, rule.suggests, rule.need, rule.withholds, rule.withholds_asks


def comparison_lines(comparison: CoupleComparison, old: Library, new: Library, examples: int = 3) -> Iterator[str]:
    """Yield the comparison in lines for a terminal, with so many examples."""
    couples, changed = comparison.couples, comparison.couples_changed
    yield f"Of {couples:,} synthetic couples {changed:,} ({percent(changed, couples)}) would get something else."
    for aspect in ASPECTS:
        if views := comparison.changed[aspect, EVERYONE]:
            share = percent(views, comparison.views[EVERYONE])
            yield f"  {share:>8} of the {comparison.views[EVERYONE]:,} views: {ASPECT_TITLES[aspect]}"
    for difference in comparison.examples(examples):
        alike = comparison.ways[difference.way]
        yield f"For example, couple {difference.couple.number}; {alike:,} {'view' if alike == 1 else 'views'} alike:"
        yield from _example_lines(difference, old, new)


def _example_lines(difference: ViewDifference, old: Library, new: Library) -> Iterator[str]:
    deciding = deciding_paths(old, new, difference)
    for name, report in (("a", difference.couple.a), ("b", difference.couple.b)):
        if report is not None:
            yield f"  {name} answers: {'; '.join(_answer_lines(new, report, deciding)) or 'nothing of this'}"
    if (difference.old.outcome, difference.old.activities) == (difference.new.outcome, difference.new.activities):
        yield f"  {difference.viewer} is shown the same activities"
        yield from _part_lines(difference, old, new)
    else:
        for verb, view, library in (("was", difference.old, old), ("is", difference.new, new)):
            shown = _quoted(library, "activities/{}/title", view.activities)
            yield f"  {difference.viewer} {verb} shown: {shown or view.outcome.replace('_', ' ')}"
    for name, rules in (("no longer fires", difference.no_longer_fires), ("fires now", difference.now_fires)):
        if rules:
            yield f"  {name}: {', '.join(rules)}"


def _part_lines(difference: ViewDifference, old: Library, new: Library) -> Iterator[str]:
    """Yield the texts that stand in one of two views alone, or the order where the texts are the same."""
    for name, key in _TEXT_KEYS.items():
        before: Collection[str] = getattr(difference.old, name)
        after: Collection[str] = getattr(difference.new, name)
        gone, added = [id_ for id_ in before if id_ not in after], [id_ for id_ in after if id_ not in before]
        if gone:
            yield f"  {name} no longer there: {_quoted(old, key, gone)}"
        if added:
            yield f"  new {name}: {_quoted(new, key, added)}"
        if before != after and not gone and not added:
            yield f"  {name} in another order: {_quoted(new, key, after)}"


def _quoted(library: Library, key: str, ids: Iterable[str]) -> str:
    return ", ".join(f"“{library.texts[SOURCE_LOCALE][key.format(id_)]}”" for id_ in ids)


def _answer_lines(library: Library, report: SelfReport, deciding: frozenset[str]) -> Iterator[str]:
    """Yield the answers that decide, in the words of the form; where no rule decides, the first few answers."""
    asked_first = frozenset(question.id for question in library.questions if question.first_minute)
    texts = library.texts[SOURCE_LOCALE]
    for path, value in answers_of(report):
        if path in (deciding or asked_first) and f"questions/{path}/text" in texts:
            yield f"{texts[f'questions/{path}/text']} {answer_in_words(texts, path, value)}"


def percent(part: int, whole: int) -> str:
    """Return a share with one decimal; a small one does not read as none."""
    share = part / whole if whole else 0
    return "below 0.1 %" if 0 < share < 0.001 else f"{share:.1%}".replace("%", " %")  # noqa: PLR2004
