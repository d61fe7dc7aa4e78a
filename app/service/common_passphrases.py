"""Passphrases that many people use, which are refused: a short list, and what is easily made from its words."""

import re
import unicodedata

FEWEST_CHARACTERS = 5
"""The fewest different characters of a passphrase."""

_ROWS = ("01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm")
_RUNS = tuple(
    run
    for row in (*_ROWS, "abcdefghijklmnopqrstuvwxyz", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb")
    for run in (row, row[::-1])
)
_SWAPPED = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
_LIST = """
abc access account adobe amanda america amore andrew angel animal anthony apple asdf ashley asshole azerty baby babygirl
bailey banana barcelona baseball basketball batman beautiful blahblah blink buster butterfly calvin changeme charlie
cheese chelsea chocolate coffee computer contrasena contrasenha cookie correcthorsebatterystaple corvette daniel darling
default diamond dolphin donald dragon elephant explorer facebook family flower football forever freedom friends fuckyou
garfield geheim ginger google guest hallo hannah harley haslo hello hellokitty heslo hockey honey hunter iceman
ichliebedich iloveyou internet jasmine jennifer jessica jesus jetaime jordan joshua justin killer kitten letmein liebe
liverpool london lovely loveme lovers loveyou madison maggie manager marina marlboro marriage martin master matrix
matthew mercedes merlin michael michelle mickey minecraft monkey monster morgan motdepasse mother mustang mylove mynoob
mypassword naruto nicole nothing orange parola parool pass passphrase passw passwd password passwort patrick peanut
pepper phoenix pikachu pokemon porsche princess purple q1w2e3r4 qazwsx qweasd qweasdzxc qwerty qwertz rainbow ranger
rekindle richard robert rosebud samantha samsung schatz schatzi scooter secret senha shadow silver slipknot snoopy
soccer sophie spider spiderman starwars steelers summer sunshine superman superstar sweetheart teamo tennis tequiero
test tester thomas tiamo tigger trustno trustnoone turtle unknown victoria welcome whatever william winner winter
wordpass yankees yellow zaq1zaq1
"""
_WORDS = frozenset(_LIST.split())


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
