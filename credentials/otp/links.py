"""The magic link of a message: an address that carries a token, where the message speaks of signing in."""

import re
from dataclasses import dataclass

from credentials.otp import cues
from credentials.otp.labels import CONFIRM, MATCHERS, Kind, entries
from credentials.otp.plain import Link, ascii_digits, folded, links, readable

ENOUGH = 3.0
MOST = 400  # links; more is a catalogue
LINK_IN, LINK_OUT = entries(cues.LINK_IN), entries(cues.LINK_OUT)
TOKEN_NAME = re.compile(
    r"[?&#;](?:[a-z_-]{0,20}(?:token|ticket|nonce|oobcode|signature|secret)|code|key|otp|t|k|c|sig|hash|auth|jwt|magic"
    r"|cid|data|s|q|u|link|h|e|p|id|upn)=([^&#]{6,})",
    re.I,
)
SLUG = re.compile(r"(?:[a-z]+|[A-Z][a-z]*|\d{1,7})(?:[-_.~](?:[a-z]+|[A-Z][a-z]*|\d{1,7}))*")  # words, dates: no token
PIECE = re.compile(r"[A-Za-z0-9_~.-]{8,}")
DOUBT = re.compile(
    r"(?:wasn.?t you|was not you|not you\b|didn.?t (?:request|make|sign|do|change|try)|did not|don.?t recogni"
    r"|if this was|not recogni"
    r"|nicht sie|nicht du|waren sie das|pas vous|no fuiste|no has sido|nao foi|non sei stato"
    r"|не вы\b|siz degil|不是您|心当たり"
    r"|secure your|suspicious|unsubscribe|password (?:was|has been) (?:changed|reset))"
)


@dataclass(frozen=True)
class MagicLink:
    """Byte for byte as the message has it, `&amp;` decoded."""

    address: str
    confidence: float
    reason: str


def magic_link(text: str, channel: str = "") -> MagicLink | None:
    """The one link ahead of all others, or None: no sign-in wording, no token, or two of one likelihood."""
    low = folded(readable(text, channel))
    if not MATCHERS[Kind.SIGN_IN].search(low) and not CONFIRM.search(low):
        return None
    best: dict[str, float] = {}
    for link in links(text, channel)[:MOST]:
        best[link.address] = max(best.get(link.address, 0.0), _score(link))
    ranked = sorted(best.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < ENOUGH:
        return None
    if len(ranked) > 1 and ranked[1][1] == ranked[0][1]:
        return None
    address, score = ranked[0]
    return MagicLink(address, round(min(0.95, 0.5 + score / 20), 2), "link with a token, in wording of signing in")


def _score(link: Link) -> float:
    """0 without a token, or where the words around are about something else."""
    address, near = link.address.lower(), folded(ascii_digits(link.words))[-160:]
    rest = address.split("://", 1)[1].partition("/")[2]
    strength = _token(link.address)
    if not strength or any(out in rest for out in LINK_OUT) or DOUBT.search(near):
        return 0.0
    named = any(way in rest for way in LINK_IN)
    worded = bool(MATCHERS[Kind.SIGN_IN].search(near) or CONFIRM.search(near))
    return strength + 1.5 * named + 1.5 * worded if named or worded else 0.0


def _token(address: str) -> float:
    """2 for a parameter called like a token or a long random piece, 1.5 for a short random one."""
    rest = address.split("://", 1)[1].partition("/")[2]
    if TOKEN_NAME.search(address):
        return 2.0
    pieces = [piece for piece in PIECE.findall(rest) if not SLUG.fullmatch(piece) and re.search(r"\d", piece)]
    if any(len(p) >= 16 for p in pieces):
        return 2.0
    return 1.5 if pieces or re.search(r"\d{8,}", rest) else 0.0
