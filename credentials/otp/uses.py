"""What a number does that no word names: "enter 4829 to log in", "4829 verifies your phone". For `scoring` alone."""

import re

from credentials.otp import cues
from credentials.otp.candidates import Candidate, Shape
from credentials.otp.labels import CONFIRM, ENTER, MATCHERS, SELLING, TYPED, Kind, Matcher
from credentials.otp.message import Message

BACK = 24  # characters in which to look for "enter"
SOON = 24  # characters between "to" and its verb
LONG = 6  # digits that hardly are a door's, a year or a room
CLAUSE = re.compile(r"[^.!?;:。।\n]{0,80}")
VOUCHER = re.compile(r"[A-Z]{4,}\d{1,3}")
PROVES = Matcher([cues.PROVES], r"[\s'\"”»*)\]]{1,4}(?:%s)")
AIM = Matcher([cues.AIMS], r"[\s'\"”»*)\],]{1,4}(?:%s)\s")
INTO = Matcher([cues.INTO], r"[\s'\"”»*)\],]{1,4}(?:%s)\s")
SIGN_IN, GOING_ON, PLACE = MATCHERS[Kind.SIGN_IN], Matcher([cues.GOING_ON]), Matcher([cues.PLACES])


def is_entered(message: Message, candidate: Candidate, ways: Matcher = ENTER) -> bool:
    return bool(ways.search(message.low[max(0, candidate.start - BACK) : candidate.start]))


def is_used(message: Message, candidate: Candidate) -> bool:
    """The sentence itself says that it signs in or confirms, and of nothing on sale."""
    if candidate.shape < Shape.LETTERED or VOUCHER.fullmatch(candidate.code) or message.is_delivering:
        return False
    clause = CLAUSE.match(message.low, candidate.end)
    said = clause[0] if clause else ""
    digits = candidate.code.isdigit()
    if SELLING.search(said) or (message.is_selling and not digits):
        return False
    known = digits and len(candidate.code) >= LONG and (message.is_paying(candidate) or message.is_secret(candidate))
    if is_entered(message, candidate, TYPED):
        aims = _leads_to(AIM, said, SIGN_IN, CONFIRM, GOING_ON) or _leads_to(INTO, said, SIGN_IN, PLACE)
        return aims or (known and not message.is_selling and bool(AIM.match(said)))
    return (digits and bool(PROVES.match(said))) or (known and _leads_to(AIM, said, SIGN_IN, CONFIRM))


def _leads_to(way: Matcher, said: str, *aims: Matcher) -> bool:
    """ "To log in", "into the app"."""
    found = way.match(said)
    soon = said[found.end() : found.end() + SOON] if found else ""
    return any(aim.search(soon) for aim in aims)
