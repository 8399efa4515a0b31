"""Finds the words of words.py and cues.py in a text, and names the kind of each find. The text comes folded."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import ClassVar

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
    """The alternatives as a tree, what is longer first: entries that begin alike are compared once.

    A tail that all of them have is written once, behind them: compiling it is what takes long.
    """
    (tail, *others) = {tail for _, tail in entries}
    if tail and not others:
        return _branches([(characters, "") for characters, _ in entries]) + tail
    by_next: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for characters, tail in entries:
        if characters:
            by_next[characters[0]].append((characters[1:], tail))
    longer = [following + _branches(rest) for following, rest in sorted(by_next.items())]
    ends = sorted({tail for characters, tail in entries if not characters}, key=len, reverse=True)
    return longer[0] if len(longer) == 1 and not ends else f"(?:{'|'.join(longer + ends)})"


def written(listed: Iterable[str]) -> str:
    """One pattern for all entries. Every alternative starts with a character of its own: linear and quick."""
    by_start: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = defaultdict(lambda: defaultdict(list))
    for entry in {e for text in listed for e in entries(text)}:
        first, *rest = (r"[\s\-'’]{1,2}" if c == " " else re.escape(c) for c in entry.strip("*="))
        by_start[first][_head(entry, first)].append((tuple(rest), _tail(entry)))
    starts = (
        first + "(?:" + "|".join(head + _branches(rest) for head, rest in sorted(heads.items(), reverse=True)) + ")"
        for first, heads in sorted(by_start.items())
    )
    return "|".join(starts)


class Matcher:
    """Finds any of the entries, `around` which more may be asked for.

    Compiled when first asked, since all of them take near half a second, which no command should wait for.
    """

    every: ClassVar[list["Matcher"]] = []

    def __init__(self, listed: Iterable[str], around: str = "%s") -> None:
        self._listed, self._around = listed, around
        self.every.append(self)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(self._around % written(self._listed))

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return self.pattern.search(text, start, end)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        return self.pattern.match(text, start)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self.pattern.finditer(text)


# What asks for the number that follows: "enter the code".
RIGHT_BEFORE = r"(?:%s)[\s:'\"«“「]{0,4}(?:(?:the|code|el|le|la|den|il|o|otp|pin|kod|kode)[\s:'\"]{1,3}){0,2}$"
MATCHERS = {
    Kind.EXCLUDED: Matcher(others.EXCLUDING.values()),
    Kind.ONE_TIME: Matcher(words.ONE_TIME.values()),
    Kind.CODE: Matcher(words.CODE.values()),
    Kind.SIGN_IN: Matcher(words.SIGN_IN.values()),
}
SELLING = Matcher([cues.SELLING])
DELIVERING = Matcher([cues.DELIVERING])
CONFIDENTIAL = Matcher([cues.CONFIDENTIAL])
IS = Matcher([cues.IS], r"(?:[:：=>「『]|%s)[\s:'\"«“「【\[(*]{0,4}$")
PAYING = Matcher([cues.PAYING])
RECEIPT = Matcher([cues.RECEIPTS])
EVEN = Matcher([cues.EVEN], rf"(?:%s)[.,]?(?:\s(?:{written([cues.ARTICLES])}))?\s$")
MINUTES = Matcher([cues.MINUTES], r"\d ?(?:%s)")
YOUR = Matcher([cues.YOUR])
CONFIRM = Matcher([cues.CONFIRM])
STALE = Matcher([cues.STALE], r"[\s'\"”»*)\],;:-]{1,4}(?:which |that |die |qui |que |che )?(?:%s)")
UNIT = Matcher([cues.UNITS])
ENTERING = Matcher([cues.ENTER])
ENTER, TYPED = Matcher([cues.ENTER, cues.WITH], RIGHT_BEFORE), Matcher([cues.ENTER], RIGHT_BEFORE)
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
