"""Received codes of the Skyvern dialect: recorded exchanges with the real server (contract, section 5), and our claims.

Waiting over the wire: tests/test_waiting.py.
"""

import json
from datetime import datetime

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.access import Scope
from credentials.api.skyvern_code_shapes import TotpCodeClaim, TotpCodeIn
from credentials.models import AuditEvent, ReceivedCode
from credentials.vault import codes, keys
from credentials.vault import credentials as vault
from credentials.waiting import HEADER

MAIL = "john.doe@example.com"
KEYS = {
    "totp_identifier", "task_id", "workflow_id", "workflow_run_id", "source", "content", "expired_at", "type",
    "totp_code_id", "code", "organization_id", "created_at", "modified_at", "otp_type",
}  # fmt: skip
ABSENT = object()
TOTP, CLAIM = "credentials/totp", "credentials/totp/claim"


class Agent:
    """A client with one key, as the official one sends it."""

    def __init__(self, key: str) -> None:
        self.client, self.headers = Client(enforce_csrf_checks=True), {"x-api-key": key}

    def post(self, path: str = TOTP, /, *, raw: bytes | None = None, base: str = "/v1/", **body):
        data = json.dumps(body) if raw is None else raw
        return self.client.post(f"{base}{path}", data, content_type="application/json", headers=self.headers)

    def send(self, content: str = "123456", **more) -> dict:
        answer = self.post(**{"totp_identifier": MAIL, "content": content, **more})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def get(self, **query):
        return self.client.get(f"/v1/{TOTP}", query, headers=self.headers)

    def listed(self, **query) -> list[str]:
        return [row["content"] for row in self.get(**query).json()]


@pytest.fixture
def agent(blue):
    """agent(*scopes, house) -> a client with such a key; without scopes, for codes only."""
    count = iter(range(1000))

    def make(*scopes: str, house=blue) -> Agent:
        wanted = scopes or (Scope.CODES_READ, Scope.CODES_WRITE)
        return Agent(keys.create_api_key(house.caller("owner"), name=f"agent {next(count)}", scopes=wanted)[1])

    return make


# --- Handing in. ---


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ({"content": "123456"}, {"code": "123456", "otp_type": "totp"}),
        ({"content": "  654321\n"}, {"code": "654321", "content": "  654321\n", "otp_type": "totp"}),
        ({"content": "code 12345"}, {"code": "code 12345", "otp_type": "totp"}),
        ({"totp_identifier": "John.Doe@Example.COM ", "content": "Hello, your verification code is 482913",
          "source": "email"}, {"totp_identifier": MAIL, "code": "482913", "source": "email", "otp_type": "totp"}),
        ({"totp_identifier": "+14155550123", "content": "Your code: 482-913 thanks", "source": "sms"},
         {"totp_identifier": "+14155550123", "code": "482913", "otp_type": "totp"}),
        ({"content": "https://app.example.com/magic?token=abc&amp;x=1.", "type": "magic_link"},
         {"content": "https://app.example.com/magic?token=abc&amp;x=1.", "otp_type": "magic_link", "type": None,
          "code": "https://app.example.com/magic?token=abc&x=1"}),
        ({"content": "Click https://app.example.com/magic?token=abc123 to sign in"},
         {"code": "https://app.example.com/magic?token=abc123", "otp_type": "magic_link"}),
        ({"content": "hello there, nothing here"}, {"code": "", "otp_type": None, "status": "raw_pending"}),
        ({"content": "http://a.b", "type": "totp"}, {"code": "http://a.b", "otp_type": "magic_link"}),
        ({"expired_at": "2030-01-01T00:00:00Z"}, {"expired_at": "2030-01-01T00:00:00"}),
        ({"expired_at": "2030-01-01T02:00:00+02:00"}, {"expired_at": "2030-01-01T00:00:00"}),
        ({"expired_at": "2030-01-01T02:00:00"}, {"expired_at": "2030-01-01T02:00:00"}),
        ({"expired_at": "2020-01-01T00:00:00Z"}, {"expired_at": "2020-01-01T00:00:00"}),
        ({"task_id": "", "workflow_id": "", "workflow_run_id": ""}, {"task_id": None, "workflow_run_id": None}),
        ({"task_id": "tsk_1", "workflow_id": "w", "workflow_run_id": "wr_1"},
         {"task_id": "tsk_1", "workflow_id": "w", "workflow_run_id": "wr_1"}),
        ({"task_id": None, "source": None, "expired_at": None, "type": None}, {"task_id": None, "source": None}),
        ({"totp_identifier": ""}, {"totp_identifier": "", "code": "123456"}),
        ({"content": ""}, {"content": "", "code": "", "otp_type": "totp"}),
        ({"content": "12\x003\x01456"}, {"content": "123456", "code": "123456"}),
        ({"content": "\ud83d code 551177", "surplus": [1]}, {"content": "\ufffd code 551177", "code": "551177"}),
    ],
)  # fmt: skip
def test_a_message_is_answered_as_the_other_server_does(agent, blue, sent, answered):
    found = agent().send(**sent)
    assert set(found) - {"status"} == KEYS
    assert ("status" in found) is ("status" in answered)
    assert {name: found[name] for name in answered} == answered
    assert found["totp_code_id"].startswith("totp_")
    assert found["organization_id"] == blue.team.id
    assert datetime.fromisoformat(found["created_at"]).tzinfo is None
    assert found["created_at"] == found["modified_at"]


@pytest.mark.parametrize("path", ["v1/credentials/totp", "v1/credentials/totp/", "api/v1/totp", "api/v1/totp/"])
def test_every_address_takes_a_message(agent, path):
    assert agent().post(path, base="/", totp_identifier="u", content="777888").json()["code"] == "777888"
    assert agent().post(path, base="/", content="777888").json()["detail"] == [
        {"loc": ["body", "totp_identifier"], "msg": "Field required", "type": "missing"}
    ]


def test_the_older_twin_has_no_such_address_as_the_newer(agent):
    answer = agent().post("api/v1/credentials/totp", base="/", totp_identifier="u", content="777888")
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})


@pytest.mark.parametrize(
    ("body", "loc", "msg", "kind"),
    [
        ({"totp_identifier": ABSENT}, ["body", "totp_identifier"], "Field required", "missing"),
        ({"content": ABSENT}, ["body", "content"], "Field required", "missing"),
        ({"type": "sms"}, ["body", "type"], "Input should be 'totp' or 'magic_link'", "enum"),
        ({"expired_at": "tomorrow"}, ["body", "expired_at"],
         "Input should be a valid datetime or date, input is too short", "datetime_from_date_parsing"),
        ({"expired_at": "9999-12-31T23:59:59-12:00"}, ["body", "expired_at"], None, "value_error"),
        ({"content": None}, ["body", "content"], "Input should be a valid string", "string_type"),
        ({"content": 123456}, ["body", "content"], "Input should be a valid string", "string_type"),
        ({"totp_identifier": "x\0secret"}, ["body", "identifier"], None, "value_error"),
        ({"totp_identifier": "x\ud800secret"}, ["body", "totp_identifier"], None, "string_unicode"),
        ({"source": "x" * 101}, ["body", "source"], None, "string_too_long"),
        ({"task_id": "x" * 201}, ["body", "task_id"], None, "string_too_long"),
        ({"totp_identifier": "ß" * 300 + "@x"}, ["body", "identifier"], None, "value_error"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_and_not_repeated(agent, body, loc, msg, kind):
    whole = {"totp_identifier": "u", "content": "1", **body}
    answer = agent().post(**{name: value for name, value in whole.items() if value is not ABSENT})
    assert answer.status_code == 422
    (found,) = answer.json()["detail"]
    assert (found["loc"], found["type"]) == (loc, kind)
    assert set(found) == {"loc", "msg", "type"}
    assert msg in {None, found["msg"]}
    assert "secret" not in answer.content.decode()
    assert ReceivedCode.objects.count() == 0


@pytest.mark.parametrize("raw", [b"", b"[]", b"nope", b'{"content": ' + b"[" * 10_000, b"\xff\xfe", b"null", b'"x"'])
def test_a_body_that_is_none_is_refused(agent, raw):
    for path in (TOTP, CLAIM):
        assert agent().post(path, raw=raw).status_code == 422


def test_a_long_message_without_a_code_is_refused(agent):
    answer = agent().post(totp_identifier="u", content="x" * 65_537)
    assert (answer.status_code, answer.json()) == (400, {"detail": "Failed to parse otp login"})


# --- Listing. ---


def test_codes_are_listed_as_they_were_answered(agent):
    ask = agent()
    sent = [ask.send("111111"), ask.send("222222", expired_at="2020-01-01T00:00:00Z"), ask.send("")]
    ask.send("hello there, nothing here")
    assert ask.get().json() == sent[::-1]
    assert ask.get(limit=1).json() == sent[2:]
    assert ask.client.get("/v1/credentials/totp/", headers=ask.headers).json() == sent[::-1]


def test_the_filters_are_those_of_the_contract(agent):
    ask = agent()
    for identifier, content, run in (
        (MAIL, "111111", None), ("+14155550123", "222222", "wr_1"), ("+1 (212) 555-0199", "333333", None),
        ("user_123", "https://a.example/magic", None),
    ):  # fmt: skip
        ask.send(content, totp_identifier=identifier, workflow_run_id=run)
    assert ask.listed(totp_identifier="JOHN.DOE@example.com") == ["111111"]
    assert ask.listed(totp_identifier="+1 (415) 555-0123") == ["222222"]
    assert ask.listed(totp_identifier="+12125550199") == []
    assert ask.listed(totp_identifier="USER_123") == []
    assert ask.listed(otp_type="magic_link") == ["https://a.example/magic"]
    assert ask.listed(workflow_run_id="wr_1") == ["222222"]
    assert ask.listed(workflow_run_id="wr_2") == []
    since = ask.get().json()[2]["created_at"]
    assert ask.listed(received_after=since) == ["https://a.example/magic", "333333"]
    assert len(ask.listed(totp_identifier="", unknown="x")) == 4


@pytest.mark.parametrize(
    ("query", "msg"),
    [
        ({"otp_type": "zzz"}, "Input should be 'totp' or 'magic_link'"),
        ({"limit": "0"}, "Input should be greater than or equal to 1"),
        ({"limit": "201"}, "Input should be less than or equal to 200"),
        ({"limit": "9" * 5000}, None),
        ({"wait": "61"}, "Input should be less than or equal to 60"),
        ({"wait": "-1"}, "Input should be greater than or equal to 0"),
        ({"wait": "soon"}, None),
        ({"wait": "1.5"}, None),
        ({"received_after": "yesterday"}, None),
        ({"received_after": "0001-01-01T00:00:00+23:59"}, None),
    ],
)
def test_a_query_that_does_not_fit_is_refused(agent, query, msg):
    answer = agent().get(**query)
    assert answer.status_code == 422
    (found,) = answer.json()["detail"]
    assert found["loc"] == ["query", *query]
    assert msg in {None, found["msg"]}


def test_another_team_lists_and_claims_nothing(agent, red):
    agent().send()
    stranger = agent(house=red)
    assert stranger.get().json() == []
    assert stranger.post(CLAIM, totp_identifier=MAIL).status_code == 204


# --- Claiming. ---


def test_a_code_is_claimed_once(agent):
    ask = agent()
    sent = ask.send("Your verification code is 482913", workflow_run_id="wr_1")
    answer = ask.post(CLAIM, totp_identifier="John.Doe@example.com", workflow_run_id="wr_1")
    found = answer.json()
    assert answer.status_code == 200
    assert found == {
        **sent, "modified_at": found["claimed_at"], "claimed_at": found["claimed_at"],
        "confidence": found["confidence"], "reason": "after 'verification code'",
    }  # fmt: skip
    again = ask.post("credentials/totp/claim/", totp_identifier=MAIL, workflow_run_id="wr_1")
    assert (again.status_code, again.content) == (204, b"")
    assert ask.listed() == ["Your verification code is 482913"]


def test_a_claim_is_for_a_credential_a_run_a_type_and_a_time(agent, blue):
    login = vault.add_credential(blue.caller("manager"), name="x", type="password", totp_identifier=MAIL)
    ask = agent()
    ask.send("https://a.example/magic", task_id="t1")
    since = ask.send("111111")["created_at"]
    ask.send("222222", totp_identifier="other")

    def claimed(**wanted):
        answer = ask.post(CLAIM, credential_id=login.id, **wanted)
        return answer.json()["content"] if answer.status_code == 200 else answer.status_code

    assert claimed(received_after=since) == 204
    assert claimed(task_id="t2", otp_type="magic_link") == 204
    assert claimed(task_id="t1", otp_type="totp") == "111111"
    assert claimed(task_id="t1") == "https://a.example/magic"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"totp_identifier": None, "credential_id": None}, 422),
        ({"totp_identifier": MAIL, "credential_id": "cred_1"}, 422),
        ({"totp_identifier": MAIL, "wait": 61}, 422),
        ({"totp_identifier": MAIL, "wait": "soon"}, 422),
        ({"totp_identifier": MAIL, "wait": None}, 422),
        ({"totp_identifier": MAIL, "otp_type": "sms"}, 422),
        ({"totp_identifier": MAIL, "task_id": "x\0"}, 422),
        ({"totp_identifier": "x" * 501}, 422),
        ({"totp_identifier": MAIL, "received_after": 10**30}, 422),
        ({"credential_id": "cred_00000000000000000000000000"}, 404),
        ({"credential_id": "../secret"}, 404),
    ],
)
def test_a_claim_that_does_not_fit_is_refused(agent, body, status):
    answer = agent().post(CLAIM, **body)
    assert answer.status_code == status
    if status == 404:
        assert answer.json() == {"detail": "Credential not found"}
    assert "secret" not in answer.content.decode()


# --- Who may, and what waits. ---


def test_a_key_without_the_scope_is_told_which_one_it_lacks(agent):
    forwarder, reader, neither = agent(Scope.CODES_WRITE), agent(Scope.CODES_READ), agent(Scope.CREDENTIALS_READ)
    for answer, scope in (
        (reader.post(totp_identifier="u", content="1"), "codes:write"),
        (forwarder.get(wait=5), "codes:read"),
        (forwarder.post(CLAIM, totp_identifier="u", wait=5), "codes:read"),
        (neither.get(), "codes:read"),
    ):
        assert (answer.status_code, answer.json()) == (403, {"detail": f"This API key lacks the scope {scope}."})
        assert HEADER not in answer.headers
    outcomes = AuditEvent.objects.filter(door="skyvern").order_by("id").values_list("action", "outcome")
    assert list(outcomes) == [
        ("code.receive", "refused"), ("code.read", "refused"), ("code.claim", "refused"), ("code.read", "refused")
    ]  # fmt: skip


@pytest.mark.parametrize(("key", "detail"), [("", "Invalid credentials"), ("bad", "Could not validate credentials")])
def test_without_a_good_key_nothing_is_done(db, key, detail):
    ask = Agent(key)
    for answer in (ask.post(totp_identifier="u", content="1"), ask.get(), ask.post(CLAIM, totp_identifier="u")):
        assert (answer.status_code, answer.json()) == (403, {"detail": detail})


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("path", [TOTP, CLAIM])
def test_a_wrong_method_is_refused_in_json(agent, method, path):
    ask = agent()
    answer = getattr(ask.client, method)(f"/v1/{path}", headers=ask.headers)
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})


def test_only_an_empty_answer_that_was_asked_to_wait_says_so(agent, blue):
    ask = agent()
    topic = codes.awaited(blue.caller("owner"), identifier=MAIL)
    waiting = ask.get(totp_identifier=MAIL, wait=30)
    seconds, _, told = waiting.headers[HEADER].split()
    assert (waiting.status_code, waiting.json(), seconds, told) == (200, [], "30", topic[0])
    claim = ask.post(CLAIM, totp_identifier=MAIL, wait=7)
    assert (claim.status_code, claim.headers[HEADER].split()[0]) == (204, "7")
    assert topic[0] in claim.headers[HEADER].split()
    assert HEADER not in ask.get().headers
    assert HEADER not in ask.post(CLAIM, totp_identifier=MAIL, surplus="x" * 30_000, wait=7).headers
    ask.send()
    assert HEADER not in ask.get(wait=30).headers
    assert HEADER not in ask.post(CLAIM, totp_identifier=MAIL, wait=30).headers
    assert MAIL not in str(waiting.headers) + str(claim.headers)


# --- Whatever is sent. ---

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(),
    st.sampled_from(["\0", "\ud800", "9" * 400, "1e999"]),
    st.lists(st.text(max_size=3), max_size=2), st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
)  # fmt: skip


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_is_sent_is_taken_or_refused(agent, data):
    ask = agent()
    names = st.sampled_from(sorted({*TotpCodeIn.model_fields, *TotpCodeClaim.model_fields}))
    body = data.draw(st.dictionaries(names, ODD, max_size=4))
    for path in (TOTP, CLAIM):
        answer = ask.post(path, **{"totp_identifier": MAIL, "content": "123456", **body})
        assert answer.status_code in {200, 204, 404, 422}
    query = {name: str(value).encode("utf-8", "replace") for name, value in body.items() if value is not None}
    assert ask.get(**query).status_code in {200, 400, 422}
