import pytest

from app.api.http.request_context import MAX_TAG_LENGTH, MAX_WISHES, _broader_tags, choose_language

AVAILABLE = ("en", "de", "pt-BR", "zh-Hans")


@pytest.mark.parametrize(
    ("wishes", "header", "chosen"),
    [
        ((), None, "en"),
        (("de",), None, "de"),
        (("de",), "pt-BR", "de"),
        ((None, "de"), "pt-BR", "de"),
        (("xx",), "de", "de"),
        (("xx",), "yy", "en"),
        (("DE",), None, "de"),
        (("de-AT",), None, "de"),
        (("de_AT",), None, "de"),
        (("pt",), None, "en"),
        (("pt-br",), None, "pt-BR"),
        (("zh-Hans-CN",), None, "zh-Hans"),
        ((), "de", "de"),
        ((), "en;q=0.5, de;q=0.9", "de"),
        ((), "de;q=0.5, en", "en"),
        ((), "fr, de;q=0.8, en;q=0.7", "de"),
        ((), "de, en", "de"),
        ((), "de;q=0, en;q=0.1", "en"),
        ((), "*", "en"),
        ((), "*;q=0.5, de;q=0.1", "de"),
        ((), "de;q=nonsense", "en"),
        ((), "de ; q=0.4 , pt-BR ; q=0.6", "pt-BR"),
        ((), ",,;=,;q=", "en"),
        (("", "-", " "), "", "en"),
        (("../../etc",), "\u0000", "en"),
    ],
)
def test_the_first_wish_that_can_be_met_is(wishes: tuple[str | None, ...], header: str | None, chosen: str) -> None:
    assert choose_language(AVAILABLE, *wishes, accept_language=header) == chosen


def test_only_so_many_wishes_are_read() -> None:
    assert choose_language(AVAILABLE, accept_language="xx," * (MAX_WISHES - 1) + "de") == "de"
    assert choose_language(AVAILABLE, accept_language="xx," * MAX_WISHES + "de") == "en"


@pytest.mark.parametrize("tag", ["de-" + "x" * 40, "de" + "-x" * 30_000, "de-" + "-" * 30_000])
def test_a_tag_is_cut_at_a_length_between_two_of_its_parts(tag: str) -> None:
    assert choose_language(AVAILABLE, tag) == "de"
    assert sum(1 for _ in _broader_tags(tag)) <= MAX_TAG_LENGTH
