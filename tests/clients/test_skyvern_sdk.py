"""Skyvern's official client and CLI (1.0.56) against the real server, sync and async: only the address is another.

They live in an environment of their own (`make clients`); clients/skyvern/calls.py takes the calls. Every body that
the server sends is kept and searched for the secrets that were sent to it.
"""

import json
import subprocess
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from credentials.otp import totp
from tests.server import running

pytestmark = [pytest.mark.server, pytest.mark.same_everywhere]

HERE = Path(__file__).parent / "skyvern"
BIN = HERE / "venv" / "bin"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECRETS = {
    "password": "swordfish-77-not-for-anyone", "number": "4111111111111111", "cvv": "cvv-8841",
    "holder": "Ann Lee-5521", "billing": "1 Main Street 9917", "metadata": "answer-to-pet-1178",
    "value": "sk-abc123-live-7712", "seed": SEED,
}  # fmt: skip
LOGIN = {"username": "user@example.com", "password": SECRETS["password"], "metadata": {"pet": SECRETS["metadata"]}}
CARD = {
    "card_number": SECRETS["number"], "card_cvv": SECRETS["cvv"], "card_exp_month": "12", "card_exp_year": "2030",
    "card_brand": "visa", "card_holder_name": SECRETS["holder"],
    "billing_address": {"line1": SECRETS["billing"]}, "metadata": {"pin": SECRETS["metadata"]},
}  # fmt: skip
PLAIN = {
    "vault_type": "skyvern", "browser_profile_id": None, "auto_profile_disabled": False, "pin_saved_session_ip": False,
    "tested_url": None, "user_context": None, "save_browser_session_intent": False, "run_sequentially": False,
    "folder_id": None, "proxy_location": None, "proxy_session_id": None, "created_by": None,
}  # fmt: skip
UNKNOWN = "cred_000000000000000000"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with two teams, a key of each, a key that only reads, and everything it ever answered."""
    with running(tmp_path_factory.mktemp("skyvern")) as server:
        given = {
            ("blue", "agent"): "credentials:read,credentials:write,totp:read",
            ("red", "agent"): "credentials:read,credentials:write,totp:read",
            ("blue", "reader"): "credentials:read",
        }
        _, _, *told = server.manage_all(
            *(["createteam", team, "--owner", f"{team.lower()}@example.org"] for team in ("Blue", "Red")),
            *(
                ["createapikey", "--team", team, "--name", name, "--scopes", scopes]
                for (team, name), scopes in given.items()
            ),
        )
        keys = {" ".join(which): key for which, key in zip(given, told, strict=True)}
        yield SimpleNamespace(server=server, keys=keys, seen=[])


@pytest.fixture(scope="module")
def client(house, tmp_path_factory):
    """client(method, key="blue agent", is_async=False, base_url=…, **args) -> what came of it."""
    with subprocess.Popen(
        [BIN / "python", "calls.py"], cwd=HERE, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={"HOME": str(tmp_path_factory.mktemp("home"))},  # it reads settings of our names as its own
    ) as child:  # fmt: skip

        def ask(method: str, *, key: str = "blue agent", is_async: bool = False, slash: str = "", **args):
            base_url = house.server.url + slash
            call = {"client": {"api_key": house.keys.get(key, key), "base_url": base_url}, "method": method,
                    "args": args, "is_async": is_async}  # fmt: skip
            child.stdin.write(json.dumps(call) + "\n")
            child.stdin.flush()
            told = json.loads(child.stdout.readline())
            house.seen += told.pop("seen")
            return told

        yield ask
        child.stdin.close()


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def sdk(client, request):
    """sdk(method, **args) in an empty team: the answer, or the error as (class, status, body)."""

    def ask(method: str, **args):
        told = client(method, is_async=request.param, **args)
        return told["answer"] if "answer" in told else (told["error"], told["status"], told["body"])

    for row in ask("get_credentials", page_size=100):
        ask("delete_credential", credential_id=row["credential_id"])
    return ask


def add(sdk, **fields):
    return sdk("create_credential", **{"name": "x", "credential_type": "password", "credential": LOGIN, **fields})


def refused(detail, status: int) -> tuple:
    return ("ApiError", status, {"detail": detail})


def test_a_credential_of_each_kind(sdk):
    kinds = {
        "password": ({**LOGIN, "model": "NonEmptyPasswordCredential"},
                     {"username": "user@example.com", "totp_type": "none", "totp_identifier": None, "has_totp": False}),
        "credit_card": ({**CARD, "model": "NonEmptyCreditCardCredential"}, {"last_four": "1111", "brand": "visa"}),
        "secret": ({"secret_value": SECRETS["value"], "secret_label": "Stripe", "model": "SecretCredential"},
                   {"secret_label": "Stripe"}),
    }  # fmt: skip
    made = {}
    for kind, (credential, shown) in kinds.items():
        made[kind] = add(sdk, name=f"a {kind}", credential_type=kind, credential=credential)
        assert made[kind] == {
            "credential_id": made[kind]["credential_id"], "credential": shown, "credential_type": kind,
            "name": f"a {kind}", **PLAIN,
        }  # fmt: skip
        assert made[kind]["credential_id"].startswith("cred_")
        assert sdk("get_credential", credential_id=made[kind]["credential_id"]) == made[kind]
    assert sdk("get_credentials") == [made["secret"], made["credit_card"], made["password"]]
    for kind in kinds:
        assert sdk("get_credentials", credential_type=kind) == [made[kind]]
        assert sdk("delete_credential", credential_id=made[kind]["credential_id"]) is None
    assert sdk("get_credentials") == []


def test_every_argument_of_create_and_update(sdk):
    made = add(
        sdk, name="full", vault_type="skyvern", tested_url="https://example.com/login",
        proxy_location="RESIDENTIAL_ISP", proxy_session_id=None, rotate_proxy_session_id=False,
        credential={**LOGIN, "totp": SEED, "totp_type": "authenticator", "totp_identifier": "Me@Example.COM "},
    )  # fmt: skip
    assert made["credential"] == {
        "username": "user@example.com", "totp_type": "authenticator", "totp_identifier": "Me@Example.COM ",
        "has_totp": True,
    }  # fmt: skip
    assert (made["tested_url"], made["proxy_location"]) == ("https://example.com/login", "RESIDENTIAL_ISP")
    assert len(made["proxy_session_id"]) == 10
    changed = sdk(
        "update_credential", credential_id=made["credential_id"], name="now a card", credential_type="credit_card",
        credential=CARD, proxy_location={"country": "gb", "city": "London"}, tested_url=None,
    )  # fmt: skip
    assert changed == {
        **made, "name": "now a card", "credential_type": "credit_card",
        "credential": {"last_four": "1111", "brand": "visa"}, "proxy_session_id": None,
        "proxy_location": {"country": "GB", "subdivision": None, "city": "London", "isISP": False},
    }  # fmt: skip


def test_pages_filters_and_search(sdk):
    ids = [add(sdk, name=f"site {number}")["credential_id"] for number in range(5)]
    assert [row["credential_id"] for row in sdk("get_credentials", page=2, page_size=2)] == [ids[2], ids[1]]
    assert sdk("get_credentials", page=99) == []
    assert len(sdk("get_credentials", page_size=100_000)) == 5
    assert [row["credential_id"] for row in sdk("get_credentials", search="SITE 3")] == [ids[3]]
    assert [row["credential_id"] for row in sdk("get_credentials", search=ids[1])] == [ids[1]]
    assert sdk("get_credentials", vault_type="custom") == sdk("get_credentials", search="%") == []


@pytest.mark.parametrize("slash", ["/", "//"])
def test_a_slash_at_the_end_of_the_address_is_harmless(sdk, slash):
    assert add(sdk, slash=slash[:1])["credential_type"] == "password"


def test_every_error(sdk):
    made = add(sdk)
    twin = {"name": "x", "credential_type": "password"}
    for credential_id, key in ((UNKNOWN, "blue agent"), (made["credential_id"], "red agent")):
        lost = f"Credential not found, credential_id={credential_id}"
        asked = {"credential_id": credential_id, "key": key}
        assert sdk("get_credential", **asked) == refused("Credential not found", 404)
        assert sdk("delete_credential", **asked) == refused(lost, 404)
        assert sdk("update_credential", **asked, **twin, credential=LOGIN) == refused(lost, 404)
    assert sdk("get_credentials", key="nope") == refused("Could not validate credentials", 403)
    lacking = refused("This API key lacks the scope credentials:write.", 403)
    assert add(sdk, key="blue reader") == lacking
    assert sdk("delete_credential", credential_id=made["credential_id"], key="blue reader") == lacking
    assert add(sdk, vault_type="gcp") == refused("GCP credential vault is not supported", 400)
    kind, status, body = add(sdk, credential={**LOGIN, "totp": SECRETS["value"], "totp_type": "authenticator"})
    assert (kind, status, body["detail"]["error_code"]) == ("ApiError", 400, "invalid_authenticator_key")
    kind, status, body = add(sdk, credential={"username": "", "password": SECRETS["password"]})
    assert (kind, status, body["detail"][0]["msg"]) == (
        "UnprocessableEntityError", 422, "String should have at least 1 character",
    )  # fmt: skip
    assert sdk("get_credentials", page=0)[:2] == ("UnprocessableEntityError", 422)
    assert sdk("get_credential", credential_id=made["credential_id"]) == made


def test_the_current_code_over_http(sdk, house):
    """The client has no method for it."""
    made = add(sdk, credential={**LOGIN, "totp": SEED, "totp_type": "authenticator"})
    where = f"{house.server.url}/v1/credentials/{made['credential_id']}/totp-code"
    now = datetime.now(UTC).timestamp()
    with urllib.request.urlopen(
        urllib.request.Request(where, headers={"x-api-key": house.keys["blue agent"]})
    ) as found:
        body, headers = json.load(found), found.headers
    assert body["code"] in {totp.code_at(totp.Totp(SEED), now + shift).code for shift in (0, 30)}
    assert 0 < body["seconds_remaining"] <= 30
    assert (headers["Cache-Control"], headers["Pragma"]) == ("no-store", "no-cache")


@pytest.fixture
def cli(house, tmp_path):
    """cli("add", …) -> what `skyvern credentials add … --json` told, or its exit status."""

    def run(*words: str, key: str = "blue agent", **env: str):
        done = subprocess.run(
            [BIN / "skyvern", "credentials", *words], cwd=tmp_path, text=True, capture_output=True, check=False,
            env={"SKYVERN_BASE_URL": house.server.url, "SKYVERN_API_KEY": house.keys[key], "HOME": str(tmp_path),
                 "SKYVERN_TELEMETRY": "false", "NO_COLOR": "1", **env},
        )  # fmt: skip
        house.seen.append(done.stdout + done.stderr)
        return done

    return run


def test_the_cli_adds_lists_gets_and_deletes(cli):
    added = cli(
        "add", "--name", "by cli", "--type", "password", "--username", "cli@example.com", "--totp", SEED, "--json",
        SKYVERN_CRED_PASSWORD=SECRETS["password"],
    )  # fmt: skip
    assert added.returncode == 0, added.stdout + added.stderr
    listed = cli("list", "--json")
    (id,) = [row["credential_id"] for row in json.loads(listed.stdout)["data"] if row["name"] == "by cli"]
    assert json.loads(cli("get", id, "--json").stdout)["data"]["name"] == "by cli"
    assert cli("delete", id, "-y", "--json", key="red agent").returncode != 0
    assert cli("delete", id, "-y", "--json").returncode == 0
    assert cli("get", id, "--json").returncode != 0


def test_nothing_that_was_sent_came_back(house):
    assert len(house.seen) > 50
    everything = "\n".join(house.seen)
    assert {name for name, secret in SECRETS.items() if secret in everything} == set()
    assert {name for name, key in house.keys.items() if key in everything} == set()
    log = house.server.log
    assert {name for name, secret in SECRETS.items() if secret in log} == set()
