"""Passphrases that many people use, which are refused: a short list, and what is easily made from its words."""

import re
import unicodedata
from pathlib import Path

FEWEST_CHARACTERS = 5
"""The fewest different characters of a passphrase."""

_ROWS = ("01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm")
_RUNS = tuple(
    run
    for row in (*_ROWS, "abcdefghijklmnopqrstuvwxyz", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb")
    for run in (row, row[::-1])
)
_SWAPPED = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_WORDS = frozenset(Path(__file__).with_suffix(".txt").read_text("ascii").split())


def is_common(passphrase: str) -> bool:
    """Tell whether many people use this passphrase, or one that differs in digits and signs at its ends alone."""
    folded = unicodedata.normalize("NFKC", passphrase).casefold()
    if len(set(folded)) < FEWEST_CHARACTERS:
        return True
    bare = re.sub(r"[\W_]+", "", folded)
    if _is_made_of_runs(bare):
        return True
    stem = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    forms = (stem, stem.translate(_SWAPPED), folded.translate(_SWAPPED))
    return any(_is_one_word(re.sub(r"[\W_]+", "", form)) for form in forms)


def _is_made_of_runs(text: str) -> bool:
    """Tell whether a text is runs of neighbours on a keyboard or in the alphabet, or digits alone."""
    if not text or text.isdigit():
        return True
    while text:
        length = next((n for n in range(len(text), 2, -1) if any(text[:n] in run for run in _RUNS)), 0)
        if not length:
            return text.isdigit()
        text = text[length:]
    return True


def _is_one_word(text: str) -> bool:
    """Tell whether a text is a common word, once or again and again."""
    return any(text == text[:n] * (len(text) // n) and text[:n] in _WORDS for n in range(3, len(text) + 1))
