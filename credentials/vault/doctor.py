"""Looks at everything a vault stands on and says what to do. Changes nothing but for the audit's own event.

This machine's part is in doctor_here.py; here is what has to ask a database.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now

from credentials.access import Action, Caller, require
from credentials.chain import moment_of_the_first_after, newest_moment, oldest_moment
from credentials.errors import SealBroken
from credentials.models import Canary, trigrams
from credentials.vault.backup import needed_keys
from credentials.vault.clock import now
from credentials.vault.doctor_here import Finding, look_here
from credentials.vault.proofs import verify_trail
from credentials.vault.replica import REPLICA, is_wanted
from credentials.vault.seals import open_canary

MOST_DRIFT = timedelta(seconds=5)
MOST_LAG = timedelta(seconds=30)
OLDEST_BACKUP = timedelta(days=3)
FOR_COMMANDS = 5  # connections: a backup, a migration, a timer, and who looks after the database


def examine(caller: Caller) -> Iterator[Finding]:
    """One finding after the other; what needs a database that answers is passed over without one."""
    require(caller, Action.AUDIT_VERIFY, at=now())
    yield from look_here()
    for look in (_database, _room, _schema, _keys):
        found = look()
        yield found
        if found.cure and look is not _room:
            return
    yield from (look() for look in (_clock, _replica, _backup, _search))
    yield _chain(caller)


def _database() -> Finding:
    try:
        connection.ensure_connection()
        closed = connection.vendor == "postgresql" and _asked("SHOW transaction_read_only") == "on"
    except DatabaseError:
        cure = "Check DATABASE_URL, that the database runs, and that its disk has room."
        return Finding("database", "does not answer", cure)
    if closed:
        cure = "DATABASE_URL has to name the primary; a replica goes into DATABASE_REPLICA_URL."
        return Finding("database", "takes no changes: it is a replica, or was made read-only", cure)
    return Finding("database", f"{connection.display_name} answers")


def _asked(question: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


def _room() -> Finding:
    """Each thread keeps a connection, so all of them together have to fit, on every machine that serves."""
    if connection.vendor != "postgresql":
        return Finding("room", "one writer at a time, as SQLite has it")
    wanted = settings.PROCESSES * settings.THREADS + FOR_COMMANDS
    most = _most_connections()
    if most < wanted:
        cure = f"Raise PostgreSQL's max_connections by {wanted - most}, or lower PROCESSES or THREADS."
        return Finding("room", f"the database takes {most} connections, this machine may want {wanted}", cure)
    return Finding("room", f"the database takes {most} connections, this machine wants {wanted} at most")


def _most_connections() -> int:
    """What is left to us of the server's, the database's and the user's own limits."""
    server = int(_asked("SHOW max_connections")) - int(_asked("SHOW superuser_reserved_connections"))
    limits = (
        "SELECT datconnlimit FROM pg_database WHERE datname = current_database()",
        "SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user",
    )
    return min([server, *(limit for limit in (int(_asked(question)) for question in limits) if limit >= 0)])


def _schema() -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return Finding("tables", f"{len(missing)} migrations were not run", "Run 'manage.py migrate'.")
    known = executor.loader.disk_migrations
    newer = sorted(name for app, name in executor.loader.applied_migrations if (app, name) not in known
                   and app == "credentials")  # fmt: skip
    if newer:
        cure = "Install the version that made them, or restore a backup from before into an empty database."
        return Finding("tables", f"of a newer version: {newer[-1]}", cure)
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


def _replica() -> Finding:
    """How long ago the first event happened that it does not have yet: what is quiet does not lag."""
    if not is_wanted():
        return Finding("replica", "none (DATABASE_REPLICA_URL)")
    try:
        has = newest_moment(using=REPLICA)
    except DatabaseError:
        cure = "Mend it, or take DATABASE_REPLICA_URL out of .env and restart; until then the database does its work."
        return Finding("replica", "does not answer, or holds no vault", cure)
    first = moment_of_the_first_after(has)
    if first and now() - first > MOST_LAG:
        cure = "See whether the replica still follows; until it does, lists and searches show what was."
        return Finding("replica", f"{(now() - first).total_seconds():.0f} s behind", cure)
    return Finding("replica", "follows")


def _backup() -> Finding:
    """By the audit, which a backup leaves an event in."""
    newest, first = newest_moment(action=Action.VAULT_BACKUP), oldest_moment() or now()
    if now() - (newest or first) <= OLDEST_BACKUP:
        return Finding("backup", f"the last one was made {newest:%Y-%m-%d %H:%M}" if newest else "none yet")
    says = f"the last one was made {(now() - newest).days} days ago" if newest else "none was ever made"
    return Finding("backup", says, "Run 'manage.py backup FILE' every night: strongroom-backup.timer does so.")


def _search() -> Finding:
    if not trigrams.is_whole(connection):
        return Finding("search", "its index has not every credential", "Run 'manage.py migrate', which makes it anew.")
    return Finding("search", "finds every credential")


def _chain(caller: Caller) -> Finding:
    try:
        broken = [verdict.team_slug for verdict in verify_trail(caller) if verdict.is_broken]
    except DatabaseError:
        cure = "Make room on the database's disk and see that its files can be written: every change is refused now."
        return Finding("audit", "cannot be written", cure)
    if broken:
        cure = "Run 'manage.py auditverify', and compare with a backup from before."
        return Finding("audit", f"broken: {', '.join(broken)}", cure)
    return Finding("audit", "every chain holds")
