"""The magic link of a message: an address that carries a token, where the message speaks of signing in."""

import re
from collections import Counter
from dataclasses import dataclass

from credentials.otp import cues
from credentials.otp.labels import CONFIRM, MATCHERS, Kind, entries
from credentials.otp.plain import Link, ascii_digits, folded, links, readable

ENOUGH = 3.0
STRONG, WEAK = 2.0, 1.5
CROWD = 4  # links to one page
MOST = 400  # links; more is a catalogue
LINK_IN, LINK_OUT = entries(cues.LINK_IN), entries(cues.LINK_OUT)
HOST_OUT = re.compile(r"https?://(?:help|support|faq|blog|news|newsletter|feedback|survey|status|docs)\.", re.I)
TOKEN_NAME = re.compile(
    r"[?&#;/](?:[a-z_-]{0,20}(?:token|ticket|nonce|oobcode|signature|secret|code|codice|codigo|clave|cle|key|otp|sig|hash|auth|jwt|magic))[=/]"
    r"([^&#/]{6,})",
    re.I,
)
PARAMETER = re.compile(r"[?&#;][a-z_.-]{1,12}=([^&#]{6,})", re.I)
SLUG = re.compile(r"(?:[a-z]+|[A-Z][a-z]*|\d{1,7})(?:[-_.~](?:[a-z]+|[A-Z][a-z]*|\d{1,7}))*")  # words, dates: no token
PIECE = re.compile(r"[A-Za-z0-9_~.-]{8,}")
FILE = re.compile(r"\.(?:html?|php|aspx?|jsp|cgi|pdf|png|jpe?g|gif|css|js)$", re.I)
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
    for link in _apart(links(text, channel)[:MOST]):
        best[link.address] = max(best.get(link.address, 0.0), _score(link))
    ranked = sorted(best.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < ENOUGH:
        return None
    if len(ranked) > 1 and ranked[1][1] == ranked[0][1]:
        return None
    address, score = ranked[0]
    return MagicLink(address, round(min(0.95, 0.5 + score / 20), 2), "link with a token, in wording of signing in")


def _apart(found: list[Link]) -> list[Link]:
    """Without the many of one page that a newsletter is made of; a button's words tell them apart."""
    pages = Counter(address.partition("?")[0] for address in {link.address for link in found})
    return [link for link in found if link.is_button or pages[link.address.partition("?")[0]] < CROWD]


def _score(link: Link) -> float:
    """0 without a token, or where the words around are about something else."""
    address, near = link.address.lower(), folded(ascii_digits(link.words))[-160:]
    paragraph = near.rstrip().rpartition("\n\n")[2]
    rest = address.split("://", 1)[1].partition("/")[2]
    strength = _token(link.address)
    if not strength or HOST_OUT.match(link.address) or any(out in rest for out in LINK_OUT) or DOUBT.search(paragraph):
        return 0.0
    names = re.sub(r"=[^&#]*", "", rest)  # what a parameter holds is chance
    named = any(way in names for way in LINK_IN)
    worded = bool(MATCHERS[Kind.SIGN_IN].search(near) or CONFIRM.search(near))
    enough = named or worded if strength == STRONG else worded and (named or link.is_button)
    return strength + 1.5 * named + 1.5 * worded if enough else 0.0


def _token(address: str) -> float:
    """Strong is a parameter called like a token or a long random piece, weak a short random one."""
    if TOKEN_NAME.search(address):
        return STRONG
    path = address.split("://", 1)[1].partition("/")[2].partition("?")[0]
    pieces = [piece for piece in PIECE.findall(path) if not FILE.search(piece) and _is_random(piece)]
    if any(len(piece) >= 16 for piece in pieces):
        return STRONG
    return WEAK if pieces or any(map(_is_random, PARAMETER.findall(address))) else 0.0


def _is_random(piece: str) -> bool:
    """Digits among letters, more than once, or many digits: nothing that a person would name a page."""
    if SLUG.fullmatch(piece):
        return False
    turns = len(re.findall(r"(?<=\d)[A-Za-z]|(?<=[A-Za-z])\d", piece))
    return turns >= 2 or bool(re.search(r"\d{8,}", piece))
