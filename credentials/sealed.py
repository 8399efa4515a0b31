"""Sealing: the only module that touches cryptography.

A sealed value is a Fernet token (as django-fernet-encrypted-fields writes them) whose plaintext also carries the
*place* it belongs to: a constant name, the team, the row, the version, the domain. Opening compares the places, so a
token that was moved, or whose domain was edited in the database, does not open. The package gives keys, rotation and
token format; its field behaviour (a wrong key returns the ciphertext) is replaced here.

Models declare `SealedTextField` and `seal_place(column)`; verbs call `unseal(row, column)`; nobody else opens anything.
"""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from threading import Lock
from typing import Any, Never, TypeAlias

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import IsNull
from encrypted_fields.fields import EncryptedTextField

from credentials.errors import SealBroken

DOTS = "••••••••"
ENVELOPE = 1  # the version of the plaintext's shape: [ENVELOPE, place, value]
ROUNDS = 100_000  # as the package derives its keys; the keys are random, so this is compatibility, not strength


_DERIVING = Lock()


@dataclass(frozen=True)
class Keyring:
    """Every key derived once per process. The first one seals, all of them open."""

    keys: tuple[bytes, ...]

    @cached_property
    def opener(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.keys])

    @cached_property
    def newest(self) -> Fernet:
        return Fernet(self.keys[0])


@cache
def _derive(vault_keys: tuple[str, ...], salts: tuple[str, ...]) -> Keyring:
    def one(key: str, salt: str) -> bytes:
        kdf = PBKDF2HMAC(algorithm=SHA256(), length=32, salt=salt.encode(), iterations=ROUNDS)
        return base64.urlsafe_b64encode(kdf.derive(key.encode()))

    return Keyring(tuple(one(key, salt) for key in vault_keys for salt in salts))


def keyring() -> Keyring:
    """The keys of VAULT_KEYS x SALT_KEY. Django's SECRET_KEY has no part in it."""
    with _DERIVING:  # threads that come at once must not all derive
        return _derive(tuple(settings.VAULT_KEYS), tuple(settings.SALT_KEY))


def key_id(key: str) -> str:
    """A name for a random key that tells nothing about it: 16 hex digits."""
    return hmac.new(key.encode(), b"strongroom key id", sha256).hexdigest()[:16]


class Sealed:
    """A token as it lies in the database. It prints dots and refuses to be copied out."""

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        self._token = token

    def __str__(self) -> str:
        return DOTS

    def __repr__(self) -> str:
        return "<Sealed>"

    def __deepcopy__(self, memo: dict[int, Any]) -> "Sealed":
        return self

    def __reduce_ex__(self, protocol: Any) -> Never:
        raise TypeError("A sealed value cannot be pickled: it stays in the database.")

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: Any) -> Never:
        raise TypeError("A sealed value has no place in a schema.")


def seal(text: str, place: Sequence[str]) -> Sealed:
    """Seal `text` for one place."""
    envelope = json.dumps([ENVELOPE, list(place), text], separators=(",", ":"))
    return Sealed(keyring().newest.encrypt(envelope.encode()).decode())


def open_sealed(sealed: Sealed, place: Sequence[str]) -> str:
    """The text sealed for `place`. Raises SealBroken for a wrong key, garbage, or another place."""
    try:
        found = json.loads(keyring().opener.decrypt(sealed._token.encode()))
    except (InvalidToken, ValueError):
        raise SealBroken from None
    if not isinstance(found, list) or found[:2] != [ENVELOPE, list(place)]:
        raise SealBroken
    return str(found[2])


def unseal(row: models.Model, column: str) -> str | None:
    """Open one column of one row; None when nothing is stored. Raises SealBroken."""
    value = getattr(row, column)
    if value is None:
        return None
    if not isinstance(value, Sealed):
        raise SealBroken("This value was not sealed yet; save the row first.")
    return open_sealed(value, _place(row, column))


def _place(row: models.Model, column: str) -> tuple[str, ...]:
    place: tuple[str, ...] = row.seal_place(column)  # type: ignore[attr-defined]  # every owner of a sealed column has it
    return place


def renewed(token: str) -> str | None:
    """The token under the newest key, or None when it is under it already. Raises SealBroken for a foreign token."""
    raw = token.encode()
    try:
        keyring().newest.decrypt(raw)
    except InvalidToken:
        try:
            return keyring().opener.rotate(raw).decode()
        except InvalidToken:
            raise SealBroken from None
    return None


def seal_text(text: str, place: Sequence[str]) -> str:
    """A sealed text for a store that is not ours (allauth's JSON)."""
    return seal(text, place)._token


def unseal_text(token: str, place: Sequence[str]) -> str:
    return open_sealed(Sealed(token), place)


SealedColumn: TypeAlias = "models.Field[str | Sealed | None, Sealed | None]"


class SealedTextField(EncryptedTextField):  # type: ignore[misc]  # the package ships no types
    """A column of tokens: seals on save, never opens by itself, never meets a form or a fixture.

    Its model has `seal_place(column) -> tuple[str, ...]`. Assign a str to seal it at the next save; read a `Sealed`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    @property
    def keys(self) -> list[bytes]:
        return list(keyring().keys)

    @property
    def f(self) -> MultiFernet:
        return keyring().opener

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        value = getattr(model_instance, self.attname)
        if isinstance(value, str):
            value = seal(value, _place(model_instance, self.attname))
            setattr(model_instance, self.attname, value)
        return self.to_python(value)

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, Sealed):
            return value._token
        raise TypeError(f"{self.name}: only a sealed value reaches the database; assign it and save the row.")

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def to_python(self, value: Any) -> Sealed | None:
        if value is None or isinstance(value, Sealed):
            return value
        raise TypeError(f"{self.name}: a sealed column holds no plain value.")

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        # The package marks the shared field object here, which makes other threads read ciphertext.
        return value

    def get_lookup(self, lookup_name: str) -> type[IsNull]:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed: it can only be asked whether it is there (isnull).")
        return IsNull

    def value_to_string(self, obj: models.Model) -> Never:
        raise TypeError(f"{self.name} is sealed and cannot be dumped; back the database up as a whole.")

    def formfield(self, **kwargs: Any) -> None:
        return None
