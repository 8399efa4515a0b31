"""What text the vault stores: checks and normal forms shared by the verbs. Messages never repeat the text."""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import urlsplit

from credentials.errors import Invalid

NAME_KEY_LENGTH = 150
LONGEST_SECRET = 20_000  # characters of one value
MOST_VALUES = 64
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LIKE_AN_ID = re.compile(r"[a-z]{3,6}_[0-9A-Z]{26}")
_C0 = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # all but tab, line feed and carriage return
_SURROGATE = re.compile("[\ud800-\udfff]")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")


class Limit(NamedTuple):
    longest: int
    label: str


LINES = {
    "name": Limit(10_000, "The name"),
    "username": Limit(500, "The username"),
    "url": Limit(2000, "The address"),
    "secret_label": Limit(500, "The label"),
    "card_brand": Limit(100, "The card brand"),
    "sso_provider": Limit(100, "The sign-on provider"),
    "totp_identifier": Limit(500, "The identifier for codes"),
    "email": Limit(254, "The e-mail address"),
    "team_name": Limit(200, "The team's name"),
    "key_name": Limit(255, "The key's name"),
    "folder_title": Limit(255, "The title"),
    "folder_description": Limit(2000, "The description"),
    "hook_name": Limit(255, "The hook's name"),
    "signing_key": Limit(500, "The signing key"),
    "identifier": Limit(500, "The identifier"),
    "source": Limit(100, "The source"),
    "task_id": Limit(200, "The task's id"),
    "workflow_id": Limit(200, "The workflow's id"),
    "workflow_run_id": Limit(200, "The run's id"),
}


def line(field: str, text: str) -> str:
    """One line of metadata, trimmed and in NFC; control characters and overlong text are refused."""
    return exact_line(field, unicodedata.normalize("NFC", _without_control(field, text)).strip())


def exact_line(field: str, text: str) -> str:
    """One line that somebody will type or match later: as it is."""
    return _within(field, _without_control(field, text))


def lines(field: str, text: str) -> str:
    """Several lines of metadata, trimmed and in NFC."""
    _without_control(field, re.sub("[\t\r\n]", "", text))
    return _within(field, unicodedata.normalize("NFC", text).strip())


def _without_control(field: str, text: str) -> str:
    if _CONTROL.search(text) or _UNSTORABLE.search(text):
        raise Invalid(fields={field: f"{LINES[field].label} contains characters that cannot be stored."})
    return text


def _within(field: str, text: str) -> str:
    limit = LINES[field]
    if len(text) > limit.longest:
        raise Invalid(fields={field: f"{limit.label} is longer than {limit.longest} characters."})
    return text


def required_line(field: str, text: str) -> str:
    text = line(field, text)
    if not text:
        raise Invalid(fields={field: f"{LINES[field].label} is missing."})
    return text


def exact(field: str, text: str) -> str:
    """Metadata kept as it was sent; only what no database takes and overlong text are refused."""
    limit = LINES[field]
    if _UNSTORABLE.search(text):
        raise Invalid(fields={field: f"{limit.label} contains characters that cannot be stored."})
    if len(text) > limit.longest:
        raise Invalid(fields={field: f"{limit.label} is longer than {limit.longest} characters."})
    return text


def message(text: str) -> str:
    """A message as it was sent, without control characters; half an emoji, as gateways leave it, becomes a mark."""
    return _SURROGATE.sub("\ufffd", _C0.sub("", text))


def secret_values(values: dict[str, str]) -> dict[str, str]:
    """Named secrets, kept byte for byte; only what cannot be stored is refused."""
    if len(values) > MOST_VALUES:
        raise Invalid(fields={"values": f"A credential holds at most {MOST_VALUES} values."})
    for key, value in values.items():
        if not key or len(key) > 100 or _CONTROL.search(key) or _UNSTORABLE.search(key):
            raise Invalid(fields={"values": "A value's name is empty, too long or has odd characters."})
        if _UNSTORABLE.search(value):
            raise Invalid(fields={key: "This value contains characters that cannot be stored."})
        if len(value) > LONGEST_SECRET:
            raise Invalid(fields={key: f"This value is longer than {LONGEST_SECRET} characters."})
    return values


def name_key(name: str) -> str:
    """The case-folded name, for sorting and comparing. Cut: an index entry has a limit."""
    return folded(name)[:NAME_KEY_LENGTH]


def folded(text: str) -> str:
    return unicodedata.normalize("NFC", text.casefold())


def host(text: str) -> str:
    """The bare host of a domain or address: lower case, IDNA, no port, no trailing dot. Empty stays empty."""
    text = line("url", text)
    if not text:
        return ""
    try:
        found = urlsplit(text if "://" in text else f"//{text}").hostname or ""
        found = found.rstrip(".").encode("idna").decode().lower()
    except ValueError:
        found = ""
    if not _HOST.fullmatch(found):
        raise Invalid(fields={"domain": "The domain is not a host name, such as accounts.example.com."})
    return found


def web_address(text: str) -> str:
    """An http(s) address that a page may link to, or nothing."""
    text = line("url", text)
    try:
        fine = not text or (urlsplit(text).scheme.lower() in {"http", "https"} and urlsplit(text).hostname)
    except ValueError:
        fine = False
    if not fine:
        raise Invalid(fields={"url": "The address must start with https:// or http://."})
    return text


def clean_id(given: str) -> str:
    """An id as it can be looked up: what no database would take becomes an id that nothing has."""
    given = given.strip()
    return given if re.fullmatch("[A-Za-z0-9_]{1,40}", given) else ""


def looks_like_id(given: str) -> bool:
    """Whether it could be a whole id of ours: a prefix and an ULID."""
    return _LIKE_AN_ID.fullmatch(given.strip()) is not None


def searchable(query: str, *, longest: int = 200) -> str:
    """A search text without what no stored text can contain."""
    return unicodedata.normalize("NFC", storable(query))[:longest].strip()


def storable(text: str) -> str:
    return _UNSTORABLE.sub("", text)
