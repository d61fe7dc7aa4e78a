"""Answers in a file are read as strictly as the API reads a body, whatever bytes they are."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from fastapi import FastAPI
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app import cli
from app.commands import answers_file
from app.commands import explain as explain_command
from app.main import create_app
from app.rulesets.diagnostics import DiagnosticCollector
from app.settings import Settings
from tests import clock
from tests.cli.conftest import COMMAND

GROUPS = """\
time_together: {hours_per_week: 4}
conflict: {level: rare}
busyness: {level: full, longest_slot_minutes: 60}
activity_preferences: {likes: {walk: ok}}
"""
REPORT: dict[str, Any] = yaml.safe_load(GROUPS)
REQUEST = json.dumps({"reports": {"a": REPORT, "b": {**REPORT, "safety": {"fear": "no"}}}})
LIMIT = 262_144
BOMB = "a: &a [1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{earlier}'] * 9)}]\n" for earlier, name in pairwise("abcdefgh")
)
ROWS = {
    "a safety answer written twice is never lost": (GROUPS + "safety: {fear: yes}\nsafety: {fear: no}\n", ":6:1: "),
    "nor one written twice in its group": (GROUPS + "safety:\n  fear: yes\n  fear: no\n", ":7:3: "),
    "nor one in JSON": ('{"safety": {"fear": "yes"}, "safety": {"fear": "no"}}', "#/safety: "),
    "nor one whose name is written otherwise": (r'{"safety": 1, "\u0073afety": 2}', "#/safety: "),
    "0100 is never 64": (GROUPS.replace("60", "0100"), ":3:25: #/busyness/longest_slot_minutes: "),
    "090 is no number": (GROUPS.replace("60", "090"), ":3:25: #/busyness/longest_slot_minutes: "),
    "a tag is not followed": (GROUPS + "note: !!timestamp 2026-11-29\n", ":5:7: "),
    "whichever tag": ("a: !!set {x}\nb: !!binary aGk=\nc: !!int yes\n", ":3:4: "),
    "an alias is not followed": ("a: &a [1]\nb: *a\n", ":2:4: "),
    "nor one to itself": ("a: &a [*a]\n", ":1:8: "),
    "a bomb of aliases is not lit": (BOMB, ":8:4: "),
    "3,000 levels of YAML": ("[" * 3_000, "nested too deeply"),
    "3,000 levels of lines": ("\n".join(" " * level + "a:" for level in range(300)), "nested too deeply"),
    "3,000 levels of JSON": ('{"a":' * 3_000, "nested too deeply"),
    "5,000 digits in YAML": (GROUPS.replace("60", "9" * 5_000), ":3:47: "),
    "5,000 digits in JSON": ('{"a": ' + "9" * 5_000 + "}", "#/a: "),
    "a number beyond all numbers in YAML": (GROUPS.replace("4}", "1e400}"), ":1:33: "),
    "a number beyond all numbers in JSON": ('{"a": [1e400]}', "#/a/0: "),
    "what JSON does not know": ('{"a": NaN, "b": [-Infinity]}', "#/b/0: "),
    "half a character as a name": (r'{"\ud800": 1}', "#/%EF%BF%BD: "),
    "half a character as a value": (r'{"a": {"b": "\udfff"}}', "#/a/b: "),
    "nothing where an answer should be": (GROUPS + "safety: {fear: }\n", ":5:10: "),
    "a blank before a name": (GROUPS + '" safety": {fear: yes}\n', ":5:1: #/%20safety: There is no such field"),
    "two documents": (GROUPS + "---\n" + GROUPS, ":5:1: "),
    "Windows-1252": ("note: zoë".encode("cp1252"), "Is it Windows-1252?"),
    "UTF-16": (GROUPS.encode("utf-16"), "Is it UTF-16?"),
    "UTF-16 without a mark": (REQUEST.encode("utf-16-le"), "Is it UTF-16?"),
    "NUL": (GROUPS + "\0", "not YAML"),
    "nothing": (b"", "This is empty"),
    "blanks alone": (b" \n\t\n", "This is empty"),
    "a comment alone": (b"# nothing\n", "empty"),
    "more than the API reads": (b" " * (LIMIT + 1), f"at most {LIMIT} bytes"),
    "a name that steers a terminal": ('"\\e[2J": 1\n"\\e[2J": 2\n', r"`\x1b[2J` is written twice"),
}  # fmt: skip


class Run(NamedTuple):
    code: int
    output: str
    errors: str


@pytest.fixture(scope="module")
def api() -> FastAPI:
    return create_app(Settings(), clock=clock.now)


@pytest.fixture
def explain(api: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Run `rekindle explain -` in this process, on an API that is made once."""
    monkeypatch.setattr(explain_command, "create_app", lambda _: api)

    def run(data: bytes | str, *options: str) -> Run:
        data = data if isinstance(data, bytes) else data.encode()
        streams = [TextIOWrapper(BytesIO(part), encoding="utf-8") for part in (data, b"", b"")]
        with monkeypatch.context() as here:
            here.setattr(sys, "argv", ["rekindle", "explain", "-", *options])
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                here.setattr(sys, name, stream)
            code = exit_code_of(cli.main)
        for stream in streams[1:]:
            stream.seek(0)
        return Run(code, streams[1].read(), streams[2].read())

    return run


def exit_code_of(command: Callable[[], None]) -> int:
    try:
        command()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def broken_promises(explain: Callable[..., Run]) -> list[str]:
    """The rows that are not refused by one or more plain lines, one of which says what the row expects."""
    broken = []
    for name, (data, expected) in ROWS.items():
        try:
            code, output, errors = explain(data)
        except Exception:  # noqa: BLE001  a planted reader may raise anything
            broken.append(name)
        else:
            if (code, output) != (1, "") or expected not in errors:
                broken.append(name)
    return broken


def test_what_a_strict_reader_refuses_is_refused_in_plain_lines_at_its_place(explain: Callable[..., Run]) -> None:
    assert explain(GROUPS).code == 0
    assert broken_promises(explain) == []


class LaxYaml(yaml.SafeLoader):
    """A loader as people write it in a hurry."""


class LaxNode(NamedTuple):
    text: str

    def to_json(self, _: object) -> Any:
        return yaml.load(self.text, LaxYaml)  # noqa: S506


def read_laxly(text: str, _: str, __: DiagnosticCollector) -> LaxNode:
    return LaxNode(text)


def test_a_lax_reader_would_be_found(explain: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_file, "read_json", json.loads)
    monkeypatch.setattr(answers_file, "read_text", read_laxly)

    broken = broken_promises(explain)

    assert {
        "a safety answer written twice is never lost",
        "nor one in JSON",
        "0100 is never 64",
        "a tag is not followed",
        "nor one to itself",
        "3,000 levels of YAML",
        "5,000 digits in YAML",
    } <= set(broken)


SPICE = [
    *("", "{", "}", "[", "]", ":", ",", '"', "'", "\\", "\n", " ", "#", "- ", "? ", "| ", "&a ", "*a", "!!int ", "%"),
    *('"a":1,', '"safety":{"fear":"yes"},', r'"\ud800"', r"\udfff", "NaN", "-Infinity", "1e400", "01", "-0", "1.0"),
    *("null", "true", "yes", "~", "9" * 5_000, "[" * 70, '{"a":' * 70, "\0", "\ufeff", "\u2028", "\x85"),
]
cuts = st.tuples(
    st.integers(0, 2**10), st.integers(0, 30), st.sampled_from(SPICE).map(str.encode) | st.binary(max_size=4)
)


def spoil(text: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, new in changes:
        start = place % (len(text) + 1)
        text = text[:start] + new + text[start + length :]
    return text


def few(examples: int) -> settings:
    return settings(
        max_examples=examples, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )


spoilt = st.builds(spoil, st.sampled_from([GROUPS.encode(), REQUEST.encode()]), st.lists(cuts, max_size=4))


@few(150)
@example(data=b"\xff", options=["--locale", "\udcff"])
@example(data=REQUEST.encode("utf-32"), options=[])
@given(
    data=spoilt | st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    options=st.sampled_from(
        [[], ["--json"], ["--why", "dance-class"], ["--viewer", "b"], ["--viewer", "c"], ["--nope"]]
    ),
)
def test_any_bytes_end_with_0_1_or_2_and_never_with_a_traceback(
    explain: Callable[..., Run], data: bytes, options: list[str]
) -> None:
    code, output, errors = explain(data, *options)

    assert code in (0, 1, 2)
    assert (code == 0) == bool(output) == (not errors)
    assert "Traceback" not in errors
    assert all(line.isprintable() for line in errors.splitlines())


VALUES = ["4", '"rare"', "60", '"ok"', '"no"', '"full"', '"fear"']
JSON_VALUES = ["5", "6.0", "-0", "1e1", "0.3", "true", "null", '"yes"', '"no"', r'"\u006eo"', '"chronic"', "[]", "{}"]
swaps = st.tuples(st.sampled_from(VALUES), st.sampled_from(JSON_VALUES))


@few(200)
@given(
    swapped=st.lists(swaps, max_size=2),
    changes=st.just([]) | st.lists(cuts, max_size=2),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_of_any_json_the_api_and_explain_agree_whether_it_is_a_request(
    explain: Callable[..., Run],
    api: FastAPI,
    swapped: list[tuple[str, str]],
    changes: list[tuple[int, int, bytes]],
    mark: bytes,
) -> None:
    begins, request = b'{"reports":', REQUEST
    for value, other in swapped:
        request = request.replace(value, other, 1)
    data = mark + begins + spoil(request.encode().removeprefix(begins), changes)

    status, _, body = asyncio.run(explain_command.post(api, "/v1/recommendations", data))
    code, output, errors = explain(data, "--json")

    assert (status == 200) == (code == 0)
    if code == 0:
        assert json.loads(output) == json.loads(body)
    else:
        mistakes = json.loads(body).get("errors", [])
        assert all(f"standard input: {mistake['pointer']}: {mistake['detail']}\n" in errors for mistake in mistakes)


@pytest.mark.parametrize("setting", [1024, 4096])
def test_what_is_read_is_limited_before_anything_is_done_with_it(
    setting: int, explain: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REKINDLE_BODY_LIMIT", str(setting))
    filled = GROUPS.encode() + b"#" * (setting - len(GROUPS))
    assert explain(filled).code == 0
    monkeypatch.setattr(answers_file, "read_as_yaml", lambda *_: pytest.fail("read"))

    assert f"at most {setting} bytes" in explain(filled + b"#").errors


@pytest.mark.parametrize(
    ("command", "code", "errors"),
    [
        ("explain - <&-", 1, "standard input is closed.\n"),
        ("explain .", 1, ". cannot be read: Is a directory.\n"),
        ("explain good.yaml >&-", 1, "Standard output is closed, so nothing can be shown.\n"),
        ("explain good.yaml > /dev/full", 1, "This cannot be written: No space left on device.\n"),
        ("explain --json good.yaml > /dev/full", 1, "This cannot be written: No space left on device.\n"),
        ("rulesets list > /dev/full", 1, "This cannot be written: No space left on device.\n"),
        ("--version 1< good.yaml", 1, "This cannot be written: Bad file descriptor.\n"),
        ("data-inventory >&-", 0, ""),
        ("explain endless.yaml", 1, f"endless.yaml: This is too large; at most {LIMIT} bytes are read.\n"),
        ("explain", 2, None),
    ],
)
def test_what_surrounds_the_command_gives_one_plain_line(
    command: str, code: int, errors: str | None, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    (tmp_path / "good.yaml").write_text(GROUPS, encoding="utf-8")
    with contextlib.suppress(OSError):
        (tmp_path / "endless.yaml").symlink_to("/dev/zero")

    done = subprocess.run(
        ["sh", "-c", f'exec "$0" "$@" {command}', *COMMAND],
        # Kept back, an output that cannot be written fails once more when Python ends.
        env={name: value for name, value in surroundings.items() if name != "PYTHONUNBUFFERED"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout) == (code, "")
    assert errors in (done.stderr, None)
    assert "Traceback" not in done.stderr


def test_an_output_that_cannot_hold_every_letter_still_shows_the_rest(
    tmp_path: Path, surroundings: dict[str, str]
) -> None:
    (tmp_path / "good.yaml").write_text(GROUPS + "safety: {fear: yes}\n", encoding="utf-8")

    done = subprocess.run(
        [*COMMAND, "explain", "good.yaml"],
        env=surroundings | {"PYTHONIOENCODING": "ascii", "COLUMNS": "0"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "What partner A may see" in done.stdout
