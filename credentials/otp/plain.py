"""A message as plain text to search: mail and HTML unwrapped, digits made ASCII, invisible characters gone.

Every pass is linear in the message's length. `links` gives addresses as the message has them, byte for byte.
"""

import html
import quopri
import re
import unicodedata
from dataclasses import dataclass
from email import message_from_string
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from html.parser import HTMLParser

from credentials.otp import cues

LONGEST = 400_000  # characters; a mail with more is mostly pictures
BLOCKS = re.compile(
    "address|article|aside|blockquote|body|br|center|d[dlt]|div|fieldset|footer|form|h[1-6r]|head|header|html|li|main"
    "|nav|ol|p|pre|section|table|tbody|tfoot|thead|title|tr|ul"
)
SILENT = frozenset(("style", "script"))
MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|div|p|br|table|tr|td|span|a|b|i|strong|em|h[1-6]|center|font)\b[^<>]{0,2000}>", re.I
)
RAW = re.compile(
    r"^(?:mime-version|content-transfer-encoding|content-type|received|message-id|return-path):", re.I | re.M
)
ENDLESS = re.compile(r"^content-[a-z-]{1,30}:(?:[^\n]|\n[ \t]){2000}", re.I | re.M)  # a header nobody sends
PARTS = 20  # within one another; parsing more takes long
MAILBOX_LINE = re.compile(r"\s*From \S{1,320} [^\n]{10,60}\n")  # mbox puts it before the headers
QUOTED = re.compile(r"=(?:3D|20|E2|C3)")  # quoted-printable that nobody decoded, with its soft line breaks
HEADER = re.compile(r"([^\s:]{1,30}) ?[::] ?(.*)")
ADDRESS = re.compile(r"https?://[^\s<>\"'`{}|\\^「」『』（）【】。，、]+", re.I)
HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.I)


@dataclass(frozen=True)
class Link:
    """An http(s) address, and the words it goes by: a button's, or those before it in the text."""

    address: str
    words: str
    is_button: bool = False


def _translation() -> dict[int, str]:
    """Digits of every script and full-width letters to ASCII; odd spaces and dashes made plain; no invisible ones."""
    table = {n: chr(n - 0xFEE0) for n in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
    for n in (*range(0x80, 0x10000), *range(0x1D7CE, 0x1D800)):
        digit = unicodedata.decimal(chr(n), None)
        if digit is not None:
            table[n] = str(digit)
        elif unicodedata.category(chr(n)) == "Zs":
            table[n] = " "
        elif unicodedata.category(chr(n)) in ("Cf", "Cc"):
            table[n] = ""
    table |= dict.fromkeys((0xAD, 0x34F, 0x180E, 0xFE0E, 0xFE0F, 0x20E3), "")  # 20E3: the frame of a keycap digit
    table |= dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE63, 0xFF0D), "-")
    return table | {0x09: " ", 0x0B: "\n", 0x0C: "\n", 0x0D: "", 0x2028: "\n", 0x2029: "\n", 0xFF03: "#", 0xFF0B: "+"}


TABLE = _translation()


def readable(text: str, channel: str = "") -> str:
    """The text to search for a code: subject first, no other header, no markup. An SMS has neither."""
    text = text[:LONGEST]
    if channel.lower() not in ("sms", "phone"):
        text = _without_headers(_unwrapped(text))
        if MARKUP.search(text):
            text = _Reader.read(text).text
    return ascii_digits(html.unescape(text) if "&" in text else text)


def ascii_digits(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(TABLE)


def _folded(character: str) -> str:
    lower = character.lower()
    base = (
        unicodedata.normalize("NFD", lower)[0] if ord(character) < 0x590 or 0x1E00 <= ord(character) < 0x2000 else lower
    )
    return base if len(base) == 1 else character


FOLDS = {n: _folded(chr(n)) for n in (*range(0x41, 0x590), *range(0x1E00, 0x2000))}
FOLDS |= {ord(a): b for a, b in zip("đłøıßəς’`ðþ", "dloiseσ''dt", strict=True)}
FOLDS[ord("Đ")], FOLDS[ord("Ł")], FOLDS[ord("Ø")], FOLDS[ord("Ə")] = "d", "l", "o", "e"
FOLDS[ord("ə")] = "e"
FOLDS |= {
    ord(a): b for a, b in zip("يىكأإآة", "ییکاااه", strict=True)
}  # Arabic letters that Persian and Urdu write otherwise


def folded(text: str) -> str:
    """Lower case without accents, character for character, so that positions stay."""
    return text.translate(FOLDS)


def links(text: str, channel: str = "") -> list[Link]:
    """The http(s) addresses in order: with HTML those of the anchors, otherwise those in the text."""
    text = text[:LONGEST]
    if channel.lower() not in ("sms", "phone"):
        text = _without_headers(_unwrapped(text))
        if MARKUP.search(text):
            reader = _Reader.read(text)
            return reader.links + _links_in(reader.text)
    return _links_in(text)


def clean_address(address: str) -> str:
    """As it has to be opened: `&amp;` decoded, the sentence's own punctuation dropped."""
    address = address.replace("&amp;", "&").rstrip(".,;:!?")
    if address.endswith(")") and address.count("(") < address.count(")"):
        address = address[:-1].rstrip(".,;:!?")
    return address


def _links_in(text: str) -> list[Link]:
    return [
        Link(clean_address(found[0]), text[max(0, found.start() - 160) : found.start()])
        for found in ADDRESS.finditer(text)
    ]


def _unwrapped(text: str) -> str:
    """The body of a raw mail (RFC 5322), its subject on top; other text as it is."""
    text = MAILBOX_LINE.sub("", text, count=1) if MAILBOX_LINE.match(text) else text
    head = text[:20_000].replace("\r\n", "\n").partition("\n\n")[0]
    if not RAW.search(head) or not HEADER.match(head):
        return _unquoted(text)
    if ENDLESS.search(text) or text.count("boundary=") > PARTS:
        return text
    try:
        mail = message_from_string(text)
        body = _body(mail)
        return f"Subject: {make_header(decode_header(mail['subject'] or ''))}\n\n{body}" if body else text
    except (LookupError, ValueError, AttributeError, TypeError, MessageError, RecursionError):
        return text


def _body(mail: Message) -> str:
    """The first part in HTML, or in plain text. (The modern policy's parser takes quadratic time.)"""
    shown = [part for part in mail.walk() if part.get_content_maintype() == "text" and not part.get_filename()]
    chosen = [part for part in shown if part.get_content_subtype() == "html"][:1] or shown[:1]
    for part in chosen:
        content = part.get_payload(decode=True)
        if str(part["content-transfer-encoding"]).strip().lower() not in ("base64", "quoted-printable"):
            return str(part.get_payload())  # it came as text
        if isinstance(content, bytes):
            return content.decode(part.get_content_charset() or "utf-8", "replace")
    return ""


def _unquoted(text: str) -> str:
    """Of quoted-printable that came without its headers, the text."""
    if len(QUOTED.findall(text[:20_000])) < 2 or not re.search(r"=\r?\n", text):
        return text
    return quopri.decodestring(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")


def _names(of: str) -> frozenset[str]:
    return frozenset(name.strip() for name in of.split(","))


SUBJECTS = _names(cues.SUBJECTS)
HEADERS = _names(cues.HEADERS)


def _without_headers(text: str) -> str:
    """Drop From, Date and the like from the top; of a subject keep the value."""
    kept: list[str] = []
    lines = text.lstrip("\ufeff\r\n\t ").split("\n")
    for at, line in enumerate(lines):
        found = HEADER.match(line)
        name = found[1].lower() if found else ""
        if found and name in SUBJECTS:
            kept.append(found[2])
        elif name not in HEADERS and not (at and (name.startswith("x-") or line[:1] in (" ", "\t"))):
            return "\n".join([*kept, *lines[at:]])
    return "\n".join(kept)


class _Reader(HTMLParser):
    """Collects the visible text, and the anchors with their words. A hidden preheader counts: it says the same."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.silent = 0
        self.anchor: tuple[str, int] | None = None

    @classmethod
    def read(cls, text: str) -> "_Reader":
        reader = cls()
        reader.feed(text)
        reader.close()
        reader.end_anchor()
        return reader

    @property
    def text(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self.parts).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif BLOCKS.fullmatch(tag):
            self.parts.append("\n")
        elif tag == "a":
            self.end_anchor()
            # From the source: the parser would decode `&copy=1` inside an address.
            found = HREF.search(self.get_starttag_text() or "")
            address = next((value for value in found.groups() if value), "").strip() if found else ""
            if address.lower().startswith(("http://", "https://")):
                self.anchor = (address, len(self.parts))

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag == "a":
            self.end_anchor()
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag != "br" and BLOCKS.fullmatch(tag):
            self.parts.append("\n")

    def end_anchor(self) -> None:
        if self.anchor:
            address, start = self.anchor
            self.links.append(Link(clean_address(address), "".join(self.parts[start:]), is_button=True))
            self.anchor = None

    def handle_data(self, data: str) -> None:
        if not self.silent:
            # Line breaks of the source are only spaces on the page.
            self.parts.append(data.replace("\n", " ").replace("\r", " "))
