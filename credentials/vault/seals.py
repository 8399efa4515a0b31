"""Verbs on the seals as a whole: the canary that tells wrong keys at start, and the rotation of keys."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from credentials.access import Action, Caller
from credentials.audit import looked, recorded
from credentials.errors import SealBroken
from credentials.models import Canary, SecretVersion
from credentials.sealed import SealedTextField, key_id, renewed, seal_text, unseal, unseal_text
from credentials.vault.clock import now

SONG = "this vault opens"
BATCH = 500
FACTOR = ("authenticator",)


Swap = tuple[str, Any, str]  # the new token, the row's key, the token it replaces


@dataclass
class Rotation:
    """How far a rotation came: sealed values looked at, and sealed anew by this run."""

    seen: int = 0
    renewed: int = 0


def open_canary() -> None:
    """Refuse wrong keys before anything is served or written. The first start lays the canary down."""
    canary = Canary.objects.first()
    if canary is None:
        return _lay_canary()
    for name, keys, wanted in (
        ("VAULT_KEYS", settings.VAULT_KEYS, canary.vault_key_id),
        ("SALT_KEY", settings.SALT_KEY, canary.salt_key_id),
        ("AUDIT_KEY", [settings.AUDIT_KEY], canary.audit_key_id),
    ):
        if wanted not in map(key_id, keys):
            raise SealBroken(f"{name} is not the key this database was sealed with. Put the right one back; "
                             "nothing was changed.")  # fmt: skip
    if unseal(canary, "token") != SONG:
        raise SealBroken
    return None


def _lay_canary() -> None:
    with transaction.atomic():
        if SecretVersion.objects.exists():
            raise SealBroken("The canary row is missing although there are credentials: restore the database.")
        Canary.objects.get_or_create(
            id=1,
            defaults={"token": SONG, **_key_ids()},
        )


def _key_ids() -> dict[str, str]:
    return {
        "vault_key_id": key_id(settings.VAULT_KEYS[0]),
        "salt_key_id": key_id(settings.SALT_KEY[0]),
        "audit_key_id": key_id(settings.AUDIT_KEY),
    }


def seal_factor(text: str) -> str:
    """Seal somebody's own second factor for allauth's JSON. It seals before there is a row: the place is the table."""
    return seal_text(text, FACTOR)


def open_factor(token: str) -> str:
    return unseal_text(token, FACTOR)


def count_sealed() -> int:
    """How many sealed values a rotation will look at, for an estimate: others may add some meanwhile."""
    counts = [_rows(model, column).count() for model, column in sealed_columns()]
    return sum([_factors().count(), *counts])


def rotate_keys(caller: Caller, *, progress: Callable[[Rotation], None] = lambda _: None) -> Rotation:
    """Seal everything under the first key while the server runs. Values are not opened to our code.

    What is under the first key already is passed over, so a run that was cut short is simply run again. A token that
    somebody replaced meanwhile is under the first key anyway and is left alone (compare and swap).
    """
    open_canary()
    done = Rotation()
    with looked(caller, Action.SEALS_ROTATE, at=now()):
        for model, column in sealed_columns():
            held: list[Swap] = []
            for batch in _batches(model, column):
                held += _renew(model, column, batch, done)
                progress(done)
            for swap in held:
                done.renewed += _swap(model, column, [swap])
        _renew_authenticators(done)
    with recorded(caller, Action.SEALS_ROTATE, at=now()) as entry:
        Canary.objects.update(**_key_ids())  # last: until now the old key was still needed
        entry.detail = {"checked": done.seen, "count": done.renewed}
    return done


def sealed_columns() -> list[tuple[type[models.Model], str]]:
    return [
        (model, column.attname)
        for model in apps.get_app_config("credentials").get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, SealedTextField)
    ]


def _rows(model: type[models.Model], column: str) -> models.QuerySet[Any]:
    return model._default_manager.filter(**{f"{column}__isnull": False}).order_by("pk")


def _batches(model: type[models.Model], column: str) -> Iterator[list[tuple[Any, Any]]]:
    """Keyset batches of (pk, Sealed): flat memory, and rows added meanwhile need no visit."""
    rows = _rows(model, column)
    batch = list(rows.values_list("pk", column)[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1][0]).values_list("pk", column)[:BATCH])


def _renew(model: type[models.Model], column: str, batch: list[tuple[Any, Any]], done: Rotation) -> list[Swap]:
    """Seal a batch anew but for what somebody holds: to wait for one row while holding others could lock up both.
    Returns that, to be waited for one by one."""
    swaps = [(_fresh(f"{model._meta.db_table} {pk}", sealed._token), pk, sealed._token) for pk, sealed in batch]
    stale = {pk: (fresh, pk, token) for fresh, pk, token in swaps if fresh is not None}
    done.seen += len(batch)
    if stale:
        with transaction.atomic():
            rows = model._default_manager.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=stale)
            free = set(rows.values_list("pk", flat=True))
            done.renewed += _swap(model, column, [stale[pk] for pk in free])
    return [swap for pk, swap in stale.items() if pk not in free] if stale else []


def _swap(model: type[models.Model], column: str, swaps: list[Swap]) -> int:
    table, name = (connection.ops.quote_name(part) for part in (model._meta.db_table, column))
    key = connection.ops.quote_name(str(model._meta.pk.column))
    with transaction.atomic(), connection.cursor() as cursor:
        # Names come from the models, values are parameters.
        cursor.executemany(f"UPDATE {table} SET {name} = %s WHERE {key} = %s AND {name} = %s", swaps)
        return int(cursor.rowcount)


def _fresh(where: str, token: str) -> str | None:
    try:
        return renewed(token)
    except SealBroken:
        raise SealBroken(
            f"{where} does not open with any of VAULT_KEYS and SALT_KEY. What was sealed anew stays valid; "
            "put the missing key back, or restore that row, and run rotatekeys again."
        ) from None


def _factors() -> models.QuerySet[Any]:
    found: models.QuerySet[Any] = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    return found


def _renew_authenticators(done: Rotation) -> None:
    """People's own second factors, which allauth keeps as JSON; row by row and locked: they may be used meanwhile."""
    factors = _factors()
    for pk in list(factors.values_list("pk", flat=True)):
        with transaction.atomic():
            row = factors.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            fresh = {key: _fresh_factor(pk, key, value) for key, value in row.data.items()}
            done.seen += 1
            if fresh != row.data:
                row.data = fresh
                row.save(update_fields=["data"])
                done.renewed += 1


def _fresh_factor(pk: Any, key: str, value: Any) -> Any:
    where = f"authenticator {pk}"
    if key in {"secret", "seed"} and value:
        return _fresh(where, value) or value
    if key == "migrated_codes":
        return [_fresh(where, token) or token for token in value]
    return value
