"""The gate on texts: what a reviewer could read past, and what no text may say of the other partner."""

import re
import unicodedata
from collections.abc import Iterator

from app.rulesets.library import SOURCE_LOCALE

MOST_CHARACTERS = 600
_PUNCTUATION = frozenset(" .,;:!?'\"()-/%\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u00bf\u00a1\u2013\u2026")
_LAST_LATIN = "\u017f"
_LOOK_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_SLOT = re.compile(r"\{[a-z_.]+(?:\|[^{}|]+\|[^{}|]+)?\}")
_SLOTS_STAND_IN = ("phrases/", "openings/")
_PATTERNS = (
    (re.compile(r"^\s|\s$|  |^\W*$"), "a text is words with one blank between them"),
    (
        re.compile(r"\bwww\b|\b[a-z]+://|[^\W\d_][.:/]{1,2}[^\W\d_]{2}|(?:\d[ ()/-]*){7,}", re.IGNORECASE),
        "addresses and numbers to call stand in the help lines, where somebody has checked them",
    ),
    (re.compile(r"\b(?:todo|fixme|tbd|xxx|lorem ipsum)\b", re.IGNORECASE), "this is not finished"),
)

# What is said of a view is read as coming from its answers; what an activity asks for is not.
_SAID_OF_A_VIEW = re.compile(
    r"rules/.*/(?:says|title)|insights/|openings/|phrases/|support/|purposes/.*/(?:title|why/)"
    r"|(?:practices|strategies|activities|paths)/.*/title"
)
_OTHER = r"\b(?:your partner|the (?:one you love|other (?:one|partner|of you)))"
_BETWEEN = r"(?: (?:has|have|had|also|just|still|already|often|never|now|really|clearly|does not|doesn.t|may|might))*"
_TELLS = "answered|marked|chose|ticked|admitted|reported|complained|confessed|feels|felt|fears|misses|wishes|wished"
_STATES = "said|says|say|told|tells|thinks|thought|wants|wanted|hopes|minds|believes|worries|prefers|is|was|seems|been"
_OF_THE_OTHER = re.compile(
    rf"{_OTHER}{_BETWEEN} (?:{_TELLS})\b|{_OTHER}{_BETWEEN} (?:said|told us)(?: that\b| so\b|[.,])|\btold us\b"
    rf"|\b(?:your partner|the other one)\Ws (?:answers?|feelings|view|report)\b|\baccording to your partner\b",
    re.IGNORECASE,
)
# "When your partner is up" tells nothing; "your partner is up" does.
_NOT_ASKED = "".join(f"(?<!{word} )" for word in ("when", "whenever", "while", "if", "how", "once", "until", "what"))
_STATED = re.compile(rf"{_NOT_ASKED}{_OTHER}{_BETWEEN} (?:{_STATES})\b", re.IGNORECASE)
# What no text may advise: to stay, to leave, to bear it, to press, to spy, or to take the blame.
_ADVICE = re.compile(
    r"\bstay (?:with (?:your partner|them)(?!\w|['\u2019]s)|together|in it)|\bstick it out\b"
    r"|\bleave (?:your partner|them|the relationship)(?=[.,!?]|$| (?:for|and|if|now|before|while|today|or|as)\b)"
    r"|\b(?:walk out on|move out|break up|split up (?:with|from)|divorce|end (?:the relationship|it with))\b"
    r"|\b(?:endure|put up with|keep the peace|swallow (?:it|your)|give in|grit your teeth)\b"
    r"|\b(?:persuade|convince|talk (?:your partner|them) (?:into|round)|wear (?:your partner|them) down)\b"
    r"|\b(?:make (?:your partner|them) jealous|(?:check|read|look through) their (?:phone|messages|letters))\b"
    r"|\b(?:tell no one|(?:do not|don.t) tell anyone)\b|\bfor the (?:sake of the children|children.s sake)\b"
    r"|\b(?:forgive (?:them|your partner|and forget)|you owe (?:them|your partner)|stop taking)\b"
    r"|(?<!not )(?<!n.t )\byour (?:own )?fault\b",
    re.IGNORECASE,
)
_OF_THE_SERVICE = ("questions/", "consents/", "properties/", "references/", "claims/")
"""These explain what happens with answers, or report a study; no view holds them."""


def faults_of(key: str, text: str, locale: str = SOURCE_LOCALE) -> Iterator[str]:
    """Yield what is wrong with a text: its characters and marks in any language, its words in the source language."""
    if len(text) > MOST_CHARACTERS:
        yield f"a text has at most {MOST_CHARACTERS} characters, and this one has {len(text)}"
    plain = _SLOT.sub("2", text)
    if plain != text and not key.startswith(_SLOTS_STAND_IN):
        yield "words in braces stand in phrases and openings alone"
    yield from _wrong_characters(plain, locale)
    yield from (reason for pattern, reason in _PATTERNS if pattern.search(plain))
    if locale == SOURCE_LOCALE and not key.startswith(_OF_THE_SERVICE):
        if _tells_of_the_other(key, plain):
            yield "this speaks of what only the other partner can have told"
        if _ADVICE.search(plain):
            yield "whether to stay, to leave, to bear something or to press is nothing that we advise"


def _wrong_characters(text: str, locale: str) -> Iterator[str]:
    for character in dict.fromkeys(text):
        if not _is_allowed(character, locale):
            yield f"a text does not hold {_named(character)}"
    if text != unicodedata.normalize("NFC", text):
        yield "a letter and its mark are one character, as in Unicode's form NFC"
    for word in re.findall(r"[^\W\d_]+", text):
        if len(_LOOK_ALIKE & {unicodedata.name(letter, "").partition(" ")[0] for letter in word}) > 1:
            yield f"`{word}` is written in more than one alphabet"


def _is_allowed(character: str, locale: str) -> bool:
    if character in _PUNCTUATION or (character.isascii() and character.isalnum()):
        return True
    if locale == SOURCE_LOCALE:
        return character.isalpha() and "\u00c0" <= character <= _LAST_LATIN
    return not character.isascii() and unicodedata.category(character)[0] in "LMP"


def _named(character: str) -> str:
    name = unicodedata.name(character, "a control character")
    return f"`{character}` ({name})" if character.isprintable() else f"U+{ord(character):04X} ({name})"


def _tells_of_the_other(key: str, text: str) -> bool:
    said_of_a_view = _SAID_OF_A_VIEW.match(key) is not None
    return any(
        _OF_THE_OTHER.search(sentence) or (said_of_a_view and _STATED.search(sentence))
        for sentence in re.split(r"(?<=[.!?;:]) ", text)
    )
