"""What feedback of the last four weeks asks of a menu, read slowly from the design."""

from app.engine.history import History
from app.engine.ruleset import Activity, Ruleset

ENERGIES = ("drained", "ok", "lively")
COSTS = ("free", "low", "medium", "high")


class Feedback:
    """What one partner said of activities, by what was said."""

    def __init__(self, ruleset: Ruleset, past: History) -> None:
        by_id = {activity.id: activity for activity in ruleset.activities}
        self.about: dict[str, list[Activity]] = {}
        for id_, cause, ago in past.reactions:
            if id_ in by_id and ago < 28:
                self.about.setdefault("too_long" if cause == "no_time" else cause, []).append(by_id[id_])

    def is_less(self, cause: str, activity: Activity) -> bool:
        """Shorter than the shortest that was too long, and so on."""
        said = self.about[cause]
        match cause:
            case "too_long":
                return all(activity.minutes < each.minutes for each in said)
            case "too_tired":
                return all(ENERGIES.index(activity.energy) < ENERGIES.index(each.energy) for each in said)
            case _:
                return all(COSTS.index(activity.cost) < COSTS.index(each.cost) for each in said)

    def suits(self, cause: str, activity: Activity) -> bool:
        match cause:
            case "not_accepted":
                return not activity.asks
            case "no_childcare":
                return activity.children != "away"
            case "too_long":
                return self.is_less(cause, activity) or activity.minutes <= 10
            case "too_tired" if any(each.energy == "drained" for each in self.about[cause]):
                return activity.energy == "drained" and activity.minutes <= 15
            case _:
                return self.is_less(cause, activity)

    def leaves(self, activities: list[Activity]) -> list[Activity]:
        """Those that suit, one wish after another, unless none would be left."""
        for cause in ("not_accepted", "too_long", "too_tired", "too_expensive", "no_childcare"):
            if cause in self.about:
                activities = [activity for activity in activities if self.suits(cause, activity)] or activities
        return activities

    def said(self, menu: list[Activity]) -> list[str]:
        """The phrases that are true of everything on the menu."""
        phrases = {"too_long": "shorter_now", "too_tired": "lighter_now", "too_expensive": "cheaper_now"}
        return [
            phrase
            for cause, phrase in phrases.items()
            if cause in self.about and all(self.is_less(cause, activity) for activity in menu)
        ]
