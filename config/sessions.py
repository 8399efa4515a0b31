"""Sessions in the database, of which a copy of the database opens none.

The table holds the digest of the cookie, and the data is sealed for its own cookie: a stolen row signs nobody in and
shows nothing (a second factor that is being set up, or a form that waits for a step-up), and a row pasted over another
is refused.
"""

import json
from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from credentials.errors import SealBroken
from credentials.sealed import seal_text, unseal_text


def digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]  # the column's length: 160 bits


class SessionStore(db.SessionStore):
    def encode(self, session_dict: dict[str, Any]) -> str:
        return seal_text(json.dumps(session_dict), self._place())

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        try:
            found = json.loads(unseal_text(str(session_data), self._place()))
        except (SealBroken, ValueError):
            return {}
        return dict(found)

    def _place(self) -> tuple[str, str]:
        return ("session", digest(self.session_key or ""))

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
