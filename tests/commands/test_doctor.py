"""The doctor: each thing that can be wrong is named, with what to do; a healthy vault gets no advice."""

import os
import socket
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from credentials.access import Action
from credentials.audit import recorded
from credentials.models import AuditEvent
from credentials.vault import doctor, doctor_here, teams
from tests.agents import agent_of
from tests.databases import ON_POSTGRES
from tests.server import database, running, scratch

OTHER = "another-key-of-enough-length-0123456789"


@pytest.fixture
def healthy(login, settings, tmp_path):
    settings.SENDS_MAIL, settings.PROCESSES = False, 1
    settings.BASE_URL = "http://127.0.0.1:8000"
    settings.BASE_DIR, settings.ENV_FILE = tmp_path, str(tmp_path / ".env")
    settings.METRICS_FOLDER = str(tmp_path / "metrics")
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    tmp_path.chmod(0o755)


def examined() -> dict[str, str]:
    """What was looked at, and the line that says how it is; what to do stands below it."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError as ill:
        out.write(f"ended: {ill}\n")
    lines = out.getvalue().splitlines()
    return {line[6:16].strip(): line[:6].strip() + " " + line[16:] for line in lines if line[:5] in {"ok   ", "WRONG"}}


def test_a_healthy_vault_gets_no_advice(healthy):
    found = examined()
    looked_at = [
        "settings", "limits", "metrics", "styles", "files", "folders", "disk", "mail",
        "database", "room", "tables", "keys", "clock", "replica", "backup", "search", "audit",
    ]  # fmt: skip
    assert list(found) == looked_at
    assert [line for line in found.values() if not line.startswith("ok ")] == []
    assert AuditEvent.objects.filter(action="audit.verify", outcome="done").count() == 1


@pytest.mark.parametrize(
    ("setting", "value", "what", "says"),
    [
        ("DEBUG", True, "settings", "shows source"),
        ("ALLOWED_HOSTS", ["*"], "settings", "any name"),
        ("ALLOWED_HOSTS", [".example.org", "localhost"], "settings", "leaves out 127.0.0.1"),
        ("TRUSTED_PROXIES", ["*"], "settings", "anybody's"),
        ("METRICS_NETWORKS", ["10.0.0.0/8", "0.0.0.0/0"], "metrics", "to everybody"),
        ("SENDS_MAIL", True, "mail", "does not work"),
        ("VAULT_KEYS", [OTHER], "keys", "do not open"),
        ("AUDIT_KEY", OTHER, "keys", "do not open"),
    ],
)
def test_a_wrong_setting_is_named(healthy, settings, setting, value, what, says):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    setattr(settings, setting, value)
    settings.METRICS = bool(settings.METRICS_NETWORKS)
    os.makedirs(settings.METRICS_FOLDER)
    found = examined()
    assert found[what].startswith("WRONG ")
    assert says in found[what]
    assert [name for name, line in found.items() if line.startswith("WRONG")] == [what]


def test_passwords_in_the_clear_are_named(healthy, settings):
    settings.BASE_URL, settings.ALLOWED_HOSTS = "http://vault.example.org", [".example.org"]
    assert examined()["settings"] == "WRONG passwords travel in the clear"


def test_every_wrong_setting_has_a_line_of_its_own(healthy, settings):
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["*"]
    assert [one.says.split()[0] for one in doctor_here._settings()] == ["DEBUG", "ALLOWED_HOSTS"]


def test_mail_that_never_answers_is_not_waited_for(healthy, settings, monkeypatch):
    monkeypatch.setattr(doctor_here, "MAIL_SECONDS", 1)
    settings.SENDS_MAIL, settings.EMAIL_BACKEND = True, "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        assert examined()["mail"].startswith("WRONG does not work: ")


def test_styles_that_were_not_collected_are_named(healthy, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "config.storage.HashedStorage"}}
    assert examined()["styles"].startswith("WRONG ")
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.STORAGES = {**settings.STORAGES}  # read anew, as another process would
    assert examined()["styles"] == "ok collected"


def test_limits_that_every_process_counts_alone_are_named(healthy, settings):
    settings.PROCESSES = 2
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert examined()["limits"] == "WRONG every process counts sign-ins by itself"


def test_a_key_that_waits_for_a_rotation_is_named(healthy, settings):
    settings.VAULT_KEYS = [OTHER, *settings.VAULT_KEYS]
    assert "old one still needed" in examined()["keys"]
    call_command("rotatekeys", stdout=StringIO())
    assert examined()["keys"] == "ok open this database"


def test_files_that_others_can_read_are_named(healthy, tmp_path):
    file = tmp_path / ".env"
    file.touch(mode=0o644)
    assert examined()["files"].startswith("WRONG ")
    file.chmod(0o600)
    assert examined()["files"].startswith("ok closed to others: ")


def test_a_folder_of_backups_that_others_can_read_is_named(healthy, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir(mode=0o755)
    assert examined()["files"].startswith("WRONG ")
    folder.chmod(0o700)
    assert examined()["files"].startswith("ok closed to others: ")


def test_what_lies_in_a_closed_folder_is_closed(healthy, tmp_path):
    (tmp_path / ".env").touch(mode=0o644)
    tmp_path.chmod(0o700)
    assert examined()["files"].startswith("ok closed to others: ")


def test_a_folder_that_the_server_cannot_write_is_named(healthy, settings, tmp_path):
    settings.METRICS = True
    os.makedirs(settings.METRICS_FOLDER, mode=0o700)
    assert doctor_here._writable().cure == ""
    if os.geteuid():
        os.chmod(settings.METRICS_FOLDER, 0o500)
        assert settings.METRICS_FOLDER in doctor_here._writable().cure
        return
    os.seteuid(65534)  # whom root's folder is not open to
    try:
        assert settings.METRICS_FOLDER in doctor_here._writable().cure
    finally:
        os.seteuid(0)


def test_a_full_disk_is_named(healthy, monkeypatch):
    monkeypatch.setattr(doctor_here, "LEAST_FREE", 10**18)
    assert examined()["disk"].startswith("WRONG ")


def test_tables_of_another_version_are_named_and_nothing_below_them_is_asked(healthy):
    for newest in MigrationLoader(connection).graph.leaf_nodes("credentials"):
        MigrationRecorder(connection).record_unapplied(*newest)
    found = examined()
    assert found["tables"].startswith("WRONG ")
    assert "keys" not in found


def test_tables_of_a_newer_version_are_named(healthy):
    MigrationRecorder(connection).record_applied("credentials", "9999_from_the_future")
    assert examined()["tables"] == "WRONG of a newer version: 9999_from_the_future"


def test_a_vault_that_nobody_backs_up_is_named(healthy, monkeypatch, blue):
    day = datetime.now(UTC)
    assert examined()["backup"] == "ok none yet"
    monkeypatch.setattr(timezone, "now", lambda: day + timedelta(days=4))
    assert doctor._backup().says == "none was ever made"
    with recorded(teams.operator(), Action.VAULT_BACKUP, at=timezone.now()):
        pass
    assert doctor._backup().cure == ""
    monkeypatch.setattr(timezone, "now", lambda: day + timedelta(days=9))
    assert doctor._backup().says == "the last one was made 5 days ago"


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has no such limit")
def test_too_few_connections_for_the_servers_threads_are_named(healthy, settings):
    settings.PROCESSES, settings.THREADS = 16, 64
    assert examined()["room"].startswith("WRONG the database takes ")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        cursor.execute(f'ALTER DATABASE "{cursor.fetchone()[0]}" CONNECTION LIMIT 3')  # gone with the test
    settings.PROCESSES, settings.THREADS = 1, 1
    assert examined()["room"] == "WRONG the database takes 3 connections, this machine may want 6"


@pytest.mark.skipif(not ON_POSTGRES, reason="a database that is read-only for all who ask")
def test_a_database_that_takes_no_changes_is_named_and_nothing_below_it_is_asked(healthy):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        found = examined()
        transaction.set_rollback(True)  # and may be written again
    assert found["database"].startswith("WRONG takes no changes")
    assert "keys" not in found


@pytest.mark.server
def test_a_replica_that_lags_or_is_away_is_named(tmp_path):
    """Of another process: settings are read once."""
    with database() as own, running(tmp_path / "server", **own) as server:
        copy = f"sqlite:///{tmp_path / 'copy.sqlite3'}"
        agent = agent_of(server)
        server.manage("backup", str(tmp_path / "backup"))
        server.manage("restore", str(tmp_path / "backup"), DATABASE_URL=copy)
        here = {"DATABASE_REPLICA_URL": copy}
        assert "ok    replica   follows" in server.manage("doctor", **here).stdout
        agent.add("one")
        patient = "from credentials.vault import doctor; doctor.MOST_LAG *= 0; print(doctor._replica())"
        assert "behind" in server.manage("shell", "-v0", "-c", patient, **here).stdout
        away = server.manage("doctor", DATABASE_REPLICA_URL="postgres://nobody:x@127.0.0.1:1/none").stdout
        assert "WRONG replica   does not answer" in away


@pytest.mark.server
def test_a_database_that_does_not_answer_is_named(tmp_path):
    said = scratch(tmp_path / "server").manage("doctor", DATABASE_URL="postgres://nobody:x@127.0.0.1:1/none").stdout
    assert "WRONG database  does not answer" in said
    assert "keys" not in said


def test_a_clock_that_is_behind_what_was_written_is_named(healthy, monkeypatch):
    behind = datetime.now(UTC) - timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: behind)
    assert examined()["clock"].startswith("WRONG off by 3")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its index by itself")
def test_an_index_of_search_that_lacks_something_is_named(healthy, blue):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER trigrams_of_new")
        assert examined()["search"].startswith("WRONG ")
        call_command("migrate", verbosity=0)
        assert examined()["search"] == "ok finds every credential"
        cursor.execute("DELETE FROM credentials_number")
    assert examined()["search"].startswith("WRONG ")


def test_a_broken_chain_is_named(without_triggers, healthy, blue):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE credentials_auditevent SET actor_label = 'x' WHERE seq = 1")
    assert examined()["audit"] == "WRONG broken: blue"
