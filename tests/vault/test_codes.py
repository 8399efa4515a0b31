"""Receiving, listing, seeing, reading and discarding codes."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from credentials.access import Actor, Caller, Door, Scope
from credentials.errors import Invalid, NotAllowed, NotFound, SealBroken
from credentials.models import AuditEvent, ReceivedCode
from credentials.vault import codes, inbox

MAIL = "me@example.com"


@pytest.fixture
def forwarder(blue) -> Caller:
    """A key that may only hand codes in."""
    return key(blue, Scope.CODES_WRITE)


@pytest.fixture
def agent(blue) -> Caller:
    """A key that may only take codes out."""
    return key(blue, Scope.CODES_READ)


def key(house, *scopes: Scope, id: str = "key_1") -> Caller:
    return Caller(Door.SKYVERN, Actor.KEY, id=id, label=f"agent {id}", team_id=house.team.id, scopes=frozenset(scopes))


def events() -> list[tuple]:
    rows = AuditEvent.objects.order_by("id")
    return [(event.action, event.outcome, event.target_id, event.detail) for event in rows]


def test_of_a_long_message_the_beginning_is_kept_and_a_list_opens_only_so_much(blue, monkeypatch):
    caller = blue.caller("owner")
    long = f"Your verification code is 482913. {'é' * 200_000}"
    kept = codes.receive_code(caller, identifier="me@example.com", content=long)
    assert (kept.code, kept.content) == ("482913", long[: codes.LONGEST_KEPT])
    codes.receive_code(caller, identifier="me@example.com", content=long)
    assert len(codes.list_codes(caller)) == 2
    monkeypatch.setattr(codes, "MOST_AT_ONCE", 2 * codes.LONGEST_KEPT - 1)
    assert len(codes.list_codes(caller)) == 1


def test_a_message_is_kept_sealed_with_its_code_and_the_reason(forwarder):
    found = codes.receive_code(
        forwarder, identifier="Me@Example.COM ", content="Your verification code is 482-913.\n", source="sms",
        task_id="tsk_1", workflow_id=None, workflow_run_id="wr_1", expired_at=datetime(2031, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert (found.code, found.content) == ("482913", "Your verification code is 482-913.\n")
    row = ReceivedCode.objects.get()
    assert (row.identifier, row.otp_type, row.source) == (MAIL, "totp", "sms")
    assert (row.task_id, row.workflow_id, row.workflow_run_id) == ("tsk_1", "", "wr_1")
    assert row.reason == "after 'verification code'"
    assert 0.5 < row.confidence <= 1
    assert row.expired_at == datetime(2031, 1, 1, tzinfo=UTC)
    assert "482" not in str(ReceivedCode.objects.values_list("content", "code", "reason").get())
    assert events() == [("code.receive", "done", row.id, {"otp_type": "totp"})]


@pytest.mark.parametrize(
    ("content", "code", "otp_type"),
    [
        ("123456", "123456", "totp"),
        ("  654321\n", "654321", "totp"),
        ("code 12345", "code 12345", "totp"),
        ("http://a.b", "http://a.b", "magic_link"),
        ("https://app.example.com/magic?token=abc&amp;x=1.", "https://app.example.com/magic?token=abc&x=1",
         "magic_link"),
        ("", "", "totp"),
    ],
)  # fmt: skip
def test_short_messages_and_lone_links_are_the_code(forwarder, content, code, otp_type):
    found = codes.receive_code(forwarder, identifier="u", content=content)
    assert (found.code, found.content, found.row.otp_type, found.is_raw) == (code, content, otp_type, False)


def test_a_message_without_a_code_is_kept_raw(forwarder, agent):
    found = codes.receive_code(forwarder, identifier="u", content="hello there, nothing here")
    assert (found.code, found.is_raw) == ("", True)
    assert codes.list_codes(agent) == []
    assert ReceivedCode.objects.get().reason.startswith("nothing")


def test_a_very_long_message_without_a_code_is_refused_and_kept_nowhere(forwarder):
    with pytest.raises(Invalid) as refusal:
        codes.receive_code(forwarder, identifier="u", content="x" * 65_537)
    assert refusal.value.code == "nothing_found"
    assert ReceivedCode.objects.count() == 0
    assert events() == [("code.receive", "refused", "", {"reason": "nothing_found"})]
    long = "Your verification code is 482913. " + "x" * 200_000
    assert codes.receive_code(forwarder, identifier="u", content=long).code == "482913"


def test_control_characters_go_and_everything_else_stays(forwarder):
    found = codes.receive_code(forwarder, identifier="u", content="12\x003\x01456\x1f")
    assert (found.code, found.content) == ("123456", "123456")
    kept = "Tab\t, line\r\nand \u202eturned\u202c \x7f text\ud83d: code 551177"
    assert codes.receive_code(forwarder, identifier="u", content=kept).content == kept.replace("\ud83d", "\ufffd")


@pytest.mark.parametrize(
    ("field", "text"),
    [("identifier", "x\0"), ("identifier", "x" * 501), ("source", "\ud800"), ("task_id", "x" * 201)],
)
def test_what_cannot_be_stored_is_refused_by_name_and_not_repeated(forwarder, field, text):
    with pytest.raises(Invalid) as refusal:
        codes.receive_code(forwarder, **{"identifier": "u", "content": "123456", field: text})
    assert list(refusal.value.fields) == [field]
    assert text not in str(refusal.value)


@pytest.mark.parametrize("text", ["ß" * 500, "\u0958" * 500, "\U0001d15e" * 500, "😀" * 500])
def test_an_identifier_may_be_of_any_letters(forwarder, agent, text):
    """Folding and composing make some texts longer."""
    codes.receive_code(forwarder, identifier=text, content="123456")
    assert [found.code for found in codes.list_codes(agent, identifier=text)] == ["123456"]


def test_codes_are_listed_newest_first_with_all_the_filters(forwarder, agent):
    for content, more in (
        ("111111", {"workflow_run_id": "wr_1"}), ("https://a.example/x", {}), ("222222", {"expired_at": past()}),
    ):  # fmt: skip
        codes.receive_code(forwarder, identifier="u", content=content, **more)
    first, *_ = ReceivedCode.objects.order_by("received_at")

    def listed(**filters):
        return [found.content for found in codes.list_codes(agent, **filters)]

    assert listed() == ["222222", "https://a.example/x", "111111"]
    assert listed(limit=1) == ["222222"]
    assert listed(workflow_run_id="wr_1") == ["111111"]
    assert listed(otp_type="magic_link") == ["https://a.example/x"]
    assert listed(received_after=first.received_at) == ["222222", "https://a.example/x"]
    assert listed(identifier="u", otp_type="totp") == ["222222", "111111"]
    assert listed(identifier="U") == listed(workflow_run_id="wr_2") == listed(identifier="u\0\ud800 no") == []


def past() -> datetime:
    return datetime.now(UTC) - timedelta(days=400)


@pytest.mark.parametrize(
    ("sent", "asked", "is_found"),
    [
        ("john@example.com", "JOHN@example.com ", True),
        ("+14155550123", "+1 (415) 555-0123", True),
        ("+14155550123", "14155550123", True),
        ("+1 (212) 555-0199", "+12125550199", False),
        ("+1 (212) 555-0199", "+1 (212) 555-0199", True),
        ("user_123", "USER_123", False),
    ],
)
def test_a_list_normalises_the_question_and_not_the_answer(forwarder, agent, sent, asked, is_found):
    codes.receive_code(forwarder, identifier=sent, content="123456")
    assert bool(codes.list_codes(agent, identifier=asked)) is is_found


def test_a_list_leaves_one_event_when_it_shows_something(forwarder, agent):
    assert codes.list_codes(agent, identifier="u") == []
    assert events() == []
    for content in ("111111", "222222"):
        codes.receive_code(forwarder, identifier="u", content=content)
    found = codes.list_codes(agent, identifier="u")
    assert events()[2:] == [("code.read", "done", "", {"count": 2, "ids": [code.row.id for code in found]})]


def test_a_key_needs_the_scope_and_a_person_the_role(blue, forwarder, agent):
    for ask in (
        lambda: codes.receive_code(agent, identifier="u", content="123456"),
        lambda: codes.list_codes(forwarder),
        lambda: inbox.see_codes(agent),
        lambda: codes.discard_code(agent, code_id="totp_1"),
        lambda: inbox.see_codes(blue.caller("auditor")),
        lambda: codes.receive_code(blue.caller("auditor"), identifier="u", content="123456"),
    ):
        with pytest.raises(NotAllowed):
            ask()
    assert [row[:2] for row in events()] == [
        ("code.receive", "refused"), ("code.read", "refused"), ("code.see", "refused"), ("code.discard", "refused"),
        ("code.see", "refused"), ("code.receive", "refused"),
    ]  # fmt: skip
    assert codes.receive_code(blue.caller("operator"), identifier="u", content="123456").code == "123456"


def test_another_team_sees_nothing(blue, red, forwarder):
    id = codes.receive_code(forwarder, identifier="u", content="123456").row.id
    charlie = red.caller("owner")
    assert codes.list_codes(key(red, Scope.CODES_READ), identifier="u") == []
    assert inbox.see_codes(charlie).rows == []
    for ask in (codes.read_code, codes.discard_code):
        with pytest.raises(NotFound):
            ask(charlie, code_id=id)
    assert ReceivedCode.objects.count() == 1


def test_the_inbox_sees_metadata_and_reads_one_code_at_a_time(blue, forwarder):
    bob = blue.caller("operator")
    codes.receive_code(forwarder, identifier="+1 415 555 0123", content="Your code is 482913")
    raw = codes.receive_code(forwarder, identifier="u", content="hello there, nothing here").row
    shown = inbox.see_codes(bob).rows
    assert [(row["identifier"], row["masked"], row["otp_type"]) for row in shown] == [
        ("u", "", ""), ("+1 415 555 0123", "••••••••", "totp")
    ]  # fmt: skip
    assert shown[1]["reason"] == "after 'code'"
    assert "482913" not in json.dumps(shown, default=str)
    assert [row["id"] for row in inbox.see_codes(bob, identifier="14155550123").rows] == [shown[1]["id"]]
    assert len(inbox.see_codes(bob, size=1).rows) == 1
    assert len(events()) == 2
    assert codes.read_code(bob, code_id=shown[1]["id"]).code == "482913"
    assert codes.read_code(bob, code_id=raw.id).content == "hello there, nothing here"
    assert [row[:3] for row in events()[2:]] == [
        ("code.read", "done", shown[1]["id"]), ("code.read", "done", raw.id)
    ]  # fmt: skip


def test_a_discarded_code_is_gone(blue, forwarder, agent):
    id = codes.receive_code(forwarder, identifier="u", content="123456").row.id
    codes.discard_code(blue.caller("operator"), code_id=id)
    assert codes.list_codes(agent) == []
    with pytest.raises(NotFound):
        codes.read_code(blue.caller("operator"), code_id=id)
    assert events()[1][:3] == ("code.discard", "done", id)


def test_a_row_that_was_given_another_identifier_does_not_open(agent, forwarder):
    codes.receive_code(forwarder, identifier="me@example.com", content="123456")
    ReceivedCode.objects.update(identifier="mallory@example.com", identifier_key="mallory@example.com")
    with pytest.raises(SealBroken):
        codes.list_codes(agent, identifier="mallory@example.com")


def test_what_comes_back_prints_no_code(forwarder, agent):
    found = codes.receive_code(forwarder, identifier="u", content="Your code is 482913")
    for thing in (found, found.row, codes.list_codes(agent), vars(found.row)):
        assert "482913" not in repr(thing) + str(thing)
