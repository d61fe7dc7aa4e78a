"""Whatever stands in a content file: it loads, or its mistakes are named. Nothing else may happen."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.rulesets.content_reader import ReadContext
from app.rulesets.diagnostics import ContentError, Diagnostic
from app.rulesets.load import CONTENT, load_ruleset
from app.rulesets.wording import read_words

FILES = sorted(file.relative_to(CONTENT).as_posix() for file in CONTENT.rglob("*.yaml"))
SPICE = [
    *(b"", b"\n", b" ", b"\t", b":", b"- ", b"[", b"]", b"{", b"}", b"'", b'"', b"#", b">-\n", b"|\n", b"? ", b", "),
    *(b"&a ", b"*a", b"!x ", b"!!int ", b"%", b"---\n", b"...\n", b"<<: ", b"@", b"`", b"\\", b"~", b"null", b"no"),
    *(b"\x00", b"\xff", b"\xc3\x28", "\u2028".encode(), "\ufeff".encode(), b"\r", b"\x85"),
    *(b"0", b"-1", b"1e999", b"9" * 30, b"0x1", b"1_0", b".5", "\u00b2".encode(), b"true", b"nan", b"2026-13-01"),
    *(b" and ", b" or ", b" not ", b" in ", b"==", b"(", b")", b"lambda: 0", b"__import__('os')", b"conflict", b"C99"),
]
places = st.integers(0, 2**16)
cuts = st.tuples(places, st.integers(0, 40), st.one_of(st.sampled_from(SPICE), st.binary(max_size=6)))


def spoil(text: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, new in changes:
        start = place % (len(text) + 1)
        text = text[:start] + new + text[start + length :]
    return text


@pytest.fixture(scope="module")
def spare(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(few, tmp_path_factory.mktemp("spare") / "content"))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example("rules/structure-first-when-talk-is-strained.yaml", [(0, 10**6, b"a: &a [*a]")])
@example("findings.yaml", [(0, 10**6, b"talk: &a {is: *a}")])
@example("words.yaml", [(0, 10**6, b"avoid: [a]")])
@example("words.yaml", [(0, 10**6, b"[" * 200_000)])
@given(file=st.sampled_from(FILES), changes=st.lists(cuts, min_size=1, max_size=4))
def test_spoilt_bytes_lead_to_named_mistakes_and_nothing_else(
    spare: Path, file: str, changes: list[tuple[int, int, bytes]]
) -> None:
    path = spare / file
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(spoil((CONTENT / file).read_bytes(), changes))
    try:
        mistakes = mistakes_in(spare)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)

    assert all(mistake.reason and mistake.place.line >= 1 and mistake.place.column >= 1 for mistake in mistakes)


def mistakes_in(root: Path) -> tuple[Diagnostic, ...]:
    try:
        load_ruleset(root)
    except ContentError as error:
        return error.mistakes
    desk = ReadContext(root)
    read_words(desk)
    return tuple(desk.mistakes.diagnostics)
