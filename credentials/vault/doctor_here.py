"""What the doctor looks at on this machine, before any database is asked: settings, files, disk, mail."""

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.mail import get_connection

LEAST_FREE = 1_000_000_000  # bytes
MAIL_SECONDS = 10
AT_HOME = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Finding:
    """What was looked at and how it is; `cure` says what to do, and is empty where nothing has to be done."""

    what: str
    says: str
    cure: str = ""


def look_here() -> Iterator[Finding]:
    yield from _settings()
    yield from (look() for look in (_limits, _metrics, _styles, _modes, _writable, _disk, _mail))


def _settings() -> Iterator[Finding]:
    """Each setting that is unsafe, or one line that all is well."""
    host = urlsplit(settings.BASE_URL).hostname or ""
    names = set(settings.ALLOWED_HOSTS)
    ill = [
        (settings.DEBUG, "DEBUG shows source to visitors", "Take DEBUG out of .env and restart."),
        (
            not settings.TLS and host not in AT_HOME,
            "passwords travel in the clear",
            "Put a proxy with TLS in front: BASE_URL=https://…",
        ),
        (
            "*" in names,
            "ALLOWED_HOSTS lets any name through",
            f"Take ALLOWED_HOSTS out of .env: then it is {host} and this machine.",
        ),
        (
            not _answers_to(host, names),
            f"ALLOWED_HOSTS leaves out {host}, where BASE_URL leads",
            f"Add {host} to ALLOWED_HOSTS, or take ALLOWED_HOSTS out of .env.",
        ),
        (
            "*" in settings.TRUSTED_PROXIES,
            "anybody's X-Forwarded-For is believed: limits and the audit can be deceived",
            "Write the addresses of your proxies into TRUSTED_PROXIES.",
        ),
    ]
    found = [Finding("settings", says, cure) for is_so, says, cure in ill if is_so]
    yield from found or [Finding("settings", f"served at {settings.BASE_URL}")]


def _answers_to(host: str, names: set[str]) -> bool:
    return "*" in names or any(host == name or (name[:1] == "." and f".{host}".endswith(name)) for name in names)


def _limits() -> Finding:
    if "locmem" in settings.CACHES["default"]["BACKEND"] and settings.PROCESSES > 1:
        cure = "Take CACHE_URL out of .env, or name a store that all processes share."
        return Finding("limits", "every process counts sign-ins by itself", cure)
    return Finding("limits", "counted for all processes together")


def _metrics() -> Finding:
    if not settings.METRICS:
        return Finding("metrics", "not shown (METRICS_TOKEN, METRICS_NETWORKS)")
    if any(ip_network(network).prefixlen == 0 for network in settings.METRICS_NETWORKS):
        cure = "Name the networks of your monitoring in METRICS_NETWORKS, or set METRICS_TOKEN instead."
        return Finding("metrics", "shown to everybody", cure)
    return Finding("metrics", "shown to whom METRICS_TOKEN and METRICS_NETWORKS name")


def _styles() -> Finding:
    """Without them every page is a 500; after an update a page may want one that is not there yet."""
    known = getattr(staticfiles_storage, "hashed_files", None)  # None: served as they lie there
    missing = known is not None and [path for one in get_finders() for path, _ in one.list([]) if path not in known]
    if missing:
        cure = "Run 'manage.py collectstatic --noinput' with the server's STATIC_ROOT, and restart."
        return Finding("styles", f"{len(missing)} files of the pages were not collected into STATIC_ROOT", cure)
    return Finding("styles", "collected")


def _modes() -> Finding:
    """Files that others on this machine should not read."""
    there = [path for path in _private() if path.exists()]
    legible = [str(path) for path in there if _open(path) and not _is_shut(path.parent)]
    if legible:
        cure = f"chmod go= {' '.join(legible)}"
        return Finding("files", "others on this machine can read the keys, the database or its backups", cure)
    return Finding("files", f"closed to others: {', '.join(map(str, there))}" if there else "none to look at here")


def _private() -> list[Path]:
    """What holds keys or rows. Backups are looked for where the unit of deploy/ puts them."""
    beside = {Path(settings.METRICS_FOLDER).parent}
    kept = [Path(settings.ENV_FILE)] if settings.ENV_FILE else []
    if (folder := _database_folder()) is not None:
        name = Path(str(settings.DATABASES["default"]["NAME"]))
        kept += [Path(f"{name}{end}") for end in ("", "-wal", "-shm")]
        beside.add(folder)
    return kept + sorted(folder / "backups" for folder in beside)


def _database_folder() -> Path | None:
    folder = Path(str(settings.DATABASES["default"]["NAME"])).parent
    return folder if settings.ON_SQLITE and folder.is_dir() else None


def _open(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _is_shut(folder: Path) -> bool:
    """A closed folder closes what is in it."""
    return not _open(folder)


def _writable() -> Finding:
    """As this user: a file that root's command left beside the database stops the server."""
    counts = Path(settings.METRICS_FOLDER)
    wanted = [counts, *(counts.glob("*") if _is_writable(counts) else ())] if settings.METRICS else []
    if (folder := _database_folder()) is not None:
        wanted += [folder, *folder.glob(f"{Path(str(settings.DATABASES['default']['NAME'])).name}*")]
    shut = [str(path) for path in wanted if not _is_writable(path)]
    if shut:
        cure = f"Give them to the user that the server runs as (chown), and mount them writable: {' '.join(shut)}"
        return Finding("folders", "this user cannot write where the server has to", cure)
    return Finding("folders", "writable where they have to be")


def _is_writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=True)


def _disk() -> Finding:
    folder = _database_folder() or settings.BASE_DIR
    free = shutil.disk_usage(folder).free
    says = f"{free / 1e9:.1f} GB free at {folder}"
    return Finding("disk", says, "" if free >= LEAST_FREE else "Make room: a full disk refuses every change.")


def _mail() -> Finding:
    if not settings.SENDS_MAIL:
        return Finding("mail", "not sent: nobody can reset a password by mail (EMAIL_URL)")
    try:
        with get_connection(timeout=MAIL_SECONDS):
            return Finding("mail", "the mail server answers")
    except Exception as problem:  # whatever a mail library raises
        return Finding("mail", f"does not work: {type(problem).__name__}", "Check EMAIL_URL and the mail server.")
