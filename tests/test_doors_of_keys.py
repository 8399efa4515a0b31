"""The matrix of API keys: every URL x each scope, alone and beside somebody's session, fresh or stale.

SECURITY 1, 15; ASVS 8.2.2, 8.3.1. What a scope grants follows from `credentials.access`; which URLs there are is
checked by test_doors.py. Pages take no key, the doors for agents nobody else.
"""

from types import SimpleNamespace
from typing import NamedTuple

import pytest
from django.test import Client

from credentials.access import ALLOWED_TO, BY_CREATOR, GRANTED_BY, Action, Role, Scope
from credentials.models import ApiKey, Credential, Folder, Membership, ReceivedCode
from credentials.vault import codes, keys
from tests import test_doors
from tests.test_doors import (
    ADMIN,
    ASKS_ONLY,
    PEOPLE,
    PERSONAL,
    STEP_UP,
    TEAM,
    admin_paths,
    ask,
    furnished,  # noqa: F401  a fixture
    house,  # noqa: F401  a fixture
    path,
    personal_path,
    secrets_in,
    target,
)

RECEIVED = "481516"
MESSAGE = {"totp_identifier": "ops@example.com", "content": f"Your code is {RECEIVED}"}
CLAIM = {"totp_identifier": "ops@example.com"}
CARD = {"name": "agent's", "credential_type": "password", "credential": {"username": "u", "password": "p4ssw0rd-x"}}
STORED = {"name": "stored", "type": "password", "username": "u", "password": "p4ssw0rd-x"}
FREE = {"name": "free", "domain": "shop.example", "values": {"password": "p4ssw0rd-x"}}


class Row(NamedTuple):
    name: str
    method: str
    where: str
    action: Action | None  # None: whoever has a key
    done: int
    body: object = None
    leaves: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


CODE, ALL = frozenset({"code"}), frozenset({"password", "seed"})
HANDED = frozenset({"received"})
# {login}, {folder}, {key} stand for ids that are the team's.
KERNEL = [Row(*row) for row in (
    ("kernel_credentials", "get", "/kernel/credentials", Action.CREDENTIAL_SEE, 200),
    ("kernel_credentials", "post", "/kernel/credentials", Action.CREDENTIAL_ADD, 201, FREE),
    ("kernel_credential", "get", "/kernel/credentials/{login}", Action.CREDENTIAL_SEE, 200),
    ("kernel_credential", "patch", "/kernel/credentials/{login}", Action.CREDENTIAL_EDIT, 200, {"name": "renamed"}),
    ("kernel_credential", "delete", "/kernel/credentials/{login}", Action.CREDENTIAL_TRASH, 204),
    ("kernel_totp_code", "get", "/kernel/credentials/{login}/totp-code", Action.CREDENTIAL_CODE, 200, None, CODE),
    ("kernel_auth_context", "get", "/kernel/auth/context", None, 200),
    ("kernel_audit_logs", "get", "/kernel/audit-logs?start=2026-01-01T00:00:00Z&end=2099-01-01T00:00:00Z",
     Action.AUDIT_READ, 200),
    ("kernel_api_keys", "get", "/kernel/org/api_keys", Action.KEY_SEE, 200),
    ("kernel_api_keys", "post", "/kernel/org/api_keys", Action.KEY_CREATE, 201, {"name": "another"}),
    ("kernel_api_key", "get", "/kernel/org/api_keys/{key}", Action.KEY_SEE, 200),
    ("kernel_api_key", "patch", "/kernel/org/api_keys/{key}", Action.KEY_RENAME, 200, {"name": "renamed"}),
    ("kernel_api_key", "delete", "/kernel/org/api_keys/{key}", Action.KEY_REVOKE, 204),
    ("kernel_rotate_api_key", "post", "/kernel/org/api_keys/{key}/rotate", Action.KEY_ROTATE, 201, {}),
    ("kernel_nothing", "get", "/kernel/browsers", None, 404),
)]  # fmt: skip
CODES = [Row(*row) for row in (
    ("skyvern_send_totp_code", "post", "/v1/credentials/totp", Action.CODE_RECEIVE, 200, MESSAGE, HANDED),
    ("skyvern_send_totp_code", "get", "/v1/credentials/totp", Action.CODE_READ, 200, None, HANDED),
    ("skyvern_claim_totp_code", "post", "/v1/credentials/totp/claim", Action.CODE_CLAIM, 200, CLAIM, HANDED),
    ("skyvern_legacy_send_totp_code", "post", "/api/v1/totp", Action.CODE_RECEIVE, 200, MESSAGE, HANDED),
)]  # fmt: skip
RELEASE = [Row(*row) for row in (
    ("release_credentials", "get", "/release/v1/credentials", Action.RELEASE_READ, 200),
    ("release_credentials", "post", "/release/v1/credentials", Action.RELEASE_STORE, 201, STORED),
    ("release_credential", "get", "/release/v1/credentials/{login}", Action.RELEASE_READ, 200, None, ALL),
    ("release_credential", "delete", "/release/v1/credentials/{login}", Action.RELEASE_DELETE, 204),
)]  # fmt: skip
_FOLDERS = [
    ("create_folder", "get", "/credential_folders", Action.FOLDER_SEE, 200),
    ("create_folder", "post", "/credential_folders", Action.FOLDER_ADD, 200, {"title": "new"}),
    ("get_folder", "get", "/credential_folders/{folder}", Action.FOLDER_SEE, 200),
    ("get_folder", "put", "/credential_folders/{folder}", Action.FOLDER_EDIT, 200, {"title": "renamed"}),
    ("get_folder", "delete", "/credential_folders/{folder}", Action.FOLDER_DELETE, 200),
    ("choose_folder", "put", "/credentials/{login}/folder", Action.CREDENTIAL_EDIT, 200, {"folder_id": None}),
    ("nothing", "get", "/browsers", None, 404),
]
SKYVERN = [Row(*row) for row in (
    ("skyvern_create_credential", "get", "/v1/credentials", Action.CREDENTIAL_SEE, 200),
    ("skyvern_create_credential", "post", "/v1/credentials", Action.CREDENTIAL_ADD, 201, CARD),
    ("skyvern_get_credential", "get", "/v1/credentials/{login}", Action.CREDENTIAL_SEE, 200),
    ("skyvern_get_credential", "patch", "/v1/credentials/{login}", Action.CREDENTIAL_EDIT, 200, {"name": "renamed"}),
    ("skyvern_get_credential", "delete", "/v1/credentials/{login}", None, 404),
    ("skyvern_update_credential", "post", "/v1/credentials/{login}/update", Action.CREDENTIAL_EDIT, 200, CARD),
    ("skyvern_delete_credential", "post", "/v1/credentials/{login}/delete", Action.CREDENTIAL_TRASH, 204),
    ("skyvern_get_totp_code", "get", "/v1/credentials/{login}/totp-code", Action.CREDENTIAL_CODE, 200, None, CODE),
    ("skyvern_legacy_create_credential_200", "get", "/api/v1/credentials", Action.CREDENTIAL_SEE, 200),
    ("skyvern_legacy_create_credential_200", "post", "/api/v1/credentials", Action.CREDENTIAL_ADD, 200, CARD),
    ("skyvern_legacy_get_credential", "get", "/api/v1/credentials/{login}", Action.CREDENTIAL_SEE, 200),
    ("skyvern_legacy_get_credential", "put", "/api/v1/credentials/{login}", Action.CREDENTIAL_EDIT, 200, CARD),
    ("skyvern_legacy_get_credential", "delete", "/api/v1/credentials/{login}", Action.CREDENTIAL_TRASH, 200),
    *((f"skyvern_{name}", method, f"/v1{where}", *rest) for name, method, where, *rest in _FOLDERS),
    *((f"skyvern_legacy_{name}", method, f"/api/v1{where}", *rest) for name, method, where, *rest in _FOLDERS),
)]  # fmt: skip
DOORS = [*KERNEL, *CODES, *RELEASE, *SKYVERN]
# Their addresses are the keys: what else comes along counts for nothing (tests/api/test_hooks.py).
HOOKS = {"hook_codes": "/hooks/codes/hk_unknown_", "hook_otp": "/hooks/otp/hk_unknown_"}
# One address for every action, by what is asked for: tests/api/test_mcp.py.
MCP = "/mcp"

MADE_BY_AUDITOR = "every scope, made by who is an auditor now"
KEYS = [*Scope, "every scope", MADE_BY_AUDITOR, "a stranger's"]
# No key gives what lets values out, so one that has nothing else has nothing to give.
NOT_GIVEN = {"kernel_api_keys": 400, "kernel_rotate_api_key": 403}


def test_every_door_for_agents_has_its_rows():
    for rows, names in ((KERNEL, test_doors.KERNEL), (CODES, test_doors.CODES), (RELEASE, test_doors.RELEASE),
                        (SKYVERN, test_doors.SKYVERN)):  # fmt: skip
        assert {row.name for row in rows} == names, "in one table only: which scope may do this?"
    assert HOOKS.keys() == test_doors.HOOKS


@pytest.fixture
def robot(house):  # noqa: F811
    """robot(which) -> the text of such a key, and a second key alike for it to manage."""
    codes.receive_code(house.blue.caller("operator"), identifier=MESSAGE["totp_identifier"], content=MESSAGE["content"])

    def make(which: str) -> SimpleNamespace:
        team = house.red if which == "a stranger's" else house.blue
        text = keys.create_api_key(team.caller("owner"), name="first", scopes=scopes_of(which))[1]
        second, _ = keys.create_api_key(house.blue.caller("owner"), name="second", scopes=scopes_of(which))
        if which == MADE_BY_AUDITOR:
            Membership.objects.filter(user=house.blue.people["owner"]).update(role=Role.AUDITOR)
        return SimpleNamespace(text=text, ids={"login": house.login.id, "folder": house.folder.id, "key": second.id})

    return make


def scopes_of(which: str) -> list[Scope]:
    return [Scope(which)] if which in set(Scope) else list(Scope)


def send(client: Client, row: Row, ids: dict[str, str], key: str = ""):
    headers = {"x-api-key": key} if key else {}
    where, content = row.where.format(**ids), {"content_type": "application/json"} if row.body is not None else {}
    return getattr(client, row.method)(where, row.body, headers=headers, **content)


def found_in(response) -> set[str]:
    return secrets_in(response) | ({"received"} if RECEIVED in response.getvalue().decode() else set())


def state() -> list[object]:
    return [list(model.objects.order_by("pk").values_list(*columns)) for model, columns in (
        (Credential, ("id", "revision", "deleted_at")), (Folder, ("id", "title")),
        (ReceivedCode, ("id", "claimed_at")), (ApiKey, ("id", "name", "revoked_at", "rotated_at")),
    )]  # fmt: skip


def wanted(which: str, row: Row) -> int:
    creator = Role.AUDITOR if which == MADE_BY_AUDITOR else Role.OWNER
    granted = BY_CREATOR & ALLOWED_TO[creator]
    for scope in scopes_of(which):
        granted |= GRANTED_BY[scope]
    if row.action and row.action not in granted:
        return 403
    exceptions = NOT_GIVEN if Scope.VALUES_RELEASE in scopes_of(which) and row.method == "post" else {}
    if row.name == "kernel_api_keys" and len(scopes_of(which)) > 1:
        return row.done  # one with the scopes that are left
    return exceptions.get(row.name, row.done)


@pytest.mark.parametrize("row", DOORS, ids=str)
@pytest.mark.parametrize("which", [which for which in KEYS if which != "a stranger's"])
def test_a_key_gets_what_the_table_says(robot, client, which, row):
    given = robot(which)
    before = state()
    response = send(client, row, given.ids, given.text)
    assert response.status_code == wanted(which, row)
    assert found_in(response) <= (row.leaves if response.status_code == row.done else set())
    if row.leaves and response.status_code == row.done:
        assert found_in(response) & row.leaves
    if response.status_code >= 400:
        assert state() == before
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("row", [row for row in DOORS if "{" in row.where], ids=str)
def test_a_strangers_key_finds_none_of_it(robot, client, row):
    """And deletes it "well" where the contract knows no other answer, without touching it."""
    given = robot("a stranger's")
    before = state()
    response = send(client, row, given.ids, given.text)
    assert response.status_code == (204 if row.name == "release_credential" and row.method == "delete" else 404)
    assert found_in(response) == set()
    assert state() == before


@pytest.mark.parametrize("stale", [False, True], ids=["fresh", "stale"])
@pytest.mark.parametrize("who", PEOPLE)
def test_a_session_opens_no_door_for_agents(house, robot, who, stale):  # noqa: F811
    given, person, nobody = robot("every scope"), house.come(who, stale=stale), Client()
    before = state()
    for row in DOORS:
        response = send(person, row, given.ids)
        assert response.status_code in ({401, 403} if not row.name.endswith("nothing") else {401, 403, 404}), row
        assert response.status_code == send(nobody, row, given.ids).status_code
        assert found_in(response) == set()
    assert person.post(MCP, {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, "application/json").status_code == 401
    for where in HOOKS.values():
        assert person.post(where, {}, "application/json").status_code == 404
    assert state() == before


@pytest.mark.parametrize("which", KEYS)
def test_no_page_takes_a_key(house, robot, client, which):  # noqa: F811
    """Whoever brings one is nobody there."""
    given = robot(which)
    for headers in ({"x-api-key": given.text}, {"authorization": f"Bearer {given.text}"}):
        before = state()
        for row in TEAM:
            where = path(row.name, "blue", target(house, row.name))
            response = ask(client, row.name, row.method, where, **headers)
            assert (response.status_code, secrets_in(response)) == (302, set()), row
            assert response.headers["Location"].startswith("/accounts/login/"), row
        for name in PERSONAL.keys() - {"mcp", "home"}:
            response = client.get(personal_path(name), headers=headers)
            assert response.status_code == PERSONAL[name][0], name
            assert secrets_in(response) == set()
        for name, where in admin_paths(house).items():
            assert name in ADMIN
            assert client.get(where, headers=headers).status_code in {302, 403, 404}, name
        assert state() == before


def test_a_key_beside_a_stale_session_is_no_step_up(house, robot):  # noqa: F811
    given, client = robot("every scope"), house.come("owner", stale=True)
    for row in TEAM:
        if row.action in STEP_UP and (row.name, row.method) not in ASKS_ONLY:
            where = path(row.name, "blue", target(house, row.name))
            response = ask(client, row.name, row.method, where, authorization=f"Bearer {given.text}")
            assert (response.status_code, response.json()["code"]) == (403, "step_up_required"), row
