"""A received message made ready to be searched for its code: text, labels, candidates, and what it is about."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from credentials.otp import plain
from credentials.otp.candidates import TIME, Candidate, Shape, find_candidates
from credentials.otp.labels import (
    CONFIDENTIAL,
    DELIVERING,
    EVEN,
    MINUTES,
    PAYING,
    RECEIPT,
    SELLING,
    STALE,
    Kind,
    Label,
    Matcher,
    find_labels,
)

MOST = 200  # numbers; more is a table
LONGEST = 60_000  # characters of text to search; a code stands further up
AROUND = 500  # characters in which a letter keeps to its matter
REACH, REACH_BACK = 400, 110  # characters between a label and its code
NOT_TEXT = re.compile(
    r"https?://[^\s<>\"]+|(?:www\.)[^\s<>\"]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.I
)
HOST = re.compile(  # "booking.com" books nothing, and what follows its slash is no code
    r"(?<![\w@.-])(?:[A-Za-z][A-Za-z0-9-]{0,40}\.){1,3}"
    r"(?:(?:com|net|org|io|co|app|dev|gov|edu|info|uk|de|fr|es|nl|pl|pt|br|ru|ua|cz|jp|cn|kr|tr|eu|au)(?:/[^\s<>\"]*)?"
    r"|[a-z]{2,6}/[^\s<>\"]+)(?![\w-])"
)
APP_HASH = re.compile(r"[\n ] *(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*[A-Z])[A-Za-z0-9+/]{11} *$")  # SMS Retriever's
RETRIEVED = re.compile(r"\A<#>.*\n[^\S\n]*\S{1,20}\Z", re.S)  # meant for an app: the last line says for which
LAST = 40  # characters that may hold it
QUOTED = re.compile(  # where a reply has what it answers
    r"^(?:>|-{2,} ?(?:original message|ursprungliche nachricht|message d.origine|mensaje original|messaggio originale)"
    r"|(?:on|am|le|el|em|il|op|w dniu|dne|den)\b[^\n]{5,160}"
    r"(?:wrote|schrieb[^\n:]{0,60}|a ecrit|escribio|escreveu|ha scritto|schreef[^\n:]{0,60}|napisal\(?a?\)?|napsal"
    r"|skrev[^\n:]{0,60}) ?:)",
    re.M,
)
ADDRESSEE = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@[A-Za-z]")


@dataclass(frozen=True)
class Message:
    """A message ready to be searched; `low` and `text` have the same length."""

    text: str
    low: str
    labels: list[Label]
    candidates: list[Candidate]

    @classmethod
    def read(cls, text: str, channel: str) -> "Message":
        names = {piece for found in ADDRESSEE.finditer(text) for piece in found[1].lower().split(".")}
        text = plain.readable(text, channel)[:LONGEST].rstrip()
        if RETRIEVED.match(text):
            text = text.rpartition("\n")[0].rstrip()
        text = TIME.sub(r"\1, \2", text[:-LAST] + APP_HASH.sub("", text[-LAST:]))
        for address in (NOT_TEXT, HOST):
            text = address.sub(lambda found: "\x00" * len(found[0]), text)
        low = plain.folded(text)
        labels = find_labels(low)
        starts = {label.start for label in labels}
        candidates = [
            candidate
            for candidate in find_candidates(text, low)
            if candidate.code.lower() not in names
            and not STALE.match(low, candidate.end)
            and not (candidate.shape == Shape.LETTERS and candidate.start in starts)
        ]
        return cls(text, low, labels, candidates[:MOST])

    def is_sign_in(self, candidate: Candidate) -> bool:
        """The words around speak of signing in."""
        first = bisect_left(self.labels, candidate.start - AROUND, key=lambda label: label.start)
        last = bisect_left(self.labels, candidate.end + AROUND, key=lambda label: label.start)
        return any(label.is_sign_in or label.kind == Kind.ONE_TIME for label in self.labels[first:last])

    def is_secret(self, candidate: Candidate) -> bool:
        """They ask to keep something to oneself, or say how many minutes it lasts."""
        return any(self._has_near(matcher, candidate) for matcher in (CONFIDENTIAL, MINUTES))

    def is_paying(self, candidate: Candidate) -> bool:
        """They speak of a payment, which a code confirms."""
        return self._has_near(PAYING, candidate)

    def _has_near(self, matcher: Matcher, candidate: Candidate) -> bool:
        return bool(matcher.search(self.low, max(0, candidate.start - AROUND), candidate.end + AROUND))

    @cached_property
    def is_selling(self) -> bool:
        """A bare "code" is then a voucher's or a parcel's."""
        return bool(SELLING.search(self.low))

    @cached_property
    def is_delivering(self) -> bool:
        """The driver asks for a code then, even one that is called "OTP"."""
        if any(label.is_sign_in for label in self.labels):
            return False
        found = DELIVERING.finditer(self.low)
        return any(not EVEN.search(self.low[max(0, who.start() - 30) : who.start()]) for who in found)

    @cached_property
    def is_receipt(self) -> bool:
        """Of a payment that was made: an authorisation is then the bank's."""
        return bool(RECEIPT.search(self.low))

    def is_quoted(self, candidate: Candidate) -> bool:
        """A reply repeats it from the message before."""
        return self._reply_end <= candidate.start

    @cached_property
    def _reply_end(self) -> int:
        found = QUOTED.search(self.low)
        return found.start() if found else len(self.low)

    @cached_property
    def has_one_number(self) -> bool:
        return len({candidate.code for candidate in self.candidates}) == 1 and not any(
            label.kind == Kind.EXCLUDED for label in self.labels
        )

    @cached_property
    def says_nothing_else(self) -> bool:
        """One number, however often, and no price: what a sender of codes writes who does not say what they are for."""
        if len({candidate.code for candidate in self.candidates}) != 1:
            return False
        starts = [0, *(candidate.end for candidate in self.candidates)]
        ends = [*(candidate.start for candidate in self.candidates), len(self.text)]
        rest = "".join(self.text[start:end] for start, end in zip(starts, ends, strict=True))
        return not re.search(r"[\d%$€£¥₹₽₺₩]", rest)

    def stands_alone(self, candidate: Candidate) -> bool:
        """On a line of its own."""
        start, end = (
            self.text.rfind("\n", max(0, candidate.start - 20), candidate.start) + 1,
            self.text.find("\n", candidate.end, candidate.end + 20),
        )
        line = self.text[
            max(start, candidate.start - 20) : min(end if end >= 0 else len(self.text), candidate.end + 20)
        ]
        return len(re.sub(r"\w", "", line)) < 12 and len(re.findall(r"\w", line)) <= candidate.end - candidate.start + 2

    def labels_before(self, candidate: Candidate) -> Iterator[Label]:
        """Nearest first."""
        last = bisect_right(self.labels, candidate.start, key=lambda label: label.end)
        nearest = reversed(self.labels[max(0, last - 12) : last])
        return (label for label in nearest if candidate.start - label.end <= REACH)

    def labels_after(self, candidate: Candidate) -> Iterator[Label]:
        """Nearest first."""
        first = bisect_left(self.labels, candidate.end, key=lambda label: label.start)
        return (label for label in self.labels[first : first + 8] if label.start - candidate.end <= REACH_BACK)

    def shown(self, label: Label) -> str:
        """The whole words of a label, for a reason; the message's own spelling."""
        start = label.start
        while start and label.start - start < 20 and self.text[start - 1].isalpha() and self.low[start - 1] < "\u0590":
            start -= 1
        return " ".join(self.text[start : label.end].split())
