"""Looks at everything a vault stands on and says what to do. Changes nothing but for the audit's own event."""

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now

from credentials.access import Action, Caller, require
from credentials.chain import newest_moment
from credentials.errors import SealBroken
from credentials.models import Canary, trigrams
from credentials.vault.backup import needed_keys
from credentials.vault.clock import now
from credentials.vault.proofs import verify_trail
from credentials.vault.seals import open_canary

MOST_DRIFT = timedelta(seconds=5)
LEAST_FREE = 1_000_000_000  # bytes
AT_HOME = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Finding:
    """What was looked at and how it is; `cure` says what to do, and is empty where nothing has to be done."""

    what: str
    says: str
    cure: str = ""


def examine(caller: Caller) -> Iterator[Finding]:
    """One finding after the other; what needs a database that answers is passed over without one."""
    require(caller, Action.AUDIT_VERIFY, at=now())
    yield from (look() for look in (_address, _limits, _modes, _disk, _mail))
    for look in (_database, _schema, _keys, _clock):
        found = look()
        yield found
        if found.cure and look is not _clock:
            return
    yield from (_search(), _chain(caller))


def _address() -> Finding:
    host = urlsplit(settings.BASE_URL).hostname
    if settings.DEBUG:
        return Finding("settings", "DEBUG shows source to visitors", "Take DEBUG out of .env and restart.")
    if not settings.TLS and host not in AT_HOME:
        return Finding("settings", "passwords travel in the clear", "Put a proxy with TLS in front: BASE_URL=https://…")
    return Finding("settings", f"served at {settings.BASE_URL}")


def _limits() -> Finding:
    if "locmem" in settings.CACHES["default"]["BACKEND"] and settings.PROCESSES > 1:
        cure = "Take CACHE_URL out of .env, or name a store that all processes share."
        return Finding("limits", "every process counts sign-ins by itself", cure)
    return Finding("limits", "counted for all processes together")


def _modes() -> Finding:
    """Files that others on this machine should not read."""
    name = Path(str(settings.DATABASES["default"]["NAME"]))
    kept = [settings.BASE_DIR / ".env"]
    if settings.ON_SQLITE and name.parent.is_dir() and _open(name.parent):  # a closed folder closes what is in it
        kept += [name, Path(f"{name}-wal")]
    legible = [str(file) for file in kept if file.is_file() and _open(file)]
    if legible:
        cure = f"chmod 600 {' '.join(legible)}"
        return Finding("files", "others on this machine can read the keys or the database", cure)
    return Finding("files", "closed to others")


def _open(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _disk() -> Finding:
    name = Path(str(settings.DATABASES["default"]["NAME"]))
    folder = name.parent if settings.ON_SQLITE and name.parent.is_dir() else settings.BASE_DIR
    free = shutil.disk_usage(folder).free
    says = f"{free / 1e9:.1f} GB free at {folder}"
    return Finding("disk", says, "" if free >= LEAST_FREE else "Make room: a full disk refuses every change.")


def _mail() -> Finding:
    if not settings.SENDS_MAIL:
        return Finding("mail", "not sent: nobody can reset a password by mail (EMAIL_URL)")
    try:
        with get_connection(timeout=10):
            return Finding("mail", "the mail server answers")
    except Exception as problem:  # whatever a mail library raises
        return Finding("mail", f"does not work: {type(problem).__name__}", "Check EMAIL_URL and the mail server.")


def _database() -> Finding:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return Finding("database", "does not answer", "Check DATABASE_URL and that the database runs.")
    return Finding("database", f"{connection.display_name} answers")


def _schema() -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return Finding("tables", f"{len(missing)} migrations were not run", "Run 'manage.py migrate'.")
    return Finding("tables", "as this version wants them")


def _keys() -> Finding:
    try:
        if Canary.objects.exists():
            open_canary()
    except SealBroken as broken:
        return Finding("keys", "do not open this database", broken.message)
    if not Canary.objects.exists():
        return Finding("keys", "nothing is sealed yet")
    if any(len(ids) > 1 for ids in needed_keys().values()):
        return Finding("keys", "a new key is in place, the old one still needed", "Run 'manage.py rotatekeys'.")
    return Finding("keys", "open this database")


def _clock() -> Finding:
    """Against the database's clock, which is another machine's or our own, and against what was written already."""
    here = now()
    there = Canary.objects.annotate(moment=Now()).values_list("moment", flat=True).first() or here
    newest = newest_moment() or here
    drift = max(abs(there - here), newest - here)
    if drift > MOST_DRIFT:
        cure = "Let both machines follow a time server (chrony): codes are wrong while the clock is."
        return Finding("clock", f"off by {drift.total_seconds():.0f} s", cure)
    return Finding("clock", "agrees with the database")


def _search() -> Finding:
    if not trigrams.is_whole(connection):
        return Finding("search", "its index has not every credential", "Run 'manage.py migrate', which makes it anew.")
    return Finding("search", "finds every credential")


def _chain(caller: Caller) -> Finding:
    broken = [verdict.team_slug for verdict in verify_trail(caller) if verdict.is_broken]
    if broken:
        cure = "Run 'manage.py auditverify', and compare with a backup from before."
        return Finding("audit", f"broken: {', '.join(broken)}", cure)
    return Finding("audit", "every chain holds")
