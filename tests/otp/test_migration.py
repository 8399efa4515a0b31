"""Google Authenticator's exports and single QR codes, against an encoder written here from the format alone."""

import base64
import contextlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.otp import scanned
from credentials.otp.migration import Entry, read_part
from credentials.otp.totp import BadSecret, Totp

pytestmark = pytest.mark.same_everywhere

# The export that articles about the format decode by hand: one account, "Example:alice@google.com", JBSWY3DPEHPK3PXP.
PUBLISHED = "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC"


def varint(number: int) -> bytes:
    out = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def field(number: int, value) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def account(secret=b"Hello!\xde\xad\xbe\xef", name="alice", issuer="Example", algorithm=1, digits=1, kind=2) -> bytes:
    parts = [(1, secret), (2, name), (3, issuer), (4, algorithm), (5, digits), (6, kind)]
    return b"".join(field(number, value) for number, value in parts)


def export(*accounts: bytes, size=1, index=0, batch=7) -> str:
    data = b"".join(field(1, one) for one in accounts)
    data += field(2, 1) + field(3, size) + field(4, index) + field(5, batch)
    return "otpauth-migration://offline?data=" + quote(base64.b64encode(data), safe="")


def test_the_published_example_is_read():
    part = scanned.read(PUBLISHED)

    assert part.entries == [Entry(Totp("JBSWY3DPEHPK3PXP"), "Example", "alice@google.com")]
    assert (part.index, part.size, part.left_out) == (0, 1, 0)


def test_an_export_in_three_parts_says_which_part_it_is():
    parts = [scanned.read(export(account(name=f"a{index}"), size=3, index=index, batch=99)) for index in range(3)]

    assert [(part.index, part.size, part.batch) for part in parts] == [(0, 3, 99), (1, 3, 99), (2, 3, 99)]
    assert [part.entries[0].account for part in parts] == ["a0", "a1", "a2"]


@pytest.mark.parametrize(
    ("algorithm", "digits", "expected"),
    [(0, 0, ("SHA1", 6)), (1, 1, ("SHA1", 6)), (2, 2, ("SHA256", 8)), (3, 1, ("SHA512", 6))],
)
def test_algorithm_and_digits_are_honoured(algorithm, digits, expected):
    found = scanned.read(export(account(algorithm=algorithm, digits=digits))).entries[0].totp

    assert (found.algorithm, found.digits, found.period) == (*expected, 30)


@pytest.mark.parametrize("odd", [{"kind": 1}, {"algorithm": 4}, {"secret": b""}, {"secret": b"short"}, {"digits": 9}])
def test_what_makes_no_time_based_code_is_counted_not_guessed(odd):
    part = scanned.read(export(account(**odd), account()))

    assert part.left_out == 1
    assert len(part.entries) == 1


def test_a_plus_that_became_a_space_is_a_plus_again():
    text = export(account(secret=b"ab" + b"\xfb\xef\xbe" * 4))

    assert "%2B" in text
    assert scanned.read(text.replace("%2B", "+")) == scanned.read(text)


@pytest.mark.parametrize(
    ("uri", "issuer", "name"),
    [
        ("otpauth://totp/GitHub:alice?secret=JBSWY3DPEHPK3PXP&issuer=GitHub", "GitHub", "alice"),
        ("otpauth://totp/alice%40example.com?secret=JBSWY3DPEHPK3PXP", "", "alice@example.com"),
        ("otpauth://totp/ACME%20Co:john?secret=JBSWY3DPEHPK3PXP", "ACME Co", "john"),
        ("otpauth://totp/Old:john?secret=JBSWY3DPEHPK3PXP&issuer=New+Name", "New Name", "john"),
        ("otpauth%3A//totp/Slack%3Ajo%3Fsecret%3DJBSWY3DPEHPK3PXP", "Slack", "jo"),
    ],
)
def test_a_single_code_gives_issuer_and_account(uri, issuer, name):
    (entry,) = scanned.read(uri).entries

    assert (entry.issuer, entry.account) == (issuer, name)
    assert entry.totp == Totp("JBSWY3DPEHPK3PXP")


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/", "WIFI:S:x;P:hunter2-marker;;", "otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP", "",
        "otpauth-migration://offline", "otpauth-migration://offline?data=%00", "otpauth-migration://[x?data=AA==",
        "otpauth-migration://offline?data=" + "A" * 20_000, export(account(), size=2, index=2),
        "otpauth-migration://offline?data=" + quote(base64.b64encode(b"\x0a\xff\xff\xff\xff\x0f")),
        "otpauth-migration://offline?data=" + quote(base64.b64encode(b"\xff" * 20)),
    ],
)  # fmt: skip
def test_anything_else_is_refused_without_an_echo(text):
    with pytest.raises(BadSecret) as refusal:
        scanned.read(text)

    assert "hunter2-marker" not in str(refusal.value)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data):
    with contextlib.suppress(BadSecret):
        read_part("otpauth-migration://offline?data=" + quote(base64.b64encode(data), safe=""))


@given(st.lists(st.tuples(st.binary(min_size=10, max_size=64), st.text(max_size=30)), min_size=1, max_size=10))
def test_every_account_comes_back_as_it_went_in(accounts):
    part = scanned.read(export(*(account(secret=secret, name=name, issuer="I") for secret, name in accounts)))

    assert [base64.b32decode(e.totp.secret + "=" * (-len(e.totp.secret) % 8)) for e in part.entries] == [
        secret for secret, _ in accounts
    ]
