"""The commands: results on stdout, the rest on stderr, a refusal in one line; and a wrong setting named at start."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from credentials.models import ApiKey, AuditEvent, Canary, Membership, ReceivedCode, SecretVersion, Team, User
from credentials.vault import credentials as vault
from credentials.vault import proofs, secrets, teams
from tests.conftest import LOGIN, PASSWORD

ROOT = Path(__file__).resolve().parent.parent.parent
NEW = "a fresh key, put in front of the list of keys"


def run(*words: str, **options: object) -> tuple[str, str]:
    """What a command wrote on stdout and on stderr."""
    out, err = StringIO(), StringIO()
    call_command(*words, stdout=out, stderr=err, no_color=True, **options)
    return out.getvalue(), err.getvalue()


def last_event() -> tuple[str | None, str, str, str]:
    event = AuditEvent.objects.order_by("-id").first()
    return event.team_id, event.actor_kind, event.action, event.outcome


# createteam


def test_createteam_prints_the_slug_and_tells_the_owners_link_apart_from_it(db, settings):
    out, err = run("createteam", "Ops Team", "--owner", "Alice@Example.org")
    assert out == "ops-team\n"
    link = err.split()[-1]
    assert err.startswith(f"One-time link for alice@example.org: {settings.BASE_URL}/accounts/password/reset/key/")
    assert Client().get(link.removeprefix(settings.BASE_URL), follow=True).status_code == 200
    owner = Membership.objects.get(team__slug="ops-team")
    assert (owner.user.email, owner.role) == ("alice@example.org", "owner")
    assert not owner.user.is_staff
    assert last_event() == (None, "operator", "team.create", "done")


def test_createteam_takes_a_password_from_standard_input_and_repeats_it_nowhere(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\nmore\n"))
    assert run("createteam", "Ops", "--owner", "alice@example.org", "--password-stdin") == ("ops\n", "")
    assert User.objects.get().check_password(PASSWORD)
    assert PASSWORD not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(("typed", "says"), [("", "holds no password"), ("short\n", "at least 10")])
def test_a_password_that_will_not_do_creates_nothing(db, monkeypatch, typed, says):
    monkeypatch.setattr("sys.stdin", StringIO(typed))
    with pytest.raises(CommandError, match=says):
        run("createteam", "Ops", "--owner", "alice@example.org", "--password-stdin")
    assert not Team.objects.exists()
    assert not User.objects.exists()


def test_a_second_createteam_says_that_the_name_is_taken(db):
    run("createteam", "Ops Team", "--owner", "alice@example.org")
    with pytest.raises(CommandError, match="There is a team with this name already"):
        run("createteam", "ops team", "--owner", "bob@example.org")
    assert (Team.objects.count(), User.objects.count()) == (1, 1)
    assert last_event() == (None, "operator", "team.create", "refused")


@pytest.mark.parametrize(("name", "owner"), [("Ops", "no e-mail"), ("!!!", "a@example.org"), (" ", "a@example.org")])
def test_createteam_refuses_what_is_no_name_or_no_address(db, name, owner):
    with pytest.raises(CommandError):
        run("createteam", name, "--owner", owner)
    assert not Team.objects.exists()


# addmember


def test_addmember_adds_somebody_new_with_a_link(blue):
    out, err = run("addmember", "--team", "blue", "--email", "Nina@Example.org", "--role", "operator")
    assert out == "nina@example.org operator\n"
    assert err.startswith("One-time link for nina@example.org: ")
    assert Membership.objects.get(user__email="nina@example.org").role == "operator"
    assert last_event() == (blue.team.id, "operator", "member.add", "done")


def test_addmember_leaves_the_password_of_somebody_known_alone(blue, red):
    out, err = run("addmember", "--team", "blue", "--email", "charlie@example.net", "--role", "auditor")
    assert (out, err) == ("charlie@example.net auditor\n", "")
    assert User.objects.get(email="charlie@example.net").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("team", "email", "role", "says"),
    [
        ("blue", "bob@example.org", "owner", "member of the team already"),
        ("purple", "nina@example.org", "owner", "no team with this slug"),
        ("blue", "nina", "owner", "not an e-mail address"),
        ("blue", "nina@example.org", "king", "invalid choice"),
    ],
)
def test_addmember_says_what_is_wrong_and_changes_nothing(blue, team, email, role, says):
    with pytest.raises(CommandError, match=says):
        run("addmember", "--team", team, "--email", email, "--role", role)
    assert Membership.objects.count() == 4
    assert Membership.objects.get(user__email="bob@example.org").role == "operator"


# createapikey


def test_createapikey_prints_the_key_once_and_the_database_keeps_its_digest(blue):
    out, err = run("createapikey", "--team", "blue", "--name", "agent", "--scopes", "credentials:read, totp:read")
    key = out.removesuffix("\n")
    assert (key[:3], key.split(), err) == ("sr_", [key], "")
    row = ApiKey.objects.get()
    assert (row.digest, row.scopes) == (sha256(key.encode()).hexdigest(), ["credentials:read", "totp:read"])
    assert key[12:] not in str(list(ApiKey.objects.values()) + list(AuditEvent.objects.values()))
    with pytest.raises(CommandError, match="has this name already"):
        run("createapikey", "--team", "blue", "--name", "agent", "--scopes", "totp:read")
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("scopes", ["everything", "totp:read,everything", "", ","])
def test_createapikey_refuses_an_unknown_scope(blue, scopes):
    with pytest.raises(CommandError, match="The scopes are some of credentials:read"):
        run("createapikey", "--team", "blue", "--name", "agent", "--scopes", scopes)
    assert not ApiKey.objects.exists()


# rotatekeys


def test_rotatekeys_refuses_a_vault_whose_canary_was_taken_away(blue, login):
    Canary.objects.all().delete()
    with pytest.raises(CommandError, match="canary row is missing"):
        run("rotatekeys")
    SecretVersion.objects.all().delete()
    login.delete()
    assert run("rotatekeys")[0] == "1 sealed values looked at, 0 sealed anew\n"  # the canary it has just laid


def test_rotatekeys_tells_its_progress_on_stderr_and_the_vault_still_opens(blue, settings, capsys):
    run("rotatekeys")
    added = vault.add_credential(blue.caller("manager"), **LOGIN)
    settings.VAULT_KEYS = [NEW, *settings.VAULT_KEYS]
    assert run("rotatekeys") == ("3 sealed values looked at, 3 sealed anew\n", "")
    assert "100%" in capsys.readouterr().err
    assert run("rotatekeys")[0] == "3 sealed values looked at, 0 sealed anew\n"
    settings.VAULT_KEYS = [NEW]
    assert secrets.reveal(blue.caller("owner"), credential_id=added.id, key="password") == LOGIN["values"]["password"]


def test_rotatekeys_with_a_wrong_key_names_the_setting(blue, settings):
    run("rotatekeys")
    settings.VAULT_KEYS = [NEW]
    with pytest.raises(CommandError, match=r"^VAULT_KEYS is not the key") as refusal:
        run("rotatekeys")
    assert NEW not in str(refusal.value)


# auditverify


def test_auditverify_says_up_to_where_each_chain_holds(blue, red, login):
    secrets.show_code(blue.caller("operator"), credential_id=login.id)
    assert run("auditverify") == (
        "blue: holds up to event 2\nred: holds up to event 0\nsystem: holds up to event 0\n",
        "",
    )
    assert run("auditverify", "--team", "blue")[0] == "blue: holds up to event 2\n"
    assert last_event() == (blue.team.id, "operator", "audit.verify", "done")
    with pytest.raises(CommandError, match="no team with this slug"):
        run("auditverify", "--team", "purple")


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        ("UPDATE credentials_auditevent SET actor_label = 'x' WHERE seq = 2", "BROKEN at event 2: its contents"),
        ("DELETE FROM credentials_auditevent WHERE seq = 2", "BROKEN at event 3: event 2 is missing"),
        ("UPDATE credentials_auditevent SET seq = 0 WHERE seq = 1", "BROKEN at event 0: event 1 is missing"),
        ("DELETE FROM credentials_auditevent WHERE seq > 2", "BROKEN at event 3: events 3 to 4 are gone: the verif"),
        (
            "UPDATE credentials_auditevent SET seq = 9 WHERE seq = 2;"
            "UPDATE credentials_auditevent SET seq = 2 WHERE seq = 3;"
            "UPDATE credentials_auditevent SET seq = 3 WHERE seq = 9",
            "BROKEN at event 2: it does not follow the event before it",
        ),
    ],
    ids=["changed", "removed", "renumbered", "the tail cut", "swapped"],
)
def test_auditverify_names_the_first_event_that_does_not_fit(without_triggers, blue, login, red, tampering, says):
    for _ in range(3):
        secrets.show_code(blue.caller("operator"), credential_id=login.id)
    proofs.verify_trail(teams.operator("blue"))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM credentials_auditevent WHERE action = 'audit.verify'")
        for statement in tampering.split(";"):
            cursor.execute(statement)
    out = StringIO()
    with pytest.raises(CommandError, match="The audit is broken") as broken:
        call_command("auditverify", stdout=out)
    assert broken.value.returncode == 1
    lines = out.getvalue().splitlines()
    assert lines[0].startswith(f"blue: {says}")
    assert lines[1:] == ["red: holds up to event 0", "system: holds up to event 0"]


# prunecodes


def test_prunecodes_deletes_what_is_older_than_each_team_keeps_it(blue, red):
    now = datetime.now(UTC)
    Team.objects.filter(id=red.team.id).update(code_retention_hours=1)
    for house, hours in ((blue, 1), (blue, 23), (blue, 25), (blue, 500), (red, 2)):
        ReceivedCode.objects.create(
            id=f"totp_{hours}", team=house.team, received_at=now - timedelta(hours=hours), code="123456"
        )
    assert run("prunecodes") == ("3 received codes deleted\n", "")
    assert set(ReceivedCode.objects.values_list("id", flat=True)) == {"totp_1", "totp_23"}
    pruned = AuditEvent.objects.filter(action="code.prune").values_list("team__slug", "detail")
    assert sorted((slug, detail["count"]) for slug, detail in pruned) == [("blue", 2), ("red", 1)]
    assert run("prunecodes") == ("0 received codes deleted\n", "")
    assert AuditEvent.objects.count() == 2  # nothing was done, nothing is told


# A wrong setting


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AUDIT_KEY", None),
        ("SECRET_KEY", ""),
        ("VAULT_KEYS", None),
        ("VAULT_KEYS", "much-too-short"),
        ("VAULT_KEYS", f"{'k' * 40},much-too-short"),
        ("SALT_KEY", "change-me"),
        ("AUDIT_KEY", "change-me-please-but-long-enough-to-pass"),
        ("DATABASE_URL", "foo"),
        ("DATABASE_URL", "//ops:hunter2@db.example.org/vault"),
        ("DATABASE_URL", "postgress://ops:hunter2@db.example.org/vault"),
        ("DATABASE_URL", "postgres://ops:hunter2@db.example.org:port/vault"),
        ("PORT", "99999"),
        ("PORT", "http"),
        ("HOST", "vault.example.org"),
        ("METRICS_TOKEN", "much-too-short"),
        ("METRICS_NETWORKS", "10.0.0.0/99"),
        ("DATABASE_REPLICA_URL", "mysql://ops:hunter2@x/y"),
        ("PROCESSES", "65"),
        ("DEBUG", "maybe"),
        ("BASE_URL", "ftp://x"),
        ("BASE_URL", "https://[vault.example.org"),
        ("BASE_URL", "https://vault.example.org/path"),
        ("CACHE_URL", "somecache://x"),
        ("EMAIL_URL", "somemail://ops:hunter2@x"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line_that_names_it_and_not_its_value(name, value):
    env = {**os.environ, name: value or ""}
    if value is None:
        del env[name]
    command = [sys.executable, "manage.py", "check"]
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"strongroom: {name} ")
    assert not value or value not in line
    assert "hunter2" not in line


def test_a_server_that_imports_the_settings_itself_does_not_print_the_value_either():
    env = {**os.environ, "PORT": "hunter2"}
    command = [sys.executable, "-c", "import config.asgi"]
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "ImproperlyConfigured: PORT is malformed" in ended.stderr
    assert "hunter2" not in ended.stderr


def test_right_settings_start():
    command = [sys.executable, "manage.py", "check"]
    ended = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


# revokeapikey, changerole, removemember


def test_a_key_is_revoked_by_its_name_once(blue):
    key = run("createapikey", "--team", "blue", "--name", "agent", "--scopes", "totp:read")[0].strip()
    assert run("revokeapikey", "--team", "blue", "--name", "agent")[0] == "agent revoked\n"
    assert ApiKey.objects.get(prefix=key[:11]).revoked_at
    with pytest.raises(CommandError, match="no living key"):
        run("revokeapikey", "--team", "blue", "--name", "agent")


def test_a_member_gets_another_role_and_is_taken_out(blue):
    assert run("changerole", "--team", "blue", "--email", "Bob@example.org", "--role", "manager")[0] == (
        "bob@example.org manager\n"
    )
    assert run("removemember", "--team", "blue", "--email", "bob@example.org")[0] == "bob@example.org removed\n"
    with pytest.raises(CommandError, match="no member with this address"):
        run("removemember", "--team", "blue", "--email", "bob@example.org")
    with pytest.raises(CommandError, match="at least one owner"):
        run("removemember", "--team", "blue", "--email", "alice@example.org")


# makemigrations


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
