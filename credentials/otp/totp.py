"""Time-based codes (RFC 6238) and their secrets: parse what people paste, compute a code, format an `otpauth://` URI.

Secrets are base32 in any spacing and case, 16 to 128 characters (80 bits and up: sites still issue them), or
`otpauth://totp/` URIs (the Key Uri Format of Google Authenticator), also percent-encoded as a whole. Parameters in a
URI win over explicit ones. Errors are `BadSecret`, whose text never repeats the secret.
"""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import pyotp

ALGORITHMS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}
DIGITS = range(6, 10)
PERIODS = range(15, 301)  # seconds
SHORTEST_BITS = 80
ADVISED_BITS = 112  # RFC 4226, section 4: R6 asks for 128, NIST SP 800-63B for 112
LONGEST_SECRET = 128  # characters of base32, as Kernel has it; a key of SHA-512's own length has 103
LONGEST_TEXT = 2000  # characters; a QR code holds little more


class Limits(NamedTuple):
    """Which settings are taken."""

    digits: range = DIGITS
    periods: range = PERIODS


USUAL = Limits()


class BadSecret(ValueError):
    """The text is no TOTP secret; says why, without repeating it."""


@dataclass(frozen=True)
class Totp:
    """A secret (base32, upper case, no padding) with its settings; period in seconds."""

    secret: str
    algorithm: str = "SHA1"
    digits: int = 6
    period: int = 30

    @property
    def bits(self) -> int:
        return len(_decoded(self.secret)) * 8

    @property
    def is_short(self) -> bool:
        return self.bits < ADVISED_BITS

    @property
    def grouped(self) -> str:
        """The secret in groups of four, to be read aloud and typed."""
        return " ".join(re.findall(".{1,4}", self.secret))

    def dump(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def load(cls, text: str) -> "Totp":
        return cls(**json.loads(text))

    def __repr__(self) -> str:
        return f"Totp({self.algorithm}, {self.digits} digits, {self.period} s)"


@dataclass(frozen=True)
class Code:
    """A code and its moment: asked for at `asked_at`, valid until `expires_at` (Unix seconds)."""

    code: str
    next_code: str
    expires_at: int
    seconds_remaining: int
    period: int
    asked_at: float

    def __repr__(self) -> str:
        return f"Code(expires_at={self.expires_at})"


class _Pyotp(pyotp.TOTP):
    """pyotp refuses secrets under 112 bits and periods over 120 s; sites use both. The algorithm stays pyotp's."""

    def __init__(self, totp: Totp) -> None:
        self.secret = totp.secret
        self.digits = totp.digits
        self.digest = ALGORITHMS[totp.algorithm]
        self.interval = totp.period

    def byte_secret(self) -> bytes:
        return _decoded(self.secret)


def code_at(totp: Totp, timestamp: float) -> Code:
    """The code at `timestamp` (Unix seconds) and the one after it. RFC 6238, section 4."""
    generator = _Pyotp(totp)
    step = int(timestamp // totp.period)
    expires_at = (step + 1) * totp.period
    return Code(
        code=generator.generate_otp(step),
        next_code=generator.generate_otp(step + 1),
        expires_at=expires_at,
        seconds_remaining=max(1, int(expires_at - timestamp)),
        period=totp.period,
        asked_at=timestamp,
    )


def parse(
    text: str,
    *,
    algorithm: str | None = None,
    digits: int | None = None,
    period: int | None = None,
    fallback: Totp | None = None,
    limits: Limits = USUAL,
) -> Totp:
    """What was pasted, as a Totp. A URI's own parameters win, then the explicit ones, then `fallback`'s (bare keys)."""
    if len(text) > LONGEST_TEXT:
        raise BadSecret("The TOTP secret is too long.")
    found, is_uri = _parameters(text.strip())
    base = fallback if fallback and not is_uri else Totp("")
    return Totp(
        secret=_normal_secret(found.get("secret", "")),
        algorithm=_algorithm(found.get("algorithm") or algorithm or base.algorithm),
        digits=_within("digits", found.get("digits") or digits or base.digits, limits.digits),
        period=_within("period", found.get("period") or period or base.period, limits.periods),
    )


def _parameters(text: str) -> tuple[dict[str, str], bool]:
    """The query of an otpauth URI, or the text as a bare secret; and whether it was a URI."""
    if text.lower().startswith("otpauth%3a"):
        text = unquote(text)
    if text.lower().startswith("otpauth:"):
        return _uri_parameters(text), True
    if "?secret=" in text.lower():
        return _only_once(text.partition("?")[2]), True
    return {"secret": text}, False


def _uri_parameters(text: str) -> dict[str, str]:
    try:
        uri = urlsplit(text)
        kind = uri.netloc.lower()
    except ValueError:
        raise BadSecret("The otpauth address is malformed.") from None
    if kind != "totp":
        raise BadSecret("Only otpauth://totp/ addresses work: counter-based (HOTP) and others do not.")
    return _only_once(uri.query)


def _only_once(query: str) -> dict[str, str]:
    try:
        values = parse_qs(query, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise BadSecret("The otpauth address is malformed.") from None
    found: dict[str, str] = {}
    for name, given in values.items():
        if len(given) > 1 or name.lower() in found:
            raise BadSecret("The otpauth address names a parameter twice.")
        found[name.lower()] = given[0].strip()
    return found


def _normal_secret(text: str) -> str:
    secret = re.sub(r"[\s\-‐-―\u200b-\u200f\ufeff]+", "", text).rstrip("=").upper()
    if not secret:
        raise BadSecret("The TOTP secret is missing.")
    if not re.fullmatch("[A-Z2-7]+", secret):
        raise BadSecret("A TOTP secret has only the letters A to Z and the digits 2 to 7.")
    if len(secret) > LONGEST_SECRET:
        raise BadSecret(f"The TOTP secret is too long: at most {LONGEST_SECRET} characters.")
    if len(_decoded(secret)) * 8 < SHORTEST_BITS:
        raise BadSecret(f"The TOTP secret is too short: at least {SHORTEST_BITS} bits (16 characters).")
    return secret


def _decoded(secret: str) -> bytes:
    try:
        return base64.b32decode(secret + "=" * (-len(secret) % 8))
    except binascii.Error:
        raise BadSecret("The TOTP secret is cut off: a character is missing or too many.") from None


def _algorithm(name: str) -> str:
    plain = name.upper().replace("-", "").removeprefix("HMAC")
    if plain not in ALGORITHMS:
        raise BadSecret("The TOTP algorithm is one of SHA1, SHA256, SHA512.")
    return plain


def _within(name: str, value: str | int, allowed: range) -> int:
    text = str(value)
    if not re.fullmatch("[0-9]{1,4}", text) or int(text) not in allowed:
        raise BadSecret(f"The TOTP {name} goes from {allowed.start} to {allowed.stop - 1}.")
    return int(text)


def uri(totp: Totp, *, issuer: str, account: str) -> str:
    """The `otpauth://` address that an authenticator app scans. Defaults are written out: some apps guess others."""
    issuer, account = issuer.replace(":", " ").strip(), account.replace(":", " ").strip()
    label = f"{issuer}:{account}" if issuer and account else issuer or account or "login"
    query: dict[str, str | int] = {"secret": totp.secret}
    if issuer:
        query["issuer"] = issuer
    query |= {"algorithm": totp.algorithm, "digits": totp.digits, "period": totp.period}
    return f"otpauth://totp/{quote(label, safe='')}?{urlencode(query, quote_via=quote)}"
