"""Rendering of views as JSON from parts that are serialised once per ruleset and language.

Serialising a whole view costs more than deciding it (decision 8). A test reads the bytes back into the documented
shapes of `view_shapes`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from app.api.http.content import fields_out
from app.api.http.json_responses import to_bytes
from app.api.recommendations import view_shapes as shapes
from app.engine.answer_types import SupportKind
from app.engine.bitset import positions
from app.engine.conditions import clauses
from app.engine.constraints import AnswerValue
from app.engine.ruleset import Activity, Insight, Rule
from app.engine.view import NOT_THE_MOMENT, AskNext, OpeningSentence, OwnVerdict, Reason, StrategyView, Suggestion, View
from app.rulesets.library import HelpLine, Library, wordings_of

_VIEW = (
    b'{"outcome":"%b","opening":%b,"strategies":[%b],"activities":[%b],"insights":[%b],"reasons":{%b},"ask_next":[%b],'
    b'"support":%b,"limits":%b,"help":"%b/v1/help%b","next_check_in_days":%d,"trace":%b}'
)
_STRATEGY = b'{%b,"rank":%d,"standing":"%b","evidence":"%b","reasons":[%b],"withheld_by":[%b]}'
_ACTIVITY = b'{%b,"why":%b,"reasons":[%b],"place":"%b",%b}'
OFTEN = 250
"""The share of reports, in thousandths, from which on an answer is said to change the list for many people."""
MOST_INSIGHTS = 3
"""The insights of a view where safety asks for no more."""
_NEEDS: tuple[shapes.NeedOut | None, ...] = (None, "slight", "moderate", "strong")
Wording = TypeVar("Wording")
_QUARTERS = {0.25: "¼", 0.5: "½", 0.75: "¾"}
_SLOT = re.compile(r"\{([^{}|]+)(?:\|([^{}|]*)\|([^{}|]*))?\}")


class Depth(NamedTuple):
    """How many reasons for a strategy, against one and for an activity, and how many insights.

    One number serves for every strategy, since which one leads rests on both partners and a sentence may not tell it.
    A rule is told with the activity that it calls for; of a strategy, what holds for everybody.
    Insights of the safety policy are stated at every depth, and others beside them while there are few.
    """

    strategy: int | None
    against: int | None
    activity: int | None
    insights: int | None

    @property
    def most_rules(self) -> int | None:
        """The rules that are read of each activity; of a strategy none are, unless all are."""
        return self.activity


DEPTHS: dict[shapes.Explain, Depth] = {
    # Why something is not for now is said at every depth.
    "none": Depth(strategy=0, against=1, activity=0, insights=2),
    "reasons": Depth(strategy=1, against=1, activity=1, insights=2),
    "full": Depth(strategy=None, against=None, activity=None, insights=None),
}


class _Written(NamedTuple):
    """A reason as JSON: its id, and the member of the view's reasons in each wording."""

    id: bytes
    members: tuple[bytes, ...]


class _ActivityParts(NamedTuple):
    """An activity as JSON but for its reasons and its place."""

    before: bytes
    whys: tuple[bytes, ...]
    after: bytes


class Renderer:
    """Renderer of the views of one ruleset in one language."""

    def __init__(self, library: Library, locale: str) -> None:
        self.library = library
        self.locale = locale
        self.texts = library.texts[locale]
        ruleset = to_bytes({"version": library.version, "digest": library.digest})
        self.opening = b'{"ruleset":' + ruleset + b',"basis":"'
        self._rules = {rule.id: rule for rule in library.ruleset.rules}
        self._slots = {opening.id: opening.slots for opening in library.ruleset.openings}
        self._openings = {id_: self._opening_wordings(f"openings/{id_}/says") for id_ in self._slots}
        self._beside = {id_: self._opening_wordings(f"openings/{id_}/beside") for id_ in self._slots}
        self._reasons: dict[Reason, _Written] = {}
        self._limits: dict[tuple[str, ...], bytes] = {}
        self._questions: dict[AskNext, bytes] = {}
        self._general = {strategy.id: strategy for strategy in library.ruleset.strategies}
        self._strategies = {strategy.id: self._strategy_part(strategy.id) for strategy in library.ruleset.strategies}
        self._activities = tuple(self._activity_parts(activity) for activity in library.compiled.index.order)
        self._safety = {insight.id for insight in library.ruleset.insights if insight.basis == "safety_policy"}
        self._reads = {one.id: {clause.finding for clause in clauses(one.when)} for one in library.ruleset.insights}
        self._insights = {insight.id: self._insight_wordings(insight) for insight in library.ruleset.insights}

    def view(self, view: View, country: str | None, explain: shapes.Explain, today: date, root: str = "") -> bytes:
        """Return one view as JSON. `today` decides which help lines are in date; links are below the path `root`."""
        depth, turn = DEPTHS[explain], view.turn
        named: dict[Reason, bytes] = {}
        strategies = [self._strategy(strategy, depth, turn, named) for strategy in view.strategies]
        activities = [self._activity(suggestion, depth, turn, named) for suggestion in view.activities]
        return _VIEW % (
            view.outcome.encode(),
            self._opening(view.opening, turn),
            b",".join(strategies),
            b",".join(activities),
            b",".join(self._insights_of(view, depth.insights)),
            b",".join(named.values()),
            b",".join([self.ask_next(ask) for ask in view.ask_next]),
            to_bytes(self.support(view.support, country, today, view.marked)) if view.support else b"null",
            self._limit_texts(view.limits),
            root.encode(),
            b"?country=" + country.encode() if country else b"",
            view.next_check_in_days,
            to_bytes(self._trace(view.verdict)) if explain == "full" and view.verdict else b"null",
        )

    def reasons_out(self, reason: Reason) -> list[shapes.ReasonOut]:
        """Return a reason in each of its wordings."""
        source = self._rules.get(reason.id) or self._general.get(reason.id)
        key = f"phrases/{reason.id}"
        if source:
            key = f"rules/{source.id}/says" if isinstance(source, Rule) else f"strategies/{source.id}/why"
        because: list[shapes.BecauseOut] = [{"finding": finding, "level": level} for finding, level in reason.because]
        return [
            {
                "text": text,
                "because": because,
                "claims": list(source.claims) if source else [],
                # Without a source the sentence is the program's own, as grade D says.
                "evidence": source.grade if source else "D",
            }
            for text in self._reason_wordings(key)
        ]

    def _reason_wordings(self, key: str) -> Sequence[str]:
        """Return the wordings of a reason. An earlier release, put back in force, has fewer of these sentences."""
        ways = (key, key.replace("/why", "/summary"), f"phrases/{NOT_THE_MOMENT}")
        return next(texts for way in ways if (texts := wordings_of(self.texts, way)))

    def _opening(self, sentences: tuple[OpeningSentence, ...], turn: int) -> bytes:
        if not sentences:
            return b"null"
        # What is hard is said first; what is good follows, in words that hold beside it.
        first, *rest = reversed(sentences)
        wordings = [(first, self._openings[first.id])]
        # An earlier release, put back in force, has no words for what is good beside what is hard.
        wordings += [(sentence, self._beside[sentence.id] or self._openings[sentence.id]) for sentence in rest]
        filled = [
            fill(take_wording(texts, turn), dict(zip(self._slots[sentence.id], sentence.values, strict=True)))
            for sentence, texts in wordings
        ]
        return b'"%b"' % " ".join(filled).encode()

    def _opening_wordings(self, key: str) -> tuple[str, ...]:
        """Return the wordings of an opening sentence, escaped for a JSON string; their slots stay as they are."""
        return tuple(to_bytes(text)[1:-1].decode() for text in wordings_of(self.texts, key))

    def _strategy_part(self, id_: str) -> bytes:
        return to_bytes({"id": id_, "title": self.texts[f"strategies/{id_}/title"]})[1:-1]

    def _strategy(self, view: StrategyView, depth: Depth, turn: int, named: dict[Reason, bytes]) -> bytes:
        return _STRATEGY % (
            self._strategies[view.strategy],
            view.rank,
            view.standing.encode(),
            self._general[view.strategy].grade.encode(),
            self._named(view.reasons[: depth.strategy], turn, named),
            self._named(view.withheld_by[: depth.against], turn, named),
        )

    def _activity_parts(self, activity: Activity) -> _ActivityParts:
        facts, after = facts_out(activity, self.library, self.locale), {}
        before = {name: facts.pop(name) for name in ("id", "title", "summary", "steps")}
        for name in ("strategy", "practice", "purpose"):
            after[name] = facts.pop(name)
        after |= {"path": None, **facts, "evidence": activity.grade}
        return _ActivityParts(
            to_bytes(before)[1:-1],
            self._whys(activity),
            to_bytes(after)[1:-1],
        )

    def _whys(self, activity: Activity) -> tuple[bytes, ...]:
        """Return the wordings of an activity's `why`, from another one on for each activity.

        So a list in which several serve one purpose says different sentences, whatever else stands there.
        """
        whys = [to_bytes(why) for why in wordings_of(self.texts, f"purposes/{activity.purpose}/why")]
        start = self.library.compiled.index.bit_of[activity.id].bit_length() % len(whys)
        return (*whys[start:], *whys[:start])

    def _activity(self, suggestion: Suggestion, depth: Depth, turn: int, named: dict[Reason, bytes]) -> bytes:
        before, whys, after = self._activities[suggestion.position]
        if suggestion.step is not None:
            id_, number, steps = suggestion.step
            path: shapes.PathOut = {"id": id_, "step": number, "of": steps}
            after = after.replace(b'"path":null', b'"path":' + to_bytes(path), 1)
        reasons = self._named(suggestion.reasons[: depth.activity], turn, named)
        return _ACTIVITY % (before, take_wording(whys, turn), reasons, suggestion.place.encode(), after)

    def _named(self, reasons: tuple[Reason, ...], turn: int, named: dict[Reason, bytes]) -> bytes:
        """Return the ids of reasons, and take them into those that the view names."""
        ids = []
        for reason in reasons:
            written = self._reasons.get(reason) or self._write(reason)
            named[reason] = take_wording(written.members, turn)
            ids.append(written.id)
        return b",".join(ids)

    def _write(self, reason: Reason) -> _Written:
        # A rule has few findings, so it is a reason in few ways and the cache stays small.
        id_ = to_bytes(reason.id)
        members = tuple(id_ + b":" + to_bytes(out) for out in self.reasons_out(reason))
        written = self._reasons[reason] = _Written(id_, members)
        return written

    def _insights_of(self, view: View, limit: int | None) -> list[bytes]:
        stated = view.insights if limit is None else self._few_insights(view.insights, limit)
        return [take_wording(self._insights[insight], view.turn) for insight in stated]

    def _few_insights(self, raised: Sequence[str], limit: int) -> list[str]:
        """Return those of safety and the first others, three in all where safety leaves room, one of each subject.

        Two that read a finding in common speak of one subject.
        """
        few = [one for one in raised if one in self._safety]
        room, spoken_of = min(limit, MOST_INSIGHTS - len(few)), set[str]().union(*(self._reads[one] for one in few))
        for insight in raised:
            if room <= 0:
                break
            if insight not in self._safety and spoken_of.isdisjoint(self._reads[insight]):
                few.append(insight)
                spoken_of |= self._reads[insight]
                room -= 1
        return few

    def _insight_wordings(self, insight: Insight) -> tuple[bytes, ...]:
        texts = wordings_of(self.texts, f"insights/{insight.id}/text")
        return tuple(to_bytes({"id": insight.id, "text": text, "claims": list(insight.claims)}) for text in texts)

    def ask_next(self, ask: AskNext) -> bytes:
        """Return a question to ask next, as JSON."""
        question = self._questions.get(ask)
        if question is None:
            why = self.texts["phrases/ask_next_often" if ask.share >= OFTEN else "phrases/ask_next_sometimes"]
            out: shapes.AskNextOut = {"question": ask.question, "why": why, "share": ask.share / 1000}
            question = self._questions[ask] = to_bytes(out)
        return question

    def _limit_texts(self, limits: tuple[str, ...]) -> bytes:
        texts = self._limits.get(limits)
        if texts is None:
            # An earlier release, put back in force, has fewer of these sentences.
            known = [self.texts[key] for phrase in limits if (key := f"phrases/{phrase}") in self.texts]
            texts = self._limits[limits] = to_bytes(known)
        return texts

    def support(
        self, kinds: Sequence[SupportKind], country: str | None, today: date, marked: Sequence[str] = ()
    ) -> shapes.SupportOut:
        """Return the help lines for `kinds`, of which the first is the gravest, that are in date on `today`.

        What is `marked` among the dangers gets a paragraph of its own, behind the thanks.
        """
        lines = [line for line in self.library.help_for(country, today) if set(kinds) & set(line.kinds)]
        kind = kinds[0]
        paragraphs = [f"{kind}_begins", f"{kind}_thanks", *(f"danger_{line}" for line in marked), kind, f"{kind}_page"]
        if not any(line.country and kind in line.kinds and not line.is_emergency for line in lines):
            paragraphs.append("no_line")
        # An earlier release, put back in force, has fewer of these.
        text = "\n\n".join(self.texts[key] for line in paragraphs if (key := f"support/{line}") in self.texts)
        return {"kind": kind, "text": text, "resources": [resource_out(line) for line in lines]}

    def _trace(self, verdict: OwnVerdict) -> shapes.TraceOut:
        # Private findings are named nowhere, and mutual ones would tell the lower of two answers.
        compiled = self.library.compiled
        findings: list[shapes.BecauseOut] = [
            {"finding": finding.id, "level": finding.values[code]}
            for finding, code in zip(compiled.findings, verdict.codes, strict=True)
            if code >= 0 and finding.label == "pooled"
        ]
        stated = verdict.true & compiled.rules_that.every & ~compiled.rules_that.private
        needs = {compiled.rules[i].id: _NEEDS[compiled.rules[i].need] for i in positions(stated)}
        rules: list[shapes.FiredOut] = [{"rule": id_, "need": needs[id_]} for id_ in self._rules if id_ in needs]
        return {"findings": findings, "rules": rules}


def take_wording(wordings: Sequence[Wording], turn: int) -> Wording:
    """Return the wording of a turn."""
    return wordings[turn % len(wordings)]


def fill(text: str, values: Mapping[str, AnswerValue]) -> str:
    """Return a text with its slots filled: `{minutes}` becomes 30, `{minutes|minute|minutes}` becomes 30 minutes."""
    if not values:
        return text

    def filled(slot: re.Match[str]) -> str:
        name, one, several = slot.groups()
        value = values[name]
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        if isinstance(value, float) and (quarters := _QUARTERS.get(value % 1)):
            shown = f"{int(value) or ''}{quarters}"
        return shown if one is None else f"{shown} {one if value == 1 else several}"

    return _SLOT.sub(filled, text)


def facts_out(activity: Activity, library: Library, locale: str) -> dict[str, Any]:
    """Return the texts and facts of an activity that a view and the catalogue have in common."""
    texts, key = library.texts[locale], f"activities/{activity.id}"
    facts = fields_out(
        shapes.ActivityFacts,
        activity,
        title=texts[f"{key}/title"],
        summary=texts[f"{key}/summary"],
        steps=wordings_of(texts, f"{key}/steps"),
        strategy=library.strategy_of(activity.practice),
    )
    return {**facts}


def resource_out(line: HelpLine) -> shapes.ResourceOut:
    """Return a help line as it is shown."""
    return {
        "name": line.name,
        "for_whom": line.for_whom,
        "contact": line.contact,
        "links": list(line.links),
        "hours": line.hours,
        "country": line.country,
        "source": line.source,
        "verified_on": line.verified_on.isoformat(),
    }
