"""The places of a menu, read slowly from the design: lists in order of preference, one question a place."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from app.engine.history import Moment
from app.engine.ruleset import Activity, Lead, Need
from app.engine.self_report import NO_AGREEMENT
from tests.engine.reference import LIKE, LOVE, OK, Pair, liking
from tests.engine.reference_feedback import Feedback
from tests.engine.reference_paths import steps_due

BEGIN, ENJOY, CALLED_FOR = "where_to_begin", "to_enjoy", "also_called_for"
DIFFERENT, ALONE = "something_different", "on_your_own"
LISTS = 4

Pick = tuple[Activity, str]


def number_of(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:8])


def never_tires(pair: Pair, activity: Activity) -> bool:
    """A ritual for two that both love."""
    return activity.repeat == "ritual" and activity.together and pair.likings(activity)[0] == LOVE


def rests(pair: Pair, moment: Moment, activity: Activity) -> bool:
    """Shown three times in vain, and within the last six lists."""
    seen = moment.seen
    is_done = any(id_ == activity.id for id_, _ in moment.history.done)
    is_lately_shown = activity.id in seen[-6 * moment.limit :] and seen.count(activity.id) >= 3
    return is_lately_shown and not is_done and not never_tires(pair, activity)


@dataclass(frozen=True)
class Menu:
    """Chooses for one reader, of what is offered, with the suggested strategies from the leading one on."""

    pair: Pair
    moment: Moment
    strategies: tuple[str, ...]
    allowed: tuple[Activity, ...]
    could_begin: tuple[Activity, ...]

    @cached_property
    def feedback(self) -> Feedback:
        return Feedback(self.pair.ruleset, self.moment.history)

    @cached_property
    def offered(self) -> list[Activity]:
        """What feedback leaves to choose from."""
        return self.feedback.leaves(list(self.allowed))

    # Of equals

    def drawn(self, id_: str) -> int:
        seed, turn = self.moment.seed, self.moment.turn
        return (number_of(f"{turn}:{seed}") if seed else 0) ^ number_of(id_)

    def tiredness(self, activity: Activity) -> int:
        """0 for what is fresh, more for what was shown in the last lists, the most for the very last one."""
        seen, places = self.moment.seen, self.moment.limit
        if never_tires(self.pair, activity):
            return 0
        return sum(activity.id in seen[-lists * places :] for lists in range(1, LISTS + 1))

    def stood_in_the_last_list(self, activity: Activity) -> bool:
        return activity.id in self.moment.seen[-self.moment.limit :]

    def equals(self, activity: Activity) -> tuple[int, int, bool, bool, bool, int]:
        """The lower liking, the higher, counting as time together, made for them, asked for by answers, the draw."""
        likings = self.pair.likings(activity)
        is_made = activity.id in self.made_for_them
        is_asked = activity.id in self.asked_for
        return (
            -likings[0],
            -likings[-1],
            not self.pair.is_counted(activity),
            not is_made,
            not is_asked,
            self.drawn(activity.id),
        )

    @cached_property
    def made_for_them(self) -> set[str]:
        return {id_ for lead in self.leads for id_ in lead.activities}

    @cached_property
    def asked_for(self) -> set[str]:
        """What a rule calls for that reads what they answered."""
        asking = [rule for rule in self.pair.firing if rule.suggests and self.pair.clauses_of(rule)]
        return {a.id for a in self.offered if any(rule.suggests in (a.purpose, a.practice) for rule in asking)}

    @cached_property
    def leads(self) -> list[Lead]:
        """The leads that hold for the two."""
        return [lead for lead in self.pair.ruleset.choosing.leads if self.pair.holds_for_either(lead.when)]

    # Of paths

    @cached_property
    def due(self) -> list[Activity]:
        """What is due on a path."""
        steps = steps_due(self.pair.ruleset, self.pair.agreed, self.moment.history)
        ids = {step.activity for step in steps}
        return [activity for activity in self.offered if activity.id in ids]

    def is_near_due(self, activity: Activity) -> bool:
        """A near-duplicate of what is due, which would take its place."""
        families = {each.family for each in self.due if each.family}
        return activity.family in families and activity not in self.due

    def due_for_two(self, chosen: list[Activity]) -> Activity | None:
        due = [activity for activity in self.shared if activity in self.due and self.follows(chosen, activity)]
        return min(due, key=lambda a: (self.tiredness(a), self.equals(a)), default=None)

    # Of the whole

    def follows(self, chosen: list[Activity], activity: Activity) -> bool:
        """Never two of a family, at most one that only prepares."""
        has_family = any(activity.family and activity.family == each.family for each in chosen)
        prepares_again = activity.prepares and any(each.prepares for each in chosen)
        is_chosen = any(activity.id == each.id for each in chosen)
        return not is_chosen and not has_family and not prepares_again and not self.is_near_due(activity)

    def is_new(self, chosen: list[Activity], activity: Activity) -> bool:
        is_full = sum(each.practice == activity.practice for each in chosen) >= 2
        return not is_full and all(each.purpose != activity.purpose for each in chosen)

    def left(self, chosen: list[Activity]) -> list[Activity]:
        """What may come next: one of a purpose and two of a practice, while another suggested one has something."""
        left = [a for a in self.shared if self.follows(chosen, a)]
        purposes = {each.purpose for each in chosen}
        left = [activity for activity in left if activity.purpose not in purposes] or left
        practices = Counter(each.practice for each in chosen)
        return [activity for activity in left if practices[activity.practice] < 2] or left

    @property
    def shared(self) -> list[Activity]:
        """What all places but the one for one alone choose from."""
        return [activity for activity in self.offered if activity.together] or self.offered

    # The places

    def begin(self, _: list[Activity]) -> Activity | None:
        first = self.feedback.leaves([a for a in self.could_begin if self.pair.strategy(a) == self.strategies[0]])
        lasting = {id_ for lead in self.pair.ruleset.choosing.leads if lead.lasts for id_ in lead.activities}
        is_small_asked = self.pair.holds_for_either(self.pair.ruleset.choosing.begin_small)
        near = [
            (
                is_small_asked and a.minutes > 15,
                self.pair.is_kept_up(a) and a.id not in self.pair.made_for_a_hard_time,
                self.is_near_due(a),
                a.prepares and not a.together,
                self.stood_in_the_last_list(a) and a not in self.due and a.id not in lasting,
            )
            for a in first
        ]
        nearest = [a for a, key in zip(first, near, strict=True) if key == min(near)]
        if all(activity.id in lasting for activity in nearest):
            freshest = min(map(self.tiredness, nearest), default=0)
            nearest = [activity for activity in nearest if self.tiredness(activity) == freshest]
        leads = self.leads
        strongest = max(map(self.pair.need, nearest), default=0)
        needed = [activity for activity in nearest if self.pair.need(activity) == strongest]
        alone = [activity for activity in needed if not activity.together and not activity.prepares]
        counts = any(activity.together and self.pair.is_counted(activity) for activity in needed)
        if self.pair.theirs is None and alone and not counts:
            nearest, leads = alone, self.own_leads()
        if not any(activity in self.due for activity in nearest) and (made := self.made_for(nearest, leads)):
            return made
        return min(
            nearest,
            key=lambda a: (
                -self.pair.need(a),
                a not in self.due,
                a.prepares,
                self.tiredness(a),
                self.equals(a)[:-1],
                a.id not in self.pair.ruleset.choosing.welcome,
                self.drawn(a.id),
            ),
            default=None,
        )

    def own_leads(self) -> list[Lead]:
        """What the reader's own answers alone ask to do alone."""
        alone = Pair(self.pair.ruleset, self.pair.mine, None, NO_AGREEMENT)
        return [lead for lead in self.pair.ruleset.choosing.own_leads if alone.holds_for_either(lead.when)]

    def best_of(self, among: list[Activity], lead: Lead) -> Activity | None:
        """What of a lead can be done at once, then what they like best, then what it names first."""
        named = [activity for activity in among if activity.id in lead.activities]
        return min(named, key=lambda a: (a.prepares, *self.equals(a)[:3], lead.activities.index(a.id)), default=None)

    def made_for(self, here: list[Activity], leads: list[Lead]) -> Activity | None:
        """What the first lead that holds names, or once that was shown lately, the next one, then what else is fresh.

        All of it with the need of what the first lead would give. One that lasts leaves the place to nothing else.
        """
        leads = [lead for lead in leads if any(activity.id in lead.activities for activity in here)]
        if not leads:
            return None
        if leads[0].lasts:
            named = [activity for activity in here if activity.id in leads[0].activities]
            return min(named, key=lambda a: (self.tiredness(a), leads[0].activities.index(a.id)))
        first = self.best_of(here, leads[0])
        for tiredness in range(LISTS):
            fresh = [
                activity
                for activity in here
                if first and self.pair.need(activity) == self.pair.need(first) and self.tiredness(activity) <= tiredness
            ]
            for lead in leads:
                if found := self.best_of(fresh, lead):
                    return found
            if rest := [activity for activity in fresh if not activity.prepares]:
                return min(rest, key=self.equals)
        return first

    def enjoy(self, chosen: list[Activity]) -> Activity | None:
        """Of what is neither serious nor only prepares."""
        serious = {purpose.id for purpose in self.pair.ruleset.purposes if purpose.is_serious}
        left = [a for a in self.left(chosen) if a.purpose not in serious and not a.prepares]
        classes: tuple[Callable[[int, int], bool], ...] = (
            lambda lower, _: lower == LOVE,
            lambda lower, higher: higher == LOVE and lower >= OK,
            lambda lower, _: lower == LIKE,
        )
        for tiredness in range(LISTS + 1):
            here = [activity for activity in left if self.tiredness(activity) <= tiredness]
            for belongs in classes:
                of_it = [a for a in here if belongs(self.pair.likings(a)[0], self.pair.likings(a)[-1])]
                if of_it:
                    return min(of_it, key=lambda a: (*self.equals(a)[:3], self.drawn(a.id)))
        return None

    def called_for(self, chosen: list[Activity]) -> Activity | None:
        """Of a strategy that is not there yet, else of another than the leading one: fresh, then the strongest need."""
        left = self.left(chosen)
        elsewhere = [a for a in left if self.pair.strategy(a) not in (self.strategies[0], None)]
        shown = {self.pair.strategy(each) for each in chosen}
        unseen = [a for a in elsewhere if self.pair.strategy(a) not in shown]
        if event := self.for_a_life_event(chosen, unseen or elsewhere or left):
            return event
        return min(
            unseen or elsewhere or left,
            key=lambda a: (self.tiredness(a), -self.pair.need(a), self.equals(a)),
            default=None,
        )

    def for_a_life_event(self, chosen: list[Activity], here: list[Activity]) -> Activity | None:
        """Something fresh that is made for a change in their lives, unless something of it is there."""
        events = [lead for lead in self.leads if lead.life_event]
        if any(each.id in lead.activities for lead in events for each in chosen):
            return None
        fresh = [activity for activity in here if not self.tiredness(activity)]
        return next((found for lead in events if (found := self.best_of(fresh, lead))), None)

    def different(self, chosen: list[Activity]) -> Activity | None:
        left = self.of_size(chosen, self.left(chosen))
        if not left:
            return None
        here = self.loved_by_whose_turn_it_is(chosen, left) or self.by_lot(chosen, left)
        return min(here, key=lambda a: (self.tiredness(a), self.equals(a)))

    def of_size(self, chosen: list[Activity], left: list[Activity]) -> list[Activity]:
        """Half an hour or more where there is an hour, more with an afternoon, unless something before fills it."""
        sizes = self.pair.ruleset.choosing
        if self.pair.holds_for_either(sizes.keep_short):
            return left
        for size, minutes in ((sizes.afternoon, 75), (sizes.hour, 30)):
            long = [activity for activity in left if activity.minutes >= minutes]
            if long and self.pair.holds_for_either(size) and all(each.minutes < minutes for each in chosen):
                return long
        return left

    def loves(self, who: int, activity: Activity) -> bool:
        return liking(self.pair.heard[who], activity) == LOVE

    def loved_by_whose_turn_it_is(self, chosen: list[Activity], left: list[Activity]) -> list[Activity]:
        """What the one loves whose loves had fewer places; nothing where each has one in this list."""
        joint = [activity for activity in chosen if activity.together]
        partners = range(len(self.pair.heard))
        has_one = [any(self.loves(who, activity) for activity in joint) for who in partners]
        if all(has_one):
            return []
        by_id = {activity.id: activity for activity in self.pair.ruleset.activities}
        places = [by_id[id_] for id_ in self.moment.seen if id_ in by_id] + joint
        had = [sum(self.loves(who, activity) for activity in places) for who in partners]
        in_turn = [who for who in partners if had[who] == min(had)]
        loved = [activity for activity in left if any(self.loves(who, activity) for who in in_turn)]
        others = [who for who in partners if who not in in_turn and not has_one[who]]
        return loved or [activity for activity in left if any(self.loves(who, activity) for who in others)]

    def by_lot(self, chosen: list[Activity], left: list[Activity]) -> list[Activity]:
        """A purpose by lot, of those that have something fresh and are asked for.

        A strong need that has no place yet comes before the lot.
        """
        freshest = min(map(self.tiredness, left))
        fresh = [activity for activity in left if self.tiredness(activity) == freshest]
        placed = {each.purpose for each in chosen}
        pressing = [a for a in fresh if self.pair.need(a) == Need.strong and a.purpose not in placed]
        fresh = pressing or [activity for activity in fresh if activity.id in self.asked_for] or fresh
        if not self.moment.seed:
            strongest = max(map(self.pair.need, fresh))
            return [activity for activity in fresh if self.pair.need(activity) == strongest]
        purpose = min((activity.purpose for activity in fresh), key=self.drawn)
        return [activity for activity in fresh if activity.purpose == purpose]

    def alone(self, chosen: list[Activity]) -> Activity | None:
        """As its doer likes it, and the strongest need for one heard alone.

        Where two were heard, only of a purpose and practice that still have their place.
        """
        solo = [a for a in self.offered if not a.together and self.follows(chosen, a)]
        new = [activity for activity in solo if self.is_new(chosen, activity)]
        due = [activity for activity in solo if activity in self.due]
        if due:
            return min(due, key=lambda a: (self.tiredness(a), self.equals(a)))
        for lead in self.own_leads():
            named = [a for a in new if a.id in lead.activities and not self.tiredness(a)]
            if named:
                return min(named, key=self.equals)
        if self.pair.theirs is not None:
            return min(new, key=lambda a: (self.tiredness(a), self.equals(a)), default=None)
        return min(new or solo, key=lambda a: (self.tiredness(a), -self.pair.need(a), self.equals(a)), default=None)

    def touch(self, chosen: list[Activity]) -> Activity | None:
        """A touch that both are open to, at first and in every other draw, where none was shown in the last lists."""
        if self.moment.turn and self.moment.seed and number_of(f"{self.moment.turn}:{self.moment.seed}") % 2:
            return None
        touches = [activity for activity in self.offered if activity.practice == "affection"]
        shown = {*self.moment.seen[-4 * self.moment.limit :]}
        if any(activity.practice == "affection" and activity.id in shown for activity in self.pair.ruleset.activities):
            return None
        here = [activity for activity in self.left(chosen) if activity in touches]
        return min(here, key=lambda a: (self.tiredness(a), self.equals(a)), default=None)

    # The menu

    def chosen(self) -> list[Pick]:
        limit, was_heard_alone = self.moment.limit, self.pair.theirs is None
        menu: list[Pick] = []
        if limit == 1 and was_heard_alone and self.add(menu, ALONE, self.alone):
            return menu
        self.add(menu, BEGIN, self.begin)
        due: list[Pick] = []
        if limit > 2:
            self.add(due, CALLED_FOR, self.due_for_two, menu)
        held: list[Pick] = []
        if was_heard_alone and limit > 1:
            self.add(held, ALONE, self.alone, menu + due)
        for place, choose in ((ENJOY, self.enjoy), (CALLED_FOR, self.called_for), (DIFFERENT, self.different)):
            if place == CALLED_FOR and due:
                menu, due = menu + due, []
            elif len(menu) + len(due) + len(held) < limit:
                self.add(menu, place, choose, due + held)
        if not was_heard_alone and len(menu) < limit and not self.add(held, DIFFERENT, self.touch, menu):
            self.add(held, ALONE, self.alone, menu)
        return self.by_turns(menu + held)

    def by_turns(self, menu: list[Pick]) -> list[Pick]:
        turn = 0
        while len(menu) < self.moment.limit:
            place, choose = ((CALLED_FOR, self.called_for), (DIFFERENT, self.different))[turn % 2]
            if not self.add(menu, place, choose):
                break
            turn += 1
        return menu

    def add(
        self,
        menu: list[Pick],
        place: str,
        choose: Callable[[list[Activity]], Activity | None],
        others: Sequence[Pick] = (),
    ) -> bool:
        """Choose for a place, beside what has its own already."""
        found = choose([each for each, _ in [*menu, *others]])
        if found is not None:
            menu.append((found, place))
        return found is not None
