from hypothesis import given
from hypothesis import strategies as st

from app.engine.bitset import Threshold, Unions, from_flags, positions


@given(st.lists(st.booleans()))
def test_a_set_has_the_positions_of_its_flags_lowest_first(flags: list[bool]) -> None:
    assert positions(from_flags(flags)) == [position for position, flag in enumerate(flags) if flag]


def test_a_limit_takes_in_what_needs_as_much_and_nothing_that_needs_more() -> None:
    threshold = Threshold((10, 30), (0b000, 0b001, 0b011))

    assert [threshold.within(limit) for limit in (9, 10, 29, 30, 31)] == [0b000, 0b001, 0b001, 0b011, 0b011]


@given(st.lists(st.integers(0, 7), min_size=1), st.lists(st.integers(0)))
def test_unions_grow_step_by_step(sets: list[int], steps: list[int]) -> None:
    everything = (1 << len(sets)) - 1
    union, expected = 0, []
    for step in steps:
        for i in positions(step & everything):
            union |= sets[i]
        expected.append(union)

    assert Unions.of(sets).growing(*[step & everything for step in steps]) == expected
