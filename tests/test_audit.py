"""The audit: a verb and its event are one, refusals are kept, nothing is changed afterwards without `verify` naming it.

Writers at once are tried twice: threads on PostgreSQL, whose advisory lock orders them; processes on a SQLite file
(an in-memory database, which the other tests use there, cannot be shared by threads).
"""

import hmac
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import DatabaseError, connection, transaction

from credentials import audit
from credentials.access import Action
from credentials.audit import recorded
from credentials.chain import Verdict, digest, verify
from credentials.chain_head import GENESIS
from credentials.errors import Conflict, NotAllowed, NotFound
from credentials.models import AuditEvent, Credential
from credentials.vault import credentials as vault
from credentials.vault import proofs, secrets, teams, trail, trash
from tests.conftest import LOGIN, build

AT = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent
TABLE = "credentials_auditevent"


def events(house) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(team=house.team).order_by("seq"))


def outcomes(house) -> list[tuple[str, str]]:
    return [(event.action, event.outcome) for event in events(house)]


def verdict(house) -> Verdict:
    return verify(house.team.id, house.team.slug)


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# A verb and its event are one


def test_a_verb_and_its_event_are_committed_together(blue):
    added = vault.add_credential(blue.caller("manager"), **LOGIN)
    (event,) = events(blue)
    assert (event.seq, event.action, event.outcome) == (1, "credential.add", "done")
    assert (event.actor_kind, event.actor_label, event.door) == ("person", "mia@example.org", "web")
    assert event.actor_id == str(blue.people["manager"].pk)
    assert (event.target_kind, event.target_id, event.target_label) == ("credential", added.id, LOGIN["name"])
    assert (event.ip, event.user_agent, event.request_id) == ("192.0.2.7", "pytest", "r1")
    assert (event.previous_hash, event.hash) == (GENESIS, digest(event))
    assert event.detail == {"fields": sorted(LOGIN), "has_totp": True}


def test_a_refusal_undoes_the_effect_and_leaves_one_event(blue, login):
    with (
        pytest.raises(Conflict),
        recorded(blue.caller("owner"), Action.CREDENTIAL_EDIT, at=AT, kind="credential", id=login.id) as entry,
    ):
        Credential.objects.update(name="half done")
        entry.detail = {"field": "name"}
        raise Conflict
    assert Credential.objects.get().name == LOGIN["name"]
    assert outcomes(blue)[1:] == [("credential.edit", "refused")]
    assert events(blue)[-1].detail == {"reason": "conflict"}
    assert events(blue)[-1].target_id == login.id


def test_an_exception_leaves_its_class_name_and_nothing_it_said(blue, login):
    with pytest.raises(ZeroDivisionError), recorded(blue.caller("owner"), Action.CREDENTIAL_EDIT, at=AT):
        Credential.objects.update(name="half done")
        raise ZeroDivisionError("hunter2")
    assert Credential.objects.get().name == LOGIN["name"]
    assert outcomes(blue)[1:] == [("credential.edit", "failed")]
    assert events(blue)[-1].detail == {"reason": "ZeroDivisionError"}
    assert "hunter2" not in str(AuditEvent.objects.order_by("-id").values().first())


def test_a_detail_outside_the_vocabulary_stops_the_verb_and_is_not_written(blue, login):
    with (
        pytest.raises(ValueError, match="vocabulary"),
        recorded(blue.caller("owner"), Action.CREDENTIAL_EDIT, at=AT) as entry,
    ):
        Credential.objects.update(name="half done")
        entry.detail = {"password": "hunter2"}
    assert Credential.objects.get().name == LOGIN["name"]
    assert outcomes(blue)[1:] == [("credential.edit", "failed")]
    assert "hunter2" not in str(list(AuditEvent.objects.values()))


def test_who_lacks_the_right_changes_nothing_and_is_remembered(blue, red, login):
    with pytest.raises(NotAllowed):
        trash.trash_credential(blue.caller("operator"), credential_id=login.id)
    charlie = replace(red.caller("owner"), team_id=blue.team.id, role=None)
    with pytest.raises(NotFound):
        trash.trash_credential(charlie, credential_id=login.id)
    with pytest.raises(NotFound):
        vault.see_credential(charlie, credential_id=login.id)
    refused = [(event.actor_label, event.action, event.detail) for event in events(blue)[1:]]
    assert refused == [
        ("bob@example.org", "credential.trash", {"reason": "not_allowed"}),
        ("charlie@example.net", "credential.trash", {"reason": "not_found"}),
        ("charlie@example.net", "credential.see", {"reason": "not_found"}),
    ]
    assert Credential.objects.get().deleted_at is None


@pytest.mark.parametrize("typed", ["hunter2-but-long", "cred_hunter2", "JBSWY3DPEHPK3PXP", "1" * 20, "cred_\n"])
def test_an_id_that_is_none_of_ours_may_be_a_secret_and_is_not_written_down(blue, typed):
    with pytest.raises(NotFound):
        secrets.reveal(blue.caller("owner"), credential_id=typed, key="password")
    (event,) = events(blue)
    assert (event.outcome, event.target_id) == ("refused", "")
    assert typed not in str(AuditEvent.objects.values().get())


def test_what_a_caller_says_about_itself_is_cut_and_kept_on_one_line(blue, login):
    caller = blue.caller("owner", user_agent="a\nb\x00" + "x" * 1000, request_id="r" * 100, ip="::1" * 99)
    secrets.show_code(caller, credential_id=login.id)
    event = events(blue)[-1]
    assert event.user_agent == "a\ufffdb\ufffd" + "x" * 296
    assert (len(event.request_id), len(event.ip)) == (40, 45)
    assert verdict(blue).broken_at is None


# The chains


def test_the_numbers_have_no_gaps_and_every_event_names_the_one_before(blue, login):
    for _ in range(3):
        secrets.show_code(blue.caller("operator"), credential_id=login.id)
        with pytest.raises(NotAllowed):
            trash.trash_credential(blue.caller("auditor"), credential_id=login.id)
    chain = events(blue)
    assert [event.seq for event in chain] == list(range(1, 8))
    assert [event.previous_hash for event in chain] == [GENESIS, *(event.hash for event in chain[:-1])]
    assert verdict(blue) == Verdict("blue", checked=7, holds_up_to=7)


def test_every_team_has_a_chain_of_its_own_and_so_has_the_system(blue, red, login):
    vault.add_credential(red.caller("owner"), **LOGIN)
    teams.create_team(teams.operator(), name="Green", owner="grete@example.org")
    firsts = AuditEvent.objects.filter(seq=1).order_by("id").values_list("team__slug", "action", "previous_hash")
    assert list(firsts) == [
        ("blue", "credential.add", GENESIS),
        ("red", "credential.add", GENESIS),
        (None, "team.create", GENESIS),
    ]
    found = proofs.verify_trail(teams.operator())
    assert [(one.team_slug, one.holds_up_to) for one in found] == [("blue", 1), ("green", 0), ("red", 1), ("system", 1)]
    assert [one.team_slug for one in proofs.verify_trail(blue.caller("auditor"))] == ["blue"]
    assert outcomes(blue)[-1] == ("audit.verify", "done")


def test_who_may_not_verify_is_refused(blue, login):
    with pytest.raises(NotAllowed):
        proofs.verify_trail(blue.caller("operator"))
    assert outcomes(blue)[-1] == ("audit.verify", "refused")


# Append-only


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET target_label = 'other'",
        f"UPDATE {TABLE} SET hash = hash WHERE seq = 1",
        f"DELETE FROM {TABLE}",
        f"DELETE FROM {TABLE} WHERE seq = 1",
        {"sqlite": f"REPLACE INTO {TABLE} SELECT * FROM {TABLE}", "postgresql": f"TRUNCATE {TABLE}"},
        {
            "sqlite": f"UPDATE OR REPLACE {TABLE} SET id = id + 1",
            "postgresql": f"TRUNCATE {TABLE} CASCADE",
        },
        f"INSERT INTO {TABLE} SELECT * FROM {TABLE} WHERE true ON CONFLICT (id) DO UPDATE SET target_label = 'other'",
    ],
)
def test_the_database_refuses_to_change_or_take_away_events(blue, login, statement):
    if isinstance(statement, dict):
        statement = statement[connection.vendor]
    secrets.show_code(blue.caller("operator"), credential_id=login.id)
    if connection.vendor == "postgresql":  # TRUNCATE asks for checks that wait for the commit to be made first
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert verdict(blue) == Verdict("blue", 2, 2)


def test_models_and_querysets_refuse_it_too(blue, login):
    event = AuditEvent.objects.get()
    event.target_label = "other"
    for change in (
        event.save,
        event.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(target_label="other"),
        lambda: AuditEvent.objects.bulk_update([event], ["target_label"]),
        lambda: blue.team.audit_events.all().delete(),
    ):
        with pytest.raises(TypeError, match="append-only"), transaction.atomic():
            change()
    assert verdict(blue) == Verdict("blue", 1, 1)


# Somebody with write access who took the triggers away


@pytest.fixture
def chain(without_triggers, blue):
    """Five events, open to SQL. The triggers go first: PostgreSQL alters no table that rows were just added to."""
    added = vault.add_credential(blue.caller("manager"), **LOGIN)
    for _ in range(4):
        secrets.show_code(blue.caller("operator"), credential_id=added.id)
    assert verdict(blue) == Verdict("blue", 5, 5)
    return blue


CHANGES = {
    "at": "2020-01-01 00:00:00+00:00",
    "actor_kind": "key",
    "actor_id": "0",
    "actor_label": "charlie@example.net",
    "door": "command",
    "action": "credential.see",
    "outcome": "refused",
    "target_kind": "user",
    "target_id": "cred_other",
    "target_label": "other",
    "detail": '{"version": 2}',
    "ip": "203.0.113.9",
    "user_agent": "other",
    "request_id": "r2",
    "previous_hash": GENESIS,
    "hash": "f" * 64,
}


def test_the_changes_below_are_to_every_column_there_is():
    columns = {field.attname for field in AuditEvent._meta.concrete_fields}
    assert columns - CHANGES.keys() == {"id", "team_id", "seq"}  # these move an event, see below


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_field_is_named(chain, column):
    sql(f"UPDATE {TABLE} SET {column} = %s WHERE seq = 3", CHANGES[column])
    assert (verdict(chain).broken_at, verdict(chain).holds_up_to) == (3, 2)


def test_a_removed_event_is_named_by_the_one_after_it(chain):
    sql(f"DELETE FROM {TABLE} WHERE seq = 3")
    found = verdict(chain)
    assert (found.broken_at, found.holds_up_to, found.why) == (4, 2, "event 3 is missing")


def test_a_removed_first_event_is_named(chain):
    sql(f"DELETE FROM {TABLE} WHERE seq = 1")
    assert (verdict(chain).broken_at, verdict(chain).holds_up_to) == (2, 0)


def test_a_removed_event_whose_followers_were_renumbered_is_named(chain):
    sql(f"DELETE FROM {TABLE} WHERE seq = 3")
    for seq in (4, 5):
        sql(f"UPDATE {TABLE} SET seq = %s WHERE seq = %s", seq - 1, seq)
    assert verdict(chain).broken_at == 3


def test_two_events_that_changed_places_are_named(chain):
    for old, new in ((2, 1000), (3, 2), (1000, 3)):
        sql(f"UPDATE {TABLE} SET seq = %s WHERE seq = %s", new, old)
    assert (verdict(chain).broken_at, verdict(chain).holds_up_to) == (2, 1)


def test_an_event_moved_to_another_team_is_missing_here_and_wrong_there(chain, red):
    sql(f"UPDATE {TABLE} SET team_id = %s WHERE seq = 1", red.team.id)
    assert verdict(chain).broken_at == 2
    assert verdict(red).broken_at == 1


def test_a_first_event_renumbered_to_nought_is_still_a_broken_chain(chain):
    sql(f"UPDATE {TABLE} SET seq = 0 WHERE seq = 1")
    assert verdict(chain).broken_at is not None
    proofs.verify_trail(teams.operator())
    assert AuditEvent.objects.get(team=None).detail["count"] == 1


def test_a_forged_event_needs_the_key(chain, settings):
    key = settings.AUDIT_KEY
    settings.AUDIT_KEY = "a key that somebody guessed"
    for event in events(chain)[2:]:  # the whole rest of the chain, made to fit
        event.actor_label = "charlie@example.net"
        event.previous_hash = AuditEvent.objects.get(seq=event.seq - 1).hash
        sql(
            f"UPDATE {TABLE} SET actor_label = %s, previous_hash = %s, hash = %s WHERE seq = %s",
            *(event.actor_label, event.previous_hash, digest(event), event.seq),
        )
    settings.AUDIT_KEY = key
    assert (verdict(chain).broken_at, verdict(chain).holds_up_to) == (3, 2)


def test_an_event_put_at_the_end_is_named(chain):
    last = events(chain)[-1]
    AuditEvent.objects.create(team=chain.team, seq=6, at=AT, action="credential.see", previous_hash=last.hash, hash="")
    assert (verdict(chain).broken_at, verdict(chain).holds_up_to) == (6, 5)


def test_another_audit_key_fits_no_event(chain, settings):
    settings.AUDIT_KEY = "another key than the one the chain was made with"
    found = verdict(chain)
    assert (found.broken_at, found.holds_up_to) == (1, 0)
    assert "AUDIT_KEY is another" in found.why


# Many writers at once


@pytest.mark.skipif(
    configured.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
    reason="threads cannot share SQLite in memory: the next test does it with processes on a file",
)
def test_eight_threads_of_ten_verbs_leave_one_gapless_chain(real_commits):
    house = build("Storm", {"owner": "olga@example.org"})
    caller = house.caller("owner")

    def work(thread: int) -> None:
        try:
            for turn in range(5):
                added = vault.add_credential(caller, **{**LOGIN, "name": f"{thread}.{turn}"})
                secrets.show_code(caller, credential_id=added.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert [event.seq for event in events(house)] == list(range(1, 81))
    assert verdict(house) == Verdict("storm", 80, 80)


@pytest.mark.same_everywhere
def test_processes_that_write_to_one_sqlite_file_leave_one_gapless_chain(tmp_path):
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/strongroom.sqlite3"}

    def manage(*words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout

    manage("migrate", "-v0")
    manage("createteam", "Storm", "--owner", "olga@example.org")
    with ThreadPoolExecutor(8) as shells:
        adding = ("createapikey", "--team", "storm", "--scopes", "totp:read", "--name")
        keys = set(shells.map(lambda number: manage(*adding, f"key {number}"), range(8)))
    assert len(keys) == 8
    assert manage("auditverify", "--team", "storm") == "storm: holds up to event 8\n"


# How events are found and read


@pytest.mark.parametrize("rare", [0, 3])
def test_a_rare_value_and_a_common_one_are_found_alike(blue, login, monkeypatch, rare):
    monkeypatch.setattr(audit, "RARE", rare)
    for _ in range(3):
        secrets.show_code(blue.caller("operator"), credential_id=login.id)
    for wanted, many in ((trail.Wanted(action="credential.code"), 3), (trail.Wanted(door="web"), 4),
                         (trail.Wanted(door="web", action="credential.add"), 1), (trail.Wanted(door="mcp"), 0),
                         (trail.Wanted(outcome="refused", actor_kind="key"), 0)):  # fmt: skip
        found = trail.list_events(blue.caller("owner"), wanted=wanted, limit=50).rows
        assert [row["seq"] for row in found] == sorted((row["seq"] for row in found), reverse=True)
        assert len(found) == many


@pytest.mark.parametrize(
    "text", ["", 'a "quoted" \\ text', "Ünïcödé", "\u2028", "日本", "🔑", "\x7f", "</script>", "\t"]
)
def test_what_is_hashed_is_canonical_json_as_any_other_program_writes_it(db, settings, text):
    """The chain writes it without an encoder, for speed."""
    event = AuditEvent(seq=7, at=datetime(2026, 5, 4, 12, tzinfo=UTC), detail={"b": [text, 1], "a": {text: None}})
    fields = {field.attname: getattr(event, field.attname) for field in AuditEvent._meta.concrete_fields}
    for name in ("actor_label", "user_agent", "target_label", "actor_id", "ip", "request_id", "door", "action"):
        setattr(event, name, text)
        fields[name] = text
    del fields["id"], fields["hash"]
    fields["at"] = "2026-05-04T12:00:00.000000+00:00"
    message = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    assert digest(event) == hmac.new(settings.AUDIT_KEY.encode(), message, "sha256").hexdigest()


@pytest.mark.parametrize("microsecond", [0, 1, 120_000])
def test_a_moment_is_read_back_as_it_was_hashed(blue, login, microsecond):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "now", lambda: datetime(2027, 5, 4, 12, 0, 0, microsecond, UTC))
        secrets.show_code(blue.caller("operator"), credential_id=login.id)
    assert verdict(blue) == Verdict("blue", 2, 2)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL stores nothing of the kind")
@pytest.mark.parametrize(("column", "damage"), [
    ("at", "nonsense"), ("at", "2026-13-45 99:00:00"), ("at", 5), ("actor_label", b"\xff\xfe"),
    ("hash", b"\xff"), ("target_id", 5),
])  # fmt: skip
def test_a_damaged_row_is_named_and_told_and_trips_nothing(chain, column, damage):
    sql(f"UPDATE {TABLE} SET {column} = %s WHERE seq = 3", damage)
    assert (verdict(chain).broken_at, verdict(chain).holds_up_to) == (3, 2)


@pytest.mark.parametrize("days", ["since=0001-01-01&until=9999-12-31", "until=0001-01-01", "since=9999-12-31"])
def test_the_first_and_the_last_day_there_is_are_days_like_any_other(blue, login, sign_in, days):
    page = sign_in(blue.people["auditor"]).get(f"/t/blue/audit/?{days}")
    assert page.status_code == 200
    assert len(page.context["rows"]) == (1 if days.startswith("since=0001") else 0)
