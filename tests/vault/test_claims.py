"""Claiming: who gets which code, once. Several processes at a time: tests/test_claims.py."""

from datetime import UTC, datetime, timedelta

import pytest

from credentials.access import Scope
from credentials.chain import verify
from credentials.errors import Invalid, NotAllowed, NotFound
from credentials.models import AuditEvent, ReceivedCode
from credentials.vault import claims, codes
from credentials.vault import credentials as vault
from tests.vault.test_codes import MAIL, key

NUMBERS = iter(range(100_000, 999_999))


@pytest.fixture
def agent(blue):
    return key(blue, Scope.CODES_READ)


@pytest.fixture
def send(blue):
    """send(**what the sender says) -> the code that arrived."""
    forwarder = key(blue, Scope.CODES_WRITE)

    def start(identifier: str = MAIL, *, content: str = "", age: timedelta = timedelta(0), **sent) -> str:
        found = codes.receive_code(forwarder, identifier=identifier, content=content or str(next(NUMBERS)), **sent)
        ReceivedCode.objects.filter(id=found.row.id).update(received_at=found.row.received_at - age)
        return found.code

    return start


def claimed(caller, **wanted) -> str | None:
    found = claims.claim_code(caller, **{"identifier": MAIL, **wanted})
    return found and found.code


def test_a_code_is_handed_out_once_and_stays_bound_to_its_run(agent, send):
    code = send()
    found = claims.claim_code(agent, identifier="Me@Example.com", task_id="tsk_1", workflow_run_id="wr_1")
    assert (found.code, found.row.claimed_by) == (code, agent.label)
    assert claimed(agent, task_id="tsk_1", workflow_run_id="wr_1") is None
    row = ReceivedCode.objects.get()
    assert (row.claimed_by, row.claimed_task_id, row.claimed_workflow_id, row.claimed_workflow_run_id) == (
        agent.label, "tsk_1", "", "wr_1"
    )  # fmt: skip
    assert row.claimed_at == found.row.claimed_at
    event = AuditEvent.objects.order_by("id").last()
    assert (event.action, event.target_id, event.target_label) == ("code.claim", row.id, MAIL)
    assert event.detail == {"task_id": "tsk_1", "workflow_run_id": "wr_1", "otp_type": "totp"}


def test_a_claim_in_vain_leaves_no_event(agent):
    assert claimed(agent) is None
    assert AuditEvent.objects.count() == 0


def test_the_newest_comes_first(agent, send):
    older, newer = send(), send()
    assert [claimed(agent), claimed(agent), claimed(agent)] == [newer, older, None]


# what was sent for, what the claim names, whether it may have it
@pytest.mark.parametrize(
    ("sent", "named", "suits"),
    [
        ({}, {}, True),
        ({}, {"task_id": "t1", "workflow_run_id": "r1", "workflow_id": "w1"}, True),
        ({"task_id": "t1"}, {"task_id": "t1"}, True),
        ({"task_id": "t1"}, {"task_id": "t2"}, False),
        ({"task_id": "t1"}, {}, False),
        ({"task_id": "t1"}, {"workflow_run_id": "t1"}, False),
        ({"workflow_run_id": "r1"}, {"workflow_run_id": "r1"}, True),
        ({"workflow_run_id": "r1"}, {"workflow_run_id": "r1", "task_id": "t1"}, True),
        ({"workflow_run_id": "r1"}, {"workflow_run_id": "r2"}, False),
        ({"workflow_run_id": "r1"}, {"task_id": "t1"}, False),
        ({"task_id": "t1", "workflow_run_id": "r1"}, {"task_id": "t1"}, False),
        ({"task_id": "t1", "workflow_run_id": "r1"}, {"task_id": "t1", "workflow_run_id": "r1"}, True),
        ({"workflow_id": "w1"}, {}, True),
        ({"workflow_id": "w1"}, {"workflow_id": "w1"}, True),
        ({"workflow_id": "w1"}, {"workflow_id": "w2"}, False),
        ({"workflow_id": "w1"}, {"task_id": "t1"}, True),
        ({"workflow_id": "w1", "workflow_run_id": "r1"}, {"workflow_id": "w1"}, False),
        ({"workflow_id": "w1", "workflow_run_id": "r1"}, {"workflow_run_id": "r1"}, True),
    ],
)
def test_what_was_sent_for_one_run_goes_to_no_other(agent, send, sent, named, suits):
    code = send(**sent)
    assert claimed(agent, **named) == (code if suits else None)


@pytest.mark.parametrize("scope", [{"task_id": "t1"}, {"workflow_run_id": "r1"}, {"workflow_id": "w1"}])
def test_what_was_sent_for_the_run_comes_before_newer_codes_for_nobody(agent, send, scope):
    scoped, general = send(**scope), send()
    assert [claimed(agent, **scope), claimed(agent, **scope)] == [scoped, general]


def test_old_expired_raw_and_empty_messages_are_not_handed_out(agent, send):
    now = datetime.now(UTC)
    send(age=timedelta(minutes=10, seconds=1))
    send(expired_at=now - timedelta(seconds=1))
    send(content="hello there, nothing here")
    send(content=" ")
    assert claimed(agent) is None
    young, lasting = send(age=timedelta(minutes=9)), send(expired_at=now + timedelta(hours=1))
    assert [claimed(agent), claimed(agent)] == [lasting, young]


def test_who_names_a_time_gets_what_came_later_however_old(agent, send):
    old, older = send(age=timedelta(hours=2)), send(age=timedelta(hours=4))
    since = datetime.now(UTC) - timedelta(hours=3)
    assert [claimed(agent, received_after=since), claimed(agent, received_after=since)] == [old, None]
    assert claimed(agent, received_after=since - timedelta(hours=2)) == older


def test_the_type_narrows(agent, send):
    link, code = send(content="https://a.example/magic"), send()
    assert claimed(agent, otp_type="magic_link") == link
    assert [claimed(agent, otp_type="magic_link"), claimed(agent, otp_type="totp")] == [None, code]


def test_the_number_is_found_however_it_was_written(agent, send):
    code = send("+1 (212) 555-0199")
    assert claimed(agent, identifier="2125550199") == code


def test_a_credential_lends_its_identifier(blue, red, agent, send):
    login = vault.add_credential(
        blue.caller("manager"), name="login", type="password", totp_identifier=" Me@Example.com"
    )
    bare = vault.add_credential(blue.caller("manager"), name="bare", type="password")
    foreign = vault.add_credential(red.caller("owner"), name="login", type="password", totp_identifier=MAIL)
    code = send()
    for id in (foreign.id, "cred_00000000000000000000000000", "x\0", "login"):
        with pytest.raises(NotFound):
            claims.claim_code(agent, credential_id=id)
    with pytest.raises(Invalid):
        claims.claim_code(agent, credential_id=bare.id)
    assert claims.claim_code(agent, credential_id=login.id).code == code
    event = AuditEvent.objects.filter(action="code.claim", outcome="refused").order_by("id").first()
    assert (event.target_kind, event.target_id) == ("credential", foreign.id)
    assert event.detail == {"reason": "not_found"}


@pytest.mark.parametrize("given", [{"identifier": ""}, {"credential_id": "cred_1"}, {"identifier": "x\0"}])
def test_a_claim_names_either_an_identifier_or_a_credential(agent, given):
    with pytest.raises(Invalid):
        claimed(agent, **given)


def test_only_who_may_claim_claims(blue, red, send):
    code = send()
    for caller in (key(blue, Scope.CODES_WRITE, Scope.CREDENTIALS_READ), blue.caller("auditor")):
        with pytest.raises(NotAllowed):
            claimed(caller)
    assert claimed(key(red, Scope.CODES_READ)) is None
    assert claimed(blue.caller("operator")) == code


def test_a_run_that_asks_again_is_shown_its_own_code_until_a_newer_one_comes_and_no_other(agent, send):
    def polled(**run: str) -> str | None:
        found = claims.claim_or_repeat(agent, identifier=MAIL, **run)
        return found.code if found else None

    mine, other = {"workflow_run_id": "r1"}, {"workflow_run_id": "r2"}
    assert polled(**mine) is None
    code = send()
    assert polled(**mine) == code
    assert polled(**mine) == code
    event = AuditEvent.objects.order_by("id").filter(outcome="done").last()
    assert event.detail == {**mine, "otp_type": "totp", "again": True}
    assert polled(**other) is None
    assert polled(task_id="t1", **mine) is None
    assert polled(workflow_id="w1") is None
    newer = send()
    assert polled(**mine) == newer


def test_polls_of_one_run_take_one_code_and_leave_the_older(agent, send):
    older, newer = send(), send()
    assert {claims.claim_or_repeat(agent, identifier=MAIL, workflow_run_id="r1").code for _ in range(4)} == {newer}
    assert claimed(agent) == older


def test_the_chain_holds(blue, agent, send):
    send()
    claimed(agent)
    assert verify(blue.team.id, "blue").checked == 2
