"""Finds the words of words.py and cues.py in a text, and names the kind of each find. The text comes folded."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from credentials.otp import cues, words
from credentials.otp.plain import ascii_digits, folded

# A letter that would make the word another word. Scripts without spaces are no such letters.
LETTER = "a-z\u00df-\u058f\u1e00-\u1fff"
GLUE = re.compile(r"[\s\-]{0,2}(?:(?:de|do|di|da|del|d'|du|der|of|le|la|l'|ko|no|na|の|de la|de l')[\s]?)?")


class Kind(IntEnum):
    """What a label says of the number beside it; of labels that meet, the greater kind counts."""

    SIGN_IN = 1
    CODE = 2
    ONE_TIME = 3
    EXCLUDED = 4


@dataclass(frozen=True)
class Label:
    kind: Kind
    start: int
    end: int
    is_sign_in: bool = False  # sign-in wording is part of it, as in "verification code"


def entries(listed: str) -> list[str]:
    return [folded(ascii_digits(entry.strip())) for entry in listed.split(",") if entry.strip()]


def _pattern(entry: str) -> str:
    """One entry: bounded unless starred, or unless its script glues or sets no spaces."""
    bare = entry.strip("*=")
    bounded = entry.startswith("=")
    head = "" if entry[0] == "*" or not (bounded or _has_spaces(bare[0])) else rf"(?<![{LETTER}])"
    tail = "" if entry[-1] == "*" or not (bounded or _has_spaces(bare[-1])) else rf"(?![{LETTER}])"
    if entry[-1] == "*":
        tail = rf"[{LETTER}]{{0,24}}"  # the label ends where the word does
    if bounded:
        head, tail = r"(?<![^\W\d_])", r"(?![^\W\d_])"
    return head + re.escape(bare).replace(r"\ ", r"[\s\-'’]{1,2}") + tail


def _has_spaces(character: str) -> bool:
    return character.isascii() or character < "\u0590" or "\u1e00" <= character < "\u2000"


def matcher(listed: Iterable[str]) -> re.Pattern[str]:
    """One alternation for all entries, the longest first, grouped by first character: linear and quick."""
    by_first: dict[str, list[str]] = defaultdict(list)
    for entry in sorted({e for text in listed for e in entries(text)}, key=lambda e: -len(e.strip("*="))):
        by_first[entry.strip("*=")[0]].append(_pattern(entry))
    groups = (f"(?={re.escape(first)})(?:{'|'.join(patterns)})" for first, patterns in sorted(by_first.items()))
    return re.compile("|".join(groups))


MATCHERS = {
    Kind.EXCLUDED: matcher(words.EXCLUDING.values()),
    Kind.ONE_TIME: matcher(words.ONE_TIME.values()),
    Kind.CODE: matcher(words.CODE.values()),
    Kind.SIGN_IN: matcher(words.SIGN_IN.values()),
}
SELLING = matcher([cues.SELLING])
CONFIRM = matcher([cues.CONFIRM])
UNIT = matcher([cues.UNITS])
ENTER = re.compile(
    rf"(?:{matcher([cues.ENTER]).pattern})[\s:'\"«“「]{{0,4}}(?:(?:the|code|el|le|la|den|il|o|otp|pin|kod|kode)[\s:'\"]{{1,3}}){{0,2}}$"
)
LINKERS = frozenset(word for entry in entries(cues.LINKERS) for word in entry.split())


def find_labels(text: str) -> list[Label]:
    """In order of place. Where finds overlap the longer stays, then the greater kind; those that meet are joined."""
    matches = ((kind, match) for kind, pattern in MATCHERS.items() for match in pattern.finditer(text))
    found = [Label(kind, match.start(), match.end(), kind == Kind.SIGN_IN) for kind, match in matches]
    found.sort(key=lambda label: (label.start, -label.end, -label.kind))
    joined: list[Label] = []
    for label in found:
        if joined and label.start < joined[-1].end:
            joined[-1] = _overlapping(joined[-1], label)
        elif joined and _meet(text, joined[-1], label):
            joined[-1] = _joined(joined[-1], label)
        else:
            joined.append(label)
    return joined


def _meet(text: str, left: Label, right: Label) -> bool:
    if right.start - left.end > 7 or not GLUE.fullmatch(text, left.end, right.start):
        return False
    return Kind.EXCLUDED not in (left.kind, right.kind) or "\n" not in text[left.end : right.start]


def _overlapping(left: Label, right: Label) -> Label:
    """ "Bestätigungscode" is both a sign-in word and a code."""
    kind = max(left, right, key=lambda label: (label.end - label.start, label.kind)).kind
    if {left.kind, right.kind} == {Kind.SIGN_IN, Kind.CODE}:
        kind = Kind.ONE_TIME
    return Label(kind, left.start, max(left.end, right.end), left.is_sign_in or right.is_sign_in)


def _joined(left: Label, right: Label) -> Label:
    """ "verification code" is one label. So is "order code", and excluded; "order verification code" is not."""
    kinds = {left.kind, right.kind}
    sign_in = left.is_sign_in or right.is_sign_in
    kind = max(kinds)
    if kind == Kind.EXCLUDED and (sign_in or Kind.ONE_TIME in kinds):
        kind = right.kind if right.kind != Kind.EXCLUDED else Kind.EXCLUDED
    elif kinds == {Kind.SIGN_IN, Kind.CODE}:
        kind = Kind.ONE_TIME
    return Label(kind, left.start, right.end, sign_in)
