"""Rendering of views as JSON from parts that are serialised once per ruleset and language.

Serialising a whole view costs more than deciding it (decision 8). A test reads the bytes back into the documented
shapes of `view_shapes`.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from app.api.http.json_bytes import to_bytes
from app.api.recommendations import view_shapes as shapes
from app.engine.conditions import clauses
from app.engine.ruleset import Activity, Insight
from app.engine.self_report import SupportKind
from app.engine.view import AskNext, Reason, StrategyView, Suggestion, Verdicts, View
from app.rulesets.library import HelpLine, Library


class Renderer:
    """Renderer of the views of one ruleset in one language."""

    def __init__(self, library: Library, locale: str) -> None:
        self.library = library
        self.locale = locale
        self.texts = library.texts[locale]
        ruleset = to_bytes({"version": library.version, "digest": library.digest})
        self.opening = b'{"ruleset":' + ruleset + b',"basis":"'
        self._findings = {finding.id: finding for finding in library.ruleset.findings}
        self._rules = {rule.id: rule for rule in library.ruleset.rules}
        self._reasons: dict[Reason, bytes] = {}
        self._limits: dict[tuple[str, ...], bytes] = {}
        self._questions: dict[AskNext, bytes] = {}
        self._strategies = {s.id: self._strategy_parts(s.id, s.grade) for s in library.ruleset.strategies}
        self._activities = tuple(self._activity_parts(activity) for activity in library.compiled.index.order)
        self._insights = {insight.id: to_bytes(self._insight_out(insight)) for insight in library.ruleset.insights}

    def view(self, view: View, country: str | None, explain: shapes.Explain, today: date) -> bytes:
        """Return one view as JSON. `today` decides which help lines are still in date, nothing else."""
        with_reasons = explain != "none"
        return b"".join(
            (
                b'{"outcome":"',
                view.outcome.encode(),
                b'","strategies":[',
                b",".join([self._strategy(strategy, with_reasons=with_reasons) for strategy in view.strategies]),
                b'],"activities":[',
                b",".join([self._activity(suggestion, with_reasons=with_reasons) for suggestion in view.activities]),
                b'],"insights":[',
                b",".join([self._insights[insight] for insight in view.insights]),
                b'],"ask_next":[',
                b",".join([self._ask(ask) for ask in view.ask_next]),
                b'],"support":',
                to_bytes(self.support(view.support, country, today)) if view.support else b"null",
                b',"limits":',
                self._limit_texts(view.limits),
                b',"help":"/v1/help',
                b"?country=" + country.encode() if country else b"",
                b'","next_check_in_days":',
                str(view.next_check_in_days).encode(),
                b',"trace":',
                to_bytes(self._trace(view.verdicts)) if explain == "full" and view.verdicts else b"null",
                b"}",
            )
        )

    def activity_out(self, activity: Activity) -> dict[str, Any]:
        """Return the texts and facts of an activity that a view and the catalogue have in common."""
        key = f"activities/{activity.id}"
        return {
            "id": activity.id,
            "title": self.texts[f"{key}/title"],
            "summary": self.texts[f"{key}/summary"],
            "steps": self._steps(key),
            "strategy": self.library.strategy_of(activity.practice),
            "practice": activity.practice,
            "together": activity.together,
            "minutes": activity.minutes,
            "times_a_week": activity.times_a_week,
            "cost": activity.cost,
            "kinds": list(activity.kinds),
            "interaction": activity.interaction,
            "talk": activity.talk,
            "novelty": activity.novelty,
            "energy": activity.energy,
            "repeat": activity.repeat,
            "evidence": self.evidence_out(activity.grade, key),
        }

    def claims_out(self, claims: Iterable[str]) -> list[shapes.ClaimRefOut]:
        """Return references to claims of the article."""
        return [
            {"id": id_, "section": self.texts[f"claims/{id_}/section"], "reference": self.library.claims[id_].reference}
            for id_ in claims
        ]

    def evidence_out(self, grade: str, key: str) -> shapes.EvidenceOut:
        """Return a grade with its note, whose text stands under `key`."""
        return {"grade": grade, "note": self.texts[f"{key}/evidence"]}

    def _steps(self, key: str) -> list[str]:
        steps, number = [], 0
        while (step := self.texts.get(f"{key}/steps/{number}")) is not None:
            steps.append(step)
            number += 1
        return steps

    def _activity_parts(self, activity: Activity) -> tuple[bytes, bytes]:
        before = to_bytes(self.activity_out(activity))[:-1] + b',"reasons":['
        after = b'],"decline_reasons":' + to_bytes(activity.decline_reasons) + b"}"
        return before, after

    def _strategy_parts(self, id_: str, grade: str) -> tuple[bytes, bytes]:
        key = f"strategies/{id_}"
        before = to_bytes({"id": id_, "title": self.texts[f"{key}/title"]})[:-1] + b',"rank":'
        after = b'],"evidence":' + to_bytes(self.evidence_out(grade, key)) + b"}"
        return before, after

    def _insight_out(self, insight: Insight) -> shapes.InsightOut:
        text = self.texts[f"insights/{insight.id}/text"]
        if any(self._findings[clause.finding].gap for clause in clauses(insight.when)):
            text = f"{text} {self.texts['phrases/from_both']}"
        return {"id": insight.id, "text": text, "claims": self.claims_out(insight.claims)}

    def _strategy(self, view: StrategyView, *, with_reasons: bool) -> bytes:
        before, after = self._strategies[view.strategy]
        return b"".join(
            (
                before,
                str(view.rank).encode(),
                b',"standing":"',
                view.standing.encode(),
                b'","reasons":[',
                self._reasons_of(view.reasons) if with_reasons else b"",
                b'],"withheld_by":[',
                self._reasons_of(view.withheld_by),
                after,
            )
        )

    def _activity(self, suggestion: Suggestion, *, with_reasons: bool) -> bytes:
        before, after = self._activities[suggestion.position]
        return before + (self._reasons_of(suggestion.reasons) if with_reasons else b"") + after

    def _reasons_of(self, reasons: tuple[Reason, ...]) -> bytes:
        return b",".join([self._reasons.get(reason) or self._serialize(reason) for reason in reasons])

    def _serialize(self, reason: Reason) -> bytes:
        # A rule has few findings, so it is a reason in few ways and the cache stays small.
        serialized = self._reasons[reason] = to_bytes(self._reason_out(reason))
        return serialized

    def _reason_out(self, reason: Reason) -> shapes.ReasonOut:
        rule = self._rules.get(reason.text)
        text = self.texts[f"rules/{rule.id}/says"] if rule else self.texts[f"phrases/{reason.text}"]
        if reason.is_shared:
            text = f"{text} {self.texts['phrases/from_both']}"
        because: list[shapes.BecauseOut] = [
            {"finding": finding} if level is None else {"finding": finding, "level": level}
            for finding, level in reason.because
        ]
        return {
            "rule": reason.rule,
            "text": text,
            "because": because,
            "claims": self.claims_out(rule.claims) if rule else [],
            "evidence": self.evidence_out(rule.grade, f"rules/{rule.id}")
            if rule
            else {"grade": "D", "note": self.texts["phrases/product_note"]},
        }

    def _ask(self, ask: AskNext) -> bytes:
        question = self._questions.get(ask)
        if question is None:
            limit_only = ask.question in self.library.limit_questions and ask.would_decide == 1
            why = self.texts["phrases/ask_next_limit" if limit_only else "phrases/ask_next_rule"]
            out: shapes.AskNextOut = {
                "question": ask.question,
                "why": why.replace("{count}", str(ask.would_decide)),
                "would_decide": ask.would_decide,
            }
            question = self._questions[ask] = to_bytes(out)
        return question

    def _limit_texts(self, limits: tuple[str, ...]) -> bytes:
        texts = self._limits.get(limits)
        if texts is None:
            texts = self._limits[limits] = to_bytes([self.texts[f"phrases/{phrase}"] for phrase in limits])
        return texts

    def support(self, kinds: Sequence[SupportKind], country: str | None, today: date) -> shapes.SupportOut:
        """Return the help lines for `kinds`, of which the first is the gravest, that are in date on `today`."""
        lines = [line for line in self.library.help_for(country, today) if set(kinds) & set(line.kinds)]
        text = self.texts[f"support/{kinds[0]}"]
        if not any(line.country and kinds[0] in line.kinds for line in lines):
            text = f"{text} {self.texts['support/no_line']}"
        return {"kind": kinds[0], "text": text, "resources": [resource_out(line) for line in lines]}

    def _trace(self, verdicts: Verdicts) -> shapes.TraceOut:
        # Leaves out all that is private, findings that only the other partner's answers decide, and silent rules.
        compiled = self.library.compiled
        findings: list[shapes.BecauseOut] = []
        for finding, code, own in zip(compiled.findings, verdicts.codes, verdicts.own_codes, strict=True):
            if code >= 0 and finding.label == "pooled" and finding.both != "theirs":
                named: shapes.BecauseOut = {"finding": finding.id}
                findings.append(named | {"level": finding.values[code]} if own == code else named)
        fired: list[shapes.FiredOut] = []
        for i, rule in enumerate(compiled.rules):
            if verdicts.true >> i & 1 and not rule.is_private:
                need = min(rule.need, 2) if rule.need and verdicts.capped >> i & 1 else rule.need
                fired.append(
                    {"rule": rule.id, "need": None if need is None else ("slight", "moderate", "strong")[need - 1]}
                )
        return {"findings": findings, "rules": fired}


def resource_out(line: HelpLine) -> shapes.ResourceOut:
    """Return a help line as it is shown."""
    return {
        "name": line.name,
        "contact": line.contact,
        "links": list(line.links),
        "hours": line.hours,
        "country": line.country,
        "source": line.source,
        "verified_on": line.verified_on.isoformat(),
    }
