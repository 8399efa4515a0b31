"""What Google Authenticator exports: `otpauth-migration://offline?data=…`, in one or several QR codes. Pure.

The data is base64 of a protocol-buffer message (`MigrationPayload`). Its few fields are read here by hand: a
generated parser would be larger than all of this. Errors are `BadSecret`, whose text never repeats the input.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from credentials.otp.totp import BadSecret, Totp, parse

LONGEST_TEXT = 10_000  # characters; the largest QR code holds 4,296
MOST_ENTRIES = 100
_ALGORITHMS = {0: "SHA1", 1: "SHA1", 2: "SHA256", 3: "SHA512"}  # 4 is MD5, which nothing else knows
_DIGITS = {0: 6, 1: 6, 2: 8}
_COUNTER_BASED = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_Fields = dict[int, list[int | bytes]]


@dataclass(frozen=True)
class Entry:
    """One account: its secret, and the names that its QR code carried. Its repr shows no secret."""

    totp: Totp
    issuer: str = ""
    account: str = ""


@dataclass(frozen=True)
class Part:
    """One QR code of an export: part `index` (from 0) of `size`; parts of one export share `batch`.

    `left_out` counts accounts that no time-based code can be made for: counter-based ones, MD5, damaged secrets.
    """

    entries: list[Entry]
    index: int = 0
    size: int = 1
    batch: int = 0
    left_out: int = 0


def is_export(text: str) -> bool:
    return text.strip().lower().startswith("otpauth-migration:")


def read_part(text: str) -> Part:
    """One part of an export. Raises BadSecret when it is none."""
    payload = _message(_data(text))
    accounts = payload.get(1, [])
    if len(accounts) > MOST_ENTRIES:
        raise BadSecret("This export holds too many accounts.")
    found = [_entry(_message(account)) for account in accounts if isinstance(account, bytes)]
    size, index = _number(payload, 3) or 1, _number(payload, 4)
    if not 0 <= index < size <= MOST_ENTRIES:
        raise BadSecret("This export is damaged: its parts are not numbered as they should be.")
    entries = [entry for entry in found if entry]
    return Part(entries, index, size, _number(payload, 5), left_out=len(accounts) - len(entries))


def _data(text: str) -> bytes:
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise BadSecret("This export is too long.")
    try:
        query = parse_qs(urlsplit(text).query, max_num_fields=10)
        # A plus that nobody encoded has become a space on the way.
        return base64.b64decode(query["data"][0].replace(" ", "+"), validate=True)
    except (KeyError, ValueError, binascii.Error):
        raise BadSecret("This export is damaged: its data cannot be read.") from None


def _entry(fields: _Fields) -> Entry | None:
    algorithm, digits = _ALGORITHMS.get(_number(fields, 4)), _DIGITS.get(_number(fields, 5))
    if _number(fields, 6) == _COUNTER_BASED or algorithm is None or digits is None:
        return None
    try:
        totp = parse(base64.b32encode(_bytes(fields, 1)).decode(), algorithm=algorithm, digits=digits)
    except BadSecret:
        return None
    issuer, account = _text(fields, 3), _text(fields, 2)
    prefix, colon, rest = account.partition(":")
    if colon and (not issuer or prefix.strip() == issuer):
        issuer, account = prefix.strip(), rest.strip()
    return Entry(totp, issuer, account)


def _message(data: bytes | int) -> _Fields:
    """The fields of a protocol-buffer message by number (protobuf.dev, "Encoding"); the last of a number counts."""
    fields: _Fields = {}
    if isinstance(data, bytes):
        for number, value in _pairs(data):
            fields.setdefault(number, []).append(value)
    return fields


def _pairs(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind, value = tag & 7, b""
        if kind == _VARINT:
            number, at = _varint(data, at)
            yield tag >> 3, number
            continue
        length = {_FIXED64: 8, _FIXED32: 4}.get(kind)
        if kind == _BYTES:
            length, at = _varint(data, at)
        if length is None or at + length > len(data):
            raise BadSecret("This export is damaged: it is cut off.")
        value, at = data[at : at + length], at + length
        yield tag >> 3, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise BadSecret("This export is damaged: it is cut off.")
        byte, at = data[at], at + 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise BadSecret("This export is damaged: a number in it has no end.")


def _last(fields: _Fields, number: int) -> int | bytes | None:
    return fields[number][-1] if number in fields else None


def _number(fields: _Fields, number: int) -> int:
    value = _last(fields, number)
    return value if isinstance(value, int) else 0


def _bytes(fields: _Fields, number: int) -> bytes:
    value = _last(fields, number)
    return value if isinstance(value, bytes) else b""


def _text(fields: _Fields, number: int) -> str:
    return _bytes(fields, number).decode("utf-8", "replace").strip()
