"""The hooks' door, with what real forwarders send, and as Skyvern's `totp_verification_url`."""

import base64
import hmac
import json
import time
from urllib.parse import urlencode

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from credentials.api import forwarders
from credentials.models import AuditEvent, ReceivedCode
from credentials.sealed import unseal
from credentials.vault import hooks

PHONE = "+15550100077"
MAIL = "ops@example.com"
CODE = "481516"
TEXT = f"Your verification code is {CODE}. Do not share it."
HTML = f"<html><body><p>Your verification code is</p><h1>{CODE}</h1></body></html>"
SIGNING_KEY = "the-key-that-both-sides-know"

# As their documentation shows them; only numbers, addresses and texts are ours.
TWILIO = {
    "ToCountry": "US", "ToState": "CA", "SmsMessageSid": "SM6a3a0f1ad2b4c4cd9c6a7a2b3c4d5e6f", "NumMedia": "0",
    "ToCity": "", "FromZip": "", "SmsSid": "SM6a3a0f1ad2b4c4cd9c6a7a2b3c4d5e6f", "FromState": "", "FromCity": "",
    "SmsStatus": "received", "Body": TEXT, "FromCountry": "US", "To": PHONE, "ToZip": "", "NumSegments": "1",
    "MessageSid": "SM6a3a0f1ad2b4c4cd9c6a7a2b3c4d5e6f", "AccountSid": "AC0123456789abcdef0123456789abcdef",
    "From": "+15550199", "ApiVersion": "2010-04-01",
}  # fmt: skip
SMS_GATEWAY = {
    "deviceId": "ffffffffceb0b1db0000018e937c815b",
    "event": "sms:received",
    "id": "Ey6ECgOkVVFjz3CL48B8C",
    "payload": {
        "messageId": "abc123", "message": TEXT, "phoneNumber": "6505551212", "simNumber": 1,
        "receivedAt": "2024-06-22T15:46:11.000+07:00",
    },
    "webhookId": "unique-id",
}  # fmt: skip
SMS_TO_URL = {
    "from": "+15550199",
    "text": TEXT,
    "sentStamp": "1768556698000",
    "receivedStamp": "1768556699000",
    "sim": "1",
}
HTTPSMS = {
    "data": {
        "contact": "+18005550100", "content": TEXT, "message_id": "0b0123bb-ef2e-468f-908a-c026d51636aa",
        "owner": PHONE, "sim": "SIM1", "timestamp": "2023-06-29T03:21:19.814Z",
        "user_id": "XtABz6zdeFMoBLoltz6SREDvRSh2",
    },
    "datacontenttype": "application/json", "id": "f4aed1d3-ab4f-42b9-b9dd-9fc7182f7197",
    "source": "/v1/messages/receive", "specversion": "1.0", "time": "2023-06-29T03:21:19.524331882Z",
    "type": "message.phone.received",
}  # fmt: skip
SMS_FORWARDER = {"from": "15888888888", "content": TEXT, "timestamp": "1768556698000", "sign": "x"}
ELKS = {
    "direction": "incoming", "id": "sf8425555e5d8db61dda7a7b3f1b91bdb", "from": "+46706861004", "to": PHONE,
    "created": "2018-07-13T13:57:23.741000", "message": TEXT,
}  # fmt: skip
MAILGUN = {
    "recipient": MAIL, "sender": "no-reply@example.net", "subject": "Sign in", "from": "Example <no-reply@example.net>",
    "body-plain": TEXT, "stripped-text": TEXT, "body-html": HTML, "timestamp": "1768556698",
    "token": "2b90a03befc0b98ae2b641b0080850cada918a2d2f670e0141",
    "signature": hmac.digest(
        SIGNING_KEY.encode(), b"17685566982b90a03befc0b98ae2b641b0080850cada918a2d2f670e0141", "sha256"
    ).hex(),
}  # fmt: skip
SENDGRID = {
    "headers": "Received: by mx.example", "from": "Example <no-reply@example.net>", "to": f'"Ops" <{MAIL}>',
    "subject": "Sign in", "html": HTML, "envelope": json.dumps({"to": [MAIL], "from": "no-reply@example.net"}),
    "charsets": '{"to":"UTF-8"}', "SPF": "pass",
}  # fmt: skip
POSTMARK = {
    "From": "no-reply@example.net", "To": f'"Ops" <{MAIL}>', "ToFull": [{"Email": MAIL, "Name": "Ops"}], "Cc": "",
    "OriginalRecipient": MAIL, "Subject": "Sign in", "Date": "Thu, 5 Apr 2026 16:59:01 +0200", "TextBody": TEXT,
    "HtmlBody": HTML, "Headers": [{"Name": "X-Spam-Status", "Value": "No"}], "Attachments": [], "Tag": "",
}  # fmt: skip
CLOUDMAILIN = {
    "envelope": {"to": MAIL, "from": "no-reply@example.net", "recipients": [MAIL]},
    "headers": {"subject": "Sign in", "received": ["a", "b"]}, "plain": TEXT, "html": HTML, "attachments": [],
}  # fmt: skip


@pytest.fixture
def new_hook(blue):
    """new_hook(kind, **options) -> its path."""
    count = iter(range(100))

    def make(kind: str = "receive", **options) -> str:
        _, token = hooks.create_hook(blue.caller("owner"), name=f"hook {next(count)}", kind=kind, **options)
        return f"/hooks/{'codes' if kind == 'receive' else 'otp'}/{token}"

    return make


def received() -> list[tuple[str, str, str]]:
    """(identifier, code, source) of what was kept."""
    return [(row.identifier, unseal(row, "code"), row.source) for row in ReceivedCode.objects.order_by("id")]


def form(client, where: str, fields: dict, **headers: str):
    return client.post(where, urlencode(fields), "application/x-www-form-urlencoded", headers=headers)


def said(client, where: str, body, **headers: str):
    return client.post(where, json.dumps(body), "application/json", headers=headers)


@pytest.mark.parametrize(
    ("send", "payload", "identifier", "source"),
    [
        (form, TWILIO, PHONE, "sms"),
        (said, HTTPSMS, PHONE, "sms"),
        (form, ELKS, PHONE, ""),
        (form, MAILGUN, MAIL, "email"),
        (form, SENDGRID, MAIL, "email"),
        (said, POSTMARK, MAIL, "email"),
        (said, CLOUDMAILIN, MAIL, "email"),
        (said, {"identifier": PHONE, "content": TEXT, "source": "zapier"}, PHONE, "zapier"),
        (form, {"To": f"Ops <{MAIL}>", "Msg": TEXT}, MAIL, ""),
        (said, {"totp_identifier": 15550100077, "sms": TEXT}, "15550100077", ""),
    ],
    ids=["twilio", "httpsms", "46elks", "mailgun", "sendgrid", "postmark", "cloudmailin", "json", "form", "number"],
)
def test_a_sender_that_says_whom_it_is_for_is_understood(client, new_hook, send, payload, identifier, source):
    answer = send(client, new_hook(), payload)
    assert answer.status_code == 200, answer.content
    assert received() == [(identifier, CODE, source)]
    assert CODE not in answer.content.decode()


@pytest.mark.parametrize(
    ("send", "payload"),
    [
        (said, SMS_GATEWAY),
        (said, SMS_TO_URL),
        (form, SMS_FORWARDER),
        (said, {"sender": "+15550199", "contact": "Bank", "content": TEXT, "timestamp": "2025-01-31T14:30:00Z"}),
        (lambda client, where, body: client.post(where, body, "text/plain"), TEXT),
        (lambda client, where, body: client.post(where, body, "application/octet-stream"), TEXT),
        (lambda client, where, body: client.post(where, body, "application/x-www-form-urlencoded"), TEXT),
        (lambda client, where, body: client.post(where, body, "text/plain"), json.dumps({"text": TEXT})),
        (lambda client, where, body: client.post(where, body), {"message": TEXT}),  # multipart
        (lambda client, where, body: client.post(where, body, "application/json"), f'{{"text": "Hello,\n{TEXT}"}}'),
    ],
    ids=["capcom6", "sms to url", "smsforwarder", "ios", "text", "bytes", "curl -d", "unsaid json", "multipart",
         "raw line breaks"],
)  # fmt: skip
def test_a_sender_that_does_not_say_so_needs_a_hook_that_knows(client, new_hook, send, payload):
    assert send(client, new_hook(identifier=PHONE), payload).status_code == 200
    assert [found[:2] for found in received()] == [(PHONE, CODE)]
    answer = send(client, new_hook(), payload)
    assert (answer.status_code, answer.json()["code"]) == (422, "no_identifier")
    assert len(received()) == 1


@pytest.mark.parametrize("kind", ["", "; charset=us-ascii", "; charset=utf8"])
@pytest.mark.parametrize(
    "body", [f"{TEXT} (2FA code = {CODE})", json.dumps({"content": f"{TEXT} https://x.example/?a=b"}),
             urlencode({"content": TEXT})]
)  # fmt: skip
def test_a_text_with_an_equals_sign_is_no_form_and_a_form_is_one_in_any_charset(client, new_hook, kind, body):
    assert client.post(new_hook(identifier=PHONE), body, f"application/x-www-form-urlencoded{kind}").status_code == 200
    assert [found[:2] for found in received()] == [(PHONE, CODE)]


def test_a_link_sent_as_if_it_were_a_form_is_kept(client, new_hook):
    link = "https://acme.example/login?token=8f7a6b5c4d3e2f1a"
    text = f"Sign in to Acme: {link}"
    client.post(new_hook(identifier=MAIL), text, "application/x-www-form-urlencoded")
    assert received() == [(MAIL, link, "")]


@pytest.mark.parametrize("to", ["a <" + "(" * 3000, "<" + "a@b:" * 20_000, "<" * 3000, "<" + "a," * 100_000])
def test_an_address_that_strangers_wrote_breaks_nothing(client, new_hook, to):
    for send in (form, said):
        assert send(client, new_hook(), {"to": to, "text": TEXT}).status_code in (200, 422)


def test_a_mail_is_kept_with_its_subject(client, new_hook):
    form(client, new_hook(), MAILGUN)
    assert unseal(ReceivedCode.objects.get(), "content") == f"Sign in\n{TEXT}"


def test_twilio_is_answered_with_nothing_to_reply_and_everybody_else_with_nothing(client, new_hook):
    where = new_hook()
    twilio = form(client, where, TWILIO)
    assert (twilio.content.decode(), twilio.headers["Content-Type"]) == (
        '<?xml version="1.0" encoding="UTF-8"?><Response/>', "text/xml",
    )  # fmt: skip
    assert (form(client, where, MAILGUN).status_code, form(client, where, MAILGUN).content) == (200, b"")


@pytest.mark.parametrize(
    "news",
    [
        {**SMS_GATEWAY, "event": "sms:delivered"},
        {**SMS_GATEWAY, "event": "system:ping", "payload": {"health": {}}},
        {**HTTPSMS, "type": "message.phone.sent"},
        {**HTTPSMS, "type": "phone.heartbeat.offline"},
    ],
)
def test_other_news_are_thanked_for_and_not_kept(client, new_hook, news):
    assert said(client, new_hook(identifier=PHONE), news).status_code == 200
    assert received() == []


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"", "text/plain", "no_message"),
        (b"  \n", "text/plain", "no_message"),
        (b"{}", "application/json", "no_message"),
        (b'{"text": ""}', "application/json", "no_message"),
        (b'{"text": {"a": 1}}', "application/json", "no_message"),
        (b'{"text": null}', "application/json", "no_message"),
        (b"[]", "application/json", "bad_json"),
        (b'"text"', "application/json", "bad_json"),
        (b'{"text": "marker-1', "application/json", "bad_json"),
        (b"[" * 100_000, "application/json", "bad_json"),
        (b"a=marker-1", "application/x-www-form-urlencoded", "no_message"),
        (b"&".join(b"a%d=1" % n for n in range(600)), "application/x-www-form-urlencoded", "bad_form"),
        (b"marker-1", "multipart/form-data", "bad_form"),
        (b"marker-1", "multipart/form-data; boundary=x", "no_message"),
    ],
)
def test_what_holds_no_message_is_refused_in_words_and_repeats_nothing(client, new_hook, body, kind, code):
    answer = client.post(new_hook(identifier=PHONE), body, kind)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["message"]
    assert "marker-1" not in answer.content.decode()
    assert received() == []


@hypothesis(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda parts: st.lists(parts, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["text", "to", "envelope", "payload", "data", "event", "type", "specversion", "source", "html"]
            ),
            parts, max_size=5,
        ),
        max_leaves=12,
    ),
    as_form=st.booleans(),
)  # fmt: skip
def test_whatever_arrives_is_read_or_refused(body, as_form):
    factory = RequestFactory()
    if as_form and isinstance(body, dict):
        fields = urlencode({name: str(value).encode("utf-8", "replace") for name, value in body.items()})
        request: HttpRequest = factory.post("/", fields, "application/x-www-form-urlencoded")
    else:
        request = factory.post("/", json.dumps(body), "application/json")
    try:
        found = forwarders.read(request)
        assert found is None or found.content.strip()
    except forwarders.Invalid:
        pass
    assert all(isinstance(proof.mac, bytes) for proof in forwarders.proofs(request))


def test_half_an_emoji_loses_no_code(client, new_hook):
    where = new_hook(identifier=PHONE)
    client.post(where, json.dumps({"text": f"\ud83d {TEXT}"}), "application/json")
    client.post(where, TEXT.encode() + b"\xf0\x9f", "text/plain")
    assert [code for _, code, _ in received()] == [CODE, CODE]


@pytest.mark.parametrize("kind", ["codes", "otp"])
def test_an_unknown_a_revoked_and_a_misplaced_token_are_not_found_in_the_same_words(client, blue, new_hook, kind):
    row, revoked = hooks.create_hook(blue.caller("owner"), name="old", kind="receive")
    hooks.revoke_hook(blue.caller("owner"), hook_id=row.id)
    other = new_hook("answer", identifier=PHONE) if kind == "codes" else new_hook()
    tokens = ["hk_unknown0_token", revoked, other.rpartition("/")[2], "x", "%F0%9F", "'--"]
    answers = [client.post(f"/hooks/{kind}/{token}", TEXT, "text/plain") for token in tokens]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert answers[0].json()["code"] == "not_found"


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_a_wrong_method_is_refused(client, new_hook, method):
    for where in (new_hook(), new_hook("answer", identifier=PHONE)):
        answer = getattr(client, method)(where)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_twilios_signature_is_the_one_of_its_documentation(settings):
    settings.BASE_URL = "https://mycompany.com"
    fields = {
        "CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212",
        "Caller": "+14158675309",
    }  # fmt: skip
    for body, mac in (
        (urlencode(fields), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (urlencode(fields), "kvajT1Ptam85bY51eRf/AJRuM3w="),  # over an address with the usual port
        ("Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234", "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
    ):
        request = RequestFactory().post(
            "/myapp.php?foo=1&bar=2", body, "application/x-www-form-urlencoded", headers={"X-Twilio-Signature": mac}
        )
        fits = [
            hmac.digest(b"12345", proof.message, proof.algorithm) == proof.mac for proof in forwarders.proofs(request)
        ]
        assert any(fits)


def twilio_mac(where: str, fields: dict, key: str = SIGNING_KEY) -> str:
    message = f"http://testserver{where}" + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.digest(key.encode(), message.encode(), "sha1")).decode()


def sha256(body: bytes, key: str = SIGNING_KEY) -> str:
    return hmac.digest(key.encode(), body, "sha256").hex()


def of_mailgun(stamp: str) -> dict:
    return {**MAILGUN, "timestamp": stamp, "signature": sha256((stamp + MAILGUN["token"]).encode())}


def test_a_hook_with_a_signing_key_takes_what_is_signed_with_it_and_nothing_else(client, new_hook):
    where = new_hook(identifier=PHONE, signing_key=SIGNING_KEY)
    raw = json.dumps(SMS_GATEWAY).encode()
    for headers in (
        {"X-Signature": sha256(raw + b"1768556698"), "X-Timestamp": "1768556698"},
        {"X-Signature": sha256(raw)},
    ):
        assert client.post(where, raw, "application/json", headers=headers).status_code == 200
    assert form(client, where, TWILIO, **{"X-Twilio-Signature": twilio_mac(where, TWILIO)}).status_code == 200
    assert form(client, where, of_mailgun(str(int(time.time())))).status_code == 200
    kept = len(received())
    for answer in (
        client.post(where, raw, "application/json"),
        client.post(where, raw, "application/json", headers={"X-Signature": sha256(raw, "another")}),
        client.post(where, raw, "application/json", headers={"X-Signature": "", "X-Timestamp": ""}),
        client.post(where, raw, "application/json", headers={"X-Signature": "zz\u00e9"}),
        client.post(where, raw + b" ", "application/json", headers={"X-Signature": sha256(raw)}),
        form(client, where, {**TWILIO, "Body": "654321"}, **{"X-Twilio-Signature": twilio_mac(where, TWILIO)}),
        form(client, where, TWILIO, **{"X-Twilio-Signature": "not base64!"}),
        form(client, where, {**of_mailgun(str(int(time.time()))), "timestamp": "1"}),
        form(client, where, of_mailgun("1768556698")),
        form(client, where, of_mailgun(json.dumps({"workflow_run_id": "r7"}))),
        client.post(where, raw, "application/json", headers={"X-Skyvern-Signature": sha256(raw)}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")
    assert len(received()) == kept == 4


def ask(client, where: str, body: dict, key: str = ""):
    raw = json.dumps(body, separators=(",", ":")).encode()
    headers = {"x-skyvern-timestamp": "1768556698", "x-skyvern-signature": sha256(raw, key or "its own key")}
    return client.post(where, raw, "application/json", headers=headers)


def test_skyvern_polls_until_the_code_is_there_and_hears_it_again(client, new_hook):
    where, forwarder = new_hook("answer", identifier=PHONE), new_hook(identifier=PHONE)
    run = {"task_id": "tsk_1", "workflow_run_id": "wr_1", "workflow_permanent_id": "wpid_1"}
    for _ in range(2):
        waiting = ask(client, where, run)
        assert (waiting.status_code, waiting.headers["Content-Type"]) == (200, "application/json")
        assert waiting.json() == ""
    said(client, forwarder, {"text": TEXT})
    for _ in range(2):
        assert ask(client, where, run).json() == {"verification_code": CODE}
    assert ask(client, where, {"task_id": "tsk_2"}).json() == ""
    actions = AuditEvent.objects.filter(door="hook").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["code.receive", "code.claim", "code.claim"]


def test_skyverns_signature_is_checked_when_there_is_a_key(client, new_hook):
    where = new_hook("answer", identifier=PHONE, signing_key=SIGNING_KEY)
    assert ask(client, where, {"task_id": "tsk_1"}, SIGNING_KEY).json() == ""
    for answer in (ask(client, where, {"task_id": "tsk_1"}), client.post(where, b"{}", "application/json")):
        assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")


@pytest.mark.parametrize(
    "body", [b"x", b"[]", b'{"task_id": 1}', b'{"task_id": ["marker-1"]}', b'{"task_id": "\\u0000"}']
)
def test_what_skyvern_never_sends_is_refused_in_words(client, new_hook, body):
    answer = client.post(new_hook("answer", identifier=PHONE), body, "application/json")
    assert answer.status_code == 422
    assert "marker-1" not in answer.content.decode()
