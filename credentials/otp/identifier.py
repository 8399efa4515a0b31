"""What a received code is for: an e-mail address, a phone number, or any other text. Pure.

One identifier has three forms. `stored` is kept and shown again: e-mail addresses trimmed and case-folded, all else as
it was sent. `sought` are the spellings that Skyvern's list looks for among the stored ones: there only the question
is normalised (contract, received codes). `key` is our own, for claims: it is stored, and compared with `keys`.
"""

import re
import unicodedata

FEWEST_DIGITS, MOST_DIGITS = 7, 15  # of a phone number; ITU-T E.164 has no longer ones
LONGEST_NUMBER = 50  # characters, with all its spaces and brackets
LONGEST_KEY = 500  # characters: an index entry has a limit
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE = re.compile(r"[(\s]*\+?[0-9()\s./-]+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def stored(given: str) -> str:
    """As it is kept and shown."""
    trimmed = given.strip()
    return trimmed.casefold() if _EMAIL.fullmatch(trimmed) else given


def sought(given: str) -> list[str]:
    """The stored identifiers that a question for `given` finds."""
    plus, digits = _phone(given)
    if not digits:
        return [stored(given)]
    full = "+" if len(digits) == 11 and digits.startswith("1") else plus
    return list(dict.fromkeys([given, full + digits, digits]))


def key(given: str) -> str:
    """What is stored to be compared: of a phone number its digits, with a plus when they are known to be in full."""
    plus, digits = _in_full(*_phone(given))
    return plus + digits if digits else unicodedata.normalize("NFC", stored(given))[:LONGEST_KEY]


def keys(given: str) -> list[str]:
    """The keys that can mean the same: gateways leave out the plus, and North America the country's 1."""
    plus, digits = _in_full(*_phone(given))
    if not digits:
        return [key(given)]
    found = [f"+{digits}", digits]
    if not plus and len(digits) == 10:
        found += [f"+1{digits}", f"1{digits}"]
    if len(digits) == 11 and digits.startswith("1"):
        found.append(digits[1:])
    return found


def _phone(given: str) -> tuple[str, str]:
    """The plus, if any, and the digits of what looks like a phone number; nothing for all else."""
    if len(given) > LONGEST_NUMBER:
        return "", ""
    plain = "".join(map(_ascii, unicodedata.normalize("NFKC", given))).translate(_DASHES).strip()
    digits = re.sub(r"[^0-9]", "", plain)
    if not _PHONE.fullmatch(plain) or not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
        return "", ""
    return "+" if "+" in plain else "", digits


def _in_full(plus: str, digits: str) -> tuple[str, str]:
    """00 dials what the plus stands for."""
    return ("+", digits[2:]) if digits.startswith("00") else (plus, digits)


def _ascii(character: str) -> str:
    """Digits of every script; nothing for the invisible marks that address books paste around numbers."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return "" if unicodedata.category(character) == "Cf" else character
