"""The default cache, a table in the database, without pickle.

Django's backend unpickles what it finds there, so that whoever can write to the database could run code in the
server. Here values are signed JSON (SECRET_KEY); what is not signed by us was never there.
"""

from typing import Any

from django.core import signing
from django.core.cache.backends import db

SALT = "strongroom.cache"


class SignedJson:
    """Stands in for the pickle module within Django's backend, which offers no other way to choose a format."""

    HIGHEST_PROTOCOL = 0

    @staticmethod
    def dumps(value: Any, protocol: int) -> bytes:
        return signing.dumps(value, salt=SALT).encode()

    @staticmethod
    def loads(token: bytes) -> Any:
        try:
            return signing.loads(token.decode(), salt=SALT)
        except (signing.BadSignature, UnicodeDecodeError):
            return None


db.pickle = SignedJson  # type: ignore[attr-defined]  # see the class


class DatabaseCache(db.DatabaseCache):
    """Django's own, once pickle is out of it."""
