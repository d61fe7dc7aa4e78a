from hypothesis import given
from hypothesis import strategies as st

from app.engine.bitset import Threshold, Unions, from_flags, lowest_first, positions


@given(st.lists(st.booleans()))
def test_a_set_has_the_positions_of_its_flags_lowest_first(flags: list[bool]) -> None:
    assert positions(from_flags(flags)) == [position for position, flag in enumerate(flags) if flag]


def test_a_limit_takes_in_what_needs_as_much_and_nothing_that_needs_more() -> None:
    threshold = Threshold((10, 30), (0b000, 0b001, 0b011))

    assert [threshold.within(limit) for limit in (9, 10, 29, 30, 31)] == [0b000, 0b001, 0b001, 0b011, 0b011]


@given(st.lists(st.integers(0, 7), min_size=1), st.integers(0))
def test_a_union_is_of_the_sets_that_are_chosen(sets: list[int], chosen: int) -> None:
    chosen &= (1 << len(sets)) - 1
    union = 0
    for i in lowest_first(chosen):
        union |= sets[i]

    assert Unions.of(sets).union(chosen) == union
    assert [*lowest_first(chosen)] == positions(chosen)
