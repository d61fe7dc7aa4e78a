"""Values become plain JSON values and come back as they were; anything else is refused with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Literal

import pytest

from app.engine.plain_values import AS_PAIRS, PlainValueError, from_plain, to_plain, without_none


class Size(Enum):
    small = 1
    large = 2


@dataclass(frozen=True)
class Dog:
    name: str


@dataclass(frozen=True)
class Cat:
    lives: int


@dataclass(frozen=True)
class House:
    size: Size
    built: date
    rooms: tuple[str, ...]
    door: tuple[int, float]
    pets: Mapping[str, Dog | Cat]
    floors: Mapping[int, Literal["wood", "stone"]]
    owners: frozenset[str]
    order: Mapping[str, str] = field(metadata=AS_PAIRS)
    is_old: Literal[True, False] | None = None


HOUSE = House(
    size=Size.large,
    built=date(1910, 5, 1),
    rooms=("hall",),
    door=(2, 0.5),
    pets={"a": Dog("Rex"), "b": Cat(9)},
    floors={1: "wood"},
    owners=frozenset({"y", "x"}),
    order={"z": "1", "a": "2"},
)
PLAIN = {
    "size": "large",
    "built": "1910-05-01",
    "rooms": ["hall"],
    "door": [2, 0.5],
    "pets": {"a": {"is": "Dog", "name": "Rex"}, "b": {"is": "Cat", "lives": 9}},
    "floors": {"1": "wood"},
    "owners": ["x", "y"],
    "order": [["z", "1"], ["a", "2"]],
    "is_old": None,
}


def test_a_value_becomes_plain_and_comes_back() -> None:
    assert to_plain(HOUSE, tagged=(Dog, Cat)) == PLAIN
    assert from_plain(House, PLAIN) == HOUSE


def test_what_is_none_can_be_left_out() -> None:
    assert without_none({"a": None, "b": {"c": None}}) == {"b": {}}
    assert from_plain(House, without_none(PLAIN)) == HOUSE


@pytest.mark.parametrize(
    ("part", "plain", "reason"),
    [
        ("size", "huge", "size: 'huge' is not one of small, large"),
        ("built", "yesterday", "built: 'yesterday' is not a date"),
        ("rooms", ["hall", 3], "rooms.1: str expected, and int found"),
        ("rooms", "hall", "rooms: list expected, and str found"),
        ("door", [1], "door: 2 values expected, and 1 found"),
        ("pets", {"a": {"is": "Dog", "nam": "Rex"}}, "pets.a: Dog: unknown ['nam'], missing ['name']"),
        ("pets", {"a": {"name": "Rex"}}, "pets.a: None is not one of Dog, Cat"),
        ("floors", {"1": ["wood"]}, "floors.1: ['wood'] is not one of wood, stone"),
        ("floors", {"one": "wood"}, "floors: 'one' is not a whole number"),
        ("is_old", 1, "is_old: 1 is not one of True, False"),
    ],
)
def test_anything_else_is_refused_with_its_place(part: str, plain: Any, reason: str) -> None:
    with pytest.raises(PlainValueError) as refused:
        from_plain(House, PLAIN | {part: plain})

    assert str(refused.value) == reason
