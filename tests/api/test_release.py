"""The release door, raw: what Skyvern sends to a vault of its own, what it gets back, and who gets nothing."""

import json

import pytest
from django.test import Client

from credentials.access import Scope
from credentials.api import free_values
from credentials.models import AuditEvent, Credential
from credentials.vault import credentials as vault
from credentials.vault import keys, secrets, trash
from tests.conftest import LOGIN, SEED

BASE = "/release/v1/credentials"
SECRETS = ["hunter2-release", "4111111111111111", "cvv-977", "sk-release-abc", SEED, "1 Secret Street", "hint-blue"]
PASSWORD = {"name": "My login", "type": "password", "username": "ops@example.com", "password": SECRETS[0],
            "totp": SEED, "totp_type": "authenticator", "metadata": {"hint": SECRETS[6]}}  # fmt: skip
CARD = {
    "name": "My card", "type": "credit_card", "card_holder_name": "Ada Lovelace", "card_number": SECRETS[1],
    "card_exp_month": "12", "card_exp_year": "2031", "card_cvv": SECRETS[2], "card_brand": "visa",
    "billing_address": {"line1": SECRETS[5], "city": "London", "country_code": "GB"},
    "billing_email": "ada@example.com", "billing_phone": "+15550100077", "metadata": {"limit": "500"},
}  # fmt: skip
SECRET = {"name": "My key", "type": "secret", "secret_value": SECRETS[3], "secret_label": "production"}
ALL = [PASSWORD, CARD, SECRET]


class Skyvern:
    """The other system, with its one key."""

    def __init__(self, key: str) -> None:
        self.client, self.headers = Client(enforce_csrf_checks=True), {"authorization": f"Bearer {key}"}

    def __call__(self, method: str, where: str = "", body=None, *, raw: bytes | None = None):
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        return self.client.generic(method, BASE + where, data, "application/json", headers=self.headers)

    def made(self, **fields) -> str:
        answer = self("POST", "", {**PASSWORD, **fields})
        assert answer.status_code == 201, answer.content
        return answer.json()["id"]

    def read(self, credential_id: str) -> dict:
        answer = self("GET", f"/{credential_id}")
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def skyvern(blue):
    """skyvern(*scopes) -> a client with a key that Alice made; with values:release alone unless it says others."""
    count = iter(range(100))

    def make(*scopes: str, house=blue) -> Skyvern:
        owner = house.caller("owner")
        _, key = keys.create_api_key(owner, name=f"skyvern {next(count)}", scopes=scopes or ["values:release"])
        return Skyvern(key)

    return make


def events() -> list[tuple]:
    rows = AuditEvent.objects.filter(door="release").order_by("id")
    return [(row.action, row.outcome, row.target_id, row.detail.get("version")) for row in rows]


@pytest.mark.parametrize("body", ALL, ids=["password", "card", "secret"])
def test_what_was_stored_comes_back(skyvern, body):
    ask = skyvern()
    answer = ask("POST", "", body)
    assert answer.status_code == 201
    assert set(answer.json()) == {"id"}
    made = answer.json()["id"]
    assert made.startswith("cred_")
    assert ask.read(made) == body
    assert events() == [("release.store", "done", made, None), ("release.read", "done", made, 1)]


@pytest.mark.parametrize(
    ("body", "comes_back"),
    [
        ({"totp": None, "totp_type": "none"}, {"totp": None, "totp_type": "none"}),
        ({"password": "", "totp": "", "totp_type": "text"}, {"password": "", "totp": None, "totp_type": "text"}),
        ({"totp": f"otpauth://totp/x?secret={SEED}&issuer=X"}, {"totp": SEED}),
        ({"totp": "jbsw y3dp-ehpk3pxp"}, {"totp": SEED}),
        ({"totp": "no seed at all", "totp_type": "none"}, {"totp": "no seed at all", "totp_type": "none"}),
        ({"metadata": {}}, {"metadata": None}),
        ({"metadata": {"metadata": "x", "ключ": "знач"}}, {"metadata": {"metadata": "x", "ключ": "знач"}}),
        ({"name": "", "username": " u "}, {"name": "", "username": " u "}),
        ({"password": " \t'\"<>\u202e "}, {"password": " \t'\"<>\u202e "}),
    ],
)
def test_a_login_comes_back_as_it_was_meant(skyvern, body, comes_back):
    ask = skyvern()
    found = ask.read(ask.made(**body))
    assert {name: found.get(name) for name in comes_back} == comes_back


def test_settings_of_a_seed_come_back_as_an_address(skyvern):
    ask = skyvern()
    sent = f"otpauth://totp/x?secret={SEED}&algorithm=SHA256&digits=8&period=60"
    made = ask.made(totp=sent)
    found = ask.read(made)["totp"]
    assert found.startswith("otpauth://totp/")
    assert found.endswith(f"secret={SEED}&algorithm=SHA256&digits=8&period=60")
    assert ask.read(ask.made(totp=found))["totp"].endswith(found.partition("?")[2])


def test_a_card_without_its_extras_comes_back_without_them(skyvern):
    ask = skyvern()
    bare = {name: value for name, value in CARD.items() if name != "metadata" and not name.startswith("billing")}
    for body in (bare, {**bare, "billing_address": None, "billing_email": None, "metadata": None}):
        assert ask.read(ask("POST", "", body).json()["id"]) == bare


def test_what_people_and_kernels_agents_made_can_be_read(skyvern, blue):
    ask, mia = skyvern(), blue.caller("manager")
    login = vault.add_credential(mia, **{**LOGIN, "values": {"password": "p", "notes": "n"}})
    assert ask.read(login.id) == {
        "name": LOGIN["name"], "type": "password", "username": LOGIN["username"], "password": "p", "totp": SEED,
        "totp_type": login.totp_type, "metadata": {"notes": "n"},
    }  # fmt: skip
    values = {"username": "u", "password": "p", "pin": "0000", "metadata": "just text", "totp": "x"}
    kernel = vault.add_credential(mia, name="k", type="password", **free_values.to_vault(values))
    found = ask.read(kernel.id)
    assert (found["username"], found["password"], found["totp_type"]) == ("u", "p", "none")
    assert found["metadata"] == {"pin": "0000", "metadata": "just text"}
    half = vault.add_credential(mia, name="half", type="credit_card", values={"card_number": "1"})
    names = ("card_holder_name", "card_number", "card_exp_month", "card_exp_year", "card_cvv", "card_brand")
    assert [ask.read(half.id)[name] for name in names] == ["", "1", "", "", "", ""]
    empty = vault.add_credential(mia, name="e", type="secret", values={})
    assert ask.read(empty.id)["secret_value"] == ""


def test_what_skyvern_stored_is_a_credential_of_the_team_like_any(skyvern, blue):
    made = skyvern()("POST", "", CARD).json()["id"]
    row = Credential.objects.get(id=made)
    assert (row.type, row.card_last_four, row.card_brand, row.created_by) == (
        "credit_card",
        "1111",
        "visa",
        "skyvern 0",
    )
    assert secrets.reveal(blue.caller("owner"), credential_id=made, key="billing_line1") == SECRETS[5]
    login = skyvern().made()
    assert len(secrets.show_code(blue.caller("operator"), credential_id=login).code) == 6


def test_an_update_is_a_new_one_of_the_same_name_and_the_old_ones_deletion(skyvern):
    ask = skyvern()
    old = ask.made()
    new = ask.made(password="rotated")
    assert ask.read(old)["password"] == SECRETS[0]
    assert ask.read(new)["password"] == "rotated"
    assert ask("DELETE", f"/{old}").status_code == 204
    assert ask("GET", f"/{old}").status_code == 404
    assert ask.read(new)["name"] == PASSWORD["name"]


def test_a_deletion_can_be_repeated_and_undone_by_a_person(skyvern, blue):
    ask = skyvern()
    made = ask.made()
    for where in (f"/{made}", f"/{made}", f"/{made}/", "/cred_01ARZ3NDEKTSV4RRFFQ69G5FAV", "/x", "/%00", "/%F0%9F"):
        answer = ask("DELETE", where)
        assert (answer.status_code, answer.content) in {(204, b""), (400, answer.content)}
    assert [event[:2] for event in events()][1:4] == [("release.delete", "done")] + [("release.delete", "refused")] * 2
    trash.restore_credential(blue.caller("manager"), credential_id=made)
    assert ask.read(made)["password"] == SECRETS[0]


def test_another_team_reads_and_deletes_nothing(skyvern, red):
    mine, theirs = skyvern(), skyvern(house=red)
    made = mine.made()
    unknown = theirs("GET", "/cred_01ARZ3NDEKTSV4RRFFQ69G5FAV")
    answer = theirs("GET", f"/{made}")
    assert (answer.status_code, answer.content) == (404, unknown.content)
    assert theirs("DELETE", f"/{made}").status_code == 204
    assert mine.read(made) == PASSWORD


@pytest.mark.parametrize("slash", ["", "/"])
def test_every_address_answers_with_and_without_its_last_slash(skyvern, slash):
    ask = skyvern()
    assert ask("GET", slash).json() == {"status": "ok"}
    made = ask("POST", slash, PASSWORD).json()["id"]
    assert ask("GET", f"/{made}{slash}").json() == PASSWORD
    assert ask("DELETE", f"/{made}{slash}").status_code == 204


def test_trying_the_connection_gives_nothing_away_and_leaves_no_event(skyvern):
    ask = skyvern()
    ask.made()
    answer = ask("GET")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert len(events()) == 1


def test_without_the_scope_nothing_is_done_and_the_scope_is_named(skyvern):
    made = skyvern().made()
    others = skyvern(*[str(scope) for scope in Scope if scope is not Scope.VALUES_RELEASE])
    for method, where, body in (
        ("GET", "", None),
        ("POST", "", PASSWORD),
        ("GET", f"/{made}", None),
        ("DELETE", f"/{made}", None),
    ):
        answer = others(method, where, body)
        assert answer.status_code == 403
        assert "values:release" in answer.json()["message"]
        assert not any(secret in answer.content.decode() for secret in SECRETS)
    assert Credential.objects.get().deleted_at is None
    assert [event[1] for event in events()[1:]] == ["refused"] * 4


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer "}, {"authorization": "Bearer sr_unknown0_"},
                                    {"authorization": "Basic abc"}, {"x-api-key": "nope"}])  # fmt: skip
def test_without_a_good_key_it_says_so(client, db, header):
    for method in ("get", "post", "delete"):
        answer = getattr(client, method)(f"{BASE}/x" if method == "delete" else BASE, headers=header)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert set(answer.json()) == {"code", "message"}


def test_a_key_may_come_as_x_api_key_too(skyvern):
    ask = skyvern()
    key = ask.headers["authorization"].removeprefix("Bearer ")
    assert ask.client.get(BASE, headers={"x-api-key": key}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD", "OPTIONS", "DELETE"])
def test_a_wrong_method_is_refused(skyvern, method):
    ask = skyvern()
    where = "" if method == "DELETE" else f"/{ask.made()}"
    answer = ask(method, where)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == ("GET, POST" if method == "DELETE" else "DELETE, GET")


WRONG = [
    {"type": "passkey"}, {"type": None}, {"type": ["password"]}, {"name": None}, {"name": 5}, {"username": ""},
    {"username": None}, {"password": None}, {"password": {"x": "marker-1"}}, {"totp": 5}, {"totp_type": None},
    {"totp_type": "marker-1"}, {"metadata": {"marker-1": 5}}, {"metadata": ["marker-1"]}, {"username": "a\x00b"},
    {"password": "a\x00marker-1"}, {"password": "marker-1" * 5000},
    {"metadata": {str(number): "marker-1" for number in range(9999)}},
]  # fmt: skip


@pytest.mark.parametrize("change", WRONG, ids=lambda change: str(change)[:30])
def test_what_does_not_fit_is_refused_in_words_and_repeats_nothing(skyvern, change):
    answer = skyvern()("POST", "", {**PASSWORD, **change})
    assert answer.status_code == 422, answer.content
    assert answer.json()["message"]
    assert not any(text in answer.content.decode() for text in ("marker-1", *SECRETS))
    assert not Credential.objects.exists()


@pytest.mark.parametrize("body", [CARD, SECRET], ids=["card", "secret"])
def test_a_missing_field_is_named(skyvern, body):
    for name in body:
        answer = skyvern()("POST", "", {key: value for key, value in body.items() if key != name})
        if answer.status_code == 422:
            assert name in answer.json()["message"]
        else:
            assert name in {"billing_address", "billing_email", "billing_phone", "metadata", "secret_label"}


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"name": NaN}', b'{"a":' * 50 + b"1" + b"}" * 50,
            b"[" * 100_000, b'{"type": "password", "type": "secret"}',
            b'{"type": "secret", "name": "\\ud800", "secret_value": "x"}'],
)  # fmt: skip
def test_a_body_that_is_no_credential_is_refused(skyvern, raw):
    assert skyvern()("POST", raw=raw).status_code == 422
    assert not Credential.objects.exists()


def test_no_answer_but_the_reading_holds_a_value_and_the_audit_none(skyvern, blue):
    ask = skyvern()
    seen = [ask("POST", "", body) for body in ALL]
    made = [answer.json()["id"] for answer in seen]
    seen += [ask("GET"), ask("GET", "/unknown"), ask("POST", f"/{made[0]}", PASSWORD)]
    for credential_id in made:
        read = ask("GET", f"/{credential_id}")
        assert read.headers["Cache-Control"] == "no-store"
        assert any(secret in read.content.decode() for secret in SECRETS)
        assert not any(secret in str(read.headers) for secret in SECRETS)
    seen += [ask("DELETE", f"/{credential_id}") for credential_id in made]
    for answer in seen:
        assert not any(secret in answer.content.decode() + str(answer.headers) for secret in SECRETS)
    assert not any(secret in str(list(AuditEvent.objects.values())) for secret in SECRETS)


def test_a_seal_that_does_not_open_is_told_without_a_value(skyvern):
    ask = skyvern()
    made = ask.made()
    Credential.objects.filter(id=made).update(domain="elsewhere.example")
    answer = ask("GET", f"/{made}")
    assert (answer.status_code, answer.json()["code"]) == (409, "seal_broken")
    assert events()[-1][:2] == ("release.read", "refused")


def test_a_revoked_key_reads_nothing_from_the_next_request_on(blue, skyvern):
    ask = skyvern()
    made = ask.made()
    owner = blue.caller("owner")
    keys.revoke_api_key(owner, key_id=keys.see_api_keys(owner)[0]["id"])
    assert ask("GET", f"/{made}").status_code == 401
