"""The vault's tables as lines of text that mean the same on every database. Read by backup.py, written by restore.py.

A row is one JSON array of its columns. Sealed columns stay the tokens they are; no line can be opened without the keys.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection, models

from credentials.sealed import Sealed, SealedTextField

BATCH = 1000
# Sessions and the list of them stay behind: who had signed out before a restore is not signed in by it.
LEFT_BEHIND = frozenset({"sessions.Session", "credentials.SignedIn"})
# What `migrate` writes into an empty database by itself.
MADE_BY_MIGRATE = frozenset({"contenttypes.ContentType", "auth.Permission"})

Model = type[models.Model]


@dataclass
class Tally:
    """How many lines, and a digest of them that does not depend on their order, which databases see differently."""

    rows: int = 0
    total: int = 0

    def add(self, line: str) -> None:
        self.rows += 1
        self.total = (self.total + int.from_bytes(sha256(line.encode()).digest())) % 2**256

    def told(self) -> dict[str, int | str]:
        return {"rows": self.rows, "digest": f"{self.total:064x}"}


def tables() -> dict[str, Model]:
    """Every table with something worth keeping, by the model's label."""
    found = apps.get_models(include_auto_created=True)
    kept = [model for model in found if model._meta.managed and not model._meta.proxy]
    return {model._meta.label: model for model in kept if model._meta.label not in LEFT_BEHIND}


def columns(model: Model) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def lines(model: Model) -> Iterator[str]:
    """Every row, streamed."""
    rows = model._base_manager.order_by().values_list(*columns(model))
    for row in rows.iterator(chunk_size=BATCH):
        yield json.dumps(row, default=_as_text, sort_keys=True, separators=(",", ":"))


def tally(model: Model) -> Tally:
    found = Tally()
    for line in lines(model):
        found.add(line)
    return found


def insert(model: Model, rows: Iterable[list[Any]]) -> None:
    """Rows as `lines` wrote them, column by column and past `save()`, so that nothing is sealed or dated anew."""
    fields = model._meta.concrete_fields
    table, *names = (
        connection.ops.quote_name(name) for name in (model._meta.db_table, *(str(field.column) for field in fields))
    )
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"
    prepared = ([_stored(*pair) for pair in zip(fields, row, strict=True)] for row in rows)
    with connection.cursor() as cursor:
        while batch := list(islice(prepared, BATCH)):
            cursor.executemany(statement, batch)


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Sealed):
        return SealedTextField().get_prep_value(value) or ""
    raise TypeError(f"No way to write down a {type(value).__name__}.")


def _stored(field: Any, value: Any) -> Any:
    sealed = isinstance(field, SealedTextField) and value is not None
    return field.get_db_prep_save(Sealed(value) if sealed else field.to_python(value), connection)
