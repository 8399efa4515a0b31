"""`receivecode`: a message on standard input, its id on standard output, its code nowhere."""

import io

import pytest
from django.core.management import CommandError, call_command

from credentials.models import AuditEvent, ReceivedCode
from credentials.sealed import unseal
from credentials.vault import seals


@pytest.fixture(autouse=True)
def canary(db):
    seals.open_canary()


def run(monkeypatch, message: bytes, *words: str) -> str:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(message)))
    call_command("receivecode", *words, stdout=out, stderr=out)
    return out.getvalue()


def test_a_message_is_handed_in(monkeypatch, blue):
    message = "Your verification code is 482913 \U0001f511\r\n".encode() + b"\xff"
    told = run(monkeypatch, message, "--team", "blue", "--identifier", "Me@Example.com", "--source", "email")
    row = ReceivedCode.objects.get()
    assert told == f"{row.id} totp\n"
    assert (row.team_id, row.identifier, row.source) == (blue.team.id, "me@example.com", "email")
    assert unseal(row, "code") == "482913"
    assert unseal(row, "content") == "Your verification code is 482913 \U0001f511\r\n\ufffd"
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_kind, event.target_id) == ("code.receive", "operator", row.id)


def test_what_holds_no_code_is_said_so(monkeypatch, blue):
    told = run(monkeypatch, b"hello there, nothing here", "--team", "blue", "--identifier", "u")
    assert told.endswith(" nothing found\n")


@pytest.mark.parametrize(("message", "team"), [(b"123456", "nowhere"), (b"x" * 1_000_001, "blue")])
def test_an_unknown_team_and_an_endless_message_are_refused(monkeypatch, blue, message, team):
    with pytest.raises(CommandError) as refusal:
        run(monkeypatch, message, "--team", team, "--identifier", "u")
    assert "xxx" not in str(refusal.value)
    assert ReceivedCode.objects.count() == 0
