import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.commands.answers_file import read_answers
from app.commands.explain import call_api
from app.commands.failure import CommandFailed
from app.settings import Settings
from tests.cases import rest_thorough

Rekindle = Callable[..., subprocess.CompletedProcess[str]]
EXAMPLE = Path(__file__).parents[2] / "examples" / "first-request.json"

ONE = """
time_together: {hours_per_week: 4}
conflict: {level: occasional}
busyness: {level: full}
activity_preferences: {likes: {walk: love}}
private: {willingness: yes}
safety: {fear: no}
"""


def answer(tmp_path: Path, text: str, locale: str | None = None) -> dict[str, Any]:
    file = tmp_path / "mine"
    file.write_text(text, encoding="utf-8")
    said: dict[str, Any] = json.loads(call_api(Settings(), file, locale))
    return said


def test_a_whole_request_is_answered_as_the_api_answers_it(rekindle: Rekindle) -> None:
    done = rekindle("explain", str(EXAMPLE), "--json")

    said = json.loads(done.stdout)
    assert said["basis"] == "both_partners"
    assert list(said["views"]) == ["a", "b"]


def test_two_reports_alone_are_enough(tmp_path: Path) -> None:
    reports = json.loads(EXAMPLE.read_text(encoding="utf-8"))["reports"]

    assert answer(tmp_path, json.dumps(reports))["basis"] == "both_partners"


def test_one_report_in_yaml_is_enough_and_no_stays_a_word(tmp_path: Path) -> None:
    said = answer(tmp_path, ONE, locale="zz")

    assert said["basis"] == "one_partner"
    assert said["views"]["a"]["outcome"] == "suggestions"


def test_a_language_that_is_not_there_is_named(rekindle: Rekindle) -> None:
    done = rekindle("explain", str(EXAMPLE), "--locale", "fr")

    assert done.stderr == "There is no fr yet; this is English.\n"
    assert rekindle("explain", str(EXAMPLE), "--locale", "en-GB").stderr == ""


def test_people_read_it_in_words(rekindle: Rekindle) -> None:
    done = rekindle("explain", str(EXAMPLE))

    assert done.stdout.count("may see") == 2
    assert "Quality time" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


CANNOT_BE_EXPLAINED = {
    "a wrong level": (
        ONE.replace("occasional", "ocasional"),
        "mine:3:12: #/conflict/level: There is no such level; did you mean",
    ),
    "a wrong name": (ONE.replace("{level: full}", "{level: full, colour: red}"), "mine:4:25: #/busyness/colour: "),
    "cut off": ('{"a": ', "mine: Reading stopped at line 1, column 7"),
    "no YAML": ("a: [", "mine:2:1: this is not YAML"),
    "a list": ("- a\n- b\n", "mine:1:1: #: Here a self-report is needed, or two under the names a and b"),
    "nothing": ("", "mine: This is empty"),
}


@pytest.mark.parametrize("case", rest_thorough(CANNOT_BE_EXPLAINED, first=2))
def test_what_cannot_be_explained_is_said_in_plain_lines(tmp_path: Path, case: tuple[str, str]) -> None:
    given, reason = case
    file = tmp_path / "mine"
    file.write_text(given, encoding="utf-8")

    with pytest.raises(CommandFailed) as caught:
        call_api(Settings(), file, None)

    assert [line for line in caught.value.lines if reason in line]
    assert not [line for line in caught.value.lines if "\n" in line]


@pytest.mark.parametrize(
    "spelling",
    [
        "yes",
        "Yes",
        "no",
        "NO",
        "on",
        "off",
        "y",
        "0x1f",
        "1_000",
        "2026-11-23",
        "1:30",
        "=",
        "<<",
        "~",
        "0100",
        "-01",
        "+1",
        ".5",
    ],
)
def test_words_that_yaml_would_turn_into_something_else_stay_words(tmp_path: Path, spelling: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"answer: {spelling}", encoding="utf-8")

    assert read_answers(file, 1_000).value == {"answer": spelling}


def test_numbers_truth_values_and_nothing_are_what_they_are(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("[1, -2, 3.5, true, false, null, '7', 0.25]", encoding="utf-8")

    assert read_answers(file, 1_000).value == [1, -2, 3.5, True, False, None, "7", 0.25]


def test_lines_about_mistakes_go_to_the_other_stream(rekindle: Rekindle) -> None:
    done = rekindle("explain", "-", given=ONE.replace("occasional", "ocasional"))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("standard input:3:12: #/conflict/level: ")


def test_a_file_that_is_not_there_is_said_in_one_line(rekindle: Rekindle) -> None:
    done = rekindle("explain", "nowhere.yaml")

    assert (done.returncode, done.stderr) == (1, "nowhere.yaml cannot be read: No such file or directory.\n")


def test_one_thing_is_explained_in_words(rekindle: Rekindle) -> None:
    done = rekindle("explain", "-", "--why", "dance-class", given=ONE)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith("dance-class: not suggested")
    assert "It takes 75 minutes. Until you tell us how much time" in " ".join(done.stdout.split())


def test_whose_view_is_explained_can_be_chosen() -> None:
    one = json.loads(call_api(Settings(), EXAMPLE, None, why="quality_time", viewer="b"))
    views = json.loads(call_api(Settings(), EXAMPLE, None, viewer="b"))["views"]

    assert (one["target"], list(views)) == ("quality_time", ["b"])


def test_what_is_not_there_to_be_explained_is_said_with_the_nearest(rekindle: Rekindle) -> None:
    done = rekindle("explain", "-", "--why", "dance-clas", given=ONE)

    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean 'dance-class'" in done.stderr


def test_no_key_is_needed_to_read_a_file_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REKINDLE_REQUIRE_KEY", "true")

    assert call_api(Settings(), EXAMPLE, None)


NOBODY: dict[str, object] = {"null": None, "empty": "", "false": False, "zero": 0, "list": []}


@pytest.mark.parametrize("viewer", rest_thorough(NOBODY, first=1))
def test_a_viewer_that_is_nobody_is_not_taken_for_partner_a(tmp_path: Path, viewer: object) -> None:
    file = tmp_path / "mine.json"
    request = json.loads(EXAMPLE.read_text(encoding="utf-8")) | {"target": "dance-class", "viewer": viewer}
    file.write_text(json.dumps(request), encoding="utf-8")

    with pytest.raises(CommandFailed) as caught:
        call_api(Settings(), file, None)

    assert [line for line in caught.value.lines if "#/viewer: " in line]
