"""The shares of questions, counted over sampled reports in this process or in those of an executor.

Every sampled partner has an answer to everything, and has given some of it. For each question the answer is taken out
of the report and put back in: the share counts how often that changes the leading strategy or the first purpose. The
reports are told apart by the two given answers that tell most about it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from app.engine.conditions import Linear, leaves, whole
from app.engine.next_questions import find_first
from app.engine.offer import read
from app.engine.say import band_of, may_be_asked
from app.engine.self_report import PooledReport, answer_at, leave_out, pool
from app.engine.shares import JOIN, WHOLE, Known, LikelyAnswer, QuestionShares, ShareTable, with_answer
from app.engine.vocabulary import ANSWERS, POOLED_PATHS
from app.rulesets.active_ruleset import load_head
from app.rulesets.library import Library
from app.rulesets.plain_reports import answers_of, report_of
from app.rulesets.sampling import read_population, sample_couples
from verification.spreading import parts_of

REPORTS = 20_000
REPORTS_OF_A_PART = 250
REPORTS_OF_ANSWERS = 1_000
FEWEST_REPORTS = 100
"""Fewer reports of one kind have no share of their own."""
MOST_ANSWERS = 12
MOST_KNOWN = 2
QUESTIONS = tuple(path for path in ANSWERS if path in POOLED_PATHS)
ReportsByBands = Mapping[tuple[str, ...], int]
"""Sets of reports by the bands of what they give."""


class Counted(NamedTuple):
    """One report: the bands of what it gives, and the questions that it could answer and that changed what comes first.

    Questions are bits, in the order of `QUESTIONS`.
    """

    bands: tuple[str, ...]
    answerable: int
    changed: int


def count_shares(root: Path, reports: int = REPORTS, executor: Executor | None = None) -> ShareTable:
    """Count so many sampled reports, judged by the content files under `root`, into a table."""
    parts = parts_of(reports, REPORTS_OF_A_PART)
    counted = [*chain.from_iterable((executor.map if executor else map)(count_part, [root] * len(parts), parts))]
    known, likely = known_of(_open(root)), likely_answers()
    tally = _Tally(known, counted)
    drafts = {path: tally.shares_of(position) for position, path in enumerate(QUESTIONS)}
    used = sorted({i for draft in drafts.values() for i in draft.known})
    questions = {
        path: replace(draft, known=tuple(map(used.index, draft.known)), answers=likely[path])
        for path, draft in drafts.items()
    }
    return ShareTable(reports, tuple(known[i] for i in used), questions)


def count_part(root: Path, numbers: range) -> list[Counted]:
    """Count some of the reports, in whichever process."""
    library = _open(root)
    known = known_of(library)
    return [_count_one(library, known, sampled) for sampled in sample_reports(numbers)]


class SampledReport(NamedTuple):
    """A synthetic partner: all that they could answer, and the part of it that they give."""

    number: int
    whole: PooledReport
    known_answers: PooledReport


def sample_reports(numbers: Iterable[int], seed: int = 0) -> Iterator[SampledReport]:
    """Yield synthetic partners. What a partner gives follows the tiers of the population."""
    population = read_population()
    talkative = population._replace(tiers=(dict.fromkeys(population.tiers[0], 100),), tier_ends=())
    everyone = zip(sample_couples(numbers, seed, talkative), sample_couples(numbers, seed, population), strict=True)
    for full, brief in everyone:
        known_answers, answers = {path for path, _ in answers_of(brief.a)}, dict(answers_of(full.a))
        shown = {path: answer for path, answer in answers.items() if path in known_answers and path in POOLED_PATHS}
        yield SampledReport(full.number, pool(replace(full.a, keep_private=None)), pool(report_of(shown)))


def _count_one(library: Library, known: tuple[Known, ...], sampled: SampledReport) -> Counted:
    compiled, seed, known_answers = library.compiled, str(sampled.number), sampled.known_answers
    reading = read(compiled, known_answers)
    first = find_first(compiled, reading, seed)
    answerable = changed = 0
    for position, path in enumerate(QUESTIONS):
        if answer_at(sampled.whole, path) is None or not may_be_asked(compiled.shares, path, known_answers):
            continue
        answerable |= 1 << position
        is_given = answer_at(known_answers, path) is not None
        other = read(
            compiled, leave_out(known_answers, path) if is_given else with_answer(known_answers, path, sampled.whole)
        )
        if other[1:] != reading[1:] and find_first(compiled, other, seed) != first:
            changed |= 1 << position
    return Counted(tuple(band_of(one, known_answers) for one in known), answerable, changed)


class _Tally:
    """All counted reports as sets: a bit for each report."""

    def __init__(self, known: tuple[Known, ...], counted: Sequence[Counted]) -> None:
        self._known = known
        self._answerable = [_reports_of([one.answerable >> at & 1 for one in counted]) for at in range(len(QUESTIONS))]
        self._changed = [_reports_of([one.changed >> at & 1 for one in counted]) for at in range(len(QUESTIONS))]
        self._bands = [_reports_by_band([one.bands[i] for one in counted]) for i in range(len(known))]

    def shares_of(self, position: int) -> QuestionShares:
        """Return the shares of one question, in general and by the two known answers that tell most about it."""
        answerable, changed = self._answerable[position], self._changed[position]
        if not answerable & changed:
            return QuestionShares(0)
        cells: ReportsByBands = {(): answerable}
        chosen: tuple[int, ...] = ()
        others = [i for i, one in enumerate(self._known) if one.path != QUESTIONS[position]]
        for _ in range(MOST_KNOWN):
            splits = {i: self._split(cells, i) for i in others if i not in chosen}
            best = max(splits, key=lambda i: _told_apart(splits[i].values(), changed))
            cells, chosen = splits[best], (*chosen, best)
        by_bands = {
            JOIN.join(bands): _share(reports, changed)
            for bands, reports in sorted(cells.items())
            if reports.bit_count() >= FEWEST_REPORTS
        }
        return QuestionShares(_share(answerable, changed), chosen, by_bands)

    def _split(self, cells: ReportsByBands, i: int) -> ReportsByBands:
        parts = (
            ((*bands, band), reports & of_band)
            for bands, reports in cells.items()
            for band, of_band in self._bands[i].items()
        )
        return {bands: reports for bands, reports in parts if reports}


def _reports_of(flags: Iterable[int]) -> int:
    return int("".join("1" if flag else "0" for flag in flags), 2)


def _reports_by_band(bands: Sequence[str]) -> dict[str, int]:
    return {band: _reports_of(one == band for one in bands) for band in set(bands)}


def _told_apart(cells: Iterable[int], changed: int) -> float:
    """Return how far the shares of the cells lie apart: the sum of their squares, each weighed by its reports."""
    return sum((reports & changed).bit_count() ** 2 / reports.bit_count() for reports in cells)


def _share(reports: int, changed: int) -> int:
    return WHOLE * (reports & changed).bit_count() // reports.bit_count()


# What may be known, and what is likely


@lru_cache(maxsize=2)
def known_of(library: Library) -> tuple[Known, ...]:
    """Return what may be known of a report: every answer, a set by each of its members, a number by its bands."""
    numbers = [path for path in QUESTIONS if ANSWERS[path].shape in ("number", "integer")]
    cuts = {path: _cuts(library, path) for path in numbers}
    return tuple(
        Known(path, member, cuts.get(path, ()))
        for path in QUESTIONS
        for member in (ANSWERS[path].levels if ANSWERS[path].shape == "choices" else (None,))
    )


def _cuts(library: Library, path: str) -> tuple[float, ...]:
    """Return the cut points of findings that read a number alone, else those that part sampled reports in four."""
    read_alone = {
        leaf.constant / whole(1, path)
        for finding in library.ruleset.findings
        for _, condition in finding.tries
        for leaf in leaves(condition)
        if isinstance(leaf, Linear) and [of for _, of in leaf.terms] == [path]
    }
    if read_alone:
        return tuple(sorted(read_alone))
    numbers = (answer_at(sampled.whole, path) for sampled in sample_reports(range(REPORTS_OF_A_PART)))
    return tuple(sorted(set(quantiles([number for number in numbers if number is not None], n=4))))


def likely_answers() -> dict[str, tuple[LikelyAnswer, ...]]:
    """Return the likely answers to each question: whatever was sampled with its numbers, of sets and maps the first."""
    wholes = [sampled.whole for sampled in sample_reports(range(REPORTS_OF_ANSWERS))]
    return {path: tuple(_likely(path, wholes)) for path in QUESTIONS}


def _likely(path: str, wholes: Iterable[PooledReport]) -> Iterator[LikelyAnswer]:
    alone = [with_answer(PooledReport(), path, whole) for whole in wholes if answer_at(whole, path) is not None]
    if ANSWERS[path].shape.startswith(("choices", "map")):
        return (LikelyAnswer(report, 1) for report in alone[:MOST_ANSWERS])
    return (LikelyAnswer(report, weight) for report, weight in Counter(alone).most_common())


@lru_cache(maxsize=1)
def _open(root: Path) -> Library:
    return load_head(root)
