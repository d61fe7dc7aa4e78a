import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rulesets.strict_json import MALFORMED, MAX_DEPTH, MAX_VALUES, UnreadableJson, find_mistakes, read_json

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def mistakes_in(data: str | bytes) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(UnreadableJson) as caught:
        read_json(data if isinstance(data, bytes) else data.encode())
    return [(mistake.keys, mistake.reason) for mistake in caught.value.mistakes]


@settings(max_examples=100)
@given(value=plain, mark=st.sampled_from([b"", b"\xef\xbb\xbf"]))
def test_what_is_json_is_read_as_it_was_written(value: Any, mark: bytes) -> None:
    assert read_json(mark + json.dumps(value).encode()) == value
    assert read_json(mark + json.dumps(value, ensure_ascii=False).encode()) == value


@settings(max_examples=200)
@given(data=st.binary(max_size=40) | st.text(alphabet='{}[]:,"\\ua0d8e19.-+ \n\0', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    try:
        read_json(data)
    except UnreadableJson as error:
        mistakes = error.mistakes
    else:
        return

    assert mistakes
    assert all(mistake.reason and mistake.code for mistake in mistakes)


def test_all_mistakes_are_told_at_once_each_at_its_place() -> None:
    found = mistakes_in(
        r'{"a": {"fear": 1, "\u0066ear": 2}, "b": [NaN, 1e400, "\ud800"], "\udc00": -Infinity, "n": ' + "9" * 5000 + "}"
    )

    assert [keys for keys, _ in found] == [
        ("a", "fear"),
        ("b", 0),
        ("b", 1),
        ("b", 2),
        ("\udc00",),
        ("\udc00",),
        ("n",),
    ]
    assert found[0][1].startswith('The name "fear" stands twice')


@pytest.mark.parametrize("text", [r'"\ud83d\ude42"', '"\U0001f642"', '"\\\\ud800"'])
def test_a_whole_character_is_read_however_it_is_written(text: str) -> None:
    assert read_json(text.encode()) == json.loads(text)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_what_is_nested_too_deeply_is_refused_at_any_depth(opening: str, closing: str) -> None:
    for depth in (MAX_DEPTH + 1, 900, 2_000, 100_000):
        assert "nested" in mistakes_in(opening * depth + "1" + closing * depth)[0][1]
    assert read_json((opening * MAX_DEPTH + "1" + closing * MAX_DEPTH).encode())


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert len(read_json(b"[" + b",".join([b"{}"] * 900) + b"]")) == 900


def test_more_values_than_any_request_needs_are_not_read() -> None:
    assert [mistake.code for mistake in find_mistakes("[" + ",".join(["1"] * (MAX_VALUES + 1)) + "]")] == ["too_long"]


@pytest.mark.parametrize("text", ['"' + "," * 5000 + '"', '"\\"' + "[" * 5000 + '\\\\"', '["' + '\\"{' * 3000 + '"]'])
def test_commas_and_brackets_of_a_text_are_no_values(text: str) -> None:
    assert read_json(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"a":' * 40_000, "[1," * 3000, '["' + "," * 5000, '"' + "\\" + "," * 5000]
)
def test_a_long_text_that_is_no_json_at_all_is_malformed(text: str) -> None:
    assert [mistake.code for mistake in find_mistakes(text)] == [MALFORMED]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_another_encoding_is_named(encoding: str) -> None:
    reason = mistakes_in('{"name": "Zoë"}'.encode(encoding))[0][1]

    assert "not UTF-8" in reason
    assert ("Windows-1252" if encoding == "cp1252" else "UTF-16") in reason
