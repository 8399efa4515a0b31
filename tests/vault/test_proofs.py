"""The audit proves itself: tail and head are missed, checkpoints compare, exports verify alone, archives go on."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from credentials.chain import Verdict, anchor_of
from credentials.errors import Conflict, Invalid, NotAllowed
from credentials.models import AuditAnchor, AuditEvent, ChainState
from credentials.vault import credentials as vault
from credentials.vault import listing, proofs, secrets, teams
from tests.conftest import LOGIN

ROOT = Path(__file__).resolve().parent.parent.parent
EVENTS, ANCHORS = "credentials_auditevent", "credentials_auditanchor"


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def chain(without_triggers, blue):
    """Six events of the blue team, open to SQL."""
    added = vault.add_credential(blue.caller("manager"), **LOGIN)
    for _ in range(5):
        secrets.show_code(blue.caller("operator"), credential_id=added.id)
    return blue


def verified(house, **options) -> Verdict:
    (verdict,) = proofs.verify_trail(teams.operator(house.team.slug), **options)
    return verdict


def far_ahead() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


# What a chain alone cannot tell


def test_a_cut_tail_is_missed_by_the_verification_that_saw_it(chain):
    assert not verified(chain).is_broken
    sql(f"DELETE FROM {EVENTS} WHERE seq > 3")
    found = verified(chain)
    assert (found.broken_at, found.holds_up_to) == (4, 3)
    assert found.why.startswith("events 4 to 6 are gone: the verification of 20")
    assert verified(chain).is_broken, "it is not forgotten after it was said once"


def test_a_cut_tail_is_missed_by_a_checkpoint_even_when_the_states_are_gone_too(chain):
    line = proofs.checkpoint(teams.operator())
    sql(f"DELETE FROM {EVENTS} WHERE seq > 3")
    ChainState.objects.all().delete()
    assert not verified(chain).is_broken, "this is what the checkpoint is for"
    ChainState.objects.all().delete()
    sql(f"DELETE FROM {EVENTS} WHERE seq > 3")
    assert "events 4 to 6 are gone: the checkpoint of 20" in verified(chain, checkpoints=[line]).why


def test_a_whole_chain_that_is_gone_is_missed(chain):
    line = proofs.checkpoint(teams.operator())
    sql(f"DELETE FROM {EVENTS}")
    assert verified(chain, checkpoints=[line]).broken_at == 1


def test_a_tail_that_grew_again_is_another_one(chain):
    line = proofs.checkpoint(teams.operator())
    sql(f"DELETE FROM {EVENTS} WHERE seq > 3")
    login = listing.list_credentials(chain.caller("manager")).rows[0]["id"]
    for _ in range(5):
        secrets.show_code(chain.caller("operator"), credential_id=login)
    found = verified(chain, checkpoints=[line])
    assert (found.broken_at, found.why.split(" than ")[0]) == (6, "it is another event")


@pytest.mark.parametrize("change", [
    lambda line: line.replace('"heads":{', '"heads":{"team_x":[9,"00"],'), lambda line: line[:-3],
    lambda line: "", lambda line: "[]", lambda line: '{"strongroom_checkpoint":1,"mac":1}',
    lambda line: json.dumps({**json.loads(line), "mac": "\ud800"}),
])  # fmt: skip
def test_a_checkpoint_that_was_changed_is_named(chain, change):
    line = proofs.checkpoint(teams.operator())
    found = proofs.verify_trail(teams.operator("blue"), checkpoints=[line, change(line)])
    assert [(one.team_slug, one.broken_at) for one in found if one.is_broken] == [("checkpoints", 2)]


def test_a_state_that_was_changed_is_named(chain):
    verified(chain)
    sql("UPDATE credentials_chainstate SET seq = 2")
    assert verified(chain).why == "what the last verification said was changed"
    assert proofs.last_verified(chain.caller("auditor")).broken_at == 2


def test_the_badge_says_up_to_where_and_when_without_walking(chain, django_assert_max_num_queries):
    assert proofs.last_verified(chain.caller("auditor")) == proofs.Badge(newest=6)
    verified(chain)
    with django_assert_max_num_queries(2):
        badge = proofs.last_verified(chain.caller("auditor"))
    assert (badge.seq, badge.newest, badge.broken_at) == (6, 7, None)  # verifying is an event itself
    assert datetime.now(UTC) - badge.at < timedelta(minutes=1)
    sql(f"UPDATE {EVENTS} SET target_label = 'other' WHERE seq = 3")
    verified(chain)
    badge = proofs.last_verified(chain.caller("auditor"))
    assert (badge.seq, badge.broken_at) == (6, 3)


# Exports that verify alone


def alone(*words: str, key: str) -> subprocess.CompletedProcess[str]:
    """The script in an interpreter that sees neither Strongroom nor what is installed."""
    command = [sys.executable, "-I", "-S", str(ROOT / "tools" / "verify_audit.py"), *words]
    return subprocess.run(command, env={"AUDIT_KEY": key}, cwd="/", capture_output=True, text=True, check=False)


@pytest.fixture
def export(chain, tmp_path, settings):
    path = tmp_path / "export.jsonl"
    path.write_text("".join(proofs.export_trail(chain.caller("auditor"))))
    return path


def test_an_export_is_complete_and_verifies_with_the_file_and_the_key_alone(chain, export, settings):
    lines = [json.loads(line) for line in export.read_text().splitlines()]
    assert [line["action"] for line in lines][-2:] == ["credential.code", "audit.export"]
    done = alone(str(export), key=settings.AUDIT_KEY)
    assert (done.returncode, done.stdout) == (0, f"{chain.team.id}: holds from event 1 to event 7\n")


@pytest.mark.parametrize(("change", "says"), [
    (lambda lines: [*lines[:2], lines[2].replace("bob@", "eve@"), *lines[3:]], "event 3 was changed"),
    (lambda lines: [*lines[:2], *lines[3:]], "event 3 is missing"),
    (lambda lines: [*lines[:1], lines[2], lines[1], *lines[3:]], "event 2 is missing before event 3"),
    (lambda lines: [*lines[:3], lines[2].replace('"seq":3', '"seq":4')], "event 4 does not follow"),
    (lambda lines: lines[:4], "events 5 to 6 are missing: the checkpoint of"),
], ids=["changed", "removed", "swapped", "forged", "tail cut"])  # fmt: skip
def test_the_stand_alone_verifier_finds_and_names_it(chain, tmp_path, settings, change, says):
    checkpoints, path = tmp_path / "checkpoints", tmp_path / "export.jsonl"
    checkpoints.write_text(proofs.checkpoint(teams.operator()) + "\n")
    lines = list(proofs.export_trail(chain.caller("auditor")))
    path.write_text("".join(change(lines)))
    done = alone("--checkpoints", str(checkpoints), str(path), key=settings.AUDIT_KEY)
    assert done.returncode == 1
    assert says in done.stdout


def test_the_stand_alone_verifier_says_when_the_key_is_another_or_the_file_is_none(export, tmp_path):
    other = alone(str(export), key="another key than the one of the chain")
    assert (other.returncode, "event 1 was changed, or the key is another" in other.stdout) == (1, True)
    (tmp_path / "none").write_text("nothing\n")
    assert alone(str(tmp_path / "none"), key="k").returncode == 2
    assert alone(str(export), key="").returncode == 2


def test_who_may_not_export_is_refused(blue):
    with pytest.raises(NotAllowed):
        proofs.export_trail(blue.caller("operator"))


# Archives


def test_an_archive_moves_the_prefix_and_the_chain_holds_on(chain, tmp_path, settings):
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    done = proofs.archive_trail(teams.operator("blue"), before=far_ahead(), path=old)
    assert (done.seq, done.count) == (5, 5), "the newest stays: the next one builds on it"
    assert list(AuditEvent.objects.filter(team=chain.team).order_by("seq").values_list("seq", "action")) == [
        (6, "credential.code"), (7, "audit.archive"),
    ]  # fmt: skip
    assert AuditEvent.objects.get(seq=7).detail == {"archived_to": 5, "count": 5, "digest": done.file_digest}
    assert verified(chain) == Verdict("blue", checked=2, holds_up_to=7)
    new.write_text("".join(proofs.export_trail(teams.operator("blue"))))
    both = alone(str(old), str(new), key=settings.AUDIT_KEY)
    assert (both.returncode, both.stdout) == (0, f"{chain.team.id}: holds from event 1 to event 9\n")
    rest = alone(str(new), key=settings.AUDIT_KEY)
    assert rest.stdout == f"{chain.team.id}: holds from event 6 to event 9\n"


def test_archiving_twice_goes_on_from_the_first_archive(chain, tmp_path):
    operator = teams.operator("blue")
    proofs.archive_trail(operator, before=far_ahead(), path=tmp_path / "1")
    verified(chain)
    again = proofs.archive_trail(operator, before=far_ahead(), path=tmp_path / "2")
    assert (again.seq, again.count) == (7, 2)
    assert not verified(chain).is_broken


def test_only_what_is_older_is_archived(chain, tmp_path):
    with pytest.raises(Invalid, match="nothing to archive"):
        proofs.archive_trail(teams.operator("blue"), before=datetime(2020, 1, 1, tzinfo=UTC), path=tmp_path / "1")
    assert not (tmp_path / "1").exists()


def test_a_broken_chain_is_not_archived(chain, tmp_path):
    sql(f"UPDATE {EVENTS} SET target_label = 'other' WHERE seq = 3")
    with pytest.raises(Conflict, match="broken at event 3"):
        proofs.archive_trail(teams.operator("blue"), before=far_ahead(), path=tmp_path / "1")
    assert not (tmp_path / "1").exists()
    assert AuditEvent.objects.filter(seq=1).exists()


def test_a_file_that_is_there_is_never_written_over(chain, tmp_path):
    (tmp_path / "1").write_text("mine")
    with pytest.raises(Conflict, match="there already"):
        proofs.archive_trail(teams.operator("blue"), before=far_ahead(), path=tmp_path / "1")
    assert (tmp_path / "1").read_text() == "mine"


def test_nobody_but_the_shell_archives(chain, tmp_path):
    with pytest.raises(NotAllowed):
        proofs.archive_trail(chain.caller("owner"), before=far_ahead(), path=tmp_path / "1")


def test_an_anchor_that_somebody_made_up_is_found(chain):
    event = AuditEvent.objects.get(seq=4)
    sql(f"INSERT INTO {ANCHORS} (chain, seq, hash, file_digest, at, mac) VALUES (%s, 4, %s, '', %s, %s)",
        chain.team.id, event.hash, datetime.now(UTC).isoformat(), "0" * 64)  # fmt: skip
    sql(f"DELETE FROM {EVENTS} WHERE seq <= 4")
    assert verified(chain).why == "what is said to be archived was not archived by this vault"


def test_an_anchor_taken_away_leaves_a_hole(chain, tmp_path):
    proofs.archive_trail(teams.operator("blue"), before=far_ahead(), path=tmp_path / "1")
    sql(f"DELETE FROM {ANCHORS}")
    assert (verified(chain).broken_at, verified(chain).why) == (6, "event 1 is missing")


def test_an_anchor_of_another_chain_does_not_fit(chain, red, tmp_path):
    proofs.archive_trail(teams.operator("blue"), before=far_ahead(), path=tmp_path / "1")
    anchor = anchor_of(chain.team.id)
    AuditAnchor.objects.create(chain=red.team.id, seq=anchor.seq, hash=anchor.hash, file_digest=anchor.file_digest,
                               at=anchor.at, mac=anchor.mac)  # fmt: skip
    assert verified(red).is_broken


def test_an_event_that_was_archived_and_is_back_is_found(chain, tmp_path):
    first = AuditEvent.objects.values().get(seq=1)
    proofs.archive_trail(teams.operator("blue"), before=far_ahead(), path=tmp_path / "1")
    AuditEvent.objects.create(**first)
    assert verified(chain).broken_at == 1


@pytest.mark.parametrize("statement", [
    f"DELETE FROM {EVENTS} WHERE seq = 3", f"DELETE FROM {EVENTS}",
    f"UPDATE {EVENTS} SET target_label = 'other' WHERE seq = 3",
    f"DELETE FROM {ANCHORS}", f"UPDATE {ANCHORS} SET seq = 99",
])  # fmt: skip
def test_the_triggers_let_go_of_what_an_anchor_covers_and_of_nothing_else(blue, login, tmp_path, statement):
    for _ in range(3):
        secrets.show_code(blue.caller("operator"), credential_id=login.id)
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")
    done = proofs.archive_trail(teams.operator("blue"), before=AuditEvent.objects.get(seq=3).at, path=tmp_path / "1")
    assert done.seq == 2
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)


def test_the_systems_chain_is_archived_like_any_other(db, tmp_path):
    for number in range(3):
        teams.create_team(teams.operator(), name=f"Team {number}", owner="olga@example.org")
    done = proofs.archive_trail(teams.operator(), before=far_ahead(), path=tmp_path / "1")
    assert done.count == 2
    assert not any(one.is_broken for one in proofs.verify_trail(teams.operator()))


def test_an_event_added_while_it_is_archived_is_not_lost(blue, login, tmp_path, monkeypatch):
    """The second half checks that it deletes what the first half wrote, no more and no less."""
    for _ in range(3):
        secrets.show_code(blue.caller("operator"), credential_id=login.id)
    real = proofs.cut
    monkeypatch.setattr(proofs, "cut", lambda team_id, **said: real(team_id, **{**said, "seq": said["seq"] + 1}))
    with pytest.raises(Conflict, match="nothing was deleted"):
        proofs.archive_trail(teams.operator("blue"), before=far_ahead(), path=tmp_path / "1")
    assert AuditEvent.objects.filter(team=blue.team, action="credential.code").count() == 3
