"""What in a text may be a code by its shape alone: digits, grouped or spaced digits, and codes with letters.

A letters-only prefix before a hyphen is the sender's mark and not typed ("G-123456" is 123456), when it has at most
three letters and is shorter than the digits after it. Groups of one length are one code, as written ("6ZA-BRE").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from credentials.otp import cues
from credentials.otp.labels import UNIT, entries

LENGTHS = range(3, 11)
NEVER = frozenset(entries(cues.NEVER))
CURRENCY_BEFORE = re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, entries(cues.CURRENCIES)))})$")
SIGNS = "$€£¥₹₽₺₩₫฿₴₦₪₸₾֏₵₱₡￥¢"
TIME = re.compile(r"(\d{4,8}),(\d{1,2} ?(?:分|min|мин|хв|phut|นาที|분)|\d{4,8}(?![\d.,]))")  # no thousands, no decimals
SPACED_OUT = re.compile(r"(?<![\w.,:/+-])\d(?:\s{1,3}\d(?!\d)){3,9}(?![\w/]|[ .,:-]{1,2}\d)")
DASHED_OUT = re.compile(r"(?<![\w.,:/+-])\d(?:[-·.]\d(?!\d)){3,7}(?![\w/-])")
SPOKEN = re.compile(r"(?<![\w.,:/+-])\d(?:[,.、] {1,3}\d(?!\d)){3,9}(?![\w/]|[,.] ?\d)")  # "4, 8, 2, 9" by telephone
NUMBERS = re.compile(r"\d+(?:(?:[ .,:/'’_·]|[ ]?-[ ]?)\d+)*")
WORDS = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
MEASURE = re.compile(r"\d+x\d+|\d+(?:st|nd|rd|th|[a-z]{1,3}|mins?|hours?|days?|weeks?|am|pm)", re.I)
PREFIXED = re.compile(r"[A-Z]{1,3}(?:-\d+)+")
NAME = re.compile(r"[A-Z]?[a-z]{3,}\d{1,4}|\d{1,4}[a-z]{4,}\d*")  # somebody's: "bob1984", "98point6"
MASKED = re.compile(r"[xX]{2,}\d{2,6}|[xX]\d{3,4}|\d{0,6}[xX]{2,}\d{2,6}")  # the end of an account or a card
TEXTED_TO = re.compile(r"\b(?:text|texting|send|sending|sms|reply|forward)\b[^.!?\n:]{1,40} to:? $")
GLUED_BEFORE = re.compile(
    rf"[{SIGNS}+/\\@%_^~•●…№A-Za-z]\Z|[{SIGNS}] \Z|\.\.\Z|\(\+\Z|[*•xX×●·…∙#]{{2}}$"
    r"|\d\d +[-+]\Z|[•●∙×xX]{2,} \Z|\(#\Z"  # an offset from UTC, the end of a telephone, an issue
)
GLUED_AFTER = re.compile(rf"[@/\\%_#]|[A-Za-z]| ?%|[*•xX]{{2,10}}\d| ?[{SIGNS}]")


class Shape(IntEnum):
    """How much a candidate looks like a code; the odd ones need a label right before or after."""

    ODD = 0
    LETTERS = 1
    LETTERED = 2
    DIGITS = 3
    USUAL = 4


@dataclass(frozen=True)
class Candidate:
    """A code as it is typed, where it stands, and its shape."""

    code: str
    start: int
    end: int
    shape: Shape


def find_candidates(text: str, low: str) -> list[Candidate]:
    """In order of place; `low` is the text folded. What is plainly an amount, a time or a telephone is left out."""
    found: list[Candidate] = []
    taken: set[int] = set()
    for spread in (SPACED_OUT, DASHED_OUT, SPOKEN):
        for match in spread.finditer(text):
            found.append(_digits(re.sub(r"\D", "", match[0]), match.start(), match.end()))
            taken.update(range(match.start(), match.end()))
    for match in WORDS.finditer(text):
        if match.start() not in taken and not match[0].isdigit() and (lettered := _lettered(text, match)):
            found.append(lettered)
            taken.update(range(match.start(), match.end()))
    for match in NUMBERS.finditer(text):
        if match.start() not in taken:
            found += (c for c in _numbers(text, low, match) if c.start not in taken)
    return sorted((c for c in found if not _is_measured(low, c)), key=lambda c: c.start)


def _digits(code: str, start: int, end: int) -> Candidate:
    """Four to eight are usual; three are odd, and so is what looks like a year."""
    odd = len(code) < 4 or re.fullmatch(r"(?:19|20)\d\d", code)
    return Candidate(code, start, end, Shape.ODD if odd else Shape.USUAL if len(code) <= 8 else Shape.DIGITS)


def _numbers(text: str, low: str, match: re.Match[str]) -> Iterator[Candidate]:
    """A run of digits with single separators: one code in groups, several numbers, or nothing of ours."""
    start, end = match.span()
    if _is_glued(text, start, end):
        return
    run = match[0]
    if re.search(r"\d[.,:/'’_·]\d", run):
        yield from _punctuated(text, low, start, run)
        return
    parts = [(start + m.start(), m[0]) for m in re.finditer(r"\d+", run)]
    if len(parts) > 1 and UNIT.match(low, end + (low[end : end + 1] == " ")) and len(parts[-1][1]) < 3:
        parts = parts[:-1]
    yield from _grouped(text, parts)


def _punctuated(text: str, low: str, start: int, run: str) -> Iterator[Candidate]:
    """Times, dates and amounts hold no code, but "482913 14:05" and "482913 12/05/2026" have one beside them."""
    at = 0
    for piece in re.split(r"( (?:- ?)?)", run):
        if re.fullmatch(r"\d+(?:-\d+)*", piece):
            yield from _grouped(text, [(start + at + m.start(), m[0]) for m in re.finditer(r"\d+", piece)])
        at += len(piece)


def _grouped(text: str, parts: list[tuple[int, str]]) -> Iterator[Candidate]:
    sizes = {len(part) for _, part in parts}
    start, end = parts[0][0], parts[-1][0] + len(parts[-1][1])
    code = "".join(part for _, part in parts)
    hyphens = "-" in text[start:end]
    if len(parts) == 1:
        yield from [_digits(code, start, end)] if len(code) in LENGTHS else []
    elif len(sizes) == 1 and sizes <= {2, 3, 4} and len(code) in LENGTHS:
        odd = len(code) > 8 or (hyphens and sizes == {2})  # a telephone, a date
        yield Candidate(code, start, end, Shape.ODD if odd else Shape.USUAL)
    elif hyphens and len(parts) == 2 and len(code) in range(5, 9):
        yield Candidate(code, start, end, Shape.ODD)
    elif (
        _is_chunked([len(part) for _, part in parts])
        and len(code) in range(5, 9)
        and (len(parts) > 2 or _ends_line(text, end))
    ):
        yield Candidate(code, start, end, Shape.USUAL)
    elif not hyphens and not _is_telephone(parts, code):
        for part in parts:
            yield from _grouped(text, [part])


def _is_chunked(sizes: list[int]) -> bool:
    """Cut into threes or fours, the last what is left: "447 120 98"."""
    *full, rest = sizes
    return set(full) in ({3}, {4}) and 1 < rest < full[0]


def _is_telephone(parts: list[tuple[int, str]], code: str) -> bool:
    """Or an account: many digits in more than two short groups."""
    return len(code) > 8 and len(parts) > 2 and max(len(part) for _, part in parts) < 6


def _is_glued(text: str, start: int, end: int) -> bool:
    """Part of something longer: masked, signed, priced, an address, a decimal."""
    before, after = text[max(0, start - 8) : start], text[end : end + 12]
    if before.endswith("**") and re.match(r"\*\*(?!\*)", after):
        return False  # bold
    if before.endswith("*") and not after.startswith("*") and end - start == 4:
        return True  # the end of a card
    between_colons = before.endswith(":") and after.startswith(":")
    return between_colons or bool(GLUED_BEFORE.search(before) or GLUED_AFTER.match(after))


def _is_measured(low: str, candidate: Candidate) -> bool:
    """Followed by what it counts ("10 minutes", "500 EUR"), preceded by a currency, or a number to text to."""
    before = low[max(0, candidate.start - 8) : candidate.start].rstrip(" .")
    if TEXTED_TO.search(low[max(0, candidate.start - 60) : candidate.start]):
        return True
    if candidate.code.isdigit() and CURRENCY_BEFORE.search(before):
        return True
    at = candidate.end + (low[candidate.end : candidate.end + 1] == " ")
    unit = UNIT.match(low, at) if candidate.code.isdigit() else None
    return bool(unit) and len(candidate.code) < 9


def _lettered(text: str, match: re.Match[str]) -> Candidate | None:
    token, start, end = match[0], match.start(), match.end()
    if text[start - 1 : start] in tuple("@#/\\_&=$") or text[end : end + 1] in tuple("@/\\_="):
        return None
    if token.lower() in NEVER or (start and text[start - 1] > "\x7f" and text[start - 1].isalpha() and token.isalpha()):
        return None
    if "-" in token:
        return _hyphened(token, start, end)
    if len(token) not in LENGTHS or MEASURE.fullmatch(token) or MASKED.fullmatch(token):
        return None
    if re.search(r"\d", token):
        odd = len(token) < 4 or NAME.fullmatch(token)
        return Candidate(token, start, end, Shape.ODD if odd else Shape.LETTERED)
    stands_out = token.isupper() and len(token) in range(4, 9) and _ends_line(text, end)
    return Candidate(token, start, end, Shape.LETTERS) if stands_out else None


def _ends_line(text: str, end: int) -> bool:
    return bool(re.match(r"[.!\"'*)\]]*[ ]*(?:\n|$)|\.[ ]", text[end : end + 12]))


def _hyphened(token: str, start: int, end: int) -> Candidate | None:
    groups = token.split("-")
    if PREFIXED.fullmatch(token) and (bare := _without_prefix(groups, start, end)):
        return bare
    return _in_groups(token, groups, start, end) or _dashed(groups, start, end)


def _without_prefix(groups: list[str], start: int, end: int) -> Candidate | None:
    code = "".join(groups[1:])
    usual = len({len(group) for group in groups[1:]}) == 1 and max(4, len(groups[0]) + 1) <= len(code) <= 8
    return _digits(code, start + len(groups[0]) + 1, end) if usual else None


def _in_groups(token: str, groups: list[str], start: int, end: int) -> Candidate | None:
    """Groups of one length are a code as written; two others may be."""
    equal = len(groups) in (2, 3) and len({len(group) for group in groups}) == 1
    has_digit = bool(re.search(r"\d", token))
    if equal and 4 <= len("".join(groups)) <= 9 and (token.isupper() or (token.islower() and has_digit)):
        shape = Shape.ODD if token.islower() else Shape.LETTERED if has_digit else Shape.LETTERS
        return Candidate(token, start, end, shape)
    uneven = len(groups) == 2 and len(token) < 9 and min(map(len, groups)) > 1
    return Candidate(token, start, end, Shape.ODD) if uneven and has_digit and token.isupper() else None


def _dashed(groups: list[str], start: int, end: int) -> Candidate | None:
    """A hyphen that was meant as a dash: "123456-do not share"."""
    if groups[0].isdigit() and 4 <= len(groups[0]) <= 8 and all(g.isalpha() for g in groups[1:]):
        return _digits(groups[0], start, start + len(groups[0]))
    if groups[-1].isdigit() and 4 <= len(groups[-1]) <= 8 and all(g.isalpha() and not g.isupper() for g in groups[:-1]):
        return Candidate(groups[-1], end - len(groups[-1]), end, Shape.ODD)
    return None
