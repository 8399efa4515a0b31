"""The one-time code or the magic link in a received message, by rules: pure, offline, and never a guess.

What comes back occurs in the message, after joining digit groups and making digits ASCII. Two candidates of one
likelihood are none. Contract: received codes of the Skyvern dialect (content of up to ten characters is the code as it
is), and WICG's origin-bound one-time codes for the last line `@host #code`.
"""

import re
from dataclasses import dataclass
from typing import Literal

from credentials.otp import plain
from credentials.otp.labels import Matcher
from credentials.otp.links import magic_link
from credentials.otp.message import Message
from credentials.otp.scoring import Scored, best

VERBATIM = 10  # characters
MOST_CODES, MOST_LINKS = 40, 20  # to choose from
BOUND = re.compile(r"@([^\s@#%]{1,253}\.[^\s@#%]{1,63}|localhost) #(\S{1,64})(?: [^\n]{0,300})?")
WHOLE_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.I)


@dataclass(frozen=True)
class Extraction:
    """`code` is None when nothing is certain enough; `reason` says why, without repeating a code."""

    code: str | None
    type: Literal["totp", "magic_link"] | None
    confidence: float  # 0 to 1
    reason: str


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
    found = best(Message.read(content, channel))
    if isinstance(found, Scored):
        confidence = round(min(0.99, 0.4 + found.score / 20), 2)
        return Extraction(found.candidate.code, "totp", confidence, found.reason)
    link = magic_link(content, channel)
    if link:
        return Extraction(link.address, "magic_link", link.confidence, link.reason)
    return Extraction(None, None, 0.0, found)


def choices(text: str, channel: str = "") -> list[str]:
    """What a person may choose from: what `extract` takes, then all that looks like a code, then the links."""
    taken = extract(text, channel).code
    shaped = [candidate.code for candidate in Message.read(text, channel).candidates]
    addresses = [link.address for link in plain.links(text, channel)]
    found = [taken, *dict.fromkeys(shaped[:MOST_CODES]), *dict.fromkeys(addresses[:MOST_LINKS])]
    return [choice for choice in dict.fromkeys(found) if choice]


def get_ready() -> None:
    """What a server does before it serves, lest the first message wait for half a second."""
    for matcher in Matcher.every:
        _ = matcher.pattern
