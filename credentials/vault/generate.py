"""Verbs that draw a password or a passphrase. Nothing is stored and nothing is remembered.

The words are the EFF's large list of 7,776 (https://www.eff.org/dice, Joseph Bonneau, CC BY 3.0 US): five of them
are 64 bits.
"""

import secrets
import string
from functools import cache
from pathlib import Path

from credentials.access import Action, Caller
from credentials.audit import looked
from credentials.errors import Invalid
from credentials.vault.clock import now

LENGTHS = range(8, 129)
WORDS = range(3, 13)
CLASSES = {
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "digits": string.digits,
    "signs": "!#$%&()*+,-./:;<=>?@[]^_{|}~",
}
ALIKE = frozenset("0O1lI|")  # left out: somebody will read it aloud


def generate_password(caller: Caller, *, length: int, classes: frozenset[str]) -> str:
    """Characters of the classes (names of CLASSES), at least one of each, all equally likely."""
    with looked(caller, Action.CREDENTIAL_ADD, at=now()):
        alphabets = [[sign for sign in CLASSES[name] if sign not in ALIKE] for name in sorted(classes & CLASSES.keys())]
        if length not in LENGTHS or not alphabets:
            raise Invalid(f"Choose a length from {LENGTHS[0]} to {LENGTHS[-1]} and at least one kind of character.")
        signs = [sign for alphabet in alphabets for sign in alphabet]
        while True:  # drawn anew rather than mended: mending would make some passwords likelier
            drawn = [secrets.choice(signs) for _ in range(length)]
            if all(set(drawn) & set(alphabet) for alphabet in alphabets):
                return "".join(drawn)


def generate_passphrase(caller: Caller, *, words: int) -> str:
    """Words with hyphens between them."""
    with looked(caller, Action.CREDENTIAL_ADD, at=now()):
        if words not in WORDS:
            raise Invalid(f"Choose from {WORDS[0]} to {WORDS[-1]} words.")
        return "-".join(secrets.choice(word_list()) for _ in range(words))


@cache
def word_list() -> tuple[str, ...]:
    return tuple((Path(__file__).parent / "eff_large_wordlist.txt").read_text(encoding="ascii").split())
