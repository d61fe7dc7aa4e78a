"""Another language is a folder, and nothing else."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.api.recommendations.renderer import fill
from app.main import create_app
from app.rulesets.active_ruleset import ActiveRuleset
from app.rulesets.diagnostics import ContentError
from app.rulesets.library import Library
from app.rulesets.load import load_ruleset
from app.rulesets.locales import skeleton
from app.settings import Settings
from tests import clock
from tests.client import TestClient


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


def test_one_translated_sentence_is_enough(library: Library, content_with: Callable[..., Path]) -> None:
    loaded = load_ruleset(content_with({"locales/de/phrases.yaml": "put_off: Wir schlagen vor.\n"}))

    assert loaded.texts["de"] == {**library.texts["en"], "phrases/put_off": "Wir schlagen vor."}
    assert loaded.ruleset == library.ruleset


def test_one_translated_sentence_serves(content_with: Callable[..., Path], tmp_path: Path) -> None:
    root = content_with({"locales/de/activities.yaml": "evening-walk:\n  title: Ein Abendspaziergang\n"})
    settings = Settings.model_validate({"database_url": f"sqlite:///{tmp_path / 'absent.db'}"})
    with TestClient(create_app(settings, ActiveRuleset(root), clock=clock.now)) as client:
        answers = {
            language: client.get("/v1/activities/evening-walk", headers={"accept-language": language})
            for language in ("de", "en")
        }

    assert [answers[language].headers["content-language"] for language in answers] == ["de", "en"]
    german, english = (answer.json() for answer in answers.values())
    assert german["title"] == "Ein Abendspaziergang"
    assert {**german, "title": english["title"]} == english


def test_what_is_too_much_is_named_with_the_nearest(
    content_with: Callable[..., Path], translated: dict[str, str]
) -> None:
    spoilt = {
        "rules/no-such-rule/says": "?",
        "phrases/blocked_minutes_per_week": "{nedes} {has}",
        "phrases/putt_off": "Hm.",
    }

    with pytest.raises(ContentError) as caught:
        load_ruleset(content_with(files_of(spoilt, "de") | files_of(translated, "fr")))

    braces, misspelt, unknown = map(str, caught.value.mistakes)
    assert re.fullmatch(r"locales/de/phrases.yaml:\d+:27: in braces the source language has needs, has", braces)
    assert misspelt.endswith("there is no text `phrases/putt_off` to translate; did you mean `phrases/put_off`?")
    assert re.match(r"locales/de/rules.yaml:\d+:3: there is no text `rules/no-such-rule/says` to translate", unknown)


def test_words_for_one_and_for_several_are_translated(content_with: Callable[..., Path]) -> None:
    german = '"Das dauert {needs|Minute|Minuten} in der Woche, und du hast {has}."'
    loaded = load_ruleset(content_with({"locales/de/phrases.yaml": f"blocked_minutes_per_week: {german}\n"}))

    text = loaded.texts["de"]["phrases/blocked_minutes_per_week"]
    assert fill(text, {"needs": 1, "has": 0}) == "Das dauert 1 Minute in der Woche, und du hast 0."


def test_a_misspelt_key_without_text_is_named_too(content_with: Callable[..., Path]) -> None:
    with pytest.raises(ContentError, match=r"phrases.yaml:1:1: there is no text `phrases/putt_off`"):
        load_ruleset(content_with({"locales/de/phrases.yaml": "putt_off:\n"}))


def test_an_empty_translation_is_english(library: Library, content_with: Callable[..., Path]) -> None:
    files = {"locales/de/phrases.yaml": "put_off:\n", "locales/fr/phrases.yaml": "put_off: Voilà.\nask_next_often:\n"}

    loaded = load_ruleset(content_with(files))

    assert list(loaded.texts) == ["fr", "en"], "a language without any translation is not offered"
    assert loaded.texts["fr"]["phrases/ask_next_often"] == library.texts["en"]["phrases/ask_next_often"]


def test_the_skeleton_of_a_language_has_every_text_once_with_the_english_above(
    library: Library, content_with: Callable[..., Path]
) -> None:
    files = skeleton(library.texts["en"])
    filled = {
        f"locales/de/{name}.yaml": re.sub(r"((?:^ *# .*\n)+ *(?:-|[\w-]+:))$", r"\1 x", text, flags=re.MULTILINE)
        for name, text in files.items()
    }
    with_numbers = ("locales/de/phrases.yaml", "locales/de/openings.yaml")
    root = content_with({key: text for key, text in filled.items() if key not in with_numbers})
    german = load_ruleset(root).texts["de"]

    assert [key for key, text in german.items() if text != "x" and not key.startswith(("phrases/", "openings/"))] == []
    assert f"# {library.texts['en']['activities/evening-walk/title']}\n" in files["activities"]
    assert list(files)[:4] == ["claims", "references", "findings", "strategies"]


def test_a_file_that_cannot_be_read_is_one_mistake_more(
    content_with: Callable[..., Path], translated: dict[str, str]
) -> None:
    files = files_of(translated, "de") | {"locales/de/phrases.yaml": "put_off: [\n"}

    with pytest.raises(ContentError, match=r"locales/de/phrases\.yaml:2:1: this is not YAML"):
        load_ruleset(content_with(files))
