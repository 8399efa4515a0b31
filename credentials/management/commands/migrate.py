"""Django's `migrate`, one at a time: of several that start at once the others wait and find nothing to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from credentials.models import trigrams

LONGEST_WAIT = 600  # seconds
LOCK = 7_305_114  # any number that means this, on PostgreSQL


class Command(migrate.Command):
    help = f"{migrate.Command.help} Waits while another process does the same."

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with _file_lock(connection) if connection.vendor == "sqlite" else _advisory_lock(connection):
            try:
                super().handle(*args, **options)
            finally:  # one that made a table anew may be followed by one that fails
                if not options["plan"]:
                    trigrams.mend(connection)


@contextmanager
def _advisory_lock(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Held by the session, so that it ends with the process however that ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _file_lock(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """A second SQLite file beside the first: its lock, too, ends with the process, and on every system."""
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        yield
        return
    with closing(sqlite3.connect(Path(f"{name}.migrating"), timeout=LONGEST_WAIT, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield
