import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from itertools import product
from pathlib import Path
from random import Random

import pytest
from rich.console import Console

from app.engine.compiled_ruleset import compile_ruleset
from app.engine.conditions import UNKNOWN, clause_truth, clauses, truth
from app.engine.ruleset import Need, Rule
from app.rulesets.library import SOURCE_LOCALE, Library
from app.rulesets.load import CONTENT
from app.rulesets.review import rules_in_force
from verification.__main__ import main
from verification.commands.review import CannotWrite, NoSuchRule, page, review, show
from verification.decision_table import DecisionTable, PurposeFate, table_of
from verification.review_words import Reviewed

STRAINED = "structure-first-when-talk-is-strained"
CALM_MOMENT = "a-calm-moment-under-stress"
ALL_TRIED, TRIED = 2_000, 200
VOID = {"meta", "br", "link", "img", "hr"}

Change = Callable[[Path, Mapping[str, object]], None]


@pytest.fixture(scope="module")
def reviewed(library: Library) -> Reviewed:
    return Reviewed(library)


@pytest.fixture(scope="module")
def whole(reviewed: Reviewed) -> str:
    return page(reviewed)


class Reader(HTMLParser):
    """Sees that every element is closed, which ids there are, and what is linked and loaded."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.loads: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.add(str(given["href"]))
        self.loads += [(tag, given[name]) for name in ("src", "srcset", "data", "style") if name in given]
        if tag in ("script", "link", "iframe", "object", "form"):
            self.loads.append((tag, None))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def acting(library: Library, purpose: str) -> list[Rule]:
    """The rules that name a purpose or its practice."""
    names = {purpose, library.ruleset.practice_of(purpose)}
    return [rule for rule in rules_in_force(library) if names & {rule.suggests, *rule.withholds}]


def plain_fate(library: Library, purpose: str, codes: Mapping[str, int]) -> PurposeFate:
    """As the rules read, one after the other."""
    private = {finding.id for finding in library.ruleset.findings if finding.label == "private"}
    best = PurposeFate.uncalled
    for rule in acting(library, purpose):
        if truth(rule.when, lambda leaf: clause_truth(leaf, codes)) is True:  # type: ignore[arg-type]
            reads = private & {clause.finding for clause in clauses(rule.when)}
            fate = (
                PurposeFate(rule.need)
                if rule.need
                else PurposeFate.withheld_privately
                if reads
                else PurposeFate.withheld
            )
            best = max(best, fate)
    return best


def some_combinations(table: DecisionTable) -> list[dict[str, int]]:
    domains = [range(UNKNOWN, len(finding.values)) for finding in table.reads]
    names = [finding.id for finding in table.reads]
    if table.combinations <= ALL_TRIED:
        return [dict(zip(names, codes, strict=True)) for codes in product(*domains)]
    chance = Random(table.purpose)
    return [{name: chance.choice(domain) for name, domain in zip(names, domains, strict=True)} for _ in range(TRIED)]


def test_a_decision_table_says_what_the_rules_say(library: Library) -> None:
    for purpose in library.ruleset.purposes:
        table = table_of(library, purpose.id)
        for codes in some_combinations(table):
            assert table.fate(codes) == plain_fate(library, purpose.id, codes), (purpose.id, codes)


def test_no_row_of_a_table_could_be_left_out(library: Library) -> None:
    for purpose in library.ruleset.purposes:
        table = table_of(library, purpose.id)
        if table.combinations > ALL_TRIED:
            continue
        combinations = some_combinations(table)
        for row in table.rows:
            without = table._replace(rows=tuple(other for other in table.rows if other is not row))
            assert any(table.fate(codes) != without.fate(codes) for codes in combinations), (purpose.id, row)


def test_rules_that_change_nothing_in_a_table_are_named(library: Library) -> None:
    assert CALM_MOMENT in table_of(with_an_idle_rule(library), "quiet_together").idle
    for purpose in library.ruleset.purposes:
        table = table_of(library, purpose.id)
        speaking = {rule.id for rule in acting(library, purpose.id)}
        assert {rule for row in table.rows for rule in row.rules} | {*table.idle} == speaking


def rule_named(library: Library, id_: str) -> Rule:
    return next(rule for rule in library.ruleset.rules if rule.id == id_)


def with_an_idle_rule(library: Library) -> Library:
    """A calm moment, called for as little as for every couple."""
    rules = tuple(replace(r, need=Need.slight) if r.id == CALM_MOMENT else r for r in library.ruleset.rules)
    ruleset = replace(library.ruleset, rules=rules)
    return replace(library, ruleset=ruleset, compiled=compile_ruleset(ruleset))


def test_the_page_is_whole_and_loads_nothing(whole: str) -> None:
    reader = Reader(whole)

    assert reader.open == []
    assert reader.loads == []
    assert len(reader.ids) == len(set(reader.ids))
    assert {link.removeprefix("#") for link in reader.links} <= {*reader.ids}
    assert not re.search(r"url\(|@import|javascript:", whole)
    assert "@media print" in whole


def test_every_rule_has_a_card_to_sign(whole: str, library: Library) -> None:
    cards = re.findall(r'<article id="rule-([^"]+)">(.*?)</article>', whole, re.DOTALL)

    assert sorted(id_ for id_, _ in cards) == sorted(rule.id for rule in rules_in_force(library))
    for id_, card in cards:
        assert "class=sign" in card
        assert card.count("<tr>") == len(rule_named(library, id_).scenarios) + 1
        assert all(f">{claim}</a>" in card for claim in rule_named(library, id_).claims)
    assert library.digest in whole


def test_every_claim_and_every_reference_stands_on_the_page(whole: str, library: Library, reviewed: Reviewed) -> None:
    for claim in library.claims:
        assert f'id="claim-{claim}"' in whole
    for reference in library.references.values():
        assert reference.link in whole
    cited = reviewed.claim(next(id_ for id_, claim in library.claims.items() if claim.reference == 1))
    assert cited.sources[0].startswith("Reference 1 as printed: Papp")
    assert cited.sources[1].startswith("As found: Papp")


def test_texts_are_escaped(library: Library) -> None:
    evil = '<script>alert("1")</script> & more'
    texts = {key: evil for key in library.texts[SOURCE_LOCALE] if key.split("/")[-1] != "steps"}
    told = Reviewed(replace(library, texts={**library.texts, SOURCE_LOCALE: texts}))

    for text in (page(told), page(told, rule_named(library, STRAINED))):
        assert "<script" not in text
        assert Reader(text).open == []


def test_one_rule_is_a_page_of_its_own(reviewed: Reviewed, library: Library) -> None:
    text = page(reviewed, rule_named(library, STRAINED))

    assert text.count("<article") == 1
    assert "When talking feels strained: suggest take turns (strong need)." in text


def test_a_terminal_shows_the_same_without_colour_in_a_pipe(reviewed: Reviewed, library: Library) -> None:
    out = StringIO()
    show(reviewed, None, Console(file=out, width=80))
    said = out.getvalue()

    assert "\x1b" not in said
    for rule in rules_in_force(library):
        assert rule.id in said
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.thorough
def test_the_page_is_written_into_a_folder_or_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review(CONTENT, STRAINED, tmp_path / "new")
    review(CONTENT, STRAINED, tmp_path / "one.html")

    assert (tmp_path / "new" / "review.html").read_bytes() == (tmp_path / "one.html").read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["new", "one.html"]
    assert capsys.readouterr().out.splitlines() == [
        f"Written to {tmp_path / 'new' / 'review.html'}",
        f"Written to {tmp_path / 'one.html'}",
    ]
    with pytest.raises(CannotWrite, match="cannot be written"):
        review(CONTENT, STRAINED, tmp_path / "one.html" / "below")


def test_a_wrong_name_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NoSuchRule):
        review(CONTENT, "nothing", None)
    assert main(["review", STRAINED[:-2]]) == 1
    assert f"Did you mean `{STRAINED}`?" in capsys.readouterr().err


def test_the_command_prints_one_rule(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["review", STRAINED])

    assert "strong need" in capsys.readouterr().out


@pytest.mark.thorough
def test_content_with_a_retired_rule_is_reviewed(
    tmp_path: Path, change: Change, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    change(root, {f"rules/{STRAINED}.yaml": ("status: draft", "status: retired")})
    change(root, {f"rules/{CALM_MOMENT}.yaml": ("need: moderate", "need: slight")})

    review(root, CALM_MOMENT, None)

    assert CALM_MOMENT in capsys.readouterr().out
    with pytest.raises(NoSuchRule):
        review(root, STRAINED, None)


def test_a_page_counts_what_is_signed(library: Library) -> None:
    rules = (replace(rule_named(library, STRAINED), status="reviewed"), rule_named(library, CALM_MOMENT))
    ruleset = replace(library.ruleset, rules=rules)
    told = Reviewed(replace(library, ruleset=ruleset, compiled=compile_ruleset(ruleset)))

    assert told.counts() == "2 rules: 1 draft, 1 reviewed."


def test_reviewing_needs_no_extra() -> None:
    check = "import sys, verification.commands.review; sys.exit(bool({'numpy', 'z3'} & {*sys.modules}))"

    assert subprocess.run([sys.executable, "-c", check], check=False, timeout=60).returncode == 0
