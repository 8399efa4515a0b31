"""What a number does that no word names: "enter 4829 to log in", "4829 verifies your phone". For `scoring` alone."""

import re

from credentials.otp import cues
from credentials.otp.candidates import Candidate, Shape
from credentials.otp.labels import CONFIRM, ENTER, MATCHERS, SELLING, Kind, matcher
from credentials.otp.message import Message

CLAUSE = re.compile(r"[^.!?;:。।\n]{0,80}")
PURPOSE = re.compile(rf"[\s'\"”»*)\]]{{1,4}}(?:{matcher([cues.PURPOSES]).pattern})\s")
PROVES = re.compile(rf"[\s'\"”»*)\]]{{1,4}}(?:{matcher([cues.PROVES]).pattern})")
PLACE = matcher([cues.PLACES])
SOON = 24  # characters between the purpose and its verb
VOUCHER = re.compile(r"[A-Z]{4,}\d{1,3}")


def is_entered(message: Message, candidate: Candidate) -> bool:
    return bool(ENTER.search(message.low[max(0, candidate.start - 24) : candidate.start]))


def is_used(message: Message, candidate: Candidate) -> bool:
    """The sentence itself says that it signs in or confirms, and of nothing on sale; with letters only if entered."""
    if candidate.shape < Shape.LETTERED or VOUCHER.fullmatch(candidate.code) or message.is_delivering:
        return False
    clause = CLAUSE.match(message.low, candidate.end)
    said = clause[0] if clause else ""
    if SELLING.search(said):
        return False
    if is_entered(message, candidate):
        return bool(_has_purpose(said, PLACE)) and (candidate.code.isdigit() or not message.is_selling)
    return candidate.code.isdigit() and (bool(PROVES.match(said)) or _confirms(message, candidate, said))


def _has_purpose(said: str, *more: re.Pattern[str]) -> bool:
    purpose = PURPOSE.match(said)
    soon = said[purpose.end() : purpose.end() + SOON] if purpose else ""
    return any(pattern.search(soon) for pattern in (CONFIRM, MATCHERS[Kind.SIGN_IN], *more))


def _confirms(message: Message, candidate: Candidate, said: str) -> bool:
    """ "4829 to confirm your transfer": as nobody asks to enter it, only a payment's or a secret."""
    return _has_purpose(said) and (message.is_paying(candidate) or message.is_secret(candidate))
