from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rulesets.canonical import declared_in, digest_of, is_written, to_bytes, write
from app.rulesets.library import Library

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(plain)
def test_a_digest_is_that_of_the_whole_and_only_these_bytes_are_written(value: Any) -> None:
    data = to_bytes(value)
    assert digest_of(value) == f"sha256:{sha256(data).hexdigest()}"
    assert is_written(data, value)
    for other in (data[:-1], data + b" ", b" " + data, data[:-1] + bytes([data[-1] ^ 1])):
        assert not is_written(other, value)


def test_the_content_is_no_exception(library: Library) -> None:
    value = write(declared_in(library))
    assert digest_of(value) == f"sha256:{sha256(to_bytes(value)).hexdigest()}"
    assert is_written(to_bytes(value), value)


def test_nothing_that_json_lacks_has_a_digest() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest_of({"a": {"b": {"c": float("nan")}}})
