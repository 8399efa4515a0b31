"""The doctor: each thing that can be wrong is named, with what to do; a healthy vault gets no advice."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from credentials.models import AuditEvent
from credentials.vault import doctor

OTHER = "another-key-of-enough-length-0123456789"


@pytest.fixture
def healthy(login, settings, tmp_path):
    settings.SENDS_MAIL, settings.PROCESSES = False, 1
    settings.BASE_URL = "http://127.0.0.1:8000"
    settings.BASE_DIR = tmp_path


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
    looked_at = ["settings", "limits", "files", "disk", "mail", "database", "tables", "keys", "clock", "search"]
    assert list(found) == [*looked_at, "audit"]
    assert [line for line in found.values() if not line.startswith("ok ")] == []
    assert AuditEvent.objects.filter(action="audit.verify", outcome="done").count() == 1


@pytest.mark.parametrize(
    ("setting", "value", "what", "says"),
    [
        ("DEBUG", True, "settings", "shows source"),
        ("BASE_URL", "http://vault.example.org", "settings", "in the clear"),
        ("SENDS_MAIL", True, "mail", "does not work"),
        ("VAULT_KEYS", [OTHER], "keys", "do not open"),
        ("AUDIT_KEY", OTHER, "keys", "do not open"),
    ],
)
def test_a_wrong_setting_is_named(healthy, settings, setting, value, what, says):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    setattr(settings, setting, value)
    found = examined()
    assert found[what].startswith("WRONG ")
    assert says in found[what]
    assert [name for name, line in found.items() if line.startswith("WRONG")] == [what]


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
    assert examined()["files"] == "ok closed to others"


def test_a_full_disk_is_named(healthy, monkeypatch):
    monkeypatch.setattr(doctor, "LEAST_FREE", 10**18)
    assert examined()["disk"].startswith("WRONG ")


def test_tables_of_another_version_are_named_and_nothing_below_them_is_asked(healthy):
    for newest in MigrationLoader(connection).graph.leaf_nodes("credentials"):
        MigrationRecorder(connection).record_unapplied(*newest)
    found = examined()
    assert found["tables"].startswith("WRONG ")
    assert "keys" not in found


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
