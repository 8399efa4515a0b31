"""The Kernel door, raw: what a careless, curious or hostile client sends, and what it may learn."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.logs import KindAndPlace
from credentials.access import Role, Scope
from credentials.api import kernel_credentials
from credentials.models import ApiKey, AuditEvent, Credential, Membership
from credentials.vault import credentials as vault
from credentials.vault import keys, secrets, teams, trash
from tests.conftest import LOGIN, SEED

ALL = [str(scope) for scope in Scope if scope != Scope.VALUES_RELEASE]
SECRET = "swordfish-77-not-for-anyone"
MAKE = {"name": "github", "domain": "github.com", "values": {"username": "octo@example.com", "password": SECRET}}
DAY = timedelta(days=1)


class Agent:
    """A client with one key, as the official one sends it."""

    def __init__(self, key: str, **headers: str) -> None:
        self.key, self.client = key, Client(raise_request_exception=True, enforce_csrf_checks=True)
        self.headers = {"authorization": f"Bearer {key}", "accept": "application/json", **headers}

    def __call__(self, method: str, path: str, body=None, /, *, raw: bytes | None = None, **query):
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        url = f"/kernel/{path}"
        return self.client.generic(
            method, url, data, content_type="application/json", headers=self.headers,
            query_params=query or None,
        )  # fmt: skip

    def made(self, **fields) -> dict:
        answer = self("POST", "credentials", {**MAKE, **fields})
        assert answer.status_code == 201, answer.content
        return answer.json()


@pytest.fixture
def agent(blue):
    """agent(*scopes) -> a client with a key that Alice made; without scopes, with all."""
    count = iter(range(1000))

    def make(*scopes: str, house=blue, **options) -> Agent:
        row, key = keys.create_api_key(
            house.caller("owner"), name=f"agent {next(count)}", scopes=scopes or ALL, **options
        )
        made = Agent(key)
        made.row = row
        return made

    return make


def wrong(answer, status: int, code: str) -> str:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert set(answer.json()) <= {"code", "message", "details"}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()["message"]


def events() -> list[tuple[str, str, str]]:
    return list(AuditEvent.objects.filter(door="kernel").order_by("id").values_list("action", "outcome", "target_id"))


def test_a_credential_is_made_and_shown_without_its_values(agent):
    ask = agent()
    made = ask.made(sso_provider="google")
    assert made == {
        "id": made["id"], "name": "github", "domain": "github.com", "created_at": made["created_at"],
        "updated_at": made["updated_at"], "has_values": True, "has_totp_secret": False, "sso_provider": "google",
        "value_keys": ["password", "username"],
    }  # fmt: skip
    assert made["created_at"].endswith("Z")
    row = Credential.objects.get()
    assert (row.username, row.type, row.value_keys) == ("octo@example.com", "password", ["password"])
    (listed,) = ask("GET", "credentials").json()
    assert listed == {name: value for name, value in made.items() if name != "value_keys"}
    assert ask("GET", f"credentials/{made['id']}").json() == ask("GET", "credentials/github").json() == made
    assert ask("GET", "credentials/GitHub").json() == made


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, "password"),
        ({"email": "x"}, "password"),
        ({"card_number": "4111 1111 1111 1111"}, "credit_card"),
        ({"secret_value": "x"}, "secret"),
        ({"secret_value": "x", "password": "y"}, "password"),
    ],
)
def test_the_type_follows_from_the_names_of_the_values(agent, values, kind):
    made = agent().made(values=values)
    assert made["value_keys"] == sorted(values)
    assert made["has_values"] is bool(values)
    assert Credential.objects.get().type == kind


def test_values_are_removed_first_then_merged(agent, blue):
    ask = agent()
    made = ask.made(values={"a": "1", "b": "2", "username": "u", "password": "p"})
    where = f"credentials/{made['id']}"
    change = {"remove_value_keys": ["a", "b", "nothing", "username"], "values": {"b": "new", "c": "3"}}
    assert ask("PATCH", where, change).json()["value_keys"] == ["b", "c", "password"]
    owner = blue.caller("owner")
    assert secrets.reveal(owner, credential_id=made["id"], key="b") == "new"
    assert Credential.objects.get().username == ""
    change = {"remove_value_keys": ["username"], "values": {"username": "again"}}
    assert ask("PATCH", where, change).json()["value_keys"] == ["b", "c", "password", "username"]
    assert Credential.objects.get().username == "again"
    assert ask("PATCH", where, {}).json()["value_keys"] == ["b", "c", "password", "username"]
    cleared = ask("PATCH", where, {"remove_value_keys": ["b", "c", "password", "username"]}).json()
    assert (cleared["has_values"], cleared["value_keys"]) == (False, [])


@pytest.mark.parametrize("empty", ["", None])
def test_an_sso_provider_is_cleared_by_nothing_and_kept_by_silence(agent, empty):
    ask = agent()
    where = f"credentials/{ask.made(sso_provider='google')['id']}"
    assert ask("PATCH", where, {"values": {}}).json()["sso_provider"] == "google"
    assert "sso_provider" not in ask("PATCH", where, {"sso_provider": empty}).json()
    assert "sso_provider" not in ask("GET", where).json()


def test_a_code_comes_back_only_with_a_secret_that_was_just_set(agent):
    ask = agent()
    made = ask.made(totp_secret=SEED, totp_digits=8)
    where = f"credentials/{made['id']}"
    assert len(made["totp_code"]) == 8
    assert made["totp_code_expires_at"].endswith("Z")
    assert (made["totp_algorithm"], made["totp_digits"], made["totp_period"]) == ("SHA1", 8, 30)
    for answer in (ask("GET", where), ask("PATCH", where, {"values": {"x": "y"}})):
        assert "totp_code" not in answer.json()
        assert answer.json()["totp_digits"] == 8
    assert len(ask("PATCH", where, {"totp_secret": SEED}).json()["totp_code"]) == 8  # a bare secret keeps the settings
    uri = f"otpauth://totp/x?secret={SEED}&period=60"
    by_uri = ask("PATCH", where, {"totp_secret": uri, "totp_period": 30, "totp_algorithm": "SHA256"}).json()
    assert (by_uri["totp_algorithm"], by_uri["totp_digits"], by_uri["totp_period"]) == ("SHA256", 6, 60)
    gone = ask("PATCH", where, {"totp_secret": ""}).json()
    assert gone["has_totp_secret"] is False
    assert not {"totp_algorithm", "totp_digits", "totp_period", "totp_code"} & gone.keys()
    wrong(ask("GET", f"{where}/totp-code"), 404, "not_found")


@pytest.mark.parametrize("given", [{"totp_digits": 8}, {"totp_period": 60}, {"totp_algorithm": "SHA256"},
                                   {"totp_digits": 8, "totp_secret": ""}])  # fmt: skip
def test_settings_need_a_new_secret(agent, given):
    ask = agent()
    where = f"credentials/{ask.made(totp_secret=SEED)['id']}"
    assert "require a new totp_secret" in wrong(ask("PATCH", where, given), 400, "bad_request")
    assert ask("GET", where).json()["totp_digits"] == 6


def test_a_code_is_asked_for_by_name_and_leaves_an_event(agent):
    ask = agent()
    made = ask.made(totp_secret=SEED)
    answer = ask("GET", "credentials/github/totp-code").json()
    assert set(answer) == {"code", "expires_at"}
    left = datetime.fromisoformat(answer["expires_at"]) - datetime.now(UTC)
    assert timedelta(0) < left <= timedelta(seconds=30)
    done = ["credential.add", "credential.first_code", "credential.code"]  # every code that was shown is an event
    assert events() == [(action, "done", made["id"]) for action in done]


@pytest.mark.parametrize("name", ["a/b", "/", ".", "..", "", " ", "cred_" + "0" * 26, "cred_01j" + "Z" * 23, "x" * 256,
                                  "a\nb", "a\x7f", 7, None, ["x"]])  # fmt: skip
def test_a_name_that_cannot_be_addressed_is_refused(agent, name):
    ask = agent()
    made = ask.made()
    wrong(ask("POST", "credentials", {**MAKE, "name": name}), 400, "bad_request")
    wrong(ask("PATCH", f"credentials/{made['id']}", {"name": name}), 400, "bad_request")
    assert Credential.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["…", "name with spaces", "50%", "a?b#c", "cred_google", "日本語", "..x", "'; --", "%2F"]
)
def test_any_other_name_is_an_address(agent, name):
    ask = agent()
    made = ask.made(name=name)
    where = f"credentials/{quote(name, safe='')}"
    assert ask("GET", where).json() == made
    assert ask("PATCH", where, {"name": "other"}).json()["id"] == made["id"]
    assert ask("DELETE", "credentials/OTHER").status_code == 204
    wrong(ask("GET", where), 404, "not_found")


def test_a_taken_name_is_a_conflict_that_nobody_should_retry(agent):
    ask = agent()
    ask.made()
    other = ask.made(name="other")
    for answer in (
        ask("POST", "credentials", {**MAKE, "name": "GITHUB"}),
        ask("PATCH", f"credentials/{other['id']}", {"name": " github "}),
    ):
        wrong(answer, 409, "conflict")
        assert answer.headers["x-should-retry"] == "false"
    assert ask("PATCH", f"credentials/{other['id']}", {"name": "Other"}).status_code == 200
    assert ask("DELETE", "credentials/github").status_code == 204
    assert ask.made()["name"] == "github"


def test_a_name_that_several_bear_asks_for_the_id(agent, blue):
    key = agent().key
    twin = keys.caller_with_key(key, door="skyvern")
    ids = {vault.add_credential(twin, **{**LOGIN, "name": "twin"}).id for _ in range(2)}
    ask = Agent(key)
    wrong(ask("GET", "credentials/twin"), 409, "name_ambiguous")
    assert {ask("GET", f"credentials/{id}").json()["id"] for id in ids} == ids


def test_unknown_foreign_and_deleted_are_one_answer(agent, red):
    ask, other = agent(), agent(house=red)
    foreign = other.made(totp_secret=SEED)
    gone = ask.made(name="gone")
    ask("DELETE", f"credentials/{gone['id']}")
    ids = [foreign["id"], "github", "gone", gone["id"], "cred_" + "0" * 26, "nothing", "%ff", "x" * 3000, "a%0Ab"]
    for method, rest, body in (("GET", "", None), ("PATCH", "", {"name": "x"}), ("DELETE", "", None),
                               ("GET", "/totp-code", None)):  # fmt: skip
        answers = [ask(method, f"credentials/{id}{rest}", body) for id in ids]
        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert other("GET", "credentials/github").json()["id"] == foreign["id"]
    assert ask("GET", "credentials").json() == []


def test_pages_are_stable_and_end_without_an_empty_one(agent):
    ask = agent()
    ids = [ask.made(name=f"n{number:02}")["id"] for number in range(7)]
    seen, offset = [], 0
    while True:
        answer = ask("GET", "credentials", limit=3, offset=offset)
        seen += [row["id"] for row in answer.json()]
        assert answer.json()
        offset = int(answer.headers["X-Next-Offset"])
        if answer.headers["X-Has-More"] == "false":
            break
    assert seen == ids
    assert offset == 0
    answer = ask("GET", "credentials", limit=7)
    assert (len(answer.json()), answer.headers["X-Has-More"], answer.headers["X-Next-Offset"]) == (7, "false", "0")
    answer = ask("GET", "credentials", offset=10**9)
    assert (answer.json(), answer.headers["X-Has-More"]) == ([], "false")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"offset": -1}, {"offset": "1.5"},
                                   {"limit": "9" * 40}, {"offset": "9" * 40}, {"limit": "²"}])  # fmt: skip
def test_a_window_out_of_range_is_refused(agent, query):
    wrong(agent()("GET", "credentials", **query), 400, "bad_request")


def test_filters_are_exact_for_domains_and_literal_for_names(agent):
    ask = agent()
    long = "ß" + "x" * 200 + " Zeta"
    for name, domain in (("Ärger_1", "a.example"), ("100%", "b.example"), (long, "b.example"), ("x", "sub.a.example")):
        ask.made(name=name, domain=domain)

    def found(**query) -> list[str]:
        return [row["name"] for row in ask("GET", "credentials", **query).json()]

    assert found(domain="a.example") == found(domain="https://A.example/login") == ["Ärger_1"]
    assert found(domain="example") == found(domain="not a host!") == []
    assert found(query="ÄRGER") == ["Ärger_1"]
    assert found(query="%") == ["100%"]
    assert found(query="_") == ["Ärger_1"]
    assert found(query="zeta") == [long]
    assert found(query="A.EXAMPLE") == ["Ärger_1", "x"]
    assert found(query="octo") == [], "the username is not searched"
    assert found(query="a.example", domain="sub.a.example") == ["x"]
    one = ask("GET", "credentials/x").json()["id"]
    assert found(query=one) == ["x"]
    assert found(query=one[:-1]) == []
    assert found(query="\\") == found(query="'") == []


# --- Who may. ---


def test_without_a_key_there_is_nothing(blue):
    for key in ("", "sr_unknown_key", "\udcff", "x" * 9000):
        for name, args in (("kernel_credentials", []), ("kernel_credential", ["x"]), ("kernel_api_keys", [])):
            headers = {"authorization": f"Bearer {key}"} if key else {}
            answer = Client().get(reverse(name, args=args), headers=headers)
            wrong(answer, 401, "unauthorized")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    wrong(Client().get("/kernel/nowhere/at/all"), 401, "unauthorized")


def test_a_signed_in_owner_has_no_business_here(blue, sign_in):
    wrong(sign_in(blue.people["owner"]).get("/kernel/credentials"), 401, "unauthorized")


@pytest.mark.parametrize(
    ("scope", "calls"),
    [
        ("credentials:read", [("GET", "credentials"), ("GET", "credentials/github")]),
        ("credentials:write", [("POST", "credentials"), ("PATCH", "credentials/github"),
                               ("DELETE", "credentials/github")]),
        ("totp:read", [("GET", "credentials/github/totp-code")]),
    ],
)  # fmt: skip
def test_a_missing_scope_is_named_and_leaves_an_event(agent, scope, calls):
    agent().made(totp_secret=SEED)
    poor, rich = agent(*[other for other in ALL if other != scope]), agent(scope)
    for method, path in calls:
        body = MAKE | {"name": "other"} if method == "POST" else {} if method == "PATCH" else None
        before = len(events())
        assert scope in wrong(poor(method, path, body), 403, "forbidden")
        assert [outcome for _, outcome, _ in events()[before:]] == ["refused"]
        assert rich(method, path, body).status_code < 300


def test_a_project_is_the_team_or_nothing(agent, blue, red):
    key = agent().key
    for header in ("x-kernel-project", "x-kernel-project-id"):
        for fine in (blue.team.id, blue.team.slug, ""):
            assert Agent(key, **{header: fine})("GET", "credentials").status_code == 200
        for other in (red.team.id, red.team.slug, "nowhere", "é", "Blue "):
            answer = Agent(key, **{header: other})("POST", "credentials", MAKE)
            if other == "Blue ":
                assert answer.status_code == 404
            wrong(answer, 404, "project_not_found")
    assert Credential.objects.count() == 0


def test_a_strange_method_or_address_is_told_in_json(agent):
    ask = agent()
    for method, path in (("PUT", "credentials"), ("POST", "credentials/x"), ("DELETE", "credentials"),
                         ("POST", "auth/context")):  # fmt: skip
        wrong(ask(method, path), 405, "method_not_allowed")
    for path in ("credentials/", "credentials/a/b", "credentials/x/y/z", "vaults", "credentials/a%2Fb", "org/projects"):
        wrong(ask("GET", path), 404, "not_found")


def test_an_unforeseen_failure_is_told_in_json_and_logged_without_what_was_sent(agent, monkeypatch, caplog):
    ask = agent()
    ask.client.raise_request_exception = False
    monkeypatch.setattr(vault, "add_credential", lambda _, **given: int(given["values"]["password"]))
    answer = ask("POST", "credentials", MAKE)
    wrong(answer, 500, "internal_error")
    assert SECRET not in answer.content.decode()
    (record,) = [record for record in caplog.records if record.exc_info]
    assert SECRET in str(record.exc_info[1]), "the failure would have told"
    line = KindAndPlace("%(message)s").format(record)
    assert "builtins.ValueError" in line
    assert SECRET not in line


# --- What is sent. ---


@pytest.mark.parametrize(
    "raw",
    [b"{", b"[]", b"null", b'"x"', b"1", b"\xff\xfe", b'{"name": NaN}', b'{"name": "a", "name": "b"}', b"[" * 100_000,
     b'{"a":' * 5000 + b"1" + b"}" * 5000, b'{"name": "a\\u0000b"}', b'{"x": "\\ud800"}', b'{"\\u0000": 1}',
     b'{"x": ' + b"9" * 10_000 + b"}", b"\x00", b"name=github", '{"a": 1}'.encode("utf-16")],
)  # fmt: skip
def test_what_is_not_our_json_is_refused(agent, raw):
    ask = agent()
    made = ask.made()
    for method, path in (("POST", "credentials"), ("PATCH", f"credentials/{made['id']}"), ("POST", "org/api_keys")):
        wrong(ask(method, path, raw=raw), 400, "bad_request")
    assert Credential.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [{"values": {"password": 7}}, {"values": [SECRET]}, {"values": None}, {"values": SECRET},
     {"values": {"": SECRET}}, {"values": {"k" * 101: SECRET}}, {"values": {"a\nb": SECRET}},
     {"values": {f"k{n}": SECRET for n in range(65)}}, {"values": {"password": SECRET * 1000}},
     {"values": {"username": SECRET + "\n"}}, {"values": {"username": SECRET * 50}},
     {"domain": ""}, {"domain": 7}, {"domain": SECRET + " !"}, {"domain": None},
     {"sso_provider": 7}, {"sso_provider": SECRET * 10}, {"totp_secret": SECRET + "0"}, {"totp_secret": " "},
     {"totp_secret": None}, {"totp_secret": "A" * 129},
     {"totp_secret": f"otpauth://hotp/x?secret={SEED}"}, {"totp_secret": "A" * 3000},
     {"totp_secret": SEED, "totp_digits": 5}, {"totp_secret": SEED, "totp_digits": 10},
     {"totp_secret": SEED, "totp_digits": 0}, {"totp_secret": SEED, "totp_digits": True},
     {"totp_secret": SEED, "totp_digits": 6.0}, {"totp_secret": SEED, "totp_digits": "6"},
     {"totp_secret": SEED, "totp_period": 14}, {"totp_secret": SEED, "totp_period": 301},
     {"totp_secret": SEED, "totp_algorithm": "MD5"}, {"totp_secret": SEED, "totp_algorithm": ["SHA1"]}],
    ids=lambda fields: str(fields)[:40],
)  # fmt: skip
def test_a_wrong_field_is_refused_without_being_repeated(agent, fields):
    ask = agent()
    answer = ask("POST", "credentials", MAKE | fields)
    wrong(answer, 400, "bad_request")
    assert SECRET not in answer.content.decode()
    assert SEED not in answer.content.decode()
    assert not Credential.objects.exists()


@pytest.mark.parametrize("missing", ["name", "domain", "values"])
def test_what_is_missing_is_named(agent, missing):
    ask = agent()
    body = {key: value for key, value in MAKE.items() if key != missing}
    assert missing in wrong(ask("POST", "credentials", body), 400, "bad_request")
    assert len(ask("POST", "credentials", {}).json()["details"]) == 3


def test_nul_in_an_address_is_refused_in_json(agent):
    answer = agent()("GET", "credentials?query=%00")
    wrong(answer, 400, "bad_request")


def test_strange_fields_and_too_many_parts_do_no_harm(agent):
    ask = agent()
    assert ask.made(folder="x", totp_code="123456", id="cred_mine")["id"].startswith("cred_0")
    wrong(ask("GET", "credentials?" + "a=1&" * 1000), 400, "bad_request")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [*kernel_credentials._TO_CREATE, "remove_value_keys", "days_to_expire", "expires_at", "expire_in_days"]
NAMES = st.sampled_from(FIELDS)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(NAMES, JSON, max_size=6) | JSON)
def test_no_body_breaks_the_server(fuzzed, body):
    for method, path in (("POST", "credentials"), ("PATCH", f"credentials/{fuzzed.id}"), ("POST", "org/api_keys"),
                         ("POST", f"org/api_keys/{fuzzed.key}/rotate")):  # fmt: skip
        raw = json.dumps(body).encode("utf-8", "surrogatepass")
        answer = fuzzed.ask(method, path, raw=raw)
        assert answer.status_code < 500
        assert answer.headers["Content-Type"] == "application/json"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=60))
def test_no_bytes_break_the_server(fuzzed, raw):
    assert fuzzed.ask("POST", "credentials", raw=raw).status_code in ({400} if raw else {400, 201})


@pytest.fixture
def fuzzed(agent):
    ask = agent()
    return SimpleNamespace(ask=ask, id=ask.made()["id"], key=ask.row.id)


# --- The neighbours. ---


def test_a_key_learns_who_it_is(agent, blue):
    ask = agent("codes:write")
    answer = ask("GET", "auth/context").json()
    assert answer["principal"] == {"id": ask.row.id, "type": "api_key"}
    assert answer["organization"] == {"id": blue.team.id}
    assert answer["authorization"]["effective_scope"] == {"project_id": blue.team.id}


HOURS = {"start": "2000-01-01T00:00:00Z", "end": "2999-01-01T00:00:00Z"}


def test_the_audit_log_is_the_teams_events(agent, red):
    ask = agent()
    agent(house=red).made(name="theirs")
    made = ask.made(totp_secret=SEED)
    ask("GET", "credentials/github/totp-code")
    ask("PATCH", "credentials/github", {"name": "."})
    rows = ask("GET", "audit-logs", **HOURS).json()
    assert [(row["method"], row["route"], row["status"]) for row in rows] == [
        ("PATCH", "credential.edit", 403),
        ("GET", "credential.code", 200),
        ("GET", "credential.first_code", 200),
        ("POST", "credential.add", 200),
        ("POST", "key.create", 200),
    ]
    assert rows[3]["path"] == f"/credential/add/{made['id']}"
    assert (rows[3]["auth_strategy"], rows[3]["user_id"], rows[3]["email"]) == ("api_key", ask.row.id, "")
    assert (rows[4]["auth_strategy"], rows[4]["email"]) == ("session", "alice@example.org")

    def count(**query) -> int:
        return len(ask("GET", "audit-logs", **{**HOURS, **query}).json())

    assert (count(method="POST"), count(method="get"), count(method="PUT")) == (2, 2, 0)
    assert (count(exclude_method="POST,GET"), count(exclude_method="POST")) == (1, 3)
    assert (count(auth_strategy="session"), count(auth_strategy="x"), count(service="kernel")) == (1, 0, 4)
    assert (count(search="403"), count(search=made["id"]), count(search="ALICE"), count(search="none")) == (1, 4, 1, 0)
    assert count(search="alice", search_user_id=ask.row.id) == 5
    assert (count(end="2000-01-02T00:00:00Z"), count(start="2998-01-01")) == (0, 0)
    first = rows[-1]["timestamp"]
    assert (count(start=first), count(end=first)) == (5, 0)


def test_the_audit_log_is_read_page_by_page(agent):
    ask = agent()
    for number in range(5):
        ask.made(name=f"n{number}")
    seen, more = [], {}
    while True:
        answer = ask("GET", "audit-logs", limit=2, **HOURS, **more)
        seen += [row["timestamp"] for row in answer.json()]
        if answer.headers["X-Has-More"] == "false":
            assert "X-Next-Page-Token" not in answer.headers
            break
        more = {"page_token": answer.headers["X-Next-Page-Token"]}
    assert len(seen) == 6
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("query", [{"start": ""}, {"end": "yesterday"}, {"start": "0001-01-01T00:00:00+14:00"},
                                   {"end": "9999-12-31T23:59:59-14:00"}, {"limit": 101}, {"page_token": "x"},
                                   {"page_token": "0"}])  # fmt: skip
def test_a_wrong_question_to_the_audit_log_is_refused(agent, query):
    wrong(agent()("GET", "audit-logs", **{**HOURS, **query}), 400, "bad_request")


MANAGING = [("GET", "audit-logs", "audit.read"), ("GET", "org/api_keys", "key.see"),
            ("GET", "org/api_keys/{id}", "key.see"), ("POST", "org/api_keys", "key.create"),
            ("PATCH", "org/api_keys/{id}", "key.rename"), ("POST", "org/api_keys/{id}/rotate", "key.rotate"),
            ("DELETE", "org/api_keys/{other}", "key.revoke")]  # fmt: skip
MAY = {"auditor": {"audit.read"}, "operator": set(), "manager": {"audit.read"}, "owner": None}


def manage(ask: Agent, other: ApiKey, method: str, path: str):
    query = HOURS if path == "audit-logs" else {}
    return ask(
        method, path.format(id=ask.row.id, other=other.id), {"name": "fresh"} if method != "GET" else None, **query
    )


@pytest.mark.parametrize("role", [*Role.values, "gone", "deactivated"])
@pytest.mark.parametrize(("method", "path", "action"), MANAGING)
def test_a_key_may_do_what_its_creator_may_now(agent, blue, role, method, path, action):
    ask, other = agent(), agent().row
    member = Membership.objects.filter(user=blue.people["owner"])
    if role == "gone":
        member.delete()
    elif role == "deactivated":
        blue.people["owner"].is_active = False
        blue.people["owner"].save()
    else:
        member.update(role=role)
    answer = manage(ask, other, method, path)
    allowed = MAY.get(role, set())
    if allowed is None or action in allowed:
        assert answer.status_code < 300
    else:
        wrong(answer, 403, "forbidden")
        assert events()[-1][:2] == (action, "refused")
    assert ask("GET", "credentials").status_code == 200


def test_a_key_of_the_command_line_counts_as_an_owners(blue):
    row, key = keys.create_api_key(teams.operator("blue"), name="ops", scopes=ALL)
    ask = Agent(key)
    assert row.by_operator
    assert ask("GET", "audit-logs", **HOURS).status_code == 200
    assert ask("GET", "org/api_keys").json()[0]["created_by"]["name"] == "command line"
    ApiKey.objects.update(by_operator=False)
    wrong(ask("GET", "org/api_keys"), 403, "forbidden")


def test_a_key_makes_no_key_that_may_do_more(agent):
    ask = agent("credentials:read", "values:release", networks=["127.0.0.1/32"], expires_at=datetime.now(UTC) + DAY)
    body = ask("POST", "org/api_keys", {"name": "child"}).json()
    child = ApiKey.objects.get(id=body["id"])
    assert child.scopes == ["credentials:read"]
    assert child.networks == ["127.0.0.1/32"]
    assert child.expires_at == ask.row.expires_at
    assert child.created_by == ask.row.created_by
    wrong(ask("POST", "org/api_keys", {"name": "longer", "days_to_expire": 2}), 400, "bad_request")
    assert Agent(body["key"])("GET", "credentials").status_code == 200
    wrong(ask("POST", "org/api_keys", {"name": "child"}), 409, "conflict")
    policy = {"statements": [{"action": "vaults:read", "resource": "projects/x/vaults/*"}]}
    wrong(ask("POST", "org/api_keys", {"name": "p", "policy": policy}), 400, "bad_request")
    wrong(ask("POST", "org/api_keys", {"name": "p", "project_id": "other"}), 404, "project_not_found")


def test_a_key_reaches_no_key_that_may_do_more(agent, red):
    ask, strong, foreign = agent("totp:read"), agent(), agent("totp:read", house=red)
    for method, path in (("PATCH", ""), ("POST", "/rotate"), ("DELETE", "")):
        answer = ask(method, f"org/api_keys/{strong.row.id}{path}", {"name": "x"})
        assert "lacks the scope" in wrong(answer, 403, "forbidden")
        wrong(ask(method, f"org/api_keys/{foreign.row.id}{path}", {"name": "x"}), 404, "not_found")
        wrong(ask(method, f"org/api_keys/nothing{path}", {"name": "x"}), 404, "not_found")
    wrong(ask("GET", f"org/api_keys/{foreign.row.id}"), 404, "not_found")


def test_a_rotated_key_works_through_its_grace_and_not_beyond(agent):
    ask = agent()
    made = ask("POST", f"org/api_keys/{ask.row.id}/rotate", {"expire_in_days": 1})
    assert made.status_code == 201
    fresh = Agent(made.json()["key"])
    assert fresh("GET", "credentials").status_code == ask("GET", "credentials").status_code == 200
    wrong(ask("POST", f"org/api_keys/{ask.row.id}/rotate", {}), 409, "already_rotated")
    old = ApiKey.objects.get(id=ask.row.id)
    assert timedelta(hours=23) < old.expires_at - datetime.now(UTC) <= DAY
    again = fresh("POST", f"org/api_keys/{made.json()['id']}/rotate", {"expire_in_days": 0}).json()
    wrong(fresh("GET", "credentials"), 401, "unauthorized")
    assert Agent(again["key"])("GET", "org/api_keys").status_code == 200
    assert again["name"] == ask.row.name
    assert again["expires_at"] is None


def test_a_rotated_key_lives_as_long_as_the_old_one_did(agent):
    ask = agent(expires_at=datetime.now(UTC) + 10 * DAY)
    made = ask("POST", f"org/api_keys/{ask.row.id}/rotate", {}).json()
    left = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=9, hours=23) < left <= 10 * DAY
    old = ApiKey.objects.get(id=ask.row.id)
    assert old.expires_at - datetime.now(UTC) <= 7 * DAY


@pytest.mark.parametrize(
    "given",
    [{"expires_at": "9999-12-31T23:59:59Z"}, {"expires_at": "2020-01-01"}, {"expires_at": "soon"}, {"expires_at": 7},
     {"days_to_expire": 0}, {"days_to_expire": 3651}, {"days_to_expire": 1, "expires_at": "2030-01-01"},
     {"name": ""}, {"name": "x" * 256}, {"name": "a\nb"}],
)  # fmt: skip
def test_a_key_of_wrong_making_is_refused(agent, given):
    wrong(agent()("POST", "org/api_keys", {"name": "x", **given}), 400, "bad_request")
    assert ApiKey.objects.count() == 1


def test_a_key_cannot_delete_itself(agent):
    ask, other = agent(), agent()
    wrong(ask("DELETE", f"org/api_keys/{ask.row.id}"), 400, "cannot_delete_current_key")
    assert ask("DELETE", f"org/api_keys/{other.row.id}").status_code == 204
    wrong(other("GET", "credentials"), 401, "unauthorized")
    wrong(ask("GET", f"org/api_keys/{other.row.id}"), 404, "not_found")
    shown = ask("GET", f"org/api_keys/{other.row.id}", include_deleted="true").json()
    assert shown["deleted_at"]
    names = [[row["name"] for row in ask("GET", "org/api_keys", status=status).json()]
             for status in ("active", "deleted", "all")]  # fmt: skip
    assert names == [["agent 0"], ["agent 1"], ["agent 0", "agent 1"]]


def test_keys_are_searched_and_sorted(agent):
    ask = agent()
    for name, days in (("beta", 3), ("Alpha", 5), ("gamma", None)):
        ask("POST", "org/api_keys", {"name": name, "days_to_expire": days})

    def names(**query) -> list[str]:
        return [row["name"] for row in ask("GET", "org/api_keys", **query).json()]

    assert names(sort_by="name") == ["agent 0", "Alpha", "beta", "gamma"]
    assert names(sort_by="expires_at", sort_direction="asc")[:2] == ["beta", "Alpha"]
    assert names(sort_by="name", sort_direction="desc", limit=2) == ["gamma", "beta"]
    assert names(name="alpha") == names(query="LPH") == ["Alpha"]
    assert len(names(query="alice@")) == 4
    assert names(query=ask.row.prefix) == ["agent 0"]
    wrong(ask("GET", "org/api_keys", sort_by="digest"), 400, "bad_request")
    text = ask("GET", "org/api_keys").content.decode()
    assert ask.key not in text
    assert ask.row.digest not in text


def test_a_credential_in_the_trash_frees_its_name_for_the_web_too(agent, blue):
    ask = agent()
    made = ask.made()
    trash.trash_credential(blue.caller("owner"), credential_id=made["id"])
    wrong(ask("GET", f"credentials/{made['id']}"), 404, "not_found")
    assert ask.made()["id"] != made["id"]
