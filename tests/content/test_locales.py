"""Another language is a folder, and nothing else."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.rulesets.diagnostics import ContentError
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset


def nested(texts: Mapping[str, str]) -> dict[str, Any]:
    """`rules/<id>/says` as nested mappings: the first part is the file."""
    root: dict[str, Any] = {}
    for key, text in texts.items():
        *parts, last = key.split("/")
        node = root
        for part in parts:
            node = node.setdefault(part, {})
        node[last] = text
    return root


def with_steps_as_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if set(node) == {str(number) for number in range(len(node))}:
        return list(node.values())
    return {key: with_steps_as_lists(part) for key, part in node.items()}


def files_of(texts: Mapping[str, str], tag: str) -> dict[str, object]:
    return {
        f"locales/{tag}/{name}.yaml": yaml.safe_dump(part, allow_unicode=True, width=10_000)
        for name, part in nested(texts).items()
    }


def pseudo(text: str) -> str:
    """The same letters with marks above them, longer, in brackets: what is not translated leaps to the eye."""
    marked = re.sub(r"\{[^}]*\}|a|o", lambda found: {"a": "å", "o": "ö"}.get(found[0], found[0]), text)
    return f"[{marked}~~]"


@pytest.fixture(scope="module")
def translated(library: Library) -> dict[str, str]:
    return {key: pseudo(text) for key, text in library.texts["en"].items()}


def test_a_folder_of_texts_is_a_language(
    library: Library, content_with: Callable[..., Path], translated: dict[str, str]
) -> None:
    loaded = load_ruleset(content_with(files_of(translated, "en-XA")))

    assert list(loaded.texts) == ["en-XA", "en"]
    assert loaded.texts["en-XA"] == translated
    assert loaded.texts["en"] == library.texts["en"]
    assert loaded.ruleset == library.ruleset
    assert loaded.digest != library.digest


def test_steps_may_be_written_as_a_list(content_with: Callable[..., Path], translated: dict[str, str]) -> None:
    root = content_with(files_of(translated, "de"))
    path = root / "locales/de/activities.yaml"
    path.write_text(yaml.safe_dump(with_steps_as_lists(nested(translated)["activities"]), allow_unicode=True))

    assert load_ruleset(root).texts["de"] == translated


def test_two_languages_stand_side_by_side(content_with: Callable[..., Path], translated: dict[str, str]) -> None:
    loaded = load_ruleset(content_with(files_of(translated, "de") | files_of(translated, "pt-BR")))

    assert list(loaded.texts) == ["de", "pt-BR", "en"]


def test_what_is_missing_and_what_is_too_much_is_named(
    content_with: Callable[..., Path], translated: dict[str, str]
) -> None:
    spoilt = dict(translated)
    del spoilt["phrases/proposal"]
    spoilt["rules/no-such-rule/says"] = "?"
    spoilt["phrases/ask_next_rule"] = "{cuont}"

    with pytest.raises(ContentError) as caught:
        load_ruleset(content_with(files_of(spoilt, "de") | files_of(translated, "fr")))

    missing, braces, too_much = map(str, caught.value.mistakes)
    assert missing == "locales/de:1:1: the text `phrases/proposal` is missing"
    assert re.fullmatch(r"locales/de/phrases.yaml:\d+:16: in braces the source language has \{count\}", braces)
    assert re.fullmatch(
        r"locales/de/rules.yaml:\d+:3: there is no text `rules/no-such-rule/says` to translate", too_much
    )


def test_an_empty_translation_is_named_where_it_stands(
    content_with: Callable[..., Path], translated: dict[str, str]
) -> None:
    files = files_of(translated, "de") | {"locales/de/phrases.yaml": "proposal:\n"}

    with pytest.raises(ContentError) as caught:
        load_ruleset(content_with(files))

    assert "locales/de/phrases.yaml:1:10: this is empty" in map(str, caught.value.mistakes)


def test_a_file_that_cannot_be_read_is_one_mistake_more(
    content_with: Callable[..., Path], translated: dict[str, str]
) -> None:
    files = files_of(translated, "de") | {"locales/de/phrases.yaml": "proposal: [\n"}

    with pytest.raises(ContentError, match=r"locales/de/phrases\.yaml:2:1: this is not YAML"):
        load_ruleset(content_with(files))
