"""Typed readers for the environment and `.env`, used by settings.py alone.

Each reader raises ImproperlyConfigured with one line that names the setting and never repeats its value.
"""

import os
import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
SAMPLE_WORDS = ("change-me", "changeme", "sample", "example", "insecure")
SHORTEST_KEY = 32

env = environ.Env()


def read_file(root: Path) -> str:
    """Read `.env` beside manage.py; STRONGROOM_ENV_FILE names another file, empty means none. Returns its name."""
    chosen = os.environ.get("STRONGROOM_ENV_FILE", str(root / ".env"))
    if chosen and Path(chosen).is_file():
        environ.Env.read_env(chosen)
    return chosen


def with_database(name: str) -> dict[str, str]:
    """The environment of a process like this one, on the database that the variable `name` holds the URL of."""
    return {**os.environ, "DATABASE_URL": text(name, "")}


def _read(name: str, reader: Callable[..., T], **options: Any) -> T:
    try:
        return reader(name, **options)
    except (ValueError, TypeError, KeyError, ImproperlyConfigured):
        if name not in os.environ and "default" not in options:
            raise ImproperlyConfigured(
                f"{name} is not set. Put it into the environment or .env (see .env.example)."
            ) from None
        raise ImproperlyConfigured(f"{name} is malformed; .env.example shows its form.") from None


def text(name: str, default: str) -> str:
    return str(_read(name, env.str, default=default)).strip()


def flag(name: str, default: bool) -> bool:
    given = text(name, str(default)).lower()
    if given not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        raise ImproperlyConfigured(f"{name} is malformed: write true or false.")
    return given in {"1", "true", "yes", "on"}


def choice(name: str, known: list[str]) -> str:
    """One of a few words; the first by default."""
    given = text(name, known[0])
    if given not in known:
        raise ImproperlyConfigured(f"{name} is malformed: write {' or '.join(known)}.")
    return given


def number(name: str, default: int, low: int, high: int) -> int:
    value = int(_read(name, env.int, default=default))
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name} is out of range: it goes from {low} to {high}.")
    return value


def words(name: str, default: list[str]) -> list[str]:
    return [word.strip() for word in _read(name, env.list, default=default) if word.strip()]


def url(name: str, schemes: set[str]) -> str:
    """An address to send to, or nothing."""
    given = text(name, "")
    try:
        parts = urlsplit(given)
        fine = not given or (parts.scheme in schemes and bool(parts.hostname or parts.scheme == "unix"))
        _ = parts.port
    except ValueError:
        fine = False
    if not fine:
        raise ImproperlyConfigured(f"{name} is malformed: it begins with {', '.join(sorted(schemes))}://")
    return given


def provider(name: str) -> str:
    """The issuer of an OpenID Connect provider: what it says is believed because TLS says who it is."""
    given = url(name, {"https", "http"}).rstrip("/")
    host = urlsplit(given).hostname or ""
    if given.startswith("http://") and host not in {"127.0.0.1", "localhost"}:
        raise ImproperlyConfigured(f"{name} is malformed: it begins with https://")
    return given


def roles(name: str) -> list[tuple[str, str, str]]:
    """`group=team:role`, several: (group, team, role)."""
    found = [re.fullmatch(r"([^=]+)=([-\w]+):(auditor|operator|manager|owner)", word) for word in words(name, [])]
    if not all(found):
        raise ImproperlyConfigured(f"{name} is malformed: write group=team:role, separated by commas.")
    return [(one[1], one[2], one[3]) for one in found if one]


def path(name: str, root: Path) -> str:
    """A file, or nothing; a relative path starts at the project's root."""
    given = text(name, "")
    return str(root / given) if given else ""


def networks(name: str) -> list[str]:
    try:
        return [str(ip_network(word)) for word in words(name, [])]
    except ValueError:
        raise ImproperlyConfigured(f"{name} is malformed: write networks like 10.0.0.0/8.") from None


def key(name: str) -> str:
    return keys(name, single=True)[0]


def keys(name: str, *, single: bool = False) -> list[str]:
    """One key, or several separated by commas; each fresh and random, the samples refused."""
    given = _read(name, env.str)
    found = [given.strip()] if single else [part.strip() for part in given.split(",") if part.strip()]
    if not found or not all(found):
        raise ImproperlyConfigured(f"{name} is empty. Put a fresh random key there (see .env.example).")
    for one in found:
        if any(word in one.lower() for word in SAMPLE_WORDS):
            raise ImproperlyConfigured(f"{name} still holds the sample value. Put a fresh random key there.")
        if len(one) < SHORTEST_KEY:
            raise ImproperlyConfigured(f"{name} is too short: every key needs at least {SHORTEST_KEY} characters.")
    return found


def address(name: str, default: str) -> str:
    try:
        return str(ip_address(text(name, default)))
    except ValueError:
        raise ImproperlyConfigured(f"{name} is malformed: it is an address of this machine, like 127.0.0.1.") from None


def optional_key(name: str) -> str:
    return key(name) if text(name, "") else ""


def share_metrics(folder: str) -> None:
    """Tell prometheus-client, which reads the environment when it is imported, where processes put their counts."""
    try:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise ImproperlyConfigured("METRICS_FOLDER names a folder that cannot be made or written.") from None
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def base_url(name: str, default: str) -> str:
    given = text(name, default).rstrip("/")
    if not _is_origin(given):
        raise ImproperlyConfigured(f"{name} is malformed: write it as https://vault.example.com")
    return given


def _is_origin(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and url == f"{parts.scheme}://{parts.netloc}"
            and bool(parts.hostname and "@" not in parts.netloc and parts.port != 0)
        )
    except ValueError:
        return False


def is_address(host: str) -> bool:
    """Whether a host is written as numbers."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def database(name: str, default: str, root: Path) -> dict[str, Any]:
    """The database as Django wants it; a relative SQLite path starts at the project's root."""
    if not text(name, default).startswith(("sqlite://", "postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} is malformed: it starts with sqlite:/// or postgres://")
    found: dict[str, Any] = dict(_read(name, env.db_url, default=default))
    if str(found.get("ENGINE", "")).endswith("sqlite3"):
        return _sqlite(name, found, root)
    # Plans are kept for the statements that ask for it alone (models/prepared.py): Django's own cursors send none.
    # A machine that went dark says nothing: without these seconds and milliseconds its callers wait for minutes.
    patience = {
        "connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 10, "keepalives_interval": 5,
        "keepalives_count": 2,
    }  # fmt: skip
    options = {"prepare_threshold": 5, **patience, **found.get("OPTIONS", {})}
    return {**found, "OPTIONS": options, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


def _sqlite(name: str, found: dict[str, Any], root: Path) -> dict[str, Any]:
    path = found["NAME"]
    if path != ":memory:":
        path = str(root / path)
        try:
            Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            raise ImproperlyConfigured(f"{name} names a folder that cannot be made or written.") from None
    options = {
        # IMMEDIATE takes the write lock at BEGIN: a read that becomes a write can never fail half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: an acknowledged secret survives a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
    return {**found, "NAME": path, "OPTIONS": options, "CONN_MAX_AGE": None}


def cache(name: str, default: str) -> dict[str, Any]:
    if text(name, default).startswith("filecache"):
        raise ImproperlyConfigured(f"{name} is malformed: files are no cache for a vault; write dbcache:// or redis://")
    found = dict(_read(name, env.cache_url, default=default))
    if str(found["BACKEND"]).endswith("DatabaseCache"):
        found["BACKEND"] = "config.cache.DatabaseCache"  # Django's own would unpickle what the database holds
        # By default the 301st entry pushes others out: used one-time codes, of which nobody may use one twice.
        found.setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 10_000)
    return found


def email(name: str, default: str) -> dict[str, Any]:
    return dict(_read(name, env.email_url, default=default))
