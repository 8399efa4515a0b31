"""The pages of received codes: what each shows, to whom, how it is asked for anew, and what is mended."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from credentials.models import AuditEvent, ReceivedCode
from credentials.vault import codes, inbox, wakeups
from credentials.vault import credentials as vault
from credentials.waiting import HEADER
from tests.conftest import LOGIN

MAIL = "me@example.com"
TEXT = "Your Shop code is 482913. Order 77105 is on its way."


@pytest.fixture
def bob(blue, sign_in) -> Client:
    return sign_in(blue.people["operator"])


@pytest.fixture
def arrive(blue):
    """arrive(identifier, content, **what senders say) -> the row."""

    def take_in(identifier: str = MAIL, content: str = TEXT, **sent: object) -> ReceivedCode:
        return codes.receive_code(blue.caller("operator"), identifier=identifier, content=content, **sent).row

    return take_in


def shown(answer) -> list[str]:
    """The ids, in the page's order."""
    return re.findall(r'<li class="received[^>]* id="(totp_\w+)"', answer.content.decode())


def seen(answer) -> str:
    return re.search(r'data-seen="(\w+)"', answer.content.decode())[1]


def actions() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("id").values_list("action", "outcome"))


def test_the_inbox_says_everything_about_a_code_but_the_code(bob, arrive):
    arrive(source="sms", task_id="tsk_1", workflow_run_id="wr_9", expired_at=datetime(2031, 5, 4, tzinfo=UTC))
    text = bob.get("/t/blue/codes/").content.decode()
    for words in (MAIL, "sms", "task tsk_1, run wr_9", "% sure", "after &#x27;code&#x27;", "••••••••", "2031-05-04"):
        assert words in text
    assert "482913" not in text
    assert "77105" not in text
    assert actions() == [("code.receive", "done")]


def test_what_is_claimed_expired_or_empty_looks_it_and_cannot_be_claimed(bob, arrive):
    past = datetime.now(UTC) - timedelta(minutes=1)
    for row, words in (
        (arrive(expired_at=past), "expired"), (arrive(content="Nothing to be found in here."), "no code found"),
    ):  # fmt: skip
        assert words in bob.get("/t/blue/codes/").content.decode()
        assert bob.post(f"/t/blue/codes/{row.id}/claim/").status_code == 409
    taken = arrive()
    assert bob.post(f"/t/blue/codes/{taken.id}/claim/").status_code == 302
    assert "claimed</span> by bob@example.org" in bob.get("/t/blue/codes/").content.decode()
    assert bob.post(f"/t/blue/codes/{taken.id}/claim/").status_code == 409
    assert ReceivedCode.objects.filter(claimed_by="bob@example.org").count() == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [("me@example.com", 1), ("ME@EXAMPLE", 1), ("+1 (415) 555-0123", 2), ("4155550123", 2), ("0123", 2), ("zebra", 0),
     ("", 4), (" ", 4), ("%", 0), ("\ud800".encode("utf-8", "surrogatepass"), 0), ("x" * 3000, 0)],
)  # fmt: skip
def test_the_filter_finds_parts_and_numbers_written_otherwise(bob, arrive, query, found):
    for identifier in (MAIL, "+14155550123", "14155550123", "somebody"):
        arrive(identifier)
    answer = bob.get("/t/blue/codes/", {"q": query})
    assert (answer.status_code, len(shown(answer))) == (200, found)


def test_pages_are_walked_by_key_and_nothing_is_left_out_or_shown_twice(bob, arrive, monkeypatch):
    monkeypatch.setattr(inbox.see_codes, "__kwdefaults__", {**inbox.see_codes.__kwdefaults__, "size": 3})
    rows = [arrive(content=f"Your code is {100_000 + number}").id for number in range(8)]
    ReceivedCode.objects.filter(id__in=rows[2:6]).update(received_at=ReceivedCode.objects.get(id=rows[2]).received_at)
    answer, walked = bob.get("/t/blue/codes/"), []
    while True:
        walked += shown(answer)
        further = re.search(r'href="(/t/blue/codes/\?page=[^"]+)" rel="next"', answer.content.decode())
        if not further:
            break
        arrive(content="Your code is 999999")  # meanwhile
        answer = bob.get(further[1])
        assert "data-live-url" not in answer.content.decode()
    assert walked == rows[::-1]


@pytest.mark.parametrize("cursor", ["x", "1", "9" * 17, "9" * 40, "-1.totp_1", "1.2.3", "٣.x", ".", "0.%00"])
def test_a_place_that_makes_no_sense_is_no_error(bob, arrive, cursor):
    arrive()
    assert bob.get("/t/blue/codes/", {"page": cursor}).status_code in {200, 400}


def test_a_page_that_is_up_to_date_waits_for_what_comes_and_for_what_becomes_of_it(bob, arrive, blue):
    row = arrive()
    first = bob.get("/t/blue/codes/")
    held = bob.get("/t/blue/codes/live/", {"seen": seen(first)})
    assert held.status_code == 204
    topics = wakeups.topics(blue.team.id, [wakeups.ANY, wakeups.CHANGED])
    seconds, _, *told = held.headers[HEADER].split()
    assert (seconds, told) == ("25", topics)
    bob.post(f"/t/blue/codes/{row.id}/claim/")
    fresh = bob.get("/t/blue/codes/live/", {"seen": seen(first)})
    assert (fresh.status_code, shown(fresh), HEADER in fresh.headers) == (200, [row.id], False)
    assert seen(fresh) != seen(first)
    assert bob.get("/t/blue/codes/live/").status_code == 200  # who knows nothing is told at once


def test_a_page_waits_no_longer_than_until_a_code_on_it_expires(bob, arrive):
    row = arrive(expired_at=datetime.now(UTC) + timedelta(seconds=9))
    held = bob.get("/t/blue/codes/live/", {"seen": seen(bob.get("/t/blue/codes/"))})
    assert int(held.headers[HEADER].split()[0]) in range(1, 10)
    ReceivedCode.objects.filter(id=row.id).update(expired_at=datetime.now(UTC))
    assert "expired</span>" in bob.get("/t/blue/codes/live/").content.decode()


def test_a_code_is_shown_when_asked_for_and_each_look_is_an_event(bob, arrive):
    row = arrive()
    page = bob.post(f"/t/blue/codes/{row.id}/read/")
    assert "482913" in page.content.decode()
    assert "77105" not in page.content.decode()
    script = bob.post(f"/t/blue/codes/{row.id}/read/", headers={"accept": "application/json"})
    assert script.json()["value"] == "482913"
    assert actions()[1:] == [("code.read", "done")] * 2
    assert ReceivedCode.objects.get().claimed_at is None


def test_a_message_shows_its_candidates_only_once_it_is_asked_for(blue, sign_in, arrive):
    row = arrive()
    where = f"/t/blue/codes/{row.id}/message/"
    stale = sign_in(blue.people["operator"], stale=True)
    assert "482913" not in stale.get(where).content.decode()
    away = stale.post(where)
    assert (away.status_code, away.headers["Location"][:24]) == (302, "/accounts/reauthenticate")
    assert row.id in away.headers["Location"]
    text = sign_in(blue.people["operator"]).post(where).content.decode()
    assert TEXT in text
    assert re.findall(r'name="code" value="([^"]+)"( checked)?', text) == [("482913", " checked"), ("77105", "")]
    assert actions()[1:] == [("code.message", "refused"), ("code.message", "done")]


@pytest.mark.parametrize("given", [{"code": "77105"}, {"code": "482913", "other": " 77105 "}, {"other": "on its way"}])
def test_the_right_code_takes_the_place_of_the_wrong_one_sealed_and_written_down(bob, arrive, blue, given):
    row = arrive()
    right = given.get("other", given.get("code")).strip()
    assert bob.post(f"/t/blue/codes/{row.id}/correct/", given).headers["Location"] == "/t/blue/codes/"
    mended = ReceivedCode.objects.get()
    assert (mended.reason, mended.confidence, mended.otp_type) == ("chosen by a person", 1.0, "totp")
    assert codes.read_code(blue.caller("operator"), code_id=row.id).code == right
    assert right not in str(ReceivedCode.objects.values_list("code", "content").get())
    assert AuditEvent.objects.get(action="code.correct").detail == {"otp_type": "totp"}


@pytest.mark.parametrize("given", [{}, {"code": ""}, {"other": "999999"}, {"code": "482913\0"}, {"other": "x" * 9000}])
def test_what_does_not_stand_in_the_message_is_not_its_code(bob, arrive, blue, given):
    row = arrive()
    answer = bob.post(f"/t/blue/codes/{row.id}/correct/", given, follow=True)
    assert "This does not stand in the message" in answer.content.decode()
    assert "999999" not in answer.content.decode()
    assert codes.read_code(blue.caller("operator"), code_id=row.id).code == "482913"


def test_a_link_and_a_code_in_a_message_without_one_can_be_chosen(bob, arrive, blue):
    for content, right, otp_type in (
        ("Have a look at https://a.example/x?y=1 one of these days.", "https://a.example/x?y=1", "magic_link"),
        ("Parcel 5521 waits, locker 90311, thank you for waiting.", "90311", "totp"),
    ):
        row = arrive(content=content)
        assert row.otp_type == ""
        bob.post(f"/t/blue/codes/{row.id}/correct/", {"code": right})
        assert ReceivedCode.objects.get(id=row.id).otp_type == otp_type
        assert codes.read_code(blue.caller("operator"), code_id=row.id).code == right


def test_one_pushed_by_hand_is_taken_in_like_any_other(bob):
    given = {"identifier": "Me@Example.com", "content": TEXT, "source": "sms"}
    assert bob.post("/t/blue/codes/?q=me", given).headers["Location"] == "/t/blue/codes/?q=me"
    row = ReceivedCode.objects.get()
    assert (row.identifier, row.source, row.otp_type) == (MAIL, "sms", "totp")
    bob.post("/t/blue/codes/", {**given, "content": "Nothing to be found in here."})
    assert "no code was found in it" in bob.get("/t/blue/codes/").content.decode()


@pytest.mark.parametrize("odd", [{"identifier": ""}, {"identifier": "x" * 501}, {"source": "telex"}, {"content": " "}])
def test_a_push_that_is_refused_keeps_the_identifier_and_never_the_message(bob, odd):
    given = {"identifier": MAIL, "content": TEXT, "source": "sms", **odd}
    answer = bob.post("/t/blue/codes/", given)
    text = answer.content.decode()
    assert (answer.status_code, ReceivedCode.objects.count()) == (200, 0)
    assert "field-errors" in text
    assert "482913" not in text
    assert "content" in odd or "Type this again" in text
    assert "identifier" in odd or f'value="{MAIL}"' in text


def test_half_a_character_in_a_form_is_no_error(bob):
    form = b"identifier=%ED%A0%80&content=123456%ED%A0%80&source="
    assert bob.post("/t/blue/codes/", form, content_type="application/x-www-form-urlencoded").status_code == 302


def test_a_discard_leads_back_and_nowhere_else(bob, arrive):
    for back, leads in (("/t/blue/codes/?q=me", "/t/blue/codes/?q=me"), ("//evil.example/", "/t/blue/")):
        row = arrive()
        assert bob.post(f"/t/blue/codes/{row.id}/discard/", {"back": back}).headers["Location"] == leads
        assert not ReceivedCode.objects.filter(id=row.id)


def test_a_credential_shows_what_came_for_its_identifier_to_who_may_see_codes(blue, arrive, sign_in, login):
    mine = vault.edit_credential(blue.caller("manager"), credential_id=login.id, totp_identifier="+1 415 555 0123")
    row, other = arrive("14155550123"), arrive(MAIL)
    where = f"/t/blue/credentials/{mine.id}/"
    for role, is_there in (("auditor", False), ("operator", True), ("owner", True)):
        text = sign_in(blue.people[role]).get(where).content.decode()
        assert (row.id in text) is is_there
        assert other.id not in text
    plain = vault.add_credential(blue.caller("manager"), **{**LOGIN, "name": "plain"})
    text = sign_in(blue.people["owner"]).get(f"/t/blue/credentials/{plain.id}/").content.decode()
    assert "data-codes" not in text


def test_an_auditor_is_offered_no_inbox_and_another_team_sees_none_of_it(blue, red, sign_in, arrive):
    row = arrive()
    assert "/t/blue/codes/" not in sign_in(blue.people["auditor"]).get("/t/blue/").content.decode()
    assert "/t/blue/codes/" in sign_in(blue.people["operator"]).get("/t/blue/").content.decode()
    charlie = sign_in(red.people["owner"])
    assert shown(charlie.get("/t/red/codes/")) == []
    for page in ("read", "message", "correct", "claim", "discard"):
        assert charlie.post(f"/t/red/codes/{row.id}/{page}/", {"code": "77105"}).status_code == 404


def test_a_code_that_is_shown_does_not_stay_longer_than_the_team_says(blue, bob, arrive):
    blue.team.reveal_seconds = 45
    blue.team.save()
    where = f"/t/blue/codes/{arrive().id}/read/"
    asked = bob.post(where, {"key": "code"}, headers={"accept": "application/json"})
    assert asked.json() == {"value": "482913", "seconds": 45}
    assert bob.post(where)["Refresh"] == "45; url=/t/blue/codes/"
