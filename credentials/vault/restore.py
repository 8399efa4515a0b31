"""The verb that puts a backup into an empty database, of either kind, and verifies it before it is there for good."""

import gzip
import json
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from credentials.access import Action, Caller, require
from credentials.audit import recorded, refused
from credentials.chain import Verdict, is_signed
from credentials.errors import Conflict, Invalid
from credentials.models import trigrams
from credentials.sealed import key_id
from credentials.vault import rows
from credentials.vault.backup import FORMAT
from credentials.vault.clock import now
from credentials.vault.proofs import every_head, every_verdict
from credentials.vault.seals import open_canary

DAMAGED = "This is not a backup of Strongroom, or it is damaged. Nothing was restored."
ALTERED = "The backup was changed after it was made, or AUDIT_KEY is another. Nothing was restored."
OCCUPIED = "This database is not empty. Restore into a new one; nothing was changed."
NEWER = (
    "The backup was made by a newer Strongroom, or by one with OIDC_ISSUER set. Install that version or set it, then "
    "restore."
)
OTHER_SCHEMA = "The tables here are of another version than the backup's. Restore into a database without tables."
UNFIT = "The database refuses a row of {table}. Nothing was restored."
LONGEST_LINE = 64_000_000  # characters; a row is far shorter
# What parsing somebody's file can raise.
_UNREADABLE = (EOFError, OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, ValidationError,
               zlib.error)  # fmt: skip


@dataclass(frozen=True)
class Restored:
    """How many rows came back, and up to where each chain holds. A chain that was broken before still is."""

    rows: int
    verdicts: list[Verdict]


def restore(caller: Caller, *, source: IO[bytes], progress: Any = lambda *_: None) -> Restored:
    """All of the backup, verified, or nothing. Conflict when the database holds something already."""
    require(caller, Action.VAULT_RESTORE, at=now())
    if not is_empty():
        open_canary()
        refused(caller, Action.VAULT_RESTORE, Conflict(OCCUPIED), at=now())
        raise Conflict(OCCUPIED)
    try:
        with gzip.open(source, "rt", encoding="utf-8") as file:
            manifest = _read_in(_parsed(file), progress)
    except _UNREADABLE:
        raise Invalid(DAMAGED) from None
    restored = Restored(sum(table["rows"] for table in manifest["tables"].values()), every_verdict())
    with recorded(caller, Action.VAULT_RESTORE, at=now()) as entry:
        entry.detail = {"count": restored.rows}
    return restored


def is_empty() -> bool:
    """Whether the database has no tables, or none with anything in it but what `migrate` writes."""
    there = set(connection.introspection.table_names())
    return not any(
        model._base_manager.exists()
        for label, model in rows.tables().items()
        if label not in rows.MADE_BY_MIGRATE and model._meta.db_table in there
    )


def _parsed(file: IO[str]) -> Iterator[Any]:
    while line := file.readline(LONGEST_LINE):
        yield json.loads(line)


def _read_in(lines: Iterator[Any], progress: Any) -> dict[str, Any]:
    header = next(lines, None)
    if not isinstance(header, dict) or header.get("strongroom") != FORMAT:
        raise Invalid(DAMAGED)
    _check_keys(header["keys"])
    _make_tables({(app, name) for app, name in header["migrations"]})
    with transaction.atomic(durable=True):
        for label in rows.MADE_BY_MIGRATE:
            rows.tables()[label]._base_manager.all().delete()
        last = _insert_all(lines, progress)
        manifest: dict[str, Any] = last["manifest"]
        if not is_signed("backup", {"header": header, "manifest": manifest}, last["signature"]):
            raise Invalid(ALTERED)
        if next(lines, None) is not None:  # which also reads the file's own checksum
            raise Invalid(DAMAGED)
        _verify(manifest)
        _reset_counters(manifest["tables"])
    return manifest


def _check_keys(needed: dict[str, list[str]]) -> None:
    for name, here in (
        ("VAULT_KEYS", settings.VAULT_KEYS),
        ("SALT_KEY", settings.SALT_KEY),
        ("AUDIT_KEY", [settings.AUDIT_KEY]),
    ):
        missing = set(needed[name]) - set(map(key_id, here))
        if missing:
            raise Conflict(f"{name} lacks a key that this backup was sealed with. Put it in place, then restore.")


def _make_tables(wanted: set[tuple[str, str]]) -> None:
    """The schema of the backup; `migrate` leads on from there. Only the newest of each app are named: an older one
    as a target would mean to go back to it."""
    executor = MigrationExecutor(connection)
    here, graph = set(executor.loader.applied_migrations), executor.loader.graph
    if wanted - set(graph.nodes):
        raise Conflict(NEWER)
    if here and here != wanted:
        raise Conflict(OTHER_SCHEMA)
    followed = {parent.key for node in wanted for parent in graph.node_map[node].parents if parent.key[0] == node[0]}
    if not here:
        executor.migrate(sorted(wanted - followed))
        trigrams.mend(connection)


def _insert_all(lines: Iterator[Any], progress: Any) -> dict[str, Any]:
    """Table by table; returns the last line, which belongs to none."""
    head = next(lines, None)
    while isinstance(head, dict) and "table" in head:
        model = rows.tables()[head["table"]]
        if head["columns"] != rows.columns(model):
            raise Conflict(OTHER_SCHEMA)
        head = _insert(head["table"], model, lines)
        progress(model._meta.label)
    if not isinstance(head, dict):
        raise Invalid(DAMAGED)
    return head


def _insert(label: str, model: rows.Model, lines: Iterator[Any]) -> Any:
    """One table's rows; returns the line after them."""
    after: list[Any] = []

    def own() -> Iterator[list[Any]]:
        for line in lines:
            if not isinstance(line, list):
                after.append(line)
                return
            yield line

    try:
        rows.insert(model, own())
    except DatabaseError:
        raise Invalid(UNFIT.format(table=label)) from None
    return next(chain(after, [None]))


def _verify(manifest: dict[str, Any]) -> None:
    """What lies in the database now, read again, against what the backup says; and the keys on the canary."""
    found = {label: rows.tally(model).told() for label, model in rows.tables().items() if label in manifest["tables"]}
    if found != manifest["tables"] or every_head() != manifest["heads"]:
        raise Invalid(DAMAGED)
    connection.check_constraints()
    open_canary()


def _reset_counters(restored: Collection[str]) -> None:
    models = [model for label, model in rows.tables().items() if label in restored]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
