"""Wording of texts: which words they leave out, and how easily they read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.rulesets.content_reader import ReadContext

_MOST_SYLLABLES = 9
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+")
_SENTENCE_END = re.compile(r"[.!?:;]+[\"\u201d\u2019')]*(?:\s+|$)")

_SILENT_INSIDE = re.compile(
    r"(?<=[^aeiouy])e(?=(?:ly|less|ful|ness|ment|thing|one|body|where|what|hand|day|time|book)s?$)"
)
_SILENT_AT_END = re.compile(r"(?<![^aeiouyl]l)(?:(?<=[^aeiouy])e|(?<=[^aeiouytd])ed|(?<=[^aeiouycgsxz])(?<![sc]h)es)$")
_VOWELS = re.compile(r"[aeiouyé]+")
_TWO_IN_A_GROUP = re.compile(r"(?<![tscg])i[ao](?!us)|ie[rt]|(?<!p)eo|[^q]ua(?=[lt])|[aeiouy]ing$|whoe")


@dataclass(frozen=True, slots=True)
class WordLists:
    """`words.yaml`: what to leave out and what to write instead, where it may stand, and what tells how to stop."""

    avoid: Mapping[str, str]
    allowed: Mapping[str, tuple[str, ...]]
    how_to_stop: tuple[str, ...]
    when_to_stop: tuple[str, ...]
    syllables: Mapping[str, int]

    def avoided_in(self, text: str, key: str) -> Iterator[tuple[str, str]]:
        """The words of a text that it should do without, each with what to write instead."""
        for word, instead in self.avoid.items():
            if holds(text, word) and key not in self.allowed.get(word, ()):
                yield word, instead

    def says_how_to_stop(self, step: str) -> bool:
        return any(holds(step, word) for word in self.how_to_stop) and any(
            holds(step, word) for word in self.when_to_stop
        )

    def grade(self, text: str) -> float:
        """The Flesch-Kincaid grade: school years that a text asks for. Made for longer texts, so a rough guide here."""
        words = words_of(text)
        sentences = sum(1 for sentence in _SENTENCE_END.split(text) if _WORD.search(sentence))
        return 0.39 * len(words) / sentences + 11.8 * sum(map(self.count_syllables, words)) / len(words) - 15.59

    def count_syllables(self, word: str) -> int:
        """Count by rule: the groups of vowels without a silent `e`, and two for some groups that are spoken as two."""
        plain = word.lower().replace("\u2019", "'").removesuffix("'s").replace("'", "")
        if plain in self.syllables:
            return self.syllables[plain]
        spoken = _SILENT_INSIDE.sub("", plain)
        groups = len(_VOWELS.findall(spoken)) - bool(_SILENT_AT_END.search(spoken))
        return max(groups + len(_TWO_IN_A_GROUP.findall(spoken)), 1)


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


def holds(text: str, word: str) -> bool:
    """Return whether a text holds this word or these words, whole, in capitals or not."""
    if word.lower() not in text.lower():
        return False
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text, re.IGNORECASE) is not None


def read_words(context: ReadContext) -> WordLists | None:
    file = context.open("words.yaml")
    if file is None:
        return None
    avoid = {word: node.text() for word, node in file.entries("avoid")}
    allowed = {}
    for word, node in file.entries("except"):
        if word not in avoid:
            node.wrong(f"`{word}` is not a word to avoid, so it needs no exception")
        allowed[word] = tuple(key.text() for key in node.items())
    words = WordLists(
        avoid=avoid,
        allowed=allowed,
        how_to_stop=tuple(item.text() for item in file.items("how_to_stop")),
        when_to_stop=tuple(item.text() for item in file.items("when_to_stop")),
        syllables={word: node.integer(1, _MOST_SYLLABLES) for word, node in file.entries("syllables")},
    )
    file.close()
    return words
