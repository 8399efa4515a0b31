"""The real server in a process of its own: `manage.py serve` on a scratch database with fresh keys."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent

ALL = """
import json, sys
import django
from django.core.management import call_command
django.setup()
for words in json.loads(sys.argv[1]):
    call_command(*words)
"""


@dataclass
class Server:
    url: str
    folder: Path
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    @property
    def database(self) -> Path:
        return self.folder / "vault.sqlite3"

    def manage(self, *words: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the server's database."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT, env={**self.env, **env}, input=stdin, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def manage_all(self, *commands: list[str], stdin: str = "") -> list[str]:
        """Run several commands in one process, since starting one takes longest; the lines that they print."""
        done = subprocess.run(
            [sys.executable, "-c", ALL, json.dumps(commands)],
            cwd=ROOT, env={**self.env, "DJANGO_SETTINGS_MODULE": "config.settings"}, input=stdin,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.splitlines()

    def setup_links(self) -> list[str]:
        return re.findall(r"http://\S+/setup/\S+/", self.log)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        for _ in range(1200):  # a busy machine is slow, not wrong
            if self.process.poll() is not None:
                raise RuntimeError(self.log)
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=1)
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(self.log)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings_for(folder: Path) -> dict[str, str]:
    """An environment with fresh keys and a database in this folder."""
    folder.mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return {
        **kept,
        "STRONGROOM_ENV_FILE": "",
        **{name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "VAULT_KEYS", "SALT_KEY", "AUDIT_KEY")},
        "DATABASE_URL": f"sqlite:///{folder / 'vault.sqlite3'}",
        "PORT": str(free_port()),
        "STATIC_ROOT": str(folder / "static"),
    }


@cache
def _ready() -> tempfile.TemporaryDirectory[str]:
    """A migrated SQLite file and the collected static files, made once: it takes longer than to start a server."""
    folder = tempfile.TemporaryDirectory(prefix="strongroom-")  # gone with the process of the tests
    made = Server("", Path(folder.name), settings_for(Path(folder.name)))
    made.manage_all(["migrate", "--noinput", "-v0"], ["collectstatic", "--noinput", "-v0"])
    return folder


def scratch(folder: Path, **settings: str) -> Server:
    """A migrated scratch database and the environment that serves it; nothing runs yet."""
    ready = Path(_ready().name)
    env = {**settings_for(folder), "STATIC_ROOT": str(ready / "static")}
    env |= {name: value.replace("{port}", env["PORT"]) for name, value in settings.items()}
    server = Server(f"http://127.0.0.1:{env['PORT']}", folder, env)
    kind, _, file = env["DATABASE_URL"].partition(":///")
    if kind == "sqlite":
        shutil.copyfile(ready / "vault.sqlite3", file)
    if kind != "sqlite" or "OIDC_ISSUER" in settings:  # which brings tables of its own
        server.manage_all(["migrate", "--noinput", "-v0"])
    return server


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """The settings of a server on a database like that of this test run: of its own on PostgreSQL, else a file."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield {}
        return
    name = f"strongroom_{secrets.token_hex(4)}"
    with psycopg.connect(given, autocommit=True) as line:
        line.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": urlsplit(given)._replace(path=f"/{name}").geturl()}
        finally:
            line.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running(folder: Path, *, before: Callable[[Server], object] = lambda _: None, **settings: str) -> Iterator[Server]:
    """The server, started; `before` it starts, its database can be filled."""
    server = scratch(folder, **settings)
    before(server)
    with _started(server):
        yield server


@contextmanager
def serving(like: Server, database_url: str, folder: Path) -> Iterator[Server]:
    """Another server with the same keys on a database that is ready."""
    port = free_port()
    env = {**like.env, "DATABASE_URL": database_url, "PORT": str(port)}
    with _started(Server(f"http://127.0.0.1:{port}", folder, env)) as server:
        yield server


@contextmanager
def _started(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
