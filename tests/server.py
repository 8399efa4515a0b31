"""The real server in a process of its own: `manage.py serve` on a scratch database with fresh keys."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


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

    def setup_links(self) -> list[str]:
        return re.findall(r"http://\S+/setup/\S+/", self.log)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        for _ in range(300):
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
        return self.process.wait(timeout=15)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def scratch(folder: Path, **settings: str) -> Server:
    """A migrated scratch database and the environment that serves it; nothing runs yet."""
    port = _free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    env = {
        **kept,
        "STRONGROOM_ENV_FILE": "",
        **{name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "VAULT_KEYS", "SALT_KEY", "AUDIT_KEY")},
        "DATABASE_URL": f"sqlite:///{folder / 'vault.sqlite3'}",
        "PORT": str(port),
        "STATIC_ROOT": str(folder / "static"),
        **settings,
    }
    server = Server(f"http://127.0.0.1:{port}", folder, env)
    for command in (["migrate", "--noinput", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        done = server.manage(*command)
        if done.returncode:
            raise RuntimeError(done.stderr)
    return server


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Server]:
    server = scratch(folder, **settings)
    server.start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
