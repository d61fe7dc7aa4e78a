"""What the names in a rule select: the activities of a purpose, a practice or a strategy."""

from collections.abc import Iterable

from app.engine.activity_index import ActivityIndex
from app.engine.bitset import Mask, from_flags
from app.engine.ruleset import Rule, Ruleset


class Selector:
    """The activities of purposes, practices and strategies by id."""

    def __init__(self, ruleset: Ruleset, index: ActivityIndex) -> None:
        self.index = index
        self._strategies = [strategy.practices for strategy in ruleset.strategies]

    def of(self, names: Iterable[str]) -> Mask:
        """Return the activities of these purposes or practices."""
        mask = 0
        for name in names:
            mask |= self.index.by_purpose.get(name, 0) | self.index.by_practice.get(name, 0)
        return mask

    def place_of(self, activities: Mask) -> int:
        """Return the place, as declared, of the first purpose that has one of these activities."""
        return next((place for place, own in enumerate(self.index.by_purpose.values()) if own & activities), 0)

    def rank_of(self, rule: Rule) -> tuple[int, int]:
        """Return what a rule is told by: its need, and the place of its purpose."""
        return -int(rule.need or 0), self.place_of(self.of([rule.suggests] if rule.suggests else ()))

    def closed_by(self, rule: Rule) -> int:
        return from_flags(bool({*practices} & {*rule.withholds}) for practices in self._strategies)

    def withheld_by(self, rule: Rule) -> Mask:
        mask = self.of(rule.withholds)
        for ask in rule.withholds_asks:
            mask |= self.index.by_ask[ask]
        return mask
