"""What a machine brings to be known by: a random text that is shown once. The database keeps a prefix and a digest.

API keys are such texts, and the addresses of hooks. 238 random bits: no slow hash is needed.
"""

import hmac
import secrets
import string
from hashlib import sha256
from typing import NamedTuple

ALPHABET = string.ascii_letters + string.digits
PREFIX_LENGTH = 11  # the kind ("sr_") and eight characters to find the row by
SECRET_LENGTH = 40


class Token(NamedTuple):
    prefix: str
    text: str

    def __repr__(self) -> str:
        return "<Token>"


def new(kind: str) -> Token:
    """`kind` is two letters."""
    prefix = f"{kind}_{_random(PREFIX_LENGTH - 3)}"
    return Token(prefix, f"{prefix}_{_random(SECRET_LENGTH)}")


def digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_of(text: str, kept: str | None) -> bool:
    """Whether a digest is this text's; as slow for none."""
    known = hmac.compare_digest(kept or digest(""), digest(text))
    return known and kept is not None


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
