"""What feedback of the last four weeks asks of a menu, read slowly from the design."""

from collections.abc import Callable

from app.engine.history import History
from app.engine.ruleset import Activity, Ruleset

ENERGIES = ("drained", "ok", "lively")
COSTS = ("free", "low", "medium", "high")


def energy(activity: Activity) -> int:
    return ENERGIES.index(activity.energy)


def cost(activity: Activity) -> int:
    return COSTS.index(activity.cost)


def minutes(activity: Activity) -> int:
    return activity.minutes


AMOUNTS: dict[str, Callable[[Activity], int]] = {"too_long": minutes, "too_tired": energy, "too_expensive": cost}


class Feedback:
    """What one partner said of activities, by what was said."""

    def __init__(self, ruleset: Ruleset, past: History) -> None:
        self.past = past
        by_id = {activity.id: activity for activity in ruleset.activities}
        self.about: dict[str, dict[str, Activity]] = {}
        self.since: dict[str, int] = {}
        for id_, cause, ago, is_over in past.reactions:
            name = "too_long" if cause == "no_time" else cause
            if id_ not in by_id or ago >= 28 or is_over:
                continue
            later = [by_id[done] for done, days in past.done if days < ago and done in by_id]
            amount = AMOUNTS.get(name)
            if amount and any(amount(done) >= amount(by_id[id_]) for done in later):
                continue
            self.about.setdefault(name, {})[id_] = by_id[id_]
            self.since[name] = min(ago, self.since.get(name, ago))

    def is_less(self, cause: str, activity: Activity) -> bool:
        """At most two thirds as long as each that was too long, and so on."""
        return all(self.is_less_than(cause, activity, each) for each in self.about[cause].values())

    def is_less_than(self, cause: str, activity: Activity, refused: Activity) -> bool:
        is_shorter = 3 * activity.minutes <= 2 * refused.minutes
        match cause:
            case "too_long":
                return is_shorter
            case "too_tired":
                needs, needed = energy(activity), energy(refused)
                return needs < needed or (needs == needed and is_shorter)
            case _:
                return cost(activity) < cost(refused)

    def suits(self, cause: str, activity: Activity) -> bool:
        match cause:
            case "not_accepted":
                return not activity.asks
            case "no_childcare":
                return activity.children != "away"
            case "too_long":
                return self.is_less(cause, activity) or activity.minutes <= 10
            case "too_tired":
                is_short_rest = activity.energy == "drained" and activity.minutes <= 15
                return self.is_less(cause, activity) or is_short_rest
            case _:
                return self.is_less(cause, activity)

    def leaves(self, activities: list[Activity]) -> list[Activity]:
        """Those that suit, one wish after another, unless none would be left."""
        for cause in ("not_accepted", "too_long", "too_tired", "too_expensive", "no_childcare"):
            if cause in self.about:
                activities = [activity for activity in activities if self.suits(cause, activity)] or activities
        return activities

    def is_newest(self, cause: str) -> bool:
        """Whether nothing else was said or done since."""
        since = self.since[cause]
        return all(ago >= since for _, ago in self.past.done) and all(r.days_ago >= since for r in self.past.reactions)

    def said(self, menu: list[Activity]) -> list[str]:
        """The phrases that are true of everything on the menu, of one or of several."""
        phrases = {"too_long": "shorter_now", "too_tired": "lighter_now", "too_expensive": "cheaper_now"}
        return [
            phrase + ("_one" if len(self.about[cause]) == 1 else "")
            for cause, phrase in phrases.items()
            if cause in self.about and self.is_newest(cause) and all(self.is_less(cause, activity) for activity in menu)
        ]
