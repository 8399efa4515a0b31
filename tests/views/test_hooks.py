"""The page of hook addresses: shown once, ready to paste, gone when revoked."""

import html
import json
import re

import pytest
from django.conf import settings
from django.test import Client

from credentials.models import HookAddress, ReceivedCode
from credentials.vault import hooks

PAGE = "/t/blue/hooks/"


@pytest.fixture
def alice(blue, sign_in) -> Client:
    return sign_in(blue.people["owner"])


def made(client: Client, **fields: str):
    answer = client.post(PAGE, {"name": "office phone", "kind": "receive", **fields})
    text = html.unescape(answer.content.decode())
    address = re.search(r"data-copied>([^<]+)<", text)
    return text, address and address[1]


def snippets(text: str) -> dict[str, str]:
    return dict(re.findall(r'aria-label="([^"]+)"><code id="snippet-\d+">([^<]*)</code>', text))


def test_a_new_address_is_shown_once_and_takes_messages_in(alice):
    text, address = made(alice, identifier="+1 415 555 0123")
    assert address.startswith(f"{settings.BASE_URL}/hooks/codes/hk_")
    assert list(snippets(text)) == [
        "A script", "Twilio", "SMS Gateway for Android", "Incoming SMS to URL forwarder", "Mailgun",
        "SendGrid, Postmark, CloudMailin", "Zapier, Make",
    ]  # fmt: skip
    assert all(address in code for code in snippets(text).values())
    again = alice.get(PAGE).content.decode()
    assert "office phone" in again
    assert "+1 415 555 0123" in again
    assert address.rpartition("_")[2] not in again
    assert HookAddress.objects.get().created_by == "alice@example.org"


@pytest.mark.parametrize("fields", [{"identifier": "me@example.com"}, {}], ids=["for somebody", "for nobody"])
def test_the_script_that_the_page_offers_hands_a_code_in(alice, fields):
    text, address = made(alice, **fields)
    body = re.search(r"-d '([^']+)'", snippets(text)["A script"])[1]
    where = address.removeprefix(settings.BASE_URL)
    assert Client().post(where, body, "application/json").status_code == 200
    row = ReceivedCode.objects.get()
    assert row.identifier == fields.get("identifier", json.loads(body).get("identifier"))
    assert row.otp_type == "totp"


def test_the_script_that_the_page_offers_asks_for_a_code(alice):
    text, address = made(alice, kind="answer", identifier="me@example.com")
    assert json.loads(snippets(text)["Skyvern"]) == {"totp_verification_url": address}
    body = re.search(r"-d '([^']+)'", snippets(text)["A script"])[1]
    assert Client().post(address.removeprefix(settings.BASE_URL), body, "application/json").json() == ""


def test_a_hook_for_a_credential_leads_to_it(alice, login):
    text, address = made(alice, kind="answer", credential_id=login.id)
    assert address.startswith(f"{settings.BASE_URL}/hooks/otp/hk_")
    assert f"/t/blue/credentials/{login.id}/" in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "This field is required"),
        ({"name": "x" * 256}, "longer than 255"),
        ({"kind": "answer"}, "needs an identifier or a credential"),
        ({"kind": "shout"}, "Select a valid choice"),
        ({"credential_id": "cred_00000000000000000000000000"}, "The team has no such credential"),
        ({"credential_id": "' OR 1=1"}, "The team has no such credential"),
        ({"identifier": "x" * 501}, "longer than 500"),
        ({"signing_key": "s" * 501}, "longer than 500"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(alice, fields, words):
    text, address = made(alice, **fields)
    assert (address, words in text, HookAddress.objects.count()) == (None, True, 0)
    assert "s" * 501 not in text


def test_a_name_that_a_living_hook_has_is_refused(alice):
    made(alice)
    text, address = made(alice)
    assert address is None
    assert "has this name already" in text


def test_a_signing_key_is_asked_for_and_never_shown(alice):
    text, address = made(alice, identifier="u", signing_key="key-of-the-gateway")
    assert "signed</span>" in text
    assert "key-of-the-gateway" not in text
    where = address.removeprefix(settings.BASE_URL)
    assert Client().post(where, "Your code is 123456", "text/plain").status_code == 403


def test_a_revoked_address_is_nobodys_and_leaves_the_page(alice, blue):
    _, address = made(alice)
    row = HookAddress.objects.get()
    assert alice.post(f"{PAGE}{row.id}/revoke/").status_code == 302
    assert Client().post(address.removeprefix(settings.BASE_URL), "x", "text/plain").status_code == 404
    assert row.prefix not in alice.get(PAGE).content.decode()
    assert [one["revoked_at"] is None for one in hooks.see_hooks(blue.caller("owner"))] == [False]


def test_only_owners_find_the_page_beside_the_api_keys(blue, sign_in):
    for role, is_there in (("auditor", False), ("operator", False), ("manager", False), ("owner", True)):
        client = sign_in(blue.people[role])
        assert (PAGE in client.get("/t/blue/members/").content.decode()) is is_there
        assert client.get(PAGE).status_code == (200 if is_there else 403)
