"""The matrix: every URL x every kind of person x fresh or stale x method.

SECURITY 1, 2, 6, 14, 15; ASVS 8.2.2, 8.2.3, 8.3.1.

What a person gets follows from `credentials.access`, which test_access.py holds against the design. A URL that is in
no table here fails the first test.
"""

import copy
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from credentials.access import ALLOWED_TO, STEP_UP, Action, Role
from credentials.models import AuditEvent, Credential, Membership, User
from credentials.otp import totp
from credentials.vault import codes, folders, hooks, invitations, keys, seals, secrets, setup, trash
from credentials.vault import credentials as vault
from tests.conftest import LOGIN, PASSWORD, SEED, build_blue, build_red

SECRET = LOGIN["values"]["password"]
SCANNED = "otpauth://totp/Shop:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


class Row(NamedTuple):
    name: str
    method: str
    action: Action
    done: int
    leaves: str

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


# url name, method, the right it needs, what who may gets, the secret that may leave
TEAM = [Row(*row) for row in (
    ("credentials", "get", Action.CREDENTIAL_SEE, 200, ""),
    ("trash", "get", Action.CREDENTIAL_SEE, 200, ""),
    ("credential", "get", Action.CREDENTIAL_SEE, 200, ""),
    ("star_credential", "post", Action.CREDENTIAL_STAR, 302, ""),
    ("trash_credentials", "post", Action.CREDENTIAL_TRASH, 302, ""),
    ("restore_credentials", "post", Action.CREDENTIAL_RESTORE, 302, ""),
    ("move_credentials", "post", Action.CREDENTIAL_EDIT, 302, ""),
    ("folders", "get", Action.FOLDER_SEE, 200, ""),
    ("folders", "post", Action.FOLDER_ADD, 302, ""),
    ("edit_folder", "get", Action.FOLDER_EDIT, 200, ""),
    ("edit_folder", "post", Action.FOLDER_EDIT, 302, ""),
    ("delete_folder", "post", Action.FOLDER_DELETE, 302, ""),
    ("generate", "post", Action.CREDENTIAL_ADD, 200, ""),
    ("check_totp", "post", Action.CREDENTIAL_ADD, 200, "code"),
    ("add_credential", "get", Action.CREDENTIAL_ADD, 200, ""),
    ("add_credential", "post", Action.CREDENTIAL_ADD, 302, ""),
    ("scan", "get", Action.CREDENTIAL_ADD, 200, ""),
    ("scan_read", "post", Action.CREDENTIAL_ADD, 200, ""),
    ("scan_save", "post", Action.CREDENTIAL_ADD, 302, ""),
    ("edit_credential", "get", Action.CREDENTIAL_EDIT, 200, ""),
    ("edit_credential", "post", Action.CREDENTIAL_EDIT, 302, ""),
    ("reveal", "post", Action.CREDENTIAL_REVEAL, 200, "password"),
    ("code", "post", Action.CREDENTIAL_CODE, 200, "code"),
    ("qr", "get", Action.CREDENTIAL_SEED, 200, ""),
    ("qr", "post", Action.CREDENTIAL_SEED, 200, "seed"),
    ("reveal_version", "post", Action.VERSION_REVEAL, 200, "password"),
    ("restore_version", "post", Action.VERSION_RESTORE, 302, ""),
    ("trash_credential", "post", Action.CREDENTIAL_TRASH, 302, ""),
    ("restore_credential", "post", Action.CREDENTIAL_RESTORE, 302, ""),
    ("purge_credential", "post", Action.CREDENTIAL_PURGE, 302, ""),
    ("members", "get", Action.MEMBER_SEE, 200, ""),
    ("change_role", "post", Action.MEMBER_CHANGE, 302, ""),
    ("remove_member", "post", Action.MEMBER_REMOVE, 302, ""),
    ("api_keys", "get", Action.KEY_CREATE, 200, ""),
    ("api_keys", "post", Action.KEY_CREATE, 200, ""),
    ("revoke_api_key", "post", Action.KEY_REVOKE, 302, ""),
    ("codes", "get", Action.CODE_SEE, 200, ""),
    ("codes", "post", Action.CODE_RECEIVE, 302, ""),
    ("live_codes", "get", Action.CODE_SEE, 200, ""),
    ("read_code", "post", Action.CODE_READ, 200, "received"),
    ("claim_code", "post", Action.CODE_CLAIM, 302, ""),
    ("discard_code", "post", Action.CODE_DISCARD, 302, ""),
    ("code_message", "get", Action.CODE_SEE, 200, ""),
    ("code_message", "post", Action.CODE_MESSAGE, 200, "received"),
    ("correct_code", "post", Action.CODE_CORRECT, 302, ""),
    ("hooks", "get", Action.HOOK_CREATE, 200, ""),
    ("hooks", "post", Action.HOOK_CREATE, 200, ""),
    ("revoke_hook", "post", Action.HOOK_REVOKE, 302, ""),
    ("audit", "get", Action.AUDIT_READ, 200, ""),
    ("verify_audit", "post", Action.AUDIT_VERIFY, 302, ""),
    ("export_audit", "post", Action.AUDIT_EXPORT, 200, ""),
    ("invitations", "get", Action.MEMBER_INVITE, 200, ""),
    ("invitations", "post", Action.MEMBER_INVITE, 200, ""),
    ("withdraw_invitation", "post", Action.MEMBER_UNINVITE, 302, ""),
    ("rotation", "get", Action.ROTATION_SEE, 200, ""),
    ("mark_rotation", "post", Action.ROTATION_MARK, 302, ""),
    ("team_settings", "get", Action.TEAM_SETTINGS, 200, ""),
    ("team_settings", "post", Action.TEAM_SETTINGS, 302, ""),
)]  # fmt: skip
# A page that only asks "shall I?" shows nothing yet: no step-up.
ASKS_ONLY = {("qr", "get"), ("invitations", "get"), ("team_settings", "get"), ("api_keys", "get"), ("hooks", "get")}
SCRIPTED = {"scan_save", "star_credential"}  # a page for people, an answer for the page's own script
IN_TRASH = {"restore_credential", "purge_credential"}
# What is posted, where it is neither a credential's name nor the name of a value.
GIVEN = {
    "change_role": {"role": "auditor"},
    "api_keys": {"name": "agent", "scopes": ["totp:read"], "days": "30"},
    "scan_read": {"text": SCANNED},
    "scan_save": {"text": SCANNED, "number": "0", "credential_id": ""},
    "invitations": {"email": "ines@example.org", "role": "operator"},
    "team_settings": {
        "step_up_minutes": "7",
        "reveal_seconds": "30",
        "code_retention_hours": "24",
        "versions_kept": "20",
        "operators_reveal": "on",
    },
    "folders": {"title": "new"},
    "edit_folder": {"title": "renamed"},
    "check_totp": {"totp_secret": SEED},
    "codes": {"identifier": "me@example.com", "content": "Your code is 771144"},
    "correct_code": {"code": "30"},
    "hooks": {"name": "phone", "kind": "receive"},
}
RECEIVED = "640913"
MESSAGES = {"read_code", "claim_code", "discard_code", "code_message", "correct_code"}
# For keys, not people: each has its rows in test_doors_of_keys.py.
KERNEL = {
    "kernel_credentials", "kernel_credential", "kernel_totp_code", "kernel_auth_context", "kernel_audit_logs",
    "kernel_api_keys", "kernel_api_key", "kernel_rotate_api_key", "kernel_nothing",
}  # fmt: skip
CODES = {"skyvern_send_totp_code", "skyvern_claim_totp_code", "skyvern_legacy_send_totp_code"}
RELEASE = {"release_credentials", "release_credential"}
SKYVERN = {
    "skyvern_create_credential", "skyvern_get_credential", "skyvern_update_credential", "skyvern_delete_credential",
    "skyvern_get_totp_code", "skyvern_choose_folder", "skyvern_create_folder", "skyvern_get_folder", "skyvern_nothing",
    "skyvern_legacy_create_credential_200", "skyvern_legacy_get_credential", "skyvern_legacy_choose_folder",
    "skyvern_legacy_create_folder", "skyvern_legacy_get_folder", "skyvern_legacy_nothing",
}  # fmt: skip
# For who knows the address: tests/api/test_hooks.py.
HOOKS = {"hook_codes", "hook_otp"}
# What belongs to no team. url name: what nobody gets, what a member gets (302 leads to the sign-in or onwards).
PERSONAL = {
    "home": (302, 302),
    "teams": (302, 200),
    "setup": (404, 404),
    "invitation": (404, 404),
    "healthz": (200, 200),
    "readyz": (200, 200),
    "metrics": (404, 404),
    "mcp": (405, 405),
    "skyvern_openapi": (404, 200),
    "skyvern_docs": (302, 200),
    "account_login": (200, 302),
    "account_logout": (302, 200),
    "account_inactive": (200, 200),
    "account_signup": (200, 302),
    "account_reauthenticate": (302, 200),
    "account_change_password": (302, 200),
    "account_set_password": (302, 302),
    "account_reset_password": (200, 200),
    "account_reset_password_from_key_done": (200, 200),
    "account_reset_password_from_key": (200, 200),
    "account_reset_password_done": (200, 200),
    "sessions": (302, 200),
    "end_session": (405, 405),
    "end_other_sessions": (405, 405),
    "mfa_index": (302, 200),
    "mfa_list_webauthn": (302, 200),
    "mfa_add_webauthn": (302, 302),
    "mfa_edit_webauthn": (302, 302),
    "mfa_remove_webauthn": (302, 302),
    "mfa_login_webauthn": (302, 302),
    "mfa_reauthenticate_webauthn": (302, 302),
    "mfa_authenticate": (302, 302),
    "mfa_reauthenticate": (302, 302),
    "mfa_activate_totp": (302, 302),
    "mfa_deactivate_totp": (302, 404),
    "mfa_view_recovery_codes": (302, 404),
    "mfa_generate_recovery_codes": (302, 302),
    "mfa_download_recovery_codes": (302, 404),
}
ADMIN_MODELS = ["user", "team", "membership", "folder", "credential", "secretversion", "receivedcode", "apikey",
                "hookaddress", "auditevent", "auditanchor", "chainstate", "invitation", "rotationmark"]  # fmt: skip
ADMIN_PAGES = ["changelist", "export", "add", "history", "delete", "change"]
ADMIN = {
    *("admin:" + page for page in ("index", "login", "logout", "password_change", "password_change_done",
                                   "autocomplete", "jsi18n", "view_on_site", "app_list")),
    *(f"admin:credentials_{model}_{page}" for model in ADMIN_MODELS for page in ADMIN_PAGES),
}  # fmt: skip
# The admin's own redirects and its 404 have no name.
ADMIN_NAMELESS = {"admin:<path:object_id>/", "admin:(?P<url>.*)$"}

PEOPLE = ["nobody", "stranger", "auditor", "operator", "manager", "owner", "staff", "superuser", "deactivated"]
GARBAGE = ["0", "-1", "null", "cred_", "cred_00000000000000000000000000", "*", "%25", "%00", "%F0%9F%94%91", "x" * 100,
           "' OR 1=1 --", "%D8%A7%D9%84", "%ED%A0%80", "..%5C..%5Cetc", "[object Object]"]  # fmt: skip


def names(resolver: URLResolver, spaces: tuple = ()):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
        else:
            yield ":".join([*spaces, pattern.name or str(pattern.pattern)])


def test_every_url_is_in_a_table():
    known = (
        {row[0] for row in TEAM} | PERSONAL.keys() | KERNEL | SKYVERN | CODES | HOOKS | RELEASE | ADMIN | ADMIN_NAMELESS
    )
    found = set(names(get_resolver()))
    assert found - known == set(), "in the URLconf, but in no table of this test: who may do this?"
    assert known - found == set(), "in a table of this test, but in no URLconf"
    assert {model.__name__.lower() for model in admin.site._registry} == set(ADMIN_MODELS)


def furnish() -> SimpleNamespace:
    """Blue with a credential of two versions and one in the trash, red with one of its own, and people around them."""
    seals.open_canary()
    blue, red = build_blue(), build_red()
    mia = blue.caller("manager")
    login = vault.add_credential(mia, **LOGIN)
    login = vault.edit_credential(mia, credential_id=login.id, values={"note": "two"})
    gone = vault.add_credential(mia, **{**LOGIN, "name": "gone"})
    trash.trash_credential(mia, credential_id=gone.id)
    folder = folders.add_folder(mia, title="Banks")
    other = vault.add_credential(red.caller("owner"), **{**LOGIN, "name": "red login"})
    people = {
        "stranger": red.people["owner"],
        **blue.people,
        "staff": User.objects.create_user("sam@example.org", PASSWORD, is_staff=True),
        "superuser": User.objects.create_user("root@example.org", PASSWORD, is_staff=True, is_superuser=True),
        "deactivated": User.objects.create_user("dave@example.org", PASSWORD),
    }
    Membership.objects.create(team=blue.team, user=people["deactivated"], role="owner", created_at=login.created_at)
    invited, _ = invitations.invite(blue.caller("owner"), email="ivan@example.org", role="operator")
    secrets.reveal(blue.caller("operator"), credential_id=login.id, key="password")
    GIVEN["mark_rotation"] = {"who": f"person:{people['operator'].pk}", "credential": login.id}
    key, _ = keys.create_api_key(blue.caller("owner"), name="robot", scopes=["totp:read"])
    received = codes.receive_code(mia, identifier="ops@example.com", content=f"Your code is {RECEIVED}, for 30 s.").row
    hook, _ = hooks.create_hook(blue.caller("owner"), name="office", kind="receive")
    made = {"login": login, "gone": gone, "folder": folder, "other": other, "invited": invited, "key": key,
            "received": received, "hook": hook}  # fmt: skip
    return SimpleNamespace(blue=blue, red=red, people=people, **made)


@pytest.fixture(scope="module")
def furnished(for_all):
    return for_all(furnish)


@pytest.fixture
def house(db, furnished, sign_in):
    """What `furnish` says, and `come(who)`, the browser of one of the people."""
    house = copy.deepcopy(furnished)

    def come(who: str, *, stale: bool = False, **options) -> Client:
        if who == "nobody":
            return Client(**options)
        client = sign_in(house.people[who], stale=stale, **options)
        if who == "deactivated":  # while the session is open
            User.objects.filter(pk=house.people[who].pk).update(is_active=False)
        return client

    house.come = come
    return house


def target(house, name: str) -> str:
    """The id that a page is about."""
    folders = dict.fromkeys(("edit_folder", "delete_folder"), house.folder)
    messages = dict.fromkeys(MESSAGES, house.received)
    about = {"withdraw_invitation": house.invited, "revoke_api_key": house.key, "revoke_hook": house.hook, **folders,
             **messages, **dict.fromkeys(IN_TRASH, house.gone)}  # fmt: skip
    if name in {"change_role", "remove_member"}:
        return str(house.people["auditor"].pk)
    return about.get(name, house.login).id


def path(name: str, slug: str, credential_id: str) -> str:
    """Of a page of a team, with whatever somebody typed as an id."""
    for args in ([slug], [slug, "ID"], [slug, "ID", 1], [slug, 10**9]):
        try:
            return (
                reverse(name, args=args).replace("/ID/", "/1000000000/").replace("/1000000000/", f"/{credential_id}/")
            )
        except NoReverseMatch:
            continue
    raise AssertionError(name)


def ask(client: Client, name: str, method: str, where: str, **headers: str):
    given = {"name": "renamed"} if "_credential" in name else GIVEN.get(name, {"key": "password"})
    return getattr(client, method)(where, given if method == "post" else None, headers=headers)


def secrets_in(response) -> set[str]:
    text = response.getvalue().decode()
    bare = re.sub(r"[\s\-]|&nbsp;", "", text).upper()
    now = datetime.now(UTC).timestamp()
    codes = [totp.code_at(totp.Totp(SEED), now + shift).code for shift in (-30, 0, 30, 60)]
    found = {"password": SECRET in text, "seed": SEED in bare, "code": any(code in text for code in codes),
             "received": RECEIVED in text}  # fmt: skip
    return {kind for kind, there in found.items() if there}


def wanted(who: str, action: Action, done: int, *, stale: bool, asks_only: bool) -> tuple[int, str]:
    """Status, and the start of the address where a redirect leads."""
    if who in {"nobody", "deactivated"}:
        return 302, "/accounts/login/"
    if who in {"stranger", "staff", "superuser"}:
        return 404, ""
    if action not in ALLOWED_TO[Role(who)]:
        return 403, ""
    if stale and action in STEP_UP and not asks_only:
        return 302, "/accounts/reauthenticate/"
    return done, "/t/blue/" if done == 302 else ""


@pytest.mark.parametrize("stale", [False, True], ids=["fresh", "stale"])
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("row", TEAM, ids=str)
def test_a_person_gets_what_the_table_says(house, row, who, stale):
    name, method, action, done, leaves = row
    where = path(name, "blue", target(house, name))
    before = list(Credential.objects.order_by("id").values_list("id", "revision", "deleted_at"))
    status, leads = wanted(who, action, done, stale=stale, asks_only=(name, method) in ASKS_ONLY)
    response = ask(house.come(who, stale=stale), name, method, where)
    assert response.status_code == status
    assert response.headers.get("Location", "").startswith(leads)
    assert secrets_in(response) <= ({leaves} if status == 200 else set())
    if leaves and status == 200:
        assert leaves in secrets_in(response)
    if status != done:
        assert list(Credential.objects.order_by("id").values_list("id", "revision", "deleted_at")) == before
    assert response.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("row", TEAM, ids=str)
def test_a_script_is_told_to_step_up_in_json(house, row):
    name, method, action, done, leaves = row
    where = path(name, "blue", target(house, name))
    response = ask(house.come("owner", stale=True), name, method, where, accept="application/json")
    if action in STEP_UP and (name, method) not in ASKS_ONLY:
        assert response.status_code == 403
        assert response.json()["code"] == "step_up_required"
        assert response.json()["location"].startswith("/accounts/reauthenticate/?next=%2Ft%2Fblue%2F")
    else:
        assert response.status_code == (200 if name in SCRIPTED else done)
    assert secrets_in(response) <= {leaves}


@pytest.mark.parametrize("row", TEAM, ids=str)
def test_a_stranger_gets_one_and_the_same_not_found(house, row):
    name, method, _action, _done, _leaves = row
    charlie = house.come("stranger")
    unknown = path(name, "nowhere", "cred_00000000000000000000000000")
    foreign = [path(name, slug, id) for slug, id in (
        ("blue", house.login.id), ("blue", house.gone.id), ("blue", house.other.id),
        ("blue", "cred_00000000000000000000000000"),
    )]  # fmt: skip
    if "/credentials/cred_" in unknown:  # his own team, somebody else's or nobody's id
        foreign += [path(name, "red", id) for id in (house.login.id, house.gone.id, "cred_00000000000000000000000000")]
    answers = {where: ask(charlie, name, method, where) for where in [unknown, *foreign]}
    assert {where: answer.status_code for where, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert len({tuple(sorted(answer.headers.keys())) for answer in answers.values()}) == 1
    assert len({without_tokens(answer) for answer in answers.values()} - {without_tokens(answers[unknown])}) <= (
        1 if "/red/" in foreign[-1] else 0
    ), "only the header with his own team's name may differ"
    inside = {without_tokens(answer) for where, answer in answers.items() if where.startswith("/t/red/")}
    assert len(inside) <= 1


def without_tokens(response) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize(("name", "method"), [row[:2] for row in TEAM if "ID" in path(row[0], "s", "ID")], ids=str)
def test_a_garbled_id_is_not_found(house, name, method, garbage):
    response = ask(house.come("owner"), name, method, path(name, "blue", garbage))
    assert response.status_code in ({400, 404} if garbage == "%00" else {404})
    assert secrets_in(response) == set()


@pytest.mark.parametrize("name", sorted({row[0] for row in TEAM}))
def test_a_wrong_method_is_refused(house, name):
    allowed = {row[1] for row in TEAM if row[0] == name}
    owner = house.come("owner")
    for method in {"get", "post", "put", "patch", "delete", "head", "options"} - allowed:
        response = getattr(owner, method)(path(name, "blue", target(house, name)))
        assert response.status_code == 405, method
        assert secrets_in(response) == set()


@pytest.mark.parametrize("row", TEAM, ids=str)
def test_a_refused_member_leaves_an_event(house, row):
    name, method, action, _done, _leaves = row
    for who in ("auditor", "stranger"):
        if who == "stranger" or action not in ALLOWED_TO[Role(who)]:
            seen = AuditEvent.objects.count()
            where = path(name, "blue", target(house, name))
            ask(house.come(who), name, method, where)
            new = AuditEvent.objects.order_by("id")[seen:]
            assert [(event.outcome, event.actor_label) for event in new] == [("refused", house.people[who].email)]


@pytest.mark.parametrize(("name", "method"), [row[:2] for row in TEAM if row[1] == "post"], ids=str)
def test_a_form_without_its_token_does_nothing(house, name, method):
    """ASVS 3.5.1."""
    seen = AuditEvent.objects.count()
    response = ask(house.come("owner", enforce_csrf_checks=True), name, method, path(name, "blue", target(house, name)))
    assert response.status_code == 403
    assert secrets_in(response) == set()
    assert AuditEvent.objects.count() == seen


def test_rights_end_with_the_next_request(house):
    """SECURITY 2 and 3: a role taken away, a password changed, somebody deactivated."""
    where = path("reveal", "blue", house.login.id)
    bob, mia = house.come("operator"), house.come("manager")
    assert ask(bob, "reveal", "post", where).status_code == 200
    Membership.objects.filter(user=house.people["operator"]).update(role="auditor")
    assert ask(bob, "reveal", "post", where).status_code == 403
    Membership.objects.filter(user=house.people["operator"]).delete()
    assert ask(bob, "reveal", "post", where).status_code == 404
    house.people["manager"].set_password("another horse 7 staple")
    house.people["manager"].save()
    assert ask(mia, "reveal", "post", where).headers["Location"].startswith("/accounts/login/")


def test_a_member_of_two_teams_reaches_each_credential_through_its_own_team_only(house, sign_in):
    charlie = house.people["stranger"]
    Membership.objects.create(team=house.blue.team, user=charlie, role="owner", created_at=house.login.created_at)
    client = sign_in(charlie)
    for slug, id, status in (
        ("blue", house.login.id, 200), ("red", house.other.id, 200),
        ("red", house.login.id, 404), ("blue", house.other.id, 404),
    ):  # fmt: skip
        assert client.get(path("credential", slug, id)).status_code == status
        assert ask(client, "reveal", "post", path("reveal", slug, id)).status_code == status


def personal_path(name: str) -> str:
    for args in ([], ["x"], [1], ["1", "x-y"]):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    raise AssertionError(name)


@pytest.mark.parametrize("name", sorted(PERSONAL))
def test_pages_that_belong_to_no_team(house, name):
    where = personal_path(name)
    answers = [house.come("nobody").get(where), house.come("owner").get(where)]
    assert tuple(answer.status_code for answer in answers) == PERSONAL[name]
    for answer in answers:
        assert secrets_in(answer) == set()
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["mfa_activate_totp", "account_change_password"])
def test_changing_how_one_signs_in_needs_a_fresh_session(house, name):
    answer = house.come("owner", stale=True).post(personal_path(name), {"email": "new@example.org", "action_add": ""})
    assert answer.status_code != 500
    assert User.objects.filter(email="new@example.org").count() == 0


def test_nobody_signs_up(house):
    people = User.objects.count()
    given = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    house.come("nobody").post(reverse("account_signup"), given)
    assert User.objects.count() == people


def test_a_setup_link_is_dead_once_somebody_is_there(house):
    assert setup.setup_path() is None
    assert house.come("owner").get("/setup/anything/").status_code == 404


def dump() -> list[str]:
    """Every row that the admin shows; but for the events that say what was taken along from it."""
    rows = {model: model._default_manager.order_by("pk") for model in admin.site._registry}
    rows[AuditEvent] = rows[AuditEvent].exclude(action=Action.ACCOUNT_ADMIN_EXPORT)
    return [str(list(some.values_list())) for some in rows.values()]


def admin_paths(house) -> dict[str, str]:
    paths = {}
    for model, page in admin.site._registry.items():
        row = page.get_queryset(RequestFactory().get("/")).order_by("pk").first()
        for kind in ADMIN_PAGES:
            name = f"admin:credentials_{model._meta.model_name}_{kind}"
            args = {"changelist": [], "add": [], "export": ["csv"]}.get(kind, [row.pk if row else "none"])
            paths[name] = reverse(name, args=args)
    return paths


@pytest.mark.parametrize("who", [*PEOPLE])
def test_the_admin_is_a_read_only_window_for_superusers(house, who):
    client, before = house.come(who), dump()
    for name, where in admin_paths(house).items():
        shown, tried = client.get(where), client.post(where, {"name": "changed", "post": "yes"})
        statuses = shown.status_code, tried.status_code
        if where.endswith(("/none/history/", "/none/change/", "/none/delete/")):
            assert set(statuses) <= {302, 403} or who == "superuser", name
        elif who == "superuser" and name.endswith(("changelist", "history")):
            assert statuses[0] == 200, name
        elif who == "superuser" and name.endswith("export"):
            assert statuses == (200, 404), name
        elif who == "superuser":
            assert statuses == (200 if name.endswith("change") else 403, 403), name
        elif who == "staff":
            assert statuses == (403, 403), name
        else:
            assert {shown.status_code, tried.status_code} <= {302, 403, 404}, name
            # The admin's own sign-in page lets nobody sign in: it sends on to ours, or says no.
            assert client.get("/admin/login/").status_code == (302 if who in {"nobody", "deactivated"} else 403)
        assert secrets_in(shown) | secrets_in(tried) == set(), name
    assert dump() == before


@pytest.mark.parametrize("who", PEOPLE)
def test_the_admins_own_pages(house, who):
    client = house.come(who)
    for name in sorted(ADMIN - admin_paths(house).keys()):
        args = {"admin:app_list": ["credentials"], "admin:view_on_site": [1, house.login.id]}.get(name, [])
        answer = client.get(reverse(name, args=args))
        wanted = {200, 302, 403, 404, 405} if who in {"staff", "superuser"} else {200, 302, 403, 404, 405} - {200}
        assert answer.status_code in wanted or name == "admin:jsi18n", name
        assert secrets_in(answer) == set()


def test_the_admin_deletes_nothing_by_its_action_menu(house):
    client, many = house.come("superuser"), Credential.objects.count()
    for model in admin.site._registry:
        where = reverse(f"admin:credentials_{model._meta.model_name}_changelist")
        chosen = [str(pk) for pk in model._default_manager.values_list("pk", flat=True)[:3]]
        client.post(where, {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
    assert Credential.objects.count() == many
    assert User.objects.count() == len(house.people)


@pytest.mark.parametrize("who", ["auditor", "operator", "manager", "owner"])
def test_looking_at_a_credential_is_no_refusal(house, who):
    """The page leaves out what the role may not see, instead of asking for it."""
    seen = AuditEvent.objects.count()
    assert house.come(who).get(path("credential", "blue", house.login.id)).status_code == 200
    assert AuditEvent.objects.count() == seen
