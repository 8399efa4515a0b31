"""Sessions in the database, of which a copy of the database opens none.

The table holds the digest of the cookie, and the data is signed for its own cookie: a stolen row signs nobody in, and
a row pasted over another is refused.
"""

from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone


def digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]  # the column's length: 160 bits


class SessionStore(db.SessionStore):
    @property
    def key_salt(self) -> str:
        return f"strongroom.session.{self.session_key}"

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        found = self.model.objects.filter(session_key=digest(self.session_key or ""), expire_date__gt=timezone.now())
        row: AbstractBaseSession | None = found.first()
        if row is None:
            self._session_key = None
        return row

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.session_key = digest(row.session_key)
        return row

    def exists(self, session_key: str) -> bool:
        return super().exists(digest(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(digest(key))
