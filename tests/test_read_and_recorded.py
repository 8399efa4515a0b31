"""What is given away without a lock: its event follows on the very state that was read, or it looks again.

Everything that happens in a team extends its chain, so a chain that has not grown is a team that has not changed.
"""

import json
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from credentials import audit, audit_reads
from credentials.access import Action, Door
from credentials.audit import Entry
from credentials.audit_reads import read_and_recorded
from credentials.chain import Verdict, verify
from credentials.chain_head import HEAD_IS
from credentials.errors import Conflict, NotAllowed, NotFound, SealBroken
from credentials.models import AuditEvent, Credential, SecretVersion
from credentials.otp import totp
from credentials.vault import clock, secrets, teams, trash
from credentials.vault import credentials as vault
from tests.conftest import LOGIN, SEED, build
from tests.server import database, running

OTHER_SEED = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
REVEAL = {"kind": "credential", "at": clock.now()}


def told(house) -> list[tuple[str, str]]:
    return list(AuditEvent.objects.filter(team=house.team).order_by("seq").values_list("action", "outcome"))


def holds(house) -> bool:
    return not verify(house.team.id, house.team.slug).is_broken


def queue(house) -> deque:
    return audit_reads._waiting.setdefault(audit.line_of(house.team.id), deque())


@pytest.fixture
def meanwhile(monkeypatch):
    """meanwhile(act) lets something happen in the team once a verb has looked, the first `times` times."""

    def arrange(act, times=1):
        left, plain = [act] * times, audit_reads._add_with_others

        def interrupted(*given):
            if left:
                left.pop()()
            return plain(*given)

        monkeypatch.setattr(audit_reads, "_add_with_others", interrupted)

    return arrange


def test_a_code_needs_no_lock_and_no_transaction_while_it_looks(blue, login):
    secrets.show_code(blue.caller("operator"), credential_id=login.id)  # which notes who used it
    with CaptureQueriesContext(
        connection,
    ) as seen:
        secrets.show_code(blue.caller("operator"), credential_id=login.id)
    said = [query["sql"].split(" ")[0] for query in seen]
    assert said in (["SELECT", "INSERT"], [])  # Django does not see prepared statements of PostgreSQL


def test_a_seed_that_was_replaced_meanwhile_is_not_the_one_that_makes_the_code(blue, login, meanwhile):
    meanwhile(lambda: vault.edit_credential(
        blue.caller("manager"), credential_id=login.id, revision=login.revision, totp_secret=OTHER_SEED
    ))  # fmt: skip
    code = secrets.show_code(blue.caller("operator"), credential_id=login.id)
    at = clock.now().timestamp()
    assert code.code in {totp.code_at(totp.parse(OTHER_SEED), moment).code for moment in (at, at - 30)}
    assert code.code not in {totp.code_at(totp.parse(SEED), moment).code for moment in (at, at - 30)}
    assert told(blue)[-2:] == [("credential.edit", "done"), ("credential.code", "done")]
    assert AuditEvent.objects.order_by("id").last().detail == {"version": 2}
    assert holds(blue)


def test_what_went_into_the_trash_meanwhile_is_refused(blue, login, meanwhile):
    meanwhile(lambda: trash.trash_credential(blue.caller("manager"), credential_id=login.id))
    with pytest.raises(NotFound):
        secrets.reveal(blue.caller("operator"), credential_id=login.id, key="password")
    assert told(blue)[-2:] == [("credential.trash", "done"), ("credential.reveal", "refused")]
    assert holds(blue)


def test_who_is_overtaken_again_and_again_takes_the_lock(blue, login, meanwhile):
    times = audit_reads.TRIES
    meanwhile(lambda: secrets.show_seed(blue.caller("owner"), credential_id=login.id), times)
    assert secrets.reveal(blue.caller("operator"), credential_id=login.id, key="password")
    assert told(blue)[-times - 1 :] == [("credential.seed", "done")] * times + [("credential.reveal", "done")]
    assert holds(blue)


def test_who_lost_their_rights_meanwhile_gets_nothing(blue, login, meanwhile):
    meanwhile(lambda: teams.remove_member(blue.caller("owner"), user_id=blue.people["operator"].pk))
    with pytest.raises(Conflict, match="Rights in this team changed"):
        secrets.reveal(blue.caller("operator"), credential_id=login.id, key="password")
    assert told(blue)[-2:] == [("member.remove", "done"), ("credential.reveal", "refused")]
    assert holds(blue)


def test_a_name_that_passed_to_another_meanwhile_means_the_other(blue, monkeypatch):
    owner = blue.caller("owner")
    first = vault.add_credential(owner, **{**LOGIN, "name": "bank"})
    second = vault.add_credential(owner, **{**LOGIN, "name": "new bank", "totp_secret": OTHER_SEED})
    plain, left = secrets.lookup.id_of, [True]

    def overtaken(caller, given):
        found = plain(caller, given)
        if given == "bank" and left and left.pop():
            vault.edit_credential(owner, credential_id=first.id, revision=first.revision, name="old bank")
            vault.edit_credential(owner, credential_id=second.id, revision=second.revision, name="bank")
        return found

    monkeypatch.setattr(secrets.lookup, "id_of", overtaken)
    agent = blue.caller("owner", door=Door.KERNEL)
    code = secrets.show_code(agent, credential_id="bank")
    at = clock.now().timestamp()
    assert code.code in {totp.code_at(totp.parse(OTHER_SEED), moment).code for moment in (at, at - 30)}
    assert AuditEvent.objects.order_by("id").last().target_id == second.id


def test_who_used_it_last_is_noted_with_the_event_or_not_at_all(blue, login, meanwhile):
    secrets.show_code(blue.caller("operator"), credential_id=login.id)
    found = Credential.objects.get(id=login.id)
    assert found.last_used_by == blue.caller("operator").label
    assert found.last_used_at == AuditEvent.objects.order_by("id").last().at
    meanwhile(lambda: trash.trash_credential(blue.caller("manager"), credential_id=login.id))
    with pytest.raises(NotFound):
        secrets.show_code(blue.caller("owner"), credential_id=login.id)
    assert Credential.objects.get(id=login.id).last_used_by == found.last_used_by


def test_nothing_is_given_away_when_the_event_cannot_be_written(blue, login):
    events = AuditEvent.objects.count()

    def look(entry: Entry) -> str:
        entry.detail = {"a word that is not the audit's": True}
        return "a secret"

    with pytest.raises(ValueError, match="vocabulary"):
        read_and_recorded(blue.caller("owner"), Action.CREDENTIAL_REVEAL, look, **REVEAL)
    assert told(blue)[-1] == ("credential.reveal", "failed")
    assert AuditEvent.objects.count() == events + 1


def test_who_may_not_is_refused_before_anything_is_looked_at(blue):
    with pytest.raises(NotAllowed):
        read_and_recorded(
            blue.caller("auditor"), Action.CREDENTIAL_REVEAL, lambda entry: pytest.fail("looked"), **REVEAL
        )
    assert told(blue)[-1] == ("credential.reveal", "refused")


def test_a_missing_version_is_named_and_what_is_unknown_is_not_found_outside_any_transaction(real_commits):
    house = build("Storm", {"owner": "olga@example.org"})
    added = vault.add_credential(house.caller("owner"), **LOGIN)
    with pytest.raises(NotFound):
        secrets.show_code(house.caller("owner"), credential_id="cred_01HZZZZZZZZZZZZZZZZZZZZZZZ")
    SecretVersion.objects.all().delete()
    with pytest.raises(SealBroken, match="missing"):
        secrets.show_code(house.caller("owner"), credential_id=added.id)
    assert told(house)[-2:] == [("credential.code", "refused")] * 2


# What waits for the same commit


@pytest.fixture
def finished(blue, login):
    """finished() -> a code that was looked at just now, and whose event is still to be added."""

    def look(**detail):
        entry = Entry()
        version = secrets.current(blue.caller("operator"), login.id, entry)
        entry.about("credential", version.credential_id, version.credential.name)
        entry.detail = {"version": version.number, **detail}
        return audit_reads._finished(blue.caller("operator"), Action.CREDENTIAL_CODE, entry, clock.now())

    return look


def test_events_that_wait_are_taken_along_in_one_line(blue, finished):
    one, two, three = finished(), finished(), finished()
    waiting = queue(blue)
    waiting += [two, three]
    assert audit_reads._add_with_others(one)
    assert (two.added, three.added, len(waiting)) == (True, True, 0)
    assert told(blue)[-3:] == [("credential.code", "done")] * 3
    assert holds(blue)


def test_codes_that_others_took_meanwhile_do_not_matter_and_an_edit_does(blue, login, finished):
    early = finished()
    assert audit_reads._add_with_others(finished())
    assert audit_reads._add_with_others(early)
    late = finished()
    vault.edit_credential(blue.caller("manager"), credential_id=login.id, revision=login.revision, name="another")
    waiting = queue(blue)
    waiting.append(late)
    assert audit_reads._add_with_others(finished())
    assert late.added is False
    assert told(blue)[-4:] == [("credential.code", "done")] * 2 + [
        ("credential.edit", "done"),
        ("credential.code", "done"),
    ]
    assert holds(blue)


def test_a_refusal_meanwhile_changes_nothing(blue, login, finished):
    early = finished()
    with pytest.raises(NotAllowed):
        trash.trash_credential(blue.caller("auditor"), credential_id=login.id)
    assert audit_reads._add_with_others(early)
    assert holds(blue)


def test_what_cannot_be_written_never_comes_to_wait_with_others(blue, finished):
    with pytest.raises(TypeError):
        finished(reason=object())
    assert not queue(blue)


def test_a_commit_that_fails_fails_for_all_who_share_it_and_for_nobody_else(blue, finished, monkeypatch):
    one, two = finished(), finished()
    waiting = queue(blue)
    waiting.append(two)
    events = AuditEvent.objects.count()

    def away(*_):
        raise OperationalError("the database is gone")

    with monkeypatch.context() as broken:
        broken.setattr(audit_reads, "add_all", away)
        with pytest.raises(OperationalError):
            audit_reads._add_with_others(one)
    assert isinstance(two.problem, OperationalError)
    assert (two.added, list(waiting), AuditEvent.objects.count()) == (None, [], events)
    with pytest.raises(OperationalError):
        audit_reads._add_with_others(two)
    waiting.clear()
    assert audit_reads._add_with_others(finished())
    assert holds(blue)


def test_who_never_has_a_turn_is_told_so_and_leaves_no_event(blue, finished, monkeypatch):
    monkeypatch.setattr(audit, "LONGEST_TURN", 0.05)
    events, taken, done = AuditEvent.objects.count(), threading.Event(), threading.Event()

    def hold():
        with audit.turn(blue.team.id):
            taken.set()
            done.wait(60)

    one = finished()
    with ThreadPoolExecutor(1) as other:
        held = other.submit(hold)
        taken.wait(60)
        try:
            with pytest.raises(OperationalError):
                audit_reads._add_with_others(one)
        finally:
            done.set()
        held.result()
    assert (one.added, list(queue(blue)), AuditEvent.objects.count()) == (None, [], events)


@pytest.mark.server
def test_a_server_gives_each_code_its_event_while_others_write(tmp_path):
    with database() as settings, running(tmp_path, PROCESSES="2", REQUESTS_PER_MINUTE="100000", **settings) as server:
        server.manage("createteam", "Storm", "--owner", "olga@example.org")
        scopes = "credentials:read,credentials:write,totp:read"
        key = server.manage("createapikey", "--team", "storm", "--name", "agent", "--scopes", scopes).stdout.strip()
        ask = httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {key}"}, timeout=60)
        new = {"domain": "example.org", "values": {"password": "x"}, "totp_secret": SEED}
        names = [ask.post("/kernel/credentials", json={"name": f"n{n}", **new}).json()["name"] for n in range(3)]

        def work(number: int) -> list[int]:
            name = names[number % 3]
            if number == 0:
                return [
                    ask.patch(f"/kernel/credentials/{name}", json={"values": {"password": str(turn)}}).status_code
                    for turn in range(10)
                ]
            return [ask.get(f"/kernel/credentials/{name}/totp-code").status_code for _ in range(10)]

        with ThreadPoolExecutor(12) as threads:
            answered = [status for statuses in threads.map(work, range(12)) for status in statuses]
        events = [json.loads(line) for line in server.manage("auditexport", "--team", "storm").stdout.splitlines()]
        assert answered == [200] * 120
        assert [event["action"] for event in events].count("credential.code") == 110
        assert server.manage("auditverify", "--team", "storm").returncode == 0
        ask.close()


@pytest.mark.skipif(
    configured.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
    reason="threads cannot share SQLite in memory: the test above does it with a server",
)
def test_readers_and_writers_at_once_leave_one_event_each(real_commits):
    house = build("Storm", {"owner": "olga@example.org"})
    caller = house.caller("owner")
    ids = [vault.add_credential(caller, **{**LOGIN, "name": f"{number}"}).id for number in range(4)]

    def read(number: int) -> None:
        try:
            for turn in range(10):
                secrets.show_code(caller, credential_id=ids[(number + turn) % 4])
        finally:
            connection.close()

    def write(number: int) -> None:
        try:
            for turn in range(10):
                vault.add_credential(caller, **{**LOGIN, "name": f"{number}.{turn}"})
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(read if number % 2 else write, number) for number in range(8)]
    assert [one.exception() for one in done] == [None] * 8
    assert verify(house.team.id, "storm") == Verdict("storm", 84, 84)
    assert told(house).count(("credential.code", "done")) == 40


def test_the_head_is_looked_up_by_the_index(blue, login):
    """A chain grows for years: what is asked of it for every code must not."""
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # four rows are read faster than an index
        cursor.execute(f"{explain} SELECT {HEAD_IS}", [blue.team.id, "0" * 64])
        plan = " ".join(str(row) for row in cursor.fetchall())
    wanted = {"sqlite": "auditevent USING INDEX", "postgresql": "Index Scan Backward using one_event_per_seq"}
    assert wanted[connection.vendor] in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
