"""What is given away without a lock: its event follows on the very state that was read, or it looks again.

Everything that happens in a team extends its chain, so a chain that has not grown is a team that has not changed.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credentials import audit
from credentials.access import Action
from credentials.audit import Entry, read_and_recorded
from credentials.chain import HEAD_IS, Verdict, verify
from credentials.errors import NotAllowed, NotFound, SealBroken
from credentials.models import AuditEvent, Credential, SecretVersion
from credentials.otp import totp
from credentials.vault import clock, secrets, trash
from credentials.vault import credentials as vault
from tests.conftest import LOGIN, SEED, build

OTHER_SEED = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
REVEAL = {"kind": "credential", "at": clock.now()}


def told(house) -> list[tuple[str, str]]:
    return list(AuditEvent.objects.filter(team=house.team).order_by("seq").values_list("action", "outcome"))


def holds(house) -> bool:
    return not verify(house.team.id, house.team.slug).is_broken


@pytest.fixture
def meanwhile(monkeypatch):
    """meanwhile(act) lets something happen in the team once a verb has looked, the first `times` times."""

    def arrange(act, times=1):
        left, plain = [act] * times, audit._append_after

        def interrupted(*given):
            if left:
                left.pop()()
            return plain(*given)

        monkeypatch.setattr(audit, "_append_after", interrupted)

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
    times = audit.TRIES
    meanwhile(lambda: secrets.show_seed(blue.caller("owner"), credential_id=login.id), times)
    assert secrets.reveal(blue.caller("operator"), credential_id=login.id, key="password")
    assert told(blue)[-times - 1 :] == [("credential.seed", "done")] * times + [("credential.reveal", "done")]
    assert holds(blue)


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


@pytest.mark.skipif(
    configured.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
    reason="threads cannot share SQLite in memory: tests/test_serving.py does it with a server",
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
