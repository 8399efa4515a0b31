"""The clock and the dice of the vault; below it, time and randomness are arguments."""

import secrets
from datetime import datetime

from django.utils import timezone
from ulid import ULID


def now() -> datetime:
    return timezone.now()


def new_id(prefix: str, at: datetime) -> str:
    """A sortable, unguessable id (80 random bits): `cred_01J…`."""
    return f"{prefix}_{ULID.from_datetime(at)}"


def new_session() -> str:
    """The id of a proxy session: ten hex digits."""
    return secrets.token_hex(5)
