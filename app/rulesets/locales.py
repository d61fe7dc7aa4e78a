"""Languages: the texts of the content in other words, one folder each below `locales/`.

A language may be translated in part. What it does not say, it says in the source language.
"""

import re
from collections.abc import Iterator, Mapping
from textwrap import wrap

from app.engine.condition_parser import nearest
from app.rulesets.content_files import files_in, is_content
from app.rulesets.content_reader import ReadContext
from app.rulesets.diagnostics import Location
from app.rulesets.library import SOURCE_LOCALE, Texts
from app.rulesets.strict_yaml import Node

LOCALES = "locales"
_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# After a number's name the words for one and for several may follow, and these are translated.
_IN_BRACES = re.compile(r"\{([^{}|]*)[^{}]*\}")
_WIDTH = 110


def is_language(tag: str) -> bool:
    """Return whether this is the tag of a language other than the source language."""
    return tag != SOURCE_LOCALE and _LANGUAGE_TAG.fullmatch(tag) is not None


def read_locales(context: ReadContext) -> dict[str, Texts]:
    """Return the texts of every other language by its tag, in English where a text is not translated.

    A language without any translation is left out.
    """
    folder = context.root / LOCALES
    folders = folder.iterdir() if folder.is_dir() else ()
    tags = sorted(path.name for path in folders if path.is_dir() and is_content(path.name))
    is_source_whole = not context.mistakes.diagnostics
    translated = {tag: _read_locale(context, tag, is_source_whole=is_source_whole) for tag in tags}
    return {tag: {**context.texts, **texts} for tag, texts in translated.items() if texts}


def _read_locale(context: ReadContext, tag: str, *, is_source_whole: bool) -> Texts:
    """Read one language, and note keys and words in braces that the source language does not have."""
    if not is_language(tag):
        reason = f"`{tag}` is not the tag of another language, such as `de` or `pt-BR`"
        context.mistakes.add(Location(f"{LOCALES}/{tag}"), reason)
        is_source_whole = False
    nodes: dict[str, Node] = {}
    for name in files_in(context.root / LOCALES / tag):
        node = context.open_node(f"{LOCALES}/{tag}/{name}.yaml")
        if node:
            _flatten(node, name, nodes)
    texts = {key: node.text() for key, node in nodes.items() if not node.is_empty}
    # Where the source has mistakes its keys are not all known, and a translation would be blamed for it.
    for key, node in nodes.items() if is_source_whole else ():
        source = context.texts.get(key)
        if source is None:
            node.key.wrong(f"there is no text `{key}` to translate;{nearest(key, context.texts)}")
        elif key in texts and sorted(_IN_BRACES.findall(texts[key])) != sorted(_IN_BRACES.findall(source)):
            node.wrong(f"in braces the source language has {', '.join(_IN_BRACES.findall(source)) or 'nothing'}")
    return texts


def _flatten(node: Node, key: str, nodes: dict[str, Node]) -> None:
    """Gather the places of texts; an empty one is not translated yet."""
    if node.is_mapping:
        for name, part in node.entries().items():
            _flatten(part, f"{key}/{name}", nodes)
    elif node.is_list:
        for number, part in enumerate(node.items()):
            _flatten(part, f"{key}/{number}", nodes)
    else:
        nodes[key] = node


def skeleton(texts: Texts) -> Mapping[str, str]:
    """Return the files of a language by name: each text with the English above it, and room for the translation."""
    files: dict[str, list[str]] = {}
    for key in texts:
        files.setdefault(key.partition("/")[0], []).append(key)
    return {name: "\n".join(_lines(keys, texts)) + "\n" for name, keys in files.items()}


def _lines(keys: list[str], texts: Texts) -> Iterator[str]:
    open_parts: list[str] = []
    for key in keys:
        *parts, last = key.split("/")[1:]
        for depth, part in enumerate(parts):
            if open_parts[: depth + 1] != parts[: depth + 1]:
                yield f"{'  ' * depth}{part}:"
                open_parts = parts[: depth + 1]
        open_parts = parts
        indent = "  " * len(parts)
        yield from (f"{indent}# {line}" for line in wrap(texts[key], _WIDTH - len(indent)))
        yield f"{indent}-" if parts[-1:] in (["steps"], ["why"], ["says"]) else f"{indent}{last}:"
