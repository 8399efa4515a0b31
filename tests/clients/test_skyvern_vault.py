"""Skyvern's own client for a vault of somebody else's (1.0.56) against the real server: the release door is one. And
its own signature, which hooks check.

It lives in the environment of the official client (`make clients`); clients/skyvern/vault_calls.py takes the calls.
"""

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.server import running

pytestmark = [pytest.mark.server, pytest.mark.same_everywhere]

HERE = Path(__file__).parent / "skyvern"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECRETS = [
    "hunter2-release-7712",
    "4111111111111111",
    "cvv-8841",
    "sk-release-5521",
    "1 Secret Street",
    "pet-1178",
    SEED,
]
LOGIN = {"username": "user@example.com", "password": SECRETS[0], "totp": SEED, "totp_type": "authenticator",
         "metadata": {"pet": SECRETS[5]}}  # fmt: skip
CARD = {
    "card_number": SECRETS[1], "card_cvv": SECRETS[2], "card_exp_month": "12", "card_exp_year": "2031",
    "card_brand": "visa", "card_holder_name": "Ada Lovelace",
    "billing_address": {"line1": SECRETS[4], "city": "London"}, "billing_email": "ada@example.com",
    "billing_phone": "+15550100077", "metadata": {"limit": "500"},
}  # fmt: skip
SECRET = {"secret_value": SECRETS[3], "secret_label": "production"}
KINDS = {"password": LOGIN, "credit_card": CARD, "secret": SECRET}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server, a key that releases and one that does everything else."""
    with running(tmp_path_factory.mktemp("vault")) as server:
        given = {
            "skyvern": "values:release",
            "agent": "credentials:read,credentials:write,totp:read,codes:read,codes:write",
        }
        _, *told = server.manage_all(
            ["createteam", "Blue", "--owner", "alice@example.org"],
            *(["createapikey", "--team", "blue", "--name", name, "--scopes", scopes] for name, scopes in given.items()),
        )
        keys = dict(zip(given, told, strict=True))
        yield SimpleNamespace(server=server, keys=keys, base=f"{server.url}/release/v1/credentials")


@pytest.fixture(scope="module")
def skyvern(tmp_path_factory):
    """skyvern(**call) -> the answer, or the error's text."""
    with subprocess.Popen(
        [HERE / "venv" / "bin" / "python", "vault_calls.py"], cwd=HERE, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={"HOME": str(tmp_path_factory.mktemp("home"))},
    ) as child:  # fmt: skip

        def call(**what):
            child.stdin.write(json.dumps(what) + "\n")
            child.stdin.flush()
            told = json.loads(child.stdout.readline())
            return told["text"] if "error" in told else told["answer"]

        yield call
        child.stdin.close()


@pytest.fixture
def vault(house, skyvern):
    """vault(method, key="skyvern", **args) -> the same of its client for vaults."""

    def ask(method: str, *, key: str = "skyvern", kind: str = "", slash: str = "", **args):
        client = [house.base + slash, house.keys.get(key, key)]
        return skyvern(client=client, method=method, type=kind, args=args)

    return ask


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_created_read_and_deleted(vault, kind, slash):
    made = vault("create_credential", kind=kind, name="One name for all", credential=KINDS[kind], slash=slash)
    assert made.startswith("cred_")
    item = vault("get_credential", credential_id=made, name="as Skyvern calls it", slash=slash)
    assert (item["item_id"], item["credential_type"], item["name"]) == (made, kind, "as Skyvern calls it")
    given = {name: value for name, value in item["credential"].items() if value is not None}
    if "billing_address" in given:
        given["billing_address"] = {part: text for part, text in given["billing_address"].items() if text is not None}
    assert given == KINDS[kind]
    for _ in range(2):
        assert vault("delete_credential", credential_id=made, slash=slash) is None
    assert "HTTP 404" in vault("get_credential", credential_id=made, name="x")


def test_a_login_with_next_to_nothing_is_read_again(vault):
    made = vault("create_credential", kind="password", name="", credential={"username": "u", "password": ""})
    item = vault("get_credential", credential_id=made, name="")
    assert item["credential"] == {
        "username": "u", "password": "", "totp": None, "totp_type": "none", "totp_identifier": None, "metadata": None,
    }  # fmt: skip


def test_what_another_door_stored_is_read_here(house, vault):
    body = json.dumps({"name": "k", "domain": "x.example", "totp_secret": SEED, "totp_digits": 8,
                       "values": {"username": "octo", "password": SECRETS[0], "pin": "77"}}).encode()  # fmt: skip
    headers = {"Authorization": f"Bearer {house.keys['agent']}", "Content-Type": "application/json"}
    made = urllib.request.urlopen(urllib.request.Request(f"{house.server.url}/kernel/credentials", body, headers))
    item = vault("get_credential", credential_id=json.load(made)["id"], name="k")["credential"]
    assert (item["username"], item["password"], item["metadata"]) == ("octo", SECRETS[0], {"pin": "77"})
    assert item["totp"].startswith("otpauth://totp/") and "digits=8" in item["totp"]


def test_without_the_right_key_the_reason_is_told_and_no_value(vault):
    made = vault("create_credential", kind="password", name="mine", credential=LOGIN)
    for method, args in (
        ("get_credential", {"credential_id": made, "name": "x"}),
        ("delete_credential", {"credential_id": made}),
        ("create_credential", {"kind": "password", "name": "x", "credential": LOGIN}),
    ):
        lacking, unknown = vault(method, key="agent", **args), vault(method, key="sr_unknown0_", **args)
        assert "HTTP 403" in lacking and "values:release" in lacking
        assert "HTTP 401" in unknown
        assert not any(secret in lacking + unknown for secret in SECRETS)
    assert vault("get_credential", credential_id=made, name="x")["credential"]["password"] == SECRETS[0]


def test_the_connection_test_of_skyverns_settings_passes(house):
    """Skyvern's server asks GET of the base, with the key, and wants 2xx (services/…/custom_credential)."""
    request = urllib.request.Request(house.base, headers={"Authorization": f"Bearer {house.keys['skyvern']}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
        assert json.load(answer) == {"status": "ok"}


def test_a_hook_takes_skyverns_own_signature_and_answers_its_run(house, skyvern):
    def hook(kind: str, key: str = "") -> str:
        words = ["--signing-key-stdin"] if key else []
        done = house.server.manage("createhook", "--team", "blue", "--name", kind, "--kind", kind,
                                   "--identifier", "+15550100", *words, stdin=f"{key}\n")  # fmt: skip
        return done.stdout.strip()

    def ask(key: str) -> tuple[int, dict]:
        signed = skyvern(sign={"task_id": "tsk_1", "workflow_run_id": "wr_é", "took": 1.0}, **{"with": key})
        request = urllib.request.Request(where, signed["body"].encode(), signed["headers"])
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    where, forwarder = hook("answer", "skyvern's own key"), hook("receive")
    assert ask("another key")[0] == 403
    assert ask("skyvern's own key") == (200, "")
    urllib.request.urlopen(forwarder, b"Your verification code is 481516.", timeout=10)
    for _ in range(2):
        assert ask("skyvern's own key") == (200, {"verification_code": "481516"})


def test_nothing_of_it_is_in_the_servers_log_or_database(house):
    assert not any(secret in house.server.log for secret in SECRETS)
    stored = b"".join(path.read_bytes() for path in house.server.folder.glob("vault.sqlite3*"))
    assert not any(secret.encode() in stored for secret in SECRETS)
