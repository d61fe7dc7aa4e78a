"""The engine's judgement of two reports, for whoever holds it against something else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from functools import reduce
from operator import or_
from typing import NamedTuple, get_args

from app.engine.bitset import Mask, positions
from app.engine.choosing import Stands
from app.engine.code_generation import Codes
from app.engine.compiled_ruleset import CompiledRuleset, RuleMask
from app.engine.conditions import Condition, clauses
from app.engine.evaluate import full_reader, narrow
from app.engine.history import NO_MOMENT, Moment
from app.engine.offer import Offer, PairVerdict, Reading, judge_pair, make_offer, read
from app.engine.ruleset import Ask, Choosing, Insight, Need, Rule, Ruleset
from app.engine.say import Reader
from app.engine.self_report import SelfReport, agree, pool


class Judged(NamedTuple):
    """The offer to a pair, and the one of them who reads it."""

    offer: Offer
    reader: Reader

    @property
    def fired(self) -> RuleMask:
        """The rules that decide in this view: those of the pair, and the private ones of the reader."""
        compiled = self.offer.compiled
        return (
            self.offer.pair.true & ~compiled.rules_that.private | self.reader.verdict.true & compiled.rules_that.private
        )

    @property
    def withheld(self) -> Mask:
        """What rules withhold in this view."""
        return withheld_by(self.offer.compiled, self.fired)

    @property
    def codes(self) -> Codes:
        """The findings as the pair has them, and the private ones as the reader does, in the compiled order."""
        return self.offer.pair.codes + self.reader.verdict.codes[len(self.offer.pair.codes) :]

    def narrow(self) -> Stands:
        """Return what stands in this view."""
        return narrow(self.offer, self.reader.width, self.reader.allowed, self.reader.leading)


def withheld_by(compiled: CompiledRuleset, fired: RuleMask) -> Mask:
    """Return what these rules withhold."""
    return reduce(or_, (compiled.rules[i].withholds for i in positions(fired)), 0)


def judge(compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport | None, moment: Moment = NO_MOMENT) -> Judged:
    """Judge two reports, or one where one was heard, for the full view of the first."""
    offer = make_offer(compiled, *judge_both(compiled, mine, theirs), moment)
    return Judged(offer, full_reader(offer, mine, mine))


def judge_both(
    compiled: CompiledRuleset, mine: SelfReport, theirs: SelfReport | None
) -> tuple[Reading, Reading | None, PairVerdict]:
    """Judge what two pool and agree on."""
    own, other = read(compiled, pool(mine)), None if theirs is None else read(compiled, pool(theirs))
    return own, other, judge_pair(compiled, own, other, agree(mine.mutual, theirs.mutual if theirs else None))


def need_of(pair: PairVerdict, activities: Mask) -> int:
    """Return the strongest need with which one of these activities is called for; 0 where none is."""
    if activities & pair.strong:
        return Need.strong
    return Need.moderate if activities & pair.firm else Need.slight if activities & pair.called else 0


def purposes_of(ruleset: Ruleset, name: str) -> tuple[str, ...]:
    """Return the purposes that a name in a rule stands for: a purpose itself, or all of a practice."""
    return next((practice.purposes for practice in ruleset.practices if practice.id == name), (name,))


def purposes_behind(ruleset: Ruleset, strategy: str) -> tuple[str, ...]:
    """Return all purposes of a strategy."""
    practices = next(declared.practices for declared in ruleset.strategies if declared.id == strategy)
    return tuple(purpose.id for purpose in ruleset.purposes if purpose.practice in practices)


def conditions_of(ruleset: Ruleset) -> Iterator[tuple[str, Condition]]:
    """Yield every condition on findings in force, by a name such as `rules/…` or `sizes/begin_small`."""
    choosing = ruleset.choosing
    for kind, ones in (
        ("rules", [rule for rule in ruleset.rules if rule.status != "retired"]),
        ("insights", ruleset.insights),
        ("openings", ruleset.openings),
        ("precedences", choosing.precedences),
        ("leads", choosing.leads),
    ):
        yield from ((f"{kind}/{one.id}", one.when) for one in ones)
    names = (field.name for field in fields(Choosing))
    yield from ((f"sizes/{name}", when) for name, when in zip(names, choosing.sizes, strict=False))


def findings_read(ones: Iterable[Rule | Insight]) -> set[str]:
    """Return the findings that some conditions read."""
    return {clause.finding for one in ones for clause in clauses(one.when)}


class Effects(NamedTuple):
    """The rules in force, and those that suggest or withhold each purpose, or withhold what asks for something.

    `asks_of` has the sets of what the activities of each purpose ask for.
    """

    rules: tuple[Rule, ...]
    suggesting: Mapping[str, tuple[Rule, ...]]
    withholding: Mapping[str, tuple[Rule, ...]]
    softening: Mapping[str, tuple[Rule, ...]]
    asks_of: Mapping[str, frozenset[frozenset[str]]]


def effects_of(ruleset: Ruleset) -> Effects:
    """Return the effects of a ruleset by purpose; a rule on a practice acts on each purpose of it."""
    rules = tuple(rule for rule in ruleset.rules if rule.status != "retired")
    names = {purpose.id: {purpose.id, purpose.practice} for purpose in ruleset.purposes}
    return Effects(
        rules,
        {id_: tuple(r for r in rules if r.suggests in named) for id_, named in names.items()},
        {id_: tuple(r for r in rules if named & {*r.withholds}) for id_, named in names.items()},
        {ask: tuple(r for r in rules if ask in r.withholds_asks) for ask in get_args(Ask)},
        {id_: frozenset(frozenset(a.asks) for a in ruleset.activities if a.purpose == id_) for id_ in names},
    )
