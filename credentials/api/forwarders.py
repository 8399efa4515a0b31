"""What forwarders of messages send, and how they sign it. Pure reading; hooks.py asks the vault.

sender                          | message                  | for whom            | signature (when the hook wants one)
--------------------------------+--------------------------+---------------------+------------------------------------
Twilio (form)                   | Body                     | To                  | X-Twilio-Signature
SMS Gateway for Android         | payload.message          | payload.recipient   | X-Signature over body + X-Timestamp
Incoming SMS to URL forwarder   | text                     | the hook's own      | X-Signature over the body
httpSMS (CloudEvents)           | data.content             | data.owner          | none that covers the message
SmsForwarder (form or JSON)     | content                  | the hook's own      | none that covers the message
Mailgun (form)                  | subject, body-plain/html | recipient           | signature over timestamp + token
SendGrid (form), Postmark,      | subject, text/html,      | envelope, original  | none
CloudMailin, Zapier (JSON)      | TextBody/HtmlBody, plain | recipient, to       |
anything else, form or JSON     | content, message, text,  | totp_identifier,    | X-Signature over the body
                                | body, msg or sms         | identifier, to …    |
text                            | the body                 | the hook's own      | X-Signature over the body

Names are compared without their case. What Twilio signs begins with the address as people know this server: BASE_URL.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from time import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from credentials.errors import Invalid
from credentials.vault.hooks import Proof

MESSAGES = ("content", "message", "text", "body", "msg", "sms", "textbody", "body-plain", "stripped-text", "plain")
MARKUP = ("html", "htmlbody", "body-html")
WHOM = ("totp_identifier", "identifier", "originalrecipient", "recipient", "to", "owner")
WRAPPINGS = ("payload", "data")
UNQUOTED = re.compile(rb"[\s<>]|://")  # stands in no form as browsers write it
FIELDS = frozenset((*MESSAGES, *MARKUP, *WHOM, "subject", "event", "type"))
SMS = {"messagesid", "simnumber", "sim", "sentstamp"}  # only phones and their gateways know such
FORM = "application/x-www-form-urlencoded"
# Other news of the same senders: thanked for, not kept.
NEWS = re.compile(r"(sms:(?!received$)|mms:|system:|message\.(?!phone\.received$)|phone\.).*")
MAILBOX = re.compile(r"<([^<>\s]{1,320})>")
MAILGUN_MINUTES = 15  # for which a signature over a time is good
NOTHING_IN_IT = "There is no message in this request."

Fields = dict[str, Any]


class Forwarded(NamedTuple):
    """A message as it was forwarded; `identifier` is empty when the sender does not say whom it is for."""

    content: str
    identifier: str
    source: str

    def __repr__(self) -> str:
        return "<Forwarded>"


def read(request: HttpRequest) -> Forwarded | None:
    """What was forwarded; None for news that is no message. Invalid when there is no telling."""
    fields = _fields(request)
    if fields is None:
        return _checked(Forwarded(request.body.decode("utf-8", "replace"), "", ""))
    if NEWS.fullmatch(_text(fields.get("event")) or (_text(fields.get("type")) if "specversion" in fields else "")):
        return None
    fields |= _wrapped(fields)
    is_mail = any(name in fields for name in ("subject", *MARKUP))
    content = _first(fields, MESSAGES) or _first(fields, MARKUP)
    if is_mail:
        content = "\n".join(filter(None, [_first(fields, ("subject",)), content]))
    source = "email" if is_mail else "sms" if not SMS.isdisjoint(fields) else _text(fields.get("source"))[:100]
    return _checked(Forwarded(content, _whom(fields), source))


def _checked(found: Forwarded) -> Forwarded:
    if not found.content.strip():
        raise Invalid(NOTHING_IN_IT, code="no_message")
    return found


def _fields(request: HttpRequest) -> Fields | None:
    """What was sent by name, names in lower case; None for a text, which is often sent as if it were a form."""
    raw = request.body  # read before the form: both are wanted
    if request.content_type == "multipart/form-data":
        return _lower(request.POST.dict())
    if (request.content_type or "").endswith("json") or raw.lstrip().startswith(b"{"):
        return _lower(_json(raw))
    fields = _lower(request.POST.dict()) if request.content_type == FORM else {}
    return None if not fields or (FIELDS.isdisjoint(fields) and UNQUOTED.search(raw)) else fields


def _json(raw: bytes) -> Mapping[str, Any]:
    """Line breaks within a text are no reason to lose a code: phones put templates together by hand."""
    try:
        found = json.loads(raw.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        raise Invalid("The body is not JSON.", code="bad_json") from None
    if not isinstance(found, dict):
        raise Invalid("The body is not a JSON object.", code="bad_json")
    return found


def _lower(given: Mapping[str, Any]) -> Fields:
    return {name.lower(): value for name, value in given.items()}


def _wrapped(fields: Fields) -> Fields:
    """What lies one level deeper, where some senders put the message itself."""
    return next((_lower(fields[name]) for name in WRAPPINGS if isinstance(fields.get(name), dict)), {})


def _first(fields: Fields, names: tuple[str, ...]) -> str:
    return next((text for text in (_text(fields.get(name)) for name in names) if text.strip()), "")


def _text(value: Any) -> str:
    """A text, or a number as one; the first of several."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**15 else ""
    return value if isinstance(value, str) else ""


def _whom(fields: Fields) -> str:
    """Of a mail, the address that it was delivered to, without the name in front of it."""
    envelope = fields.get("envelope")
    if isinstance(envelope, str) and envelope.lstrip().startswith("{"):
        envelope = _json(envelope.encode("utf-8", "replace"))
    delivered = _first(_lower(envelope), ("to", "recipient")) if isinstance(envelope, dict) else ""
    found = delivered or _first(fields, WHOM)
    mailbox = MAILBOX.search(found[:2000])
    return mailbox[1] if mailbox else found.strip()


def is_twilio(request: HttpRequest) -> bool:
    return "X-Twilio-Signature" in request.headers or "MessageSid" in request.POST


def proofs(request: HttpRequest) -> Iterator[Proof]:
    """Each signature that came along, with what its sender's documentation says it is over.

    What is signed with other parts in between is no message's: a captured signature must not fit another request.
    """
    raw, headers = request.body, request.headers
    mac, stamp = _hex(headers.get("X-Signature", "")), headers.get("X-Timestamp", "")
    yield Proof("sha256", raw, mac)
    if raw and stamp.isascii() and stamp.isdecimal():
        yield Proof("sha256", raw + stamp.encode(), mac)
    if is_twilio(request):
        mac = _base64(headers.get("X-Twilio-Signature", ""))
        for address in _addresses(request.get_full_path()):
            yield Proof("sha1", (address + _twilio_fields(request)).encode(), mac)
    if {"signature", "timestamp", "token"} <= request.POST.keys() and _is_of_now(request.POST["timestamp"]):
        yield Proof(
            "sha256", (request.POST["timestamp"] + request.POST["token"]).encode(), _hex(request.POST["signature"])
        )


def skyvern_proofs(request: HttpRequest) -> Iterator[Proof]:
    """Contract of Skyvern, section 6."""
    yield Proof("sha256", request.body, _hex(request.headers.get("X-Skyvern-Signature", "")))


def _is_of_now(stamp: str) -> bool:
    """Mailgun signs a time and a token and not the message: whoever saw one signature could use it for ever."""
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 12):
        return False
    return abs(time() - int(stamp)) < MAILGUN_MINUTES * 60


def _addresses(path: str) -> list[str]:
    """As people know it; Twilio leaves out the port of https, and sometimes adds the usual one."""
    url = urlsplit(settings.BASE_URL)
    usual = 443 if url.scheme == "https" else 80
    host = url.hostname or ""
    return [f"{url.scheme}://{place}{path}" for place in (url.netloc, host, f"{host}:{usual}")]


def _twilio_fields(request: HttpRequest) -> str:
    """Names and values one after the other, by name; of a name that comes twice, each value once."""
    return "".join(name + value for name in sorted(request.POST) for value in sorted(set(request.POST.getlist(name))))


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
