import json
import re
import shutil
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.rulesets.load import CONTENT
from tests.verification.tables import table_of, write
from verification import simulate as simulating
from verification.__main__ import main
from verification.answers import decode
from verification.outcome import outcome
from verification.page import page
from verification.population import Population
from verification.simulate import ColumnsDisagree, Counted, Task, comparison_of, libraries, simulate, views_of
from verification.writing import write_reports

STRAINED = "rules/structure-first-when-talk-is-strained.yaml"
CONFLICT = "rules/a-shared-task-when-silence-is-heavy.yaml"
COUPLES = 1500

Change = Callable[[Path, Mapping[str, object]], None]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, change: Change) -> Path:
    """Content with a rule that weighs less, and one that is gone."""
    root = Path(shutil.copytree(CONTENT, tmp_path_factory.mktemp("new") / "content"))
    weighs_less = ("need: strong", "need: slight")
    change(root, {STRAINED: weighs_less, CONFLICT: ("status: draft", "status: retired")})
    return root


def task_of(new: Path, couples: int = COUPLES, **more: Any) -> Task:
    return Task(CONTENT, "files", str(new), couples, **({"probed": 100} | more))


def count(task: Task, **how: Any) -> Counted:
    return simulate(task, done=lambda _: None, **how)


def fingerprint(counted: Counted) -> Any:
    tally = counted.tally
    ways = {way: (example.views, example.place, example.viewer) for way, example in tally.ways.items()}
    return tally.couples, tally.couples_changed, tally.counts.tolist(), ways


def found(task: Task, **how: Any) -> dict[str, Any]:
    return outcome(task, comparison_of(*task.rulesets), libraries(*task.rulesets), count(task, **how))


def test_the_same_rules_change_nothing() -> None:
    told = found(task_of(CONTENT))

    assert told["couples"]["with_a_changed_view"] == 0
    assert told["rules"] == told["cases"] == []
    assert {segment["changed"] for segment in told["segments"]} == {0}


def test_counts_are_those_of_the_request_path(changed: Path) -> None:
    told = found(task_of(changed))
    block = Population(0).block(0, COUPLES)
    old, new = libraries(CONTENT, "files", str(changed))
    leading = sets = views = alone = alone_changed = 0
    for row in range(COUPLES):
        couple = decode(block, row)
        for before, after in zip(views_of(old.compiled, couple), views_of(new.compiled, couple), strict=True):
            if before is None or after is None:
                continue
            was, is_ = ([(each.strategy, each.standing) for each in view.strategies] for view in (before, after))
            leads = [name for name, standing in was if standing == "leading"] != [
                name for name, standing in is_ if standing == "leading"
            ]
            suggested = {name for name, standing in was if standing != "not_now"} != {
                name for name, standing in is_ if standing != "not_now"
            }
            views, leading, sets = views + 1, leading + leads, sets + suggested
            alone, alone_changed = alone + (couple[1] is None), alone_changed + (couple[1] is None and leads)
    everyone, one_partner = told["segments"][0], told["segments"][-1]

    assert leading > 10
    assert (everyone["views"], everyone["leading"], everyone["suggested"]) == (views, leading, sets)
    assert (one_partner["views"], one_partner["leading"]) == (alone, alone_changed)


def test_the_rules_that_differ_are_named(changed: Path) -> None:
    rules = {rule["id"]: rule for rule in found(task_of(changed))["rules"]}

    assert rules["structure-first-when-talk-is-strained"]["change"] == "changed"
    gone = rules["a-shared-task-when-silence-is-heavy"]
    assert (gone["change"], gone["new"]) == ("removed", 0)
    assert gone["old"] == gone["changed"] > 0


def test_every_group_is_reached(changed: Path) -> None:
    for segment in found(task_of(changed, 20_000))["segments"]:
        assert segment["views"] > 50, segment["id"]


def test_cases_are_read_as_two_reports_with_before_and_after(changed: Path) -> None:
    told = found(task_of(changed, 20_000))

    assert 3 <= len(told["cases"]) <= 20
    for case in told["cases"]:
        assert case["before"] != case["after"] or case["weighs_otherwise"] or case["no_longer_fires"]
        assert case["deciding_answers"]
        assert case["views"] > 0
    first = told["cases"][0]
    assert [each["standing"] for each in first["before"]["strategies"]] != []


def test_processes_and_pieces_count_alike(changed: Path) -> None:
    task = task_of(changed, 3 * 65_536 + 1000, probed=50)

    assert fingerprint(count(task, workers=2)) == fingerprint(count(task))


def test_a_cluster_of_two_workers_counts_alike(changed: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not there: pip install rekindle[distributed]")
    task = task_of(changed, 5 * 65_536 + 1000, probed=50)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True) as cluster:
        spread = count(task, scheduler=cluster.scheduler_address)

    assert fingerprint(spread) == fingerprint(count(task))


def test_couples_of_a_file_count_as_the_same_synthetic_ones(changed: Path, tmp_path: Path) -> None:
    block = Population(0).block(0, COUPLES)
    file = write(table_of(decode(block, row) for row in range(COUPLES)), tmp_path / "couples.parquet", rows=400)
    from_file, synthetic = count(task_of(changed, reports=file)), count(task_of(changed))

    assert (from_file.tally.counts == synthetic.tally.counts).all()
    assert from_file.tally.couples_changed == synthetic.tally.couples_changed


def test_of_real_couples_none_is_shown_and_small_counts_are_not_said(changed: Path, tmp_path: Path) -> None:
    block = Population(0).block(0, 60)
    file = write(table_of(decode(block, row) for row in range(60)), tmp_path / "couples.parquet")
    told = found(task_of(changed, 60, reports=file))
    counts = [value for segment in told["segments"] for value in segment.values() if not isinstance(value, str)]

    assert told["cases"] == []
    assert None in counts
    assert [each for each in counts if each and each < 10] == []
    assert "fewer than 10" in page(told)


def test_a_mistake_in_the_columns_stops_everything(changed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulating, "decode", lambda block, row: decode(block, (row + 1) % block.couples))

    with pytest.raises(ColumnsDisagree):
        count(task_of(changed))


def test_most_changed_ways_are_counted_exactly_however_the_work_is_cut(changed: Path) -> None:
    comparison = comparison_of(*task_of(changed).rulesets)
    blocks = [Population(0).block(number, 4000) for number in range(3)]
    one_way, other_way = (simulating.nothing(comparison) for _ in range(2))
    for number in range(3):
        one_way.add(comparison.count(blocks[number], number))
    for number in (2, 0, 1):
        other_way.add(comparison.count(blocks[number], number, other_way.floor))

    assert fingerprint(Counted(one_way, simulating.Probe())) == fingerprint(Counted(other_way, simulating.Probe()))
    assert (np.diff([score for score, _ in sorted(one_way.ways, reverse=True)]) <= 0).all()


class Outside(HTMLParser):
    """What a page asks others for, and what it cannot do without."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.pictures: list[str | None] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.asked += [str(held[name]) for name in ("src", "href") if name in held]
        if tag in ("script", "link", "iframe"):
            self.asked.append(tag)
        if tag == "svg":
            self.pictures.append(held.get("aria-label"))


def test_the_page_stands_alone(changed: Path, tmp_path: Path) -> None:
    html, data = write_reports(found(task_of(changed, 6000)), tmp_path / "report")
    text = html.read_text(encoding="utf-8")
    seen = Outside()
    seen.feed(text)

    assert seen.asked == []
    assert "url(" not in text
    assert len(seen.pictures) >= 2
    assert all(seen.pictures)
    assert json.loads(data.read_text(encoding="utf-8"))["couples"]["count"] == 6000


def test_the_same_simulation_writes_the_same_bytes(changed: Path, tmp_path: Path) -> None:
    told = [write_reports(found(task_of(changed)), tmp_path / name) for name in ("one", "two")]

    assert [file.read_bytes() for file in told[0]] == [file.read_bytes() for file in told[1]]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_what_is_interrupted_leaves_what_was_there(
    changed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
) -> None:
    (tmp_path / "report.html").write_text("the last one", encoding="utf-8")
    told = found(task_of(changed))

    def interrupted(*_: object, **__: object) -> Any:
        raise interruption

    monkeypatch.setattr(Path, "chmod", interrupted)
    with pytest.raises(interruption):
        write_reports(told, tmp_path / "report")

    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["report.html"]
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "the last one"


def test_the_command_writes_both_reports(changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["simulate", "files", str(changed), "--couples", "2_000", "--output", str(tmp_path / "report")])

    said = capsys.readouterr().out
    assert "2,000 couples" in said
    assert re.search(r"\d %  another strategy leads", said)
    assert {"report.html", "report.json"} <= {file.name for file in tmp_path.iterdir()}
