"""The Skyvern door, raw: what a careless, curious or hostile client sends, and what it may learn.

What the real server answered is in test_skyvern_recorded.py.
"""

import json
from urllib.parse import quote

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.access import Scope
from credentials.errors import Conflict
from credentials.models import AuditEvent, Credential
from credentials.vault import contents, keys, lookup, secrets, trash
from credentials.vault import credentials as vault
from tests.conftest import SEED

ALL = [str(scope) for scope in Scope if scope != Scope.VALUES_RELEASE]
SECRET = "swordfish-77-not-for-anyone"
LOGIN = {"username": "octo@example.com", "password": SECRET}
CARD = {"card_number": "4111111111111111", "card_cvv": "987", "card_exp_month": "12", "card_exp_year": "2030",
        "card_brand": "visa", "card_holder_name": "Ann Lee"}  # fmt: skip
UNKNOWN = "cred_000000000000000000"
LONG = SEED * 2


class Agent:
    """A client with one key, as the official one sends it."""

    def __init__(self, key: str, **headers: str) -> None:
        self.key, self.client = key, Client(raise_request_exception=True, enforce_csrf_checks=True)
        self.headers = {"x-api-key": key, **headers}

    def __call__(self, method: str, path: str, body=None, /, *, raw: bytes | None = None, **query):
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        return self.client.generic(
            method, path if path.startswith("/") else f"/v1/{path}", data, content_type="application/json",
            headers=self.headers, query_params=query or None,
        )  # fmt: skip

    def made(self, credential: dict | None = None, kind: str = "password", **fields) -> dict:
        answer = self("POST", "credentials", whole(credential or LOGIN, kind, **fields))
        assert answer.status_code == 201, answer.content
        return answer.json()

    def updated(self, id: str, credential: dict, kind: str = "password", **fields) -> dict:
        answer = self("POST", f"credentials/{id}/update", whole(credential, kind, **fields))
        assert answer.status_code == 200, answer.content
        return answer.json()


def whole(credential: dict, kind: str = "password", **fields) -> dict:
    return {"name": "github", "credential_type": kind, "credential": credential, **fields}


@pytest.fixture
def agent(blue):
    """agent(*scopes) -> a client with a key that Alice made; without scopes, with all."""
    count = iter(range(1000))

    def make(*scopes: str, house=blue) -> Agent:
        name = f"agent {next(count)}"
        return Agent(keys.create_api_key(house.caller("owner"), name=name, scopes=scopes or ALL)[1])

    return make


def wrong(answer, status: int):
    assert answer.status_code == status, answer.content
    assert set(answer.json()) == {"detail"}
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()["detail"]


def opened() -> dict[str, str]:
    return contents.open_current(Credential.objects.get()).values


def events() -> list[tuple[str, str, str]]:
    return list(AuditEvent.objects.filter(door="skyvern").order_by("id").values_list("action", "outcome", "target_id"))


# --- What becomes of what is sent. ---


def test_every_part_of_a_card_is_sealed_or_shown_as_the_table_says(agent):
    made = agent().made({
        **CARD, "billing_address": {"line1": "1 Main", "city": "SF", "state": None}, "billing_email": "b@e.com",
        "billing_phone": "", "metadata": {"pin": "1234", "ß": "ü"},
    }, "credit_card")  # fmt: skip
    assert made["credential"] == {"last_four": "1111", "brand": "visa"}
    assert opened() == {
        **{name: text for name, text in CARD.items() if name != "card_brand"},
        "billing_line1": "1 Main", "billing_city": "SF", "billing_email": "b@e.com",
        "metadata": '{"pin": "1234", "ß": "ü"}',
    }  # fmt: skip


def test_an_update_of_a_login_keeps_what_is_not_sent_and_nothing_else(agent):
    ask = agent()
    whole = {
        **LOGIN,
        "totp": SEED,
        "totp_type": "authenticator",
        "totp_identifier": " Me@E.com",
        "metadata": {"a": "b"},
    }
    id = ask.made(whole)["credential_id"]
    kept = ask.updated(id, {"username": "second"})["credential"]
    assert kept == {"username": "second", "totp_type": "none", "totp_identifier": None, "has_totp": True}
    assert opened() == {"password": SECRET, "metadata": '{"a": "b"}'}
    cleared = ask.updated(id, {"username": "x", "password": "", "totp": None, "metadata": {}})["credential"]
    assert cleared["has_totp"] is False
    assert opened() == {}
    assert Credential.objects.get().has_totp is False


def test_an_update_of_a_card_keeps_its_billing_part_by_part(agent):
    ask = agent()
    billing = {"billing_address": {"line1": "1 Main", "city": "SF"}, "billing_email": "b@e.com"}
    id = ask.made({**CARD, **billing}, "credit_card")["credential_id"]
    ask.updated(id, {**CARD, "card_number": "5105105105105100"}, "credit_card")
    assert (opened()["card_number"], opened()["billing_line1"]) == ("5105105105105100", "1 Main")
    ask.updated(id, {**CARD, "billing_address": {"city": None, "country": "US"}}, "credit_card")
    parts = {name: text for name, text in opened().items() if name.startswith("billing_")}
    assert parts == {"billing_line1": "1 Main", "billing_country": "US", "billing_email": "b@e.com"}
    for nothing in (None, {}, {"city": None}):
        ask.updated(id, {**CARD, "billing_address": {"line1": "x"}}, "credit_card")
        ask.updated(id, {**CARD, "billing_address": nothing, "billing_email": ""}, "credit_card")
        assert not [name for name in opened() if name.startswith("billing_")]


def test_a_credential_that_changes_its_type_takes_its_parts_along(agent, blue):
    ask = agent()
    login = {**LOGIN, "totp": SEED, "totp_type": "authenticator", "metadata": {"a": "b"}}
    id = ask.made(login)["credential_id"]
    assert ask.updated(id, {"secret_value": "x", "secret_label": "L"}, "secret")["credential"] == {"secret_label": "L"}
    row = Credential.objects.get()
    assert (opened(), row.username, row.has_totp, row.totp_type) == ({"secret_value": "x"}, "", False, "none")
    assert ask.updated(id, CARD, "credit_card")["credential"] == {"last_four": "1111", "brand": "visa"}
    assert Credential.objects.get().secret_label == ""
    back = ask.updated(id, {"username": "u"})
    assert (back["credential"]["username"], opened()) == ("u", {})
    assert Credential.objects.get().card_brand == ""
    versions = vault.see_versions(blue.caller("owner"), credential_id=id)
    assert [row["number"] for row in versions] == [4, 3, 2, 1], "and what it was can be brought back"


def test_an_update_moves_nothing_in_the_list(agent):
    ask = agent()
    ids = [ask.made(name=f"n{number}")["credential_id"] for number in range(3)]
    ask.updated(ids[0], {"username": "later"})
    assert [row["credential_id"] for row in ask("GET", "credentials").json()] == ids[::-1]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"name": "n"}, {"name": "n"}),
        ({"name": None, "tested_url": None, "user_context": None, "auto_profile_disabled": None}, {}),
        ({"user_context": " \t"}, {"user_context": None}),
        ({"user_context": " x"}, {"user_context": " x"}),
        ({"auto_profile_disabled": True, "pin_saved_session_ip": True, "run_sequentially": False},
         {"auto_profile_disabled": True, "pin_saved_session_ip": True}),
        ({"proxy_session_id": "s"}, {"proxy_location": "RESIDENTIAL_ISP", "proxy_session_id": "s"}),
        ({"proxy_location": '{"country": "us", "subdivision": "us-ca"}'},
         {"proxy_location": {"country": "US", "subdivision": "CA", "city": None, "isISP": False}}),
        ({"browser_profile_id": None}, {}),
    ],
)  # fmt: skip
def test_metadata_is_changed_one_by_one(agent, given, shown):
    ask = agent()
    before = ask.made(tested_url="https://x.example", auto_profile_disabled=False)
    where = f"credentials/{before['credential_id']}"
    before = ask("PATCH", where, {"user_context": "before"}).json()
    answer = ask("PATCH", where, given)
    assert (answer.status_code, answer.json()) == (200, {**before, **shown})
    assert ask("GET", where).json() == {**before, **shown}
    assert opened() == {"password": SECRET}


# --- Authenticators. ---


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("JBSWY3DPEHPK3PXP", ("SHA1", 6, 30)),
        (" jbsw y3dp-ehpk\t3pxp ", ("SHA1", 6, 30)),
        (f"otpauth://totp/ACME:me?secret={LONG}&issuer=OTHER&algorithm=SHA256&digits=8&period=60", ("SHA256", 8, 60)),
        (quote(f"otpauth://totp/X?secret={SEED}", safe=""), ("SHA1", 6, 30)),
        (f"foo?secret={SEED}&digits=7&period=1", ("SHA1", 7, 1)),
        (f"otpauth://totp/x?secret={SEED}&algorithm=SHA512&period=3600", ("SHA512", 6, 3600)),
    ],
)
def test_a_key_of_an_authenticator_gives_codes(agent, key, settings):
    ask = agent()
    id = ask.made({**LOGIN, "totp": key, "totp_type": "authenticator"})["credential_id"]
    row = Credential.objects.get()
    assert (row.totp_algorithm, row.totp_digits, row.totp_period) == settings
    answer = ask("GET", f"credentials/{id}/totp-code")
    assert len(answer.json()["code"]) == settings[1]
    assert 0 < answer.json()["seconds_remaining"] <= settings[2]
    assert answer.headers["Pragma"] == "no-cache"
    assert events()[-1] == ("credential.code", "done", id)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "authenticator_key_required"), ("", "authenticator_key_required"), (" \n", "authenticator_key_required"),
        ("not-base32-1890!", "invalid_authenticator_key"), ("AAAA", "invalid_authenticator_key"),
        (f"otpauth://hotp/X?secret={SEED}&counter=1", "invalid_authenticator_key"),
        (f"otpauth://totp/X?secret={SEED}&digits=9", "invalid_authenticator_key"),
        (f"otpauth://totp/X?secret={SEED}&period=0", "invalid_authenticator_key"),
        (f"otpauth://totp/X?secret={SEED}&issuer=a&issuer=b", "invalid_authenticator_key"),
        ("otpauth://totp/X?issuer=a", "invalid_authenticator_key"), ("A" * 5000, "invalid_authenticator_key"),
    ],
)  # fmt: skip
def test_a_key_that_gives_no_codes_is_refused_and_nothing_is_stored(agent, key, code):
    ask = agent()
    bad = {**LOGIN, "totp": key, "totp_type": "authenticator"}
    problem = wrong(ask("POST", "credentials", whole(bad)), 400)
    assert problem["error_code"] == code
    assert not key or key not in json.dumps(problem)
    assert not Credential.objects.exists()
    made = ask.made()
    assert wrong(ask("POST", f"credentials/{made['credential_id']}/update", whole(bad)), 400) == problem
    assert ask("GET", f"credentials/{made['credential_id']}").json() == made
    if key and key.strip():  # beside another kind of codes it is nobody's business
        assert ask.made({**LOGIN, "totp": key, "totp_type": "email"})["credential"]["has_totp"] is True


def test_codes_are_for_authenticators_only(agent, blue):
    ask = agent()
    for credential, kind in (({**LOGIN, "totp": SEED}, "password"), (CARD, "credit_card"), (LOGIN, "password")):
        id = ask.made(credential, kind)["credential_id"]
        detail = wrong(ask("GET", f"credentials/{id}/totp-code"), 400)
        assert detail == "This credential does not have an authenticator app configured."
        assert events()[-1] == ("credential.code", "refused", id)
    # An older version without a seed was brought back.
    id = ask.made()["credential_id"]
    ask.updated(id, {**LOGIN, "totp": SEED, "totp_type": "authenticator"})
    secrets.restore_version(blue.caller("owner"), credential_id=id, number=1)
    assert wrong(ask("GET", f"credentials/{id}/totp-code"), 400)["error_code"] == "authenticator_key_required"


# --- In which order, and in which words. ---


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"vault_type": "bitwarden"}, "Bitwarden credential vault is not supported"),
        ({"vault_type": "custom"}, "Custom credential vault is not supported"),
        ({"browser_profile_id": "bp_1"}, "Browser profile not found, browser_profile_id=bp_1"),
        ({"browser_profile_id": SECRET}, "Browser profile not found"),
    ],
)
def test_what_fits_and_cannot_be_done_comes_last(agent, fields, detail):
    ask, poor = agent(), agent("credentials:read")
    assert wrong(ask("POST", "credentials", whole(LOGIN, **fields)), 400) == detail
    assert "credentials:write" in wrong(poor("POST", "credentials", whole(LOGIN, **fields)), 403)
    id = ask.made()["credential_id"]
    if "browser_profile_id" in fields:
        body = whole(LOGIN, **fields)
        lost = f"Credential not found, credential_id={UNKNOWN}"
        assert wrong(ask("POST", f"credentials/{UNKNOWN}/update", body), 404) == lost
        assert wrong(ask("PATCH", f"credentials/{UNKNOWN}", fields), 404) == lost
        assert wrong(ask("POST", f"credentials/{id}/update", body), 400) == detail
        assert wrong(ask("PATCH", f"credentials/{id}", fields), 400) == detail
        assert "credentials:write" in wrong(poor("PATCH", f"credentials/{id}", fields), 403)
    else:
        assert ask.updated(id, LOGIN, **fields)["vault_type"] == "skyvern"


def test_who_asks_comes_first_then_the_body_then_the_id(agent):
    nobody, ask = Agent("nope"), agent()
    for method, path in (("POST", f"credentials/{UNKNOWN}/update"), ("PATCH", f"credentials/{UNKNOWN}"),
                         ("PUT", f"credentials/{UNKNOWN}/folder"), ("PUT", "credential_folders/cfld_0")):  # fmt: skip
        assert wrong(nobody(method, path, {}), 403) == "Could not validate credentials"
        assert isinstance(wrong(ask(method, path, {}), 422), list)
    assert wrong(ask("PUT", f"credentials/{UNKNOWN}/folder", {"folder_id": "cfld_0"}), 404).startswith(
        "Credential cred"
    )
    id = ask.made()["credential_id"]
    detail = wrong(ask("PUT", f"credentials/{id}/folder", {"folder_id": "cfld_0"}), 400)
    assert detail == "Credential folder cfld_0 not found"


def test_an_id_that_may_be_a_secret_is_not_repeated(agent):
    ask = agent()
    for method, path, body in (
        ("POST", "credentials/{}/update", whole(LOGIN)), ("PATCH", "credentials/{}", {"name": "x"}),
        ("POST", "credentials/{}/delete", None), ("PUT", "credentials/{}/folder", {"folder_id": None}),
        ("GET", "credential_folders/{}", None), ("DELETE", "credential_folders/{}", None),
        ("DELETE", "/api/v1/credentials/{}", None), ("GET", "credentials/{}", None),
    ):  # fmt: skip
        for id in (SECRET, "a" * 3000, "%F0%9F%94%91", "x%0Ay", "%ff"):
            assert SECRET not in wrong(ask(method, path.format(id), body), 404)
    assert SECRET not in str(list(AuditEvent.objects.values()))


# --- Who may. ---


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({}, "Invalid credentials"),
        ({"x-api-key": ""}, "Invalid credentials"),
        ({"authorization": "Basic abc"}, "Invalid credentials"),
        ({"x-api-key": "sr_unknown_key"}, "Could not validate credentials"),
        ({"x-api-key": "x" * 9000}, "Could not validate credentials"),
        ({"x-api-key": "\udcff"}, "Could not validate credentials"),
        ({"x-api-key": "a", "authorization": "Bearer b"}, "Could not validate credentials"),
    ],
)
def test_without_a_key_there_is_nothing(agent, headers, detail):
    agent().made()
    for path in ("/v1/credentials", "/v1/credentials/x/totp-code", "/api/v1/credentials", "/v1/credential_folders"):
        assert wrong(Client().get(path, headers=headers), 403) == detail


def test_either_header_will_do_even_beside_a_bad_one(agent):
    key = agent().key
    for headers in ({"x-api-key": key}, {"authorization": f"Bearer {key}"}, {"authorization": f"bearer {key}"},
                    {"x-api-key": key, "authorization": "Bearer nope"}, {"x-api-key": key, "authorization": "Basic x"},
                    {"x-api-key": "nope", "authorization": f"Bearer {key}"}):  # fmt: skip
        assert Client().get("/v1/credentials", headers=headers).status_code == 200


def test_a_signed_in_owner_has_no_business_here(blue, sign_in):
    assert wrong(sign_in(blue.people["owner"]).get("/v1/credentials"), 403) == "Invalid credentials"


@pytest.mark.parametrize(
    ("scope", "calls"),
    [
        ("credentials:read", [("GET", "credentials", None), ("GET", "credentials/{}", None),
                              ("GET", "credential_folders", None), ("GET", "credential_folders/cfld_0", None),
                              ("GET", "/api/v1/credentials", None), ("GET", "/api/v1/credentials/{}", None)]),
        ("credentials:write", [("POST", "credentials", whole(LOGIN)), ("POST", "credentials/{}/update", whole(LOGIN)),
                               ("PATCH", "credentials/{}", {"name": "x"}), ("POST", "credentials/{}/delete", None),
                               ("PUT", "credentials/{}/folder", {"folder_id": None}),
                               ("POST", "credential_folders", {"title": "x"}),
                               ("PUT", "credential_folders/cfld_0", {"title": "x"}),
                               ("DELETE", "credential_folders/cfld_0", None),
                               ("POST", "/api/v1/credentials", whole(LOGIN)),
                               ("PUT", "/api/v1/credentials/{}", whole(LOGIN)),
                               ("DELETE", "/api/v1/credentials/{}", None)]),
        ("totp:read", [("GET", "credentials/{}/totp-code", None)]),
    ],
)  # fmt: skip
def test_a_missing_scope_is_named_and_leaves_an_event(agent, scope, calls):
    id = agent().made({**LOGIN, "totp": SEED, "totp_type": "authenticator"})["credential_id"]
    poor = agent(*[other for other in ALL if other != scope])
    for method, path, body in calls:
        before = len(events())
        assert scope in wrong(poor(method, path.format(id), body), 403)
        assert [outcome for _, outcome, _ in events()[before:]] == ["refused"]
    assert Credential.objects.get().revision == 1


def test_unknown_foreign_and_deleted_are_one_answer(agent, red):
    ask, other = agent(), agent(house=red)
    foreign = other.made({**LOGIN, "totp": SEED, "totp_type": "authenticator"})["credential_id"]
    gone = ask.made()["credential_id"]
    assert ask("POST", f"credentials/{gone}/delete").status_code == 204
    folder = other("POST", "credential_folders", {"title": "theirs"}).json()["folder_id"]
    for method, path, body in (
        ("GET", "credentials/{}", None), ("GET", "credentials/{}/totp-code", None),
        ("POST", "credentials/{}/update", whole(LOGIN)), ("PATCH", "credentials/{}", {"name": "x"}),
        ("POST", "credentials/{}/delete", None), ("PUT", "credentials/{}/folder", {"folder_id": None}),
        ("PUT", "/api/v1/credentials/{}", whole(LOGIN)), ("DELETE", "/api/v1/credentials/{}", None),
        ("GET", "/api/v1/credentials/{}", None), ("PUT", "/api/v1/credentials/{}/folder", {"folder_id": folder}),
    ):  # fmt: skip
        answers = {id: ask(method, path.format(id), body) for id in (UNKNOWN, foreign, gone)}
        assert {wrong(answer, 404).replace(id, "ID") for id, answer in answers.items()} == {
            wrong(answers[UNKNOWN], 404).replace(UNKNOWN, "ID")
        }
    for method, body in (("GET", None), ("PUT", {"title": "mine"}), ("DELETE", None)):
        detail = wrong(ask(method, f"credential_folders/{folder}", body), 404)
        assert detail == f"Credential folder {folder} not found"
    assert ask("GET", "credentials").json() == ask("GET", "credential_folders").json() == []
    assert other("GET", f"credentials/{foreign}").status_code == 200


# --- Addresses and methods. ---

ROUTES = {
    "/v1/credentials": {"GET", "POST"}, "/v1/credentials/{id}": {"GET", "PATCH", "DELETE"},
    "/v1/credentials/{id}/update": {"POST"}, "/v1/credentials/{id}/delete": {"POST"},
    "/v1/credentials/{id}/totp-code": {"GET"}, "/v1/credentials/{id}/folder": {"PUT"},
    "/v1/credential_folders": {"GET", "POST"}, "/v1/credential_folders/{id}": {"GET", "PUT", "DELETE"},
    "/api/v1/credentials": {"GET", "POST"}, "/api/v1/credentials/{id}": {"GET", "PUT", "DELETE"},
    "/api/v1/credentials/{id}/folder": {"PUT"}, "/api/v1/credential_folders": {"GET", "POST"},
    "/api/v1/credential_folders/{id}": {"GET", "PUT", "DELETE"},
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_both_spellings_of_an_address_answer_directly_to_the_same_methods(agent, route):
    ask = agent()
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY"):
        with_slash, without = (ask(method, route.format(id=UNKNOWN) + end, {"no": "fields"}) for end in ("/", ""))
        assert with_slash.status_code == without.status_code
        if method in ROUTES[route]:
            assert without.status_code in {200, 404, 422}
            assert with_slash.content == without.content
        else:
            assert without.status_code == 405
            assert without.headers["Allow"] == ", ".join(sorted(ROUTES[route]))
            assert method == "HEAD" or without.json() == {"detail": "Method Not Allowed"}


@pytest.mark.parametrize("path", ["/v1/", "/v1/nowhere", "/v1/credentials/x/y/z", "/v1/credentials//", "/api/v1/",
                                  "/api/v1/credentials/x/totp-code", "/api/v1/credentials/x/update", "/v1/x%2Fy",
                                  "/v1/docs/nowhere"])  # fmt: skip
def test_elsewhere_nothing_is_found_and_json_says_so(agent, path):
    for ask in (agent(), Agent("")):
        for method in ("GET", "POST", "DELETE"):
            assert wrong(ask(method, path, {}), 404) == "Not Found"


def test_a_method_that_deletes_nothing_says_why(agent):
    ask = agent()
    id = ask.made()["credential_id"]
    detail = wrong(ask("DELETE", f"credentials/{id}"), 404)
    assert detail == "Unsupported organization auth credential provider"
    assert ask("GET", f"credentials/{id}").status_code == 200


# --- Lists. ---


def test_a_hundred_thousand_at_once_come_in_the_order_of_pages(agent, monkeypatch):
    monkeypatch.setattr(lookup, "AT_ONCE", 2)
    ask = agent()
    ids = [ask.made(name=f"n{number}")["credential_id"] for number in range(5)][::-1]
    whole = ask("GET", "credentials", page_size=100_000).json()
    assert [row["credential_id"] for row in whole] == ids
    assert [row for page in (1, 2, 3) for row in ask("GET", "credentials", page_size=2, page=page).json()] == whole
    assert [ask("GET", f"credentials/{row['credential_id']}").json() for row in whole] == whole
    for far in ({"page": 10**30}, {"page_size": 10**30, "page": 2}, {"page": 2, "page_size": 10**9}):
        assert ask("GET", "credentials", **far).json() == []
    assert len(ask("GET", "credentials", page_size=10**30).json()) == 5


def test_a_list_costs_one_query_beside_the_key(agent):
    ask = agent()
    ask.made()
    ask("GET", "credentials")
    counts = []
    for number in (1, 20):
        for _ in range(number):
            ask.made()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            ask("GET", "credentials", page_size=100)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 3


def test_filters_and_literal_search(agent):
    ask = agent()
    one = ask.made({**LOGIN, "username": "Ärger@x.example"}, name="100%_\\")["credential_id"]
    two = ask.made(CARD, "credit_card", name="card")["credential_id"]
    three = ask.made({"secret_value": SECRET, "secret_label": "Stripe"}, "secret", name="s")["credential_id"]
    folder = ask("POST", "credential_folders", {"title": "f"}).json()["folder_id"]
    ask("PUT", f"credentials/{two}/folder", {"folder_id": folder})

    def found(**query) -> list[str]:
        return [row["credential_id"] for row in ask("GET", "credentials", **query).json()]

    assert found(search="%") == found(search="_") == found(search="\\") == found(search="ÄRGER") == [one]
    assert found(search="STRI") == found(credential_type="secret") == [three]
    assert found(search="VISA") == found(search="1111") == found(folder_id=folder) == [two]
    assert found(search=two) == [two]
    assert found(search=two[:-1]) == found(search=SECRET) == found(search="4111") == found(folder_id="cfld_0") == []
    assert found(vault_type="skyvern", search="", folder_id="") == [three, two, one]
    assert found(vault_type="custom") == found(credential_type="secret", search="visa") == []


# --- What nobody should send. ---


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b"[]", b"null", b'"x"', b"1", b"\xff\xfe", b'{"a":' * 5000, b"[" * 100_000,
        b'{"name": "x", "name": "y"}', b'{"name": NaN}', b'{"name": ' + b"9" * 5000 + b"}",
        b'{"name": "a\\u0000b", "credential_type": "password", "credential": {"username": "u"}}',
        b'{"name": "a\\ud800b", "credential_type": "password", "credential": {"username": "u"}}',
    ],
)  # fmt: skip
def test_a_body_that_is_none_is_a_misfit(agent, body):
    ask = agent()
    id = ask.made()["credential_id"]
    for method, path in (("POST", "credentials"), ("POST", f"credentials/{id}/update"), ("PATCH", f"credentials/{id}"),
                         ("PUT", f"credentials/{id}/folder"), ("POST", "credential_folders"),
                         ("POST", "/api/v1/credentials"), ("PUT", f"/api/v1/credentials/{id}")):  # fmt: skip
        detail = wrong(ask(method, path, raw=body), 422)
        assert all(set(error) == {"loc", "msg", "type"} and error["loc"][0] == "body" for error in detail)
    assert Credential.objects.count() == 1


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        (["body", "name"], {"name": "n" * 10_001}),
        (["body", "name"], {"name": "a\nb"}),
        (["body", "tested_url"], {"tested_url": "u" * 10_001}),
        (["body", "proxy_session_id"], {"proxy_session_id": "s" * 1001}),
        (["body", "proxy_location"], {"proxy_location": {"country": "XX"}}),
        (["body", "proxy_location"], {"proxy_location": {"url": f"http://u:{SECRET}@proxy"}}),
        (["body", "proxy_location"], {"proxy_location": f'{{"country": "{SECRET}"}}'}),
        (["body", "proxy_location"], {"proxy_location": '{"country": "US", "city": "a\\u0000b"}'}),
        (["body", "proxy_location"], {"proxy_location": ["US"]}),
        (["body", "proxy_location"], {"proxy_location": 7}),
    ],
)  # fmt: skip
def test_a_field_that_does_not_fit_is_named(agent, place, fields):
    ask = agent()
    for method, path, body in (
        ("POST", "credentials", whole(LOGIN, **fields)),
        ("PATCH", f"credentials/{UNKNOWN}", fields),
    ):
        if method == "PATCH" and place == ["body", "name"]:
            continue  # checked by the vault, which looks for the credential first
        answer = ask(method, path, body)
        assert [error["loc"] for error in wrong(answer, 422)] == [place]
        assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("value", ["v" * 20_001, {"k": "v" * 20_001}])
def test_a_value_that_cannot_be_stored_is_not_repeated(agent, value):
    name = "metadata" if isinstance(value, dict) else "password"
    answer = agent()("POST", "credentials", whole({**LOGIN, name: value}))
    assert "longer than" in wrong(answer, 422)[0]["msg"]
    assert "vvvv" not in answer.content.decode()
    assert not Credential.objects.exists()


def test_a_name_may_be_as_long_as_anybody_writes(agent, blue, sign_in):
    ask = agent()
    made = ask.made(name="n" * 10_000)
    assert made["name"] == "n" * 10_000
    assert sign_in(blue.people["owner"]).get("/t/blue/").status_code == 200
    assert ask("GET", "credentials", search="n" * 200).json() == [made]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["name", "credential_type", "credential", "vault_type", "tested_url", "proxy_location", "proxy_session_id",
          "rotate_proxy_session_id", "browser_profile_id", "auto_profile_disabled", "title", "folder_id",
          "user_context"]  # fmt: skip


@given(
    fields=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=3),
    parts=st.dictionaries(st.sampled_from([*LOGIN, *CARD, "totp", "totp_type", "metadata", "billing_address"]), JSON,
                          max_size=3),
)  # fmt: skip
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_answered_and_stored_whole_or_not_at_all(agent, login, fields, parts):
    ask = agent()
    for credential, kind in ((LOGIN, "password"), (CARD, "credit_card")):
        body = {**whole({**credential, **parts}, kind), **fields}
        answer = ask("POST", "credentials", body)
        assert answer.status_code in {201, 400, 422}
        if answer.status_code == 201:
            assert ask("GET", f"credentials/{answer.json()['credential_id']}").json() == answer.json()
        elif kind == "password":
            assert SECRET not in answer.content.decode()
        for method, path in (("POST", f"credentials/{login.id}/update"), ("PATCH", f"credentials/{login.id}"),
                             ("PUT", f"credentials/{login.id}/folder"), ("POST", "credential_folders")):  # fmt: skip
            assert ask(method, path, body).status_code in {200, 400, 422}


def test_what_never_reaches_the_door_is_told_in_its_words(agent):
    ask = agent()
    assert wrong(ask("POST", "credentials", raw=b"x" * 1_000_001), 413) == "Send at most 1000 kB."
    assert "NUL" in wrong(ask("GET", "credentials/a%00b"), 400)
    assert "NUL" in wrong(ask("GET", "/v1/credentials?search=%00"), 400)
    many = "&".join(f"a{number}=b" for number in range(600))
    assert wrong(ask("GET", f"/v1/credentials?{many}"), 400) == "The request has too many parts."


def test_a_crash_is_told_without_details(agent, monkeypatch):
    def crash(*_, **__):
        raise RuntimeError(f"could not use {SECRET}")

    monkeypatch.setattr(lookup, "find_credential", crash)
    ask = agent()
    ask.client.raise_request_exception = False
    answer = ask("GET", f"credentials/{UNKNOWN}")
    assert (answer.status_code, answer.json()) == (500, {"error": "Unexpected error"})


def test_without_a_database_a_client_is_asked_to_come_again(agent, monkeypatch):
    def down(*_, **__):
        raise OperationalError("connection refused")

    ask = agent()
    id = ask.made()["credential_id"]
    monkeypatch.setattr(lookup, "find_credential", down)
    monkeypatch.setattr(trash, "trash_credential", down)
    answer = ask("GET", f"credentials/{id}")
    assert (answer.status_code, answer.json()) == (503, {"error": "Database temporarily unavailable"})
    assert answer.headers["Retry-After"] == "1"
    answer = ask("POST", f"credentials/{id}/delete")
    assert answer.status_code == 503
    assert "Retry-After" not in answer.headers


# --- Traces. ---


def test_every_change_leaves_its_event(agent):
    ask = agent()
    id = ask.made()["credential_id"]
    ask.updated(id, LOGIN)
    ask("PATCH", f"credentials/{id}", {"tested_url": "https://x.example"})
    folder = ask("POST", "credential_folders", {"title": "f"}).json()["folder_id"]
    ask("PUT", f"credentials/{id}/folder", {"folder_id": folder})
    ask("PUT", f"credential_folders/{folder}", {"description": "d"})
    ask("DELETE", f"credential_folders/{folder}")
    ask("POST", f"credentials/{id}/delete")
    assert events() == [
        ("credential.add", "done", id), ("credential.edit", "done", id), ("credential.edit", "done", id),
        ("folder.add", "done", folder), ("credential.edit", "done", id), ("folder.edit", "done", folder),
        ("folder.delete", "done", folder), ("credential.trash", "done", id),
    ]  # fmt: skip


def test_what_is_deleted_waits_in_the_trash_for_people(agent, blue):
    ask = agent()
    made = ask.made()
    assert ask("DELETE", f"/api/v1/credentials/{made['credential_id']}").content == b"null"
    trash.restore_credential(blue.caller("manager"), credential_id=made["credential_id"])
    assert ask("GET", f"credentials/{made['credential_id']}").json() == made


def test_a_name_may_be_taken_here_and_nowhere_else(agent, blue):
    ask = agent()
    first, second = ask.made()["credential_id"], ask.made()["credential_id"]
    ask("PATCH", f"credentials/{first}", {"name": "other"})
    ask.updated(first, LOGIN, name="GitHub")
    assert {row["name"] for row in ask("GET", "credentials").json()} == {"GitHub", "github"}
    with pytest.raises(Conflict):
        vault.add_credential(blue.caller("manager"), name="github", type="secret")
    answer = ask("GET", "/kernel/credentials/GITHUB")
    assert (answer.status_code, answer.json()["message"]) == (409, "Several credentials have this name; use the id.")
    assert ask("GET", f"/kernel/credentials/{second}").status_code == 200
