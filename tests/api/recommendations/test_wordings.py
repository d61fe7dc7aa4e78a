import pytest

from app.api.recommendations.renderer import fill, take_wording


def test_each_turn_takes_the_next_wording() -> None:
    assert [take_wording("abc", turn) for turn in range(5)] == ["a", "b", "c", "a", "b"]


@pytest.mark.parametrize(
    ("hours", "shown"), [(1, "1 hour"), (1.0, "1 hour"), (2.5, "2½ hours"), (0.75, "¾ hours"), (10.0, "10 hours")]
)
def test_a_number_goes_with_its_word(hours: float, shown: str) -> None:
    text = "You have about {time|hour|hours} together and wish for {wish}."

    assert fill(text, {"time": hours, "wish": 8.0}) == f"You have about {shown} together and wish for 8."
