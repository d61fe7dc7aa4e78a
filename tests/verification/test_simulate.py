import json
import shutil
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from app.rulesets.comparison import EVERYONE, CoupleComparison
from app.rulesets.load import CONTENT
from app.rulesets.sampling import sample_couples
from verification.__main__ import main
from verification.simulation import ONE_PARTNER, Simulation, open_both, read_segments, simulate
from verification.simulation_report import page_of, report_of
from verification.spreading import parts_of, processes

STRAINED = "structure-first-when-talk-is-strained"
SILENCE = "a-shared-task-when-silence-is-heavy"
COUPLES = 240

Change = Callable[[Path, Mapping[str, object]], None]


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, change: Change) -> Path:
    """Content with a rule that weighs less, and one that is gone."""
    root = Path(shutil.copytree(CONTENT, tmp_path_factory.mktemp("new") / "content"))
    weighs_less = ("need: strong", "need: slight")
    change(root, {f"rules/{STRAINED}.yaml": weighs_less, f"rules/{SILENCE}.yaml": ("status: draft", "status: retired")})
    return root


@pytest.fixture(scope="module")
def simulation(changed: Path) -> Simulation:
    return Simulation(CONTENT, "files", str(changed), COUPLES)


@pytest.fixture(scope="module")
def comparison(simulation: Simulation) -> CoupleComparison:
    return simulate(simulation)


@pytest.fixture(scope="module")
def report(simulation: Simulation, comparison: CoupleComparison) -> dict[str, Any]:
    return reported(simulation, comparison)


def reported(simulation: Simulation, comparison: CoupleComparison) -> dict[str, Any]:
    return report_of(simulation, *open_both(simulation.root, simulation.old, simulation.new), comparison)


def test_parts_cover_every_couple_once() -> None:
    parts = parts_of(1234, 200)

    assert [number for part in parts for number in part] == list(range(1234))
    assert max(map(len, parts)) == 200


def test_the_same_rules_change_nothing() -> None:
    simulation = Simulation(CONTENT, "files", "files", 50)
    report = reported(simulation, simulate(simulation))

    assert report["couples"]["changed"] == 0
    assert report["rules"] == report["cases"] == report["activities"] == []
    assert "Nobody would get anything else" in page_of(report)


@pytest.mark.thorough
def test_processes_count_alike(simulation: Simulation, report: dict[str, Any]) -> None:
    with processes(2) as executor:
        spread = simulate(simulation, executor)

    assert reported(simulation, spread) == report


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::ResourceWarning")
def test_a_dask_cluster_counts_alike(simulation: Simulation, report: dict[str, Any], tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not there: pip install rekindle[distributed]")
    options = ["--couples", str(COUPLES), "--output", str(tmp_path / "report")]
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, host="tcp://127.0.0.1", dashboard_address=None
        ) as cluster,
        pytest.raises(SystemExit, match="0"),
    ):
        main(["simulate", "files", simulation.new, *options, "--scheduler", cluster.scheduler_address])

    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == report


def test_progress_counts_every_couple(simulation: Simulation) -> None:
    done: list[int] = []

    simulate(simulation._replace(couples=30), report_progress=done.append)

    assert sum(done) == 30


def test_the_rules_that_differ_are_named(report: dict[str, Any]) -> None:
    rules = {rule["id"]: rule for rule in report["rules"]}

    assert rules.keys() == {STRAINED, SILENCE}
    assert rules[STRAINED]["change"] == "changed"
    assert (rules[SILENCE]["change"], rules[SILENCE]["new"]) == ("removed", 0)
    assert rules[SILENCE]["old"] == rules[SILENCE]["changed"] > 0


def test_every_segment_is_reached() -> None:
    segments = read_segments()
    couples = list(sample_couples(range(2000)))
    reached = [id_ for couple in couples for id_ in segments.of(couple)]

    for id_ in segments.titles:
        assert id_ == EVERYONE or reached.count(id_) > 30, id_
    assert reached.count(ONE_PARTNER) == sum(couple.b is None for couple in couples)


def test_a_couple_is_in_a_segment_where_one_of_the_two_says_so(comparison: CoupleComparison) -> None:
    for couple in sample_couples(range(300)):
        reports = [report for report in (couple.a, couple.b) if report]
        drained = any(report.busyness and report.busyness.energy == "drained" for report in reports)
        far = any(report.closeness and report.closeness.level in (1, 2, 3) for report in reports)
        assert ("drained" in read_segments().of(couple), "not_close" in read_segments().of(couple)) == (drained, far)
    assert comparison.views["drained"] < comparison.views[EVERYONE]


def test_cases_are_two_reports_with_the_views_before_and_after(report: dict[str, Any]) -> None:
    assert 3 <= len(report["cases"]) <= 20
    for case in report["cases"]:
        assert case["views"] > 0
        assert case["aspects"]
        assert case["deciding_answers"] or not case["no_longer_fires"]
    silent = [case for case in report["cases"] if case["no_longer_fires"]]
    asked = "How do you feel when neither of you says anything?"
    assert silent
    assert all(asked in {answer["question"] for answer in case["deciding_answers"]} for case in silent)


class Loads(HTMLParser):
    """Collects whatever a page would load, and its pictures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.pictures: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.loaded += [str(attributes[name]) for name in ("src", "href") if name in attributes]
        if tag in ("script", "link", "iframe"):
            self.loaded.append(tag)
        if tag == "svg":
            self.pictures.append(attributes.get("aria-label"))


def test_the_page_stands_alone(report: dict[str, Any]) -> None:
    text = page_of(report)
    loads = Loads(text)

    assert loads.loaded == []
    assert "url(" not in text
    assert len(loads.pictures) >= 2
    assert all(loads.pictures)
    assert text.count("<article>") == len(report["cases"])


def test_texts_are_escaped(report: dict[str, Any]) -> None:
    evil = '<script>alert("1")</script>'
    case = report["cases"][0] | {"no_longer_fires": [evil]}
    rule = report["rules"][0] | {"title": evil}

    text = page_of(report | {"cases": [case], "rules": [rule]})

    assert "<script" not in text
    assert text.count("&lt;script&gt;") == 2


def test_the_command_writes_the_page_and_the_json(
    changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["simulate", "files", str(changed), "--couples", "60", "--output", str(tmp_path / "report")])

    lines = capsys.readouterr().out
    assert "Of 60 synthetic couples" in lines
    assert sorted(file.name for file in tmp_path.iterdir()) == ["report.html", "report.json"]
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["couples"]["count"] == 60
