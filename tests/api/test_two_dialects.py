"""One credential through two doors: what Kernel's clients store Skyvern's list, and the other way round.

Values that one dialect does not know survive every write of the other.
"""

import json
from types import SimpleNamespace

import pytest
from django.test import Client

from credentials.models import Credential
from credentials.vault import contents, keys
from tests.conftest import SEED

CARD = {"card_number": "4111111111111111", "card_cvv": "123", "card_exp_month": "12", "card_exp_year": "2030",
        "card_brand": "visa", "card_holder_name": "Ann Lee"}  # fmt: skip


@pytest.fixture
def doors(blue):
    """kernel(method, path, body) and skyvern(method, path, body), with one key."""
    _, key = keys.create_api_key(
        blue.caller("owner"), name="agent", scopes=["credentials:read", "credentials:write", "totp:read"]
    )

    def door(prefix: str):
        def ask(method: str, path: str, body=None):
            data = b"" if body is None else json.dumps(body).encode()
            headers = {"x-api-key": key}
            answer = Client().generic(method, prefix + path, data, content_type="application/json", headers=headers)
            return answer.json() if answer.content else answer.status_code

        return ask

    return SimpleNamespace(kernel=door("/kernel/"), skyvern=door("/v1/"))


def stored() -> dict:
    """What is under the seals, opened, and the columns beside them."""
    row = Credential.objects.get()
    opened = contents.open_current(row)
    return {"values": opened.values, "seed": opened.totp and opened.totp.secret, "type": row.type,
            "username": row.username, "totp_type": row.totp_type}  # fmt: skip


def skyvern_update(doors, id: str, kind: str, credential: dict, **fields):
    body = {"name": "x", "credential_type": kind, "credential": credential, **fields}
    return doors.skyvern("POST", f"credentials/{id}/update", body)


def test_a_kernel_login_is_a_skyvern_password_and_back(doors):
    made = doors.kernel("POST", "credentials", {
        "name": "github", "domain": "github.com", "totp_secret": SEED,
        "values": {"username": " octo\u0301@example.com", "password": "swordfish"},
    })  # fmt: skip
    seen = doors.skyvern("GET", f"credentials/{made['id']}")
    assert (seen["credential_type"], seen["name"]) == ("password", "github")
    assert seen["credential"] == {
        "username": " octo\u0301@example.com", "totp_type": "authenticator", "totp_identifier": None, "has_totp": True,
    }  # fmt: skip
    code = doors.skyvern("GET", f"credentials/{made['id']}/totp-code")["code"]
    assert code in {doors.kernel("GET", f"credentials/{made['id']}/totp-code")["code"], made["totp_code"]}
    (listed,) = doors.skyvern("GET", "credentials?search=OCT%C3%93%40EX")
    assert listed == seen

    credential = {"username": "second", "password": "p", "totp": SEED, "totp_type": "authenticator"}
    body = {"name": "by skyvern", "credential_type": "password", "credential": credential}
    made = doors.skyvern("POST", "credentials", body)
    seen = doors.kernel("GET", "credentials/by skyvern")
    assert (seen["id"], seen["domain"]) == (made["credential_id"], "")
    assert (seen["value_keys"], seen["has_totp_secret"]) == (["password", "username"], True)


@pytest.mark.parametrize(
    ("values", "kind", "shown"),
    [
        ({"card_number": "4111 1111 1111 1234", "card_cvv": "9"}, "credit_card", {"last_four": "1234", "brand": ""}),
        ({"secret_value": "x"}, "secret", {"secret_label": None}),
        ({"email": "x"}, "password", {"username": "", "totp_type": "none", "totp_identifier": None, "has_totp": False}),
        ({}, "password", {"username": "", "totp_type": "none", "totp_identifier": None, "has_totp": False}),
    ],
)
def test_free_values_are_shown_as_the_type_they_make(doors, values, kind, shown):
    made = doors.kernel("POST", "credentials", {"name": "k", "domain": "k.example", "values": values})
    seen = doors.skyvern("GET", f"credentials/{made['id']}")
    assert (seen["credential_type"], seen["credential"]) == (kind, shown)


def test_what_skyvern_stores_kernel_lists_by_name(doors):
    doors.skyvern("POST", "credentials", {"name": "card", "credential_type": "credit_card", "credential": {
        **CARD, "billing_address": {"line1": "1 Main", "city": "SF"}, "billing_email": "b@e.com",
        "metadata": {"pin": "1234"},
    }})  # fmt: skip
    assert doors.kernel("GET", "credentials/card")["value_keys"] == [
        "billing_city", "billing_email", "billing_line1", "card_cvv", "card_exp_month", "card_exp_year",
        "card_holder_name", "card_number", "metadata",
    ]  # fmt: skip


def test_values_of_kernel_survive_every_update_of_skyvern(doors):
    values = {"username": "u", "password": "p", "pin": "77", "secret_value": "kept", "billing_email": "k@e.com"}
    id = doors.kernel("POST", "credentials", {"name": "k", "domain": "k.example", "values": values})["id"]
    extra = {"pin": "77", "secret_value": "kept", "billing_email": "k@e.com"}
    skyvern_update(doors, id, "password", {"username": "v"})
    assert stored()["values"] == {"password": "p", **extra}
    skyvern_update(doors, id, "password", {"username": "v", "password": "", "metadata": {"a": "b"}})
    assert stored()["values"] == {"metadata": '{"a": "b"}', **extra}
    doors.skyvern("PATCH", f"credentials/{id}", {"name": "renamed", "user_context": "x"})
    skyvern_update(doors, id, "credit_card", CARD)
    values = {name: text for name, text in CARD.items() if name != "card_brand"}
    assert stored()["values"] == {**values, **extra}
    skyvern_update(doors, id, "secret", {"secret_value": "mine"})
    assert stored()["values"] == {"pin": "77", "secret_value": "mine"}, "a card takes its own billing_email along"


def test_values_of_skyvern_survive_every_update_of_kernel(doors):
    credential = {"username": "u", "password": "p", "totp": "!!!not base32!!!", "metadata": {"a": "b"}}
    body = {"name": "s", "credential_type": "password", "credential": credential}
    id = doors.skyvern("POST", "credentials", body)["credential_id"]
    doors.kernel("PATCH", f"credentials/{id}", {"values": {"pin": "1"}, "domain": "s.example"})
    doors.kernel("PATCH", f"credentials/{id}", {"remove_value_keys": ["pin"]})
    assert stored()["values"] == {"password": "p", "totp": "!!!not base32!!!", "metadata": '{"a": "b"}'}
    assert stored()["username"] == "u"


def test_a_seed_that_nobody_can_read_breaks_no_door(doors, blue, sign_in):
    credential = {"username": "u", "totp": "!!!not base32!!!"}
    body = {"name": "s", "credential_type": "password", "credential": credential}
    made = doors.skyvern("POST", "credentials", body)
    id = made["credential_id"]
    assert (made["credential"]["has_totp"], made["credential"]["totp_type"]) == (True, "none")
    assert doors.skyvern("GET", f"credentials/{id}/totp-code")["detail"].startswith("This credential does not have")
    seen = doors.kernel("GET", f"credentials/{id}")
    assert (seen["has_totp_secret"], seen["value_keys"]) == (False, ["totp", "username"])
    assert doors.kernel("GET", f"credentials/{id}/totp-code")["code"] == "not_found"
    alice = sign_in(blue.people["owner"])
    assert alice.get(f"/t/blue/credentials/{id}/").status_code == 200
    assert alice.post(f"/t/blue/credentials/{id}/code/").status_code in {400, 404, 422}
    # A seed that can be read takes its place, at either door.
    doors.kernel("PATCH", f"credentials/{id}", {"totp_secret": SEED})
    assert doors.skyvern("GET", f"credentials/{id}")["credential"]["totp_type"] == "authenticator"
    skyvern_update(doors, id, "password", {"username": "u", "totp": SEED})
    assert (stored()["values"], stored()["seed"]) == ({}, SEED)
    skyvern_update(doors, id, "password", {"username": "u", "totp": None})
    assert (stored()["values"], stored()["seed"]) == ({}, None)
