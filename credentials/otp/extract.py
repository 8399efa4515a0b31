"""The one-time code or the magic link in a received message, by rules: pure, offline, and never a guess.

What comes back occurs in the message, after joining digit groups and making digits ASCII. Two candidates of one
likelihood are none. Contract: received codes of the Skyvern dialect (content of up to ten characters is the code as it
is), and WICG's origin-bound one-time codes for the last line `@host #code`.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from credentials.otp import plain
from credentials.otp.candidates import TIME, Candidate, Shape, find_candidates
from credentials.otp.labels import ENTER, LINKERS, SELLING, Kind, Label, find_labels
from credentials.otp.links import magic_link

VERBATIM = 10  # characters
REACH, REACH_BACK = 400, 110  # characters between a label and its code
ENOUGH = 4.0
MARGIN = 0.35  # less between the two best is a draw
BOUND = re.compile(r"@([^\s@#%]{1,253}\.[^\s@#%]{1,63}|localhost) #(\S{1,64})(?: [^\n]{0,300})?")
WHOLE_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.I)
NOT_TEXT = re.compile(
    r"https?://[^\s<>\"]+|(?:www\.)[^\s<>\"]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.I
)
APP_HASH = re.compile(r"\n *[A-Za-z0-9+/]{11} *$")  # Android's SMS Retriever, the last line
ADDRESSEE = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@[A-Za-z]")
SENTENCE = re.compile(r"[.!?;…](?=\s|$)|[。！？；।؟\n]")
BARE = re.compile(r"[\s:：=\-–—>→»›'\"“”‘’«„「」『』【】\[\](){}<*_#|,،、.·•՝↓👉➡🔑🔐]*")
SHAPES = {Shape.ODD: -1.5, Shape.LETTERS: -1.0, Shape.LETTERED: 0.0, Shape.DIGITS: 0.0, Shape.USUAL: 1.0}
WEIGHTS = {Kind.SIGN_IN: 1.0, Kind.CODE: 2.0, Kind.ONE_TIME: 3.0, Kind.EXCLUDED: 0.0}


@dataclass(frozen=True)
class Extraction:
    """`code` is None when nothing is certain enough; `reason` says why, without repeating a code."""

    code: str | None
    type: Literal["totp", "magic_link"] | None
    confidence: float  # 0 to 1
    reason: str


@dataclass(frozen=True)
class Scored:
    candidate: Candidate
    score: float
    reason: str


Likelihood = tuple[float, float, str]  # how near the label is, how much it says, and the reason in words
NOTHING: Likelihood = (0.0, 0.0, "")


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
        text = TIME.sub(r"\1, \2", APP_HASH.sub("", plain.readable(text, channel).rstrip()))
        text = NOT_TEXT.sub(lambda found: "\x00" * len(found[0]), text)
        low = plain.folded(text)
        labels = find_labels(low)
        starts = {label.start for label in labels}
        candidates = [
            candidate
            for candidate in find_candidates(text, low)
            if candidate.code.lower() not in names
            and not (candidate.shape == Shape.LETTERS and candidate.start in starts)
        ]
        return cls(text, low, labels, candidates)

    @cached_property
    def is_sign_in(self) -> bool:
        return any(label.kind in (Kind.SIGN_IN, Kind.ONE_TIME) for label in self.labels)

    @cached_property
    def is_selling(self) -> bool:
        """A bare "code" is then a voucher's or a parcel's."""
        return bool(SELLING.search(self.low))

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


def extract(text: str, channel: str = "") -> Extraction:
    """The code or link in a message from `channel` ("email", "sms" or another; SMS are never read as HTML)."""
    content = text.strip()
    last_line = plain.ascii_digits(content[-400:]).strip().rpartition("\n")[2].strip()
    if bound := BOUND.fullmatch(last_line):
        return Extraction(bound[2], "totp", 1.0, f"domain-bound line for {bound[1]}")
    if len(content) <= VERBATIM:
        return Extraction(content, "totp", 0.9 if content else 0.0, "the whole message")
    if WHOLE_ADDRESS.fullmatch(content):
        return Extraction(plain.clean_address(content), "magic_link", 0.95, "the whole message is a link")
    found = _best(Message.read(content, channel))
    if isinstance(found, Scored):
        confidence = round(min(0.99, 0.4 + found.score / 20), 2)
        return Extraction(found.candidate.code, "totp", confidence, found.reason)
    link = magic_link(content, channel)
    if link:
        return Extraction(link.address, "magic_link", link.confidence, link.reason)
    return Extraction(None, None, 0.0, found)


def _best(message: Message) -> Scored | str:
    """The one candidate ahead of all others, or why there is none."""
    by_code: dict[str, Scored] = {}
    for at, candidate in enumerate(message.candidates):
        scored = _scored(message, at, candidate)
        known = by_code.get(candidate.code)
        if scored and (not known or scored.score > known.score):
            by_code[candidate.code] = scored
    ranked = sorted(by_code.values(), key=lambda scored: -scored.score)
    if not ranked or ranked[0].score < ENOUGH:
        return "nothing: no number stands by a word for a code"
    if len(ranked) > 1 and ranked[0].score - ranked[1].score < MARGIN:
        return "nothing: two candidates are equally likely"
    return ranked[0]


def _scored(message: Message, at: int, candidate: Candidate) -> Scored | None:
    before = _before(message, at, candidate)
    if before is None:
        return None
    distance, weight, reason = max(before, _after(message, at, candidate), key=lambda found: found[0] + found[1])
    if not distance or not _is_allowed(message, candidate, distance, weight):
        return None
    opens = not message.text[max(0, candidate.start - 20) : candidate.start].strip() and candidate.start < 20
    entered = bool(ENTER.search(message.low[max(0, candidate.start - 24) : candidate.start]))
    score = distance + weight + SHAPES[candidate.shape] + message.stands_alone(candidate) + max(entered, opens / 2)
    return Scored(candidate, score, reason)


def _is_allowed(message: Message, candidate: Candidate, distance: float, weight: float) -> bool:
    """Letters alone stand right after their label. A seller's code is certain only when it is called one-time."""
    if candidate.shape == Shape.LETTERS and distance < 4.0:
        return False
    certain = weight == WEIGHTS[Kind.ONE_TIME] or (message.is_sign_in and candidate.code.isdigit())
    return certain or not message.is_selling


def _before(message: Message, at: int, candidate: Candidate) -> Likelihood | None:
    """The best of the labels ahead; None when the nearest says that the number is something else."""
    best, blocked = NOTHING, False
    floor = message.candidates[at - 1].end if at else 0
    for label in message.labels_before(candidate):
        gap = message.low[label.end : candidate.start]
        if label.kind == Kind.EXCLUDED:
            if best == NOTHING and _is_named(gap):
                blocked = True
                if not _is_stated(gap):
                    return None
            continue
        if blocked and SENTENCE.search(gap):
            return None
        shared = label.end < floor and not _only_linkers(re.sub(r"\d+", "", gap))
        distance = _distance(gap, message, candidate, label.kind) - shared
        if distance > 0 and distance + WEIGHTS[label.kind] > best[0] + best[1]:
            best = (distance, WEIGHTS[label.kind], f"after '{message.shown(label)}'")
    return None if blocked and best == NOTHING else best


def _is_named(gap: str) -> bool:
    """Whether an excluding label owns the number after it: no other number, no end of a sentence between."""
    if re.search(r"\d", gap) or len(gap) > 30:
        return False
    return len(gap) <= 4 or not SENTENCE.search(gap.strip())


def _is_stated(gap: str) -> bool:
    """ "your order is" or "your order:", where an earlier "code" may be what is stated; "order no. " is not."""
    return bool(gap.strip(" #.")) and not re.search(r"\b(?:no|nr|number|nummer|num|numero|n)\b|[#№°]", gap)


def _distance(gap: str, message: Message, candidate: Candidate, kind: Kind) -> float:
    """4 with only "is" or a colon between, then less; 0 is too far."""
    if _only_linkers(re.sub(r"\d+", "", gap)):
        return 4.0
    if not SENTENCE.search(gap) and len(gap) <= 80:
        return (2.0 if kind == Kind.SIGN_IN else 3.0) - len(gap) / 80
    if message.stands_alone(candidate):
        return 2.5 - len(gap) / 400
    return max(0.0, (1.5 if message.is_sign_in else 1.0) - len(gap) / 120)


def _after(message: Message, at: int, candidate: Candidate) -> Likelihood:
    """The best of the labels that follow: "123456 is your code"."""
    best = NOTHING
    ceiling = message.candidates[at + 1].start if at + 1 < len(message.candidates) else len(message.low)
    for label in message.labels_after(candidate):
        if label.kind == Kind.EXCLUDED:
            continue
        gap = message.low[candidate.end : label.start]
        if not SENTENCE.search(gap):
            named = label.kind > Kind.SIGN_IN
            distance = 2.0 + named - len(gap) / 80 + (named and _only_linkers(gap) and "," not in gap) / 2
        else:
            distance = 1.5 if message.stands_alone(candidate) else 0.5
        distance -= label.start > ceiling
        if distance > 0 and distance + WEIGHTS[label.kind] > best[0] + best[1]:
            best = (distance, WEIGHTS[label.kind], f"before '{message.shown(label)}'")
    return best


def _only_linkers(gap: str) -> bool:
    if len(gap) > 40 or re.search(r"[.!?]\s", gap):
        return False
    return all(word in LINKERS for word in re.findall(r"[^\W\d_]+", gap)) and bool(
        BARE.fullmatch(re.sub(r"[^\W\d_]", "", gap))
    )
