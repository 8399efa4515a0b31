"""Finds the words of words.py and cues.py in a text, and names the kind of each find. The text comes folded."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from credentials.otp import cues, others, words
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


def _has_spaces(character: str) -> bool:
    return character.isascii() or character < "\u0590" or "\u1e00" <= character < "\u2000"


def _head(entry: str, first: str) -> str:
    """What must not stand before the entry, asked after its first character: so the search skips at full speed."""
    if entry[0] == "=":
        return rf"(?<![^\W\d_]{first})"
    return rf"(?<![{LETTER}]{first})" if entry[0] != "*" and _has_spaces(entry[0]) else ""


def _tail(entry: str) -> str:
    """Bounded unless starred, or unless its script glues or sets no spaces."""
    if entry[0] == "=":
        return r"(?![^\W\d_])"
    if entry[-1] == "*":
        return rf"[{LETTER}]{{0,24}}"  # the label ends where the word does
    return rf"(?![{LETTER}])" if _has_spaces(entry[-1]) else ""


def _branches(entries: list[tuple[tuple[str, ...], str]]) -> str:
    """The alternatives as a tree, what is longer first: entries that begin alike are compared once."""
    by_next: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for characters, tail in entries:
        if characters:
            by_next[characters[0]].append((characters[1:], tail))
    longer = [following + _branches(rest) for following, rest in sorted(by_next.items())]
    ends = sorted({tail for characters, tail in entries if not characters}, key=len, reverse=True)
    return longer[0] if len(longer) == 1 and not ends else f"(?:{'|'.join(longer + ends)})"


def matcher(listed: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all entries. Every alternative starts with a character of its own: linear and quick."""
    by_start: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = defaultdict(lambda: defaultdict(list))
    for entry in {e for text in listed for e in entries(text)}:
        first, *rest = (r"[\s\-'’]{1,2}" if c == " " else re.escape(c) for c in entry.strip("*="))
        by_start[first][_head(entry, first)].append((tuple(rest), _tail(entry)))
    starts = (
        first + "(?:" + "|".join(head + _branches(rest) for head, rest in sorted(heads.items(), reverse=True)) + ")"
        for first, heads in sorted(by_start.items())
    )
    return re.compile("|".join(starts))


def _right_before(listed: Iterable[str]) -> re.Pattern[str]:
    """What asks for the number that follows: "enter the code"."""
    articles = r"(?:the|code|el|le|la|den|il|o|otp|pin|kod|kode)[\s:'\"]{1,3}"
    return re.compile(rf"(?:{matcher(listed).pattern})[\s:'\"«“「]{{0,4}}(?:{articles}){{0,2}}$")


MATCHERS = {
    Kind.EXCLUDED: matcher(others.EXCLUDING.values()),
    Kind.ONE_TIME: matcher(words.ONE_TIME.values()),
    Kind.CODE: matcher(words.CODE.values()),
    Kind.SIGN_IN: matcher(words.SIGN_IN.values()),
}
SELLING = matcher([cues.SELLING])
DELIVERING = matcher([cues.DELIVERING])
CONFIDENTIAL = matcher([cues.CONFIDENTIAL])
IS = re.compile(rf"(?:[:：=>「『]|{matcher([cues.IS]).pattern})[\s:'\"«“「【\[(*]{{0,4}}$")
PAYING = matcher([cues.PAYING])
RECEIPT = matcher([cues.RECEIPTS])
EVEN = re.compile(rf"(?:{matcher([cues.EVEN]).pattern})[.,]?(?:\s(?:{matcher([cues.ARTICLES]).pattern}))?\s$")
MINUTES = re.compile(rf"\d ?(?:{matcher([cues.MINUTES]).pattern})")
YOUR = matcher([cues.YOUR])
CONFIRM = matcher([cues.CONFIRM])
STALE = re.compile(rf"[\s'\"”»*)\],;:-]{{1,4}}(?:which |that |die |qui |que |che )?(?:{matcher([cues.STALE]).pattern})")
UNIT = matcher([cues.UNITS])
ENTERING = matcher([cues.ENTER])
ENTER, TYPED = _right_before([cues.ENTER, cues.WITH]), _right_before([cues.ENTER])
LINKERS = frozenset(word for entry in entries(cues.LINKERS) + entries(cues.YOUR) for word in entry.split())


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
