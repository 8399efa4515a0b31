"""Typed readers for the environment and `.env`, used by settings.py alone.

Each reader raises ImproperlyConfigured with one line that names the setting and never repeats its value.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
SAMPLE_WORDS = ("change-me", "changeme", "sample", "example", "insecure")
SHORTEST_KEY = 32

env = environ.Env()


def read_file(root: Path) -> None:
    """Read `.env` beside manage.py; STRONGROOM_ENV_FILE names another file, empty means none."""
    chosen = os.environ.get("STRONGROOM_ENV_FILE", str(root / ".env"))
    if chosen and Path(chosen).is_file():
        environ.Env.read_env(chosen)


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


def number(name: str, default: int, low: int, high: int) -> int:
    value = int(_read(name, env.int, default=default))
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name} is out of range: it goes from {low} to {high}.")
    return value


def words(name: str, default: list[str]) -> list[str]:
    return [word.strip() for word in _read(name, env.list, default=default) if word.strip()]


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


def database(name: str, default: str, root: Path) -> dict[str, Any]:
    """The database as Django wants it; a relative SQLite path starts at the project's root."""
    if not text(name, default).startswith(("sqlite://", "postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} is malformed: it starts with sqlite:/// or postgres://")
    found: dict[str, Any] = dict(_read(name, env.db_url, default=default))
    if str(found.get("ENGINE", "")).endswith("sqlite3"):
        return _sqlite(name, found, root)
    return {**found, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


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
    return found


def email(name: str, default: str) -> dict[str, Any]:
    return dict(_read(name, env.email_url, default=default))
