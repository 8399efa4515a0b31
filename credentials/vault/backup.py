"""Verbs that write the whole vault into one file, while it serves: a copy of the database, never of the keys.

The file is gzipped JSON Lines: a header (schema, ids of the keys that are needed), each table's rows, and a manifest
(rows and digests of the tables, heads of the audit's chains) signed with AUDIT_KEY.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from credentials.access import Action, Caller, require
from credentials.audit import looked, recorded
from credentials.chain import signed
from credentials.models import Canary
from credentials.sealed import key_id
from credentials.vault import rows
from credentials.vault.clock import now
from credentials.vault.proofs import every_head

FORMAT = 1
QUICK = 1  # tokens are random: pressing harder gains nothing
# One state of the whole database, while others go on writing.
_SNAPSHOT = {"sqlite": "BEGIN DEFERRED", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}

Progress = Callable[[str, int], None]  # the table that was finished, its rows


def back_up(caller: Caller, *, to: IO[bytes], progress: Progress = lambda *_: None) -> int:
    """Write a backup of this very moment; returns the number of rows."""
    with looked(caller, Action.VAULT_BACKUP, at=now()):
        count = copy_out(caller, to=to, progress=progress)
    with recorded(caller, Action.VAULT_BACKUP, at=now()) as entry:
        entry.detail = {"count": count}
    return count


def copy_out(caller: Caller, *, to: IO[bytes], progress: Progress = lambda *_: None) -> int:
    """The same without a trace in this database, which is about to be left for another: that one tells of it."""
    require(caller, Action.VAULT_BACKUP, at=now())
    with _snapshot(), gzip.open(to, "wt", QUICK) as file:
        header = _header()
        _write(file, header)
        manifest = {"tables": _write_tables(file, progress), "heads": every_head()}
        _write(file, {"manifest": manifest, "signature": signed("backup", {"header": header, "manifest": manifest})})
    return sum(table["rows"] for table in manifest["tables"].values())


def _header() -> dict[str, Any]:
    return {
        "strongroom": FORMAT,
        "made_at": now().isoformat(),
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
        "keys": needed_keys(),
    }


def needed_keys() -> dict[str, list[str]]:
    """The ids of the keys that open everything: the first of each list, and the one before while a rotation lasts."""
    canary = Canary.objects.get()
    return {
        "VAULT_KEYS": sorted({canary.vault_key_id, key_id(settings.VAULT_KEYS[0])}),
        "SALT_KEY": sorted({canary.salt_key_id, key_id(settings.SALT_KEY[0])}),
        "AUDIT_KEY": [key_id(settings.AUDIT_KEY)],
    }


def _write_tables(file: IO[str], progress: Progress) -> dict[str, Any]:
    written = {}
    for label, model in rows.tables().items():
        _write(file, {"table": label, "columns": rows.columns(model)})
        tally = rows.Tally()
        for line in rows.lines(model):
            file.write(f"{line}\n")
            tally.add(line)
        progress(label, tally.rows)
        written[label] = tally.told()
    return written


def _write(file: IO[str], line: dict[str, Any]) -> None:
    file.write(json.dumps(line) + "\n")


@contextmanager
def _snapshot() -> Iterator[None]:
    # Not atomic(): on SQLite that takes the write lock, and everybody else would wait.
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
