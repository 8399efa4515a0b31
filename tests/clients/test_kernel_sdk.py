"""The official client (kernel 0.131.0), strict, sync and async, against the real server: only the address is another.

Every body that the server sends is kept and searched for the secrets that were sent to it.
"""

import base64
import hmac
import json
import secrets
import sqlite3
import struct
import subprocess
import sys
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256, sha512
from pathlib import Path
from types import SimpleNamespace

import httpx
import kernel
import pytest
from kernel import AsyncKernel, Kernel

from tests import loops
from tests.server import running

pytestmark = [pytest.mark.server, pytest.mark.same_everywhere]

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "swordfish-77-not-for-anyone"
EMAIL = "octo-5521@example.com"
DIGESTS = {"SHA1": sha1, "SHA256": sha256, "SHA512": sha512}
SCOPES = "credentials:read,credentials:write,totp:read"
HOURS = {"start": "2000-01-01T00:00:00Z", "end": "2999-01-01T00:00:00Z"}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with three teams, a key of each, and everything it ever answered."""
    agents = {"blue agent": SCOPES, "red agent": SCOPES, "crowd agent": SCOPES, "blue reader": "totp:read"}
    teams = [["createteam", team, "--owner", f"{team}@example.org"] for team in ("blue", "red", "crowd")]
    words = {name: ["--team", name.split()[0], "--name", name, "--scopes", scopes] for name, scopes in agents.items()}
    with running(tmp_path_factory.mktemp("kernel")) as server:
        told = server.manage_all(*teams, *(["createapikey", *given] for given in words.values()))
        keys = dict(zip(agents, told[-len(agents) :], strict=True))
        yield SimpleNamespace(server=server, keys=keys, seen=[])


@pytest.fixture
def client(house):
    """client(key="blue agent") -> the official client, strict; what it receives is kept."""
    made = []

    def keep(response: httpx.Response) -> None:
        response.read()
        house.seen.append(f"{response.headers} {response.text}")

    def make(key: str = "blue agent", **options) -> Kernel:
        http = httpx.Client(event_hooks={"response": [keep]}, timeout=30)
        made.append(http)
        return Kernel(
            api_key=house.keys.get(key, key), base_url=f"{house.server.url}/kernel", http_client=http,
            _strict_response_validation=True, **options,
        )  # fmt: skip

    yield make
    for http in made:
        http.close()


@pytest.fixture
def sdk(client):
    """An empty team."""
    sdk = client()
    for credential in list(sdk.credentials.list(limit=100)):
        sdk.credentials.delete(credential.id)
    return sdk


@pytest.fixture(scope="module")
def crowd(house):
    """A team with 250 credentials: their ids, in the order they were made."""
    with Kernel(api_key=house.keys["crowd agent"], base_url=f"{house.server.url}/kernel") as sdk:
        return [add(sdk, name=f"site {number:03}", domain=f"d{number % 2}.example").id for number in range(250)]


def add(sdk, name: str = "github", **fields):
    values = {"username": EMAIL, "password": PASSWORD}
    return sdk.credentials.create(**{"name": name, "domain": "github.com", "values": values, **fields})


def codes(seed: str, algorithm: str, digits: int, period: int) -> set[str]:
    """RFC 6238 by hand: this window's code and those beside it."""
    key, step = base64.b32decode(seed), int(datetime.now(UTC).timestamp()) // period
    found = set()
    for counter in (step - 1, step, step + 1):
        digest = hmac.new(key, struct.pack(">Q", counter), DIGESTS[algorithm]).digest()
        start = digest[-1] & 15
        number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
        found.add(str(number % 10**digits).zfill(digits))
    return found


def test_every_method_of_credentials(sdk):
    made = add(sdk, sso_provider="google")
    assert (made.name, made.domain, made.sso_provider) == ("github", "github.com", "google")
    assert made.value_keys == ["password", "username"]
    assert (made.has_values, made.has_totp_secret) == (True, False)
    assert made.totp_code is None
    assert sdk.credentials.retrieve(made.id) == sdk.credentials.retrieve("github") == made
    renamed = sdk.credentials.update("github", name="git hub?#%", sso_provider=None)
    assert (renamed.id, renamed.sso_provider) == (made.id, None)
    assert sdk.credentials.retrieve("git hub?#%").id == made.id
    (listed,) = sdk.credentials.list()
    assert (listed.id, listed.value_keys) == (made.id, None)
    assert sdk.credentials.delete("git hub?#%") is None
    with pytest.raises(kernel.NotFoundError):
        sdk.credentials.retrieve(made.id)


def test_values_are_removed_then_merged_and_cleared(sdk):
    made = add(sdk, values={"a": "1", "b": "2", "username": EMAIL})
    update = sdk.credentials.update
    assert update(made.id, remove_value_keys=["a", "b"], values={"b": "3", "c": "4"}).value_keys == [
        "b",
        "c",
        "username",
    ]
    assert update(made.id).value_keys == ["b", "c", "username"]
    assert update(made.id, remove_value_keys=["username", "unknown"]).value_keys == ["b", "c"]
    assert update(made.id, sso_provider="okta").sso_provider == "okta"
    assert update(made.id, values={"d": ""}).sso_provider == "okta"
    assert update(made.id, sso_provider="").sso_provider is None
    empty = update(made.id, remove_value_keys=["b", "c", "d"])
    assert (empty.has_values, empty.value_keys) == (False, [])


@pytest.mark.parametrize("period", [15, 30, 60, 300])
@pytest.mark.parametrize("digits", [6, 7, 8, 9])
@pytest.mark.parametrize("algorithm", DIGESTS)
def test_a_code_is_the_code_of_rfc_6238(sdk, algorithm, digits, period):
    made = add(sdk, totp_secret=SEED, totp_algorithm=algorithm, totp_digits=digits, totp_period=period)
    assert (made.totp_algorithm, made.totp_digits, made.totp_period) == (algorithm, digits, period)
    asked = sdk.credentials.totp_code(made.id)
    assert {made.totp_code, asked.code} <= codes(SEED, algorithm, digits, period)
    now = datetime.now(UTC)
    for expires_at in (made.totp_code_expires_at, asked.expires_at):
        assert expires_at.timestamp() % period == 0
        assert -timedelta(seconds=2) < expires_at - now <= timedelta(seconds=period)


def test_a_secret_keeps_or_replaces_its_settings(sdk):
    made = add(sdk, totp_secret=SEED, totp_algorithm="SHA512", totp_digits=8, totp_period=60)
    kept = sdk.credentials.update(made.id, totp_secret=SEED[:16].lower())
    assert (kept.totp_algorithm, kept.totp_digits, kept.totp_period) == ("SHA512", 8, 60)
    assert kept.totp_code in codes(SEED[:16], "SHA512", 8, 60)
    uri = f"otpauth://totp/Acme:me?secret={SEED}&digits=7&issuer=Acme"
    fresh = sdk.credentials.update(made.id, totp_secret=uri, totp_digits=9)
    assert (fresh.totp_algorithm, fresh.totp_digits, fresh.totp_period) == ("SHA1", 7, 30)
    assert fresh.totp_code in codes(SEED, "SHA1", 7, 30)
    assert sdk.credentials.update(made.id, values={"x": "y"}).totp_code is None
    with pytest.raises(kernel.BadRequestError, match="require a new totp_secret"):
        sdk.credentials.update(made.id, totp_digits=6)
    gone = sdk.credentials.update(made.id, totp_secret="")
    assert (gone.has_totp_secret, gone.totp_digits, gone.totp_code) == (False, None, None)
    with pytest.raises(kernel.NotFoundError):
        sdk.credentials.totp_code(made.id)


def test_the_client_pages_through_250_credentials_once_each(client, crowd):
    sdk, ids = client("crowd agent"), crowd
    for limit in (7, 50, 100):
        assert [credential.id for credential in sdk.credentials.list(limit=limit)] == ids
    assert [credential.id for credential in sdk.credentials.list()] == ids
    assert [credential.id for credential in sdk.credentials.list(domain="d1.example", limit=100)] == ids[1::2]
    assert [credential.id for credential in sdk.credentials.list(query="SITE 24")] == ids[240:]
    assert [credential.id for credential in sdk.credentials.list(query=ids[3])] == [ids[3]]
    assert list(sdk.credentials.list(offset=250)) == []

    async def walk(key: str, url: str) -> list[str]:
        async with AsyncKernel(api_key=key, base_url=url, _strict_response_validation=True) as ask:
            return [credential.id async for credential in ask.credentials.list(limit=60)]

    assert loops.run(walk(sdk.api_key, str(sdk.base_url))) == ids


def test_the_async_client_does_it_all(house, sdk):
    async def keep(response: httpx.Response) -> None:
        await response.aread()
        house.seen.append(f"{response.headers} {response.text}")

    async def story() -> None:
        http = httpx.AsyncClient(event_hooks={"response": [keep]}, timeout=30)
        async with AsyncKernel(
            api_key=sdk.api_key, base_url=sdk.base_url, http_client=http, _strict_response_validation=True
        ) as ask:
            made = await add(ask, totp_secret=SEED)
            assert made.totp_code in codes(SEED, "SHA1", 6, 30)
            assert (await ask.credentials.retrieve("github")).id == made.id
            changed = await ask.credentials.update("github", values={"pin": PASSWORD}, remove_value_keys=["password"])
            assert changed.value_keys == ["pin", "username"]
            assert (await ask.credentials.totp_code("github")).code in codes(SEED, "SHA1", 6, 30)
            with pytest.raises(kernel.ConflictError):
                await add(ask)
            with pytest.raises(kernel.BadRequestError):
                await ask.credentials.update("github", name="a/b")
            await ask.credentials.delete("github")
            with pytest.raises(kernel.NotFoundError):
                await ask.credentials.retrieve("github")
            with pytest.raises(kernel.AuthenticationError):
                await ask.with_options(api_key="sr_nobody").credentials.list()
            assert (await ask.auth.context.retrieve()).principal.type == "api_key"
            child = await ask.api_keys.create(name="async child")
            assert (await ask.api_keys.update(child.id, name="renamed")).name == "renamed"
            fresh = await ask.api_keys.rotate(child.id)
            assert {key.id async for key in ask.api_keys.list(limit=1)} > {child.id, fresh.id}
            await ask.api_keys.delete(fresh.id)
            assert (await ask.api_keys.retrieve(fresh.id, include_deleted=True)).deleted_at
            assert [entry.route async for entry in ask.audit_logs.list(**HOURS, limit=2)][-1] == "key.create"

    loops.run(story())


def test_a_taken_name_costs_one_request(sdk, house):
    add(sdk)
    other = add(sdk, name="other")
    before = len(house.seen)
    with pytest.raises(kernel.ConflictError) as refusal:
        add(sdk, name="GitHub")
    with pytest.raises(kernel.ConflictError):
        sdk.credentials.update(other.id, name="github")
    assert len(house.seen) == before + 2
    assert set(refusal.value.body) == {"code", "message"}


def test_every_error_class(sdk, client, house):
    made = add(sdk)
    with pytest.raises(kernel.BadRequestError):
        add(sdk, name="a/b")
    with pytest.raises(kernel.AuthenticationError):
        client("sr_nobody_knows_this_key").credentials.list()
    with pytest.raises(kernel.PermissionDeniedError, match="credentials:read"):
        client("blue reader").credentials.list()
    with pytest.raises(kernel.NotFoundError):
        sdk.credentials.delete("nothing")
    with pytest.raises(kernel.NotFoundError, match="project_not_found"):
        client(project="red").credentials.list()
    assert list(client(project="blue").credentials.list())
    context = sdk.auth.context.retrieve()
    assert list(client(project_id=context.organization.id).credentials.list())
    with pytest.raises(kernel.APIStatusError) as refusal:
        add(sdk, name="long", values={"x": "y" * 1_100_000})
    assert refusal.value.status_code == 413
    assert sdk.credentials.retrieve(made.id)


def test_a_slip_comes_back_in_no_error(sdk):
    made = add(sdk)
    slips = {
        kernel.NotFoundError: [
            lambda: sdk.credentials.retrieve(PASSWORD),
            lambda: sdk.credentials.totp_code(SEED),
            lambda: sdk.credentials.update(EMAIL, values={"password": PASSWORD}),
            lambda: sdk.credentials.delete(f"{PASSWORD}?x={SEED}"),
        ],
        kernel.BadRequestError: [
            lambda: add(sdk, name=f"{PASSWORD}/"),
            lambda: add(sdk, domain=f"{PASSWORD} x"),
            lambda: add(sdk, values={PASSWORD: 7}),
            lambda: add(sdk, name="other", values={f"{PASSWORD}\n": EMAIL}),
            lambda: add(sdk, name="other", totp_secret=f"{SEED}!"),
            lambda: add(sdk, totp_secret=SEED, totp_algorithm=PASSWORD),
            lambda: sdk.credentials.update(made.id, sso_provider=PASSWORD * 9),
            lambda: sdk.credentials.list(limit=PASSWORD),
            lambda: sdk.audit_logs.list(start=PASSWORD, end=EMAIL),
        ],
        kernel.ConflictError: [lambda: add(sdk, sso_provider=PASSWORD)],
    }
    for kind, calls in slips.items():
        for call in calls:
            with pytest.raises(kind) as refusal:
                call()
            shown = f"{refusal.value} {refusal.value!r} {refusal.value.body}".upper()
            assert not [text for text in (PASSWORD, EMAIL, SEED) if text.upper() in shown]


# What somebody did to the database, how it is undone, and what the server makes of it.
DAMAGES = [
    (
        "ALTER TABLE credentials_secretversion RENAME TO elsewhere",
        "ALTER TABLE elsewhere RENAME TO credentials_secretversion",
        (503, "OperationalError: no such table: credentials_secretversion"),
    ),
    (
        "CREATE TRIGGER damage BEFORE INSERT ON credentials_secretversion BEGIN SELECT RAISE(ABORT, 'damaged'); END",
        "DROP TRIGGER damage",
        (500, "IntegrityError"),
    ),
]


@pytest.mark.parametrize(("damage", "repair", "expected"), DAMAGES, ids=["no table", "a trigger"])
def test_a_broken_server_is_an_error_that_tells_nothing(house, client, damage, repair, expected):
    broken, (status, logged) = client(max_retries=0), expected
    with closing(sqlite3.connect(house.server.database)) as database:
        database.execute(damage)
        with pytest.raises(kernel.InternalServerError) as refusal:
            add(broken, name="never stored", totp_secret=SEED)
        database.execute(repair)
    assert (refusal.value.status_code, set(refusal.value.body)) == (status, {"code", "message"})
    assert logged in house.server.log
    assert list(broken.credentials.list(query="never stored")) == []
    broken.credentials.delete(add(broken, name="stored").id)


def test_too_many_requests_are_an_error_of_their_own_that_says_when_to_come_back(tmp_path):
    with running(tmp_path, REQUESTS_PER_MINUTE="5") as server:
        team = ["createteam", "Blue", "--owner", "blue@example.org"]
        key = server.manage_all(team, ["createapikey", "--team", "blue", "--name", "agent", "--scopes", SCOPES])[-1]
        limited = Kernel(api_key=key, base_url=f"{server.url}/kernel", max_retries=0)
        with limited as sdk, pytest.raises(kernel.RateLimitError) as refusal:
            for _ in range(11):  # more than two minutes allow, should one end meanwhile
                sdk.credentials.list()
    assert 0 < int(refusal.value.response.headers["Retry-After"]) <= 60
    assert set(refusal.value.body) == {"code", "message"}


def test_another_team_sees_nothing_and_may_use_the_name(sdk, client):
    red, made = client("red agent"), add(sdk, totp_secret=SEED)
    for call in (red.credentials.retrieve, red.credentials.update, red.credentials.delete, red.credentials.totp_code):
        for given in (made.id, "github"):
            with pytest.raises(kernel.NotFoundError):
                call(given)
    assert list(red.credentials.list()) == []
    theirs = add(red)
    assert (theirs.name, theirs.id == made.id) == ("github", False)
    red.credentials.delete(theirs.id)


def test_the_javascript_client_pages_through_250_credentials_and_does_it_all(house, crowd):
    env = {"KERNEL_BASE_URL": f"{house.server.url}/kernel", "KERNEL_API_KEY": house.keys["crowd agent"], "SEED": SEED,
           "EMAIL": EMAIL, "PASSWORD": PASSWORD}  # fmt: skip
    done = subprocess.run(
        [Path(sys.executable).with_name("node"), "kernel.mjs"],
        cwd=Path(__file__).parent / "js", env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    house.seen += told["seen"]
    assert told["walked"] == {"7": crowd, "60": crowd, "100": crowd}
    assert told["found"] == [f"site 24{number}" for number in range(10)]
    assert told["read"]["id"] == told["made"]["id"]
    assert {told["made"]["totp_code"], told["code"]["code"]} <= codes(SEED, "SHA1", 6, 30)
    assert told["changed"]["value_keys"] == ["pin", "username"]
    assert told["cleared"]["has_totp_secret"] is False
    for name, kind, status in (
        ("taken", "ConflictError", 409),
        ("refused", "BadRequestError", 400),
        ("stranger", "AuthenticationError", 401),
        ("gone", "NotFoundError", 404),
    ):
        assert (told[name]["name"], told[name]["status"]) == (kind, status)
    assert (told["taken"]["requests"], told["taken"]["body"]["code"]) == (1, "conflict")


def test_the_audit_log_pages_newest_first(sdk):
    for number in range(5):
        add(sdk, name=f"n{number}")
    entries = list(sdk.audit_logs.list(**HOURS, limit=3, service="kernel"))
    assert [entry.route for entry in entries[:5]] == ["credential.add"] * 5
    assert entries == sorted(entries, key=lambda entry: entry.timestamp, reverse=True)
    assert {entry.method for entry in sdk.audit_logs.list(**HOURS, exclude_method=["POST", "DELETE"])} <= {
        "GET",
        "PATCH",
    }


def test_the_life_of_an_api_key(sdk, client):
    name = f"child {secrets.token_hex(4)}"
    made = sdk.api_keys.create(name=name, days_to_expire=30)
    child = client(made.key)
    assert child.auth.context.retrieve().authentication.credential_id == made.id
    assert sdk.api_keys.retrieve(made.id).masked_key in made.masked_key
    assert made.id in [key.id for key in sdk.api_keys.list(limit=1)]
    assert sdk.api_keys.update(made.id, name=f"{name} renamed").name == f"{name} renamed"
    fresh = sdk.api_keys.rotate(made.id, expire_in_days=0)
    with pytest.raises(kernel.AuthenticationError):
        child.credentials.list()
    again = client(fresh.key)
    with pytest.raises(kernel.BadRequestError, match="cannot_delete_current_key"):
        again.api_keys.delete(fresh.id)
    sdk.api_keys.delete(fresh.id)
    with pytest.raises(kernel.NotFoundError):
        sdk.api_keys.retrieve(fresh.id)
    assert sdk.api_keys.retrieve(fresh.id, include_deleted=True).deleted_at
    assert fresh.id in [key.id for key in sdk.api_keys.list(status="deleted")]


def test_a_plain_request_is_answered_in_json(house):
    request = urllib.request.Request(
        f"{house.server.url}/kernel/credentials",
        headers={"Authorization": f"Bearer {house.keys['blue agent']}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        assert isinstance(json.load(answer), list)


def test_nothing_that_was_sent_came_back(house):
    """Last in the file: the answers to all tests above, and the server's log."""
    text = "\n".join(house.seen).upper() + house.server.log.upper()
    assert len(house.seen) > 100
    for secret in (PASSWORD, EMAIL, SEED, SEED[:16], *house.keys.values()):
        assert secret.upper() not in text
