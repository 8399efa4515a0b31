"""Every cell of the rights tables against tables written by hand from DESIGN section 3, not computed from the code."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from credentials.access import (
    ALLOWED_TO,
    DONE_BY,
    GRANTED_BY,
    OFFERED_AT,
    STEP_UP,
    Action,
    Actor,
    Caller,
    Door,
    Role,
    Scope,
    require,
)
from credentials.errors import NotAllowed, NotFound, SecondFactorRequired, StepUpRequired
from credentials.models import HookKind

pytestmark = pytest.mark.same_everywhere

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

# action, then a mark under auditor, operator, manager, owner; the last column: step-up.
ROLES = """
    team.see            a o m w  -
    member.see          a o m w  -
    credential.see      a o m w  -
    credential.star     a o m w  -
    folder.see          a o m w  -
    audit.read          a - m w  -
    audit.verify        a - m w  -
    audit.export        a - m w  -
    credential.code     - o m w  -
    credential.reveal   - o m w  !
    code.see            - o m w  -
    code.receive        - o m w  -
    code.read           - o m w  -
    code.message        - o m w  !
    code.correct        - o m w  !
    code.claim          - o m w  -
    code.discard        - o m w  -
    credential.seed     - - m w  !
    credential.add      - - m w  -
    credential.edit     - - m w  -
    credential.trash    - - m w  -
    credential.restore  - - m w  -
    folder.add          - - m w  -
    folder.edit         - - m w  -
    folder.delete       - - m w  -
    version.see         - - m w  -
    version.reveal      - - m w  !
    version.restore     - - m w  !
    credential.purge    - - - w  !
    member.add          - - - w  !
    member.change       - - - w  !
    member.remove       - - - w  !
    key.see             - - - w  -
    team.settings       - - - w  !
    member.invite       - - - w  !
    member.uninvite     - - - w  -
    rotation.see        a - m w  -
    rotation.mark       - - m w  -
    key.create          - - - w  !
    key.revoke          - - - w  !
    key.rename          - - - w  -
    key.rotate          - - - w  !
    credential.first_code - - - - -
    release.store       - - - -  -
    release.read        - - - -  -
    release.delete      - - - -  -
    team.create         - - - -  -
    hook.see            - - - w  -
    hook.create         - - - w  !
    hook.revoke         - - - w  !
    code.prune          - - - -  -
    version.prune       - - - -  -
    seals.rotate        - - - -  -
    user.deactivate     - - - -  -
    user.reactivate     - - - -  -
    member.join         - - - -  -
    audit.checkpoint    - - - -  -
    audit.stream        - - - -  -
    audit.archive       - - - -  -
    vault.backup        - - - -  -
    vault.restore       - - - -  -
"""
ROWS = {action: marks for action, *marks in map(str.split, ROLES.strip().splitlines())}
COLUMNS = [Role.AUDITOR, Role.OPERATOR, Role.MANAGER, Role.OWNER]

SCOPES = {
    "credentials:read": {"credential.see", "folder.see"},
    "credentials:write": {
        "credential.add",
        "credential.edit",
        "credential.trash",
        "credential.first_code",
        "folder.add",
        "folder.edit",
        "folder.delete",
    },
    "totp:read": {"credential.code"},
    "codes:write": {"code.receive"},
    "codes:read": {"code.read", "code.claim"},
    "values:release": {"release.store", "release.read", "release.delete"},
}
AGENTS = {
    "credential.code", *SCOPES["credentials:read"], *SCOPES["credentials:write"], *SCOPES["codes:write"],
    *SCOPES["codes:read"],
}  # fmt: skip
HOOKS = {"receive": {"code.receive"}, "answer": {"code.claim", "credential.code"}}
# What a key may do at the Kernel door while its creator may.
BY_HAND = {"audit.read", "key.see", "key.create", "key.rename", "key.rotate", "key.revoke"}
# What people do with their own accounts, whatever their role.
OWN = {
    "account.login", "account.logout", "account.step_up", "account.password", "account.factor_add",
    "account.factor_remove", "account.factor_renew", "account.admin_export", "account.session_end",
}  # fmt: skip
TEAM = {action for action, marks in ROWS.items() if "w" in marks}
DOORS = {
    "web": TEAM | OWN,
    "command": {
        "team.create",
        "member.see",
        "member.add",
        "member.change",
        "member.remove",
        "user.deactivate",
        "user.reactivate",
        "key.see",
        "key.create",
        "key.revoke",
        "hook.see",
        "hook.create",
        "hook.revoke",
        "seals.rotate",
        "code.receive",
        "vault.backup",
        "vault.restore",
        "code.prune",
        "version.prune",
        "audit.verify",
        "audit.export",
        "audit.checkpoint",
        "audit.stream",
        "audit.archive",
    },
    "setup": {"team.create", "member.join", "member.add", "member.change", "member.remove"},
    "skyvern": AGENTS,
    "kernel": AGENTS | BY_HAND,
    "mcp": AGENTS,
    "release": SCOPES["values:release"],
    "hook": HOOKS["receive"] | HOOKS["answer"],
}
# These ask no table: whoever brings a key, or calls a hook, is known by it.
UNASKED = {"key.use", "hook.use"}


def person(role: Role | None, *, age: timedelta | None = timedelta(0)) -> Caller:
    at = None if age is None else NOW - age
    return Caller(Door.WEB, Actor.PERSON, id="1", team_id="team_1", role=role, authenticated_at=at)


def key(*scopes: Scope, door: Door = Door.SKYVERN) -> Caller:
    return Caller(door, Actor.KEY, id="key_1", team_id="team_1", scopes=frozenset(scopes))


def answer(caller: Caller, action: Action) -> type[Exception] | None:
    try:
        require(caller, action, at=NOW)
    except (NotFound, NotAllowed, SecondFactorRequired, StepUpRequired) as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("action", Action)
def test_every_action_is_in_the_table_of_this_test(action):
    assert action in ROWS or action in UNASKED | OWN


@pytest.mark.parametrize("action", sorted(ROWS))
def test_every_action_appears_in_some_table_of_the_code(action):
    tables = [*ALLOWED_TO.values(), *GRANTED_BY.values(), *OFFERED_AT.values()]
    assert any(action in table for table in tables), f"{action} is in no table: nobody can do it"


@pytest.mark.parametrize("role", COLUMNS)
@pytest.mark.parametrize("action", sorted(ROWS))
def test_a_role_may_do_what_its_cell_says(role, action):
    assert (action in ALLOWED_TO[role]) is (ROWS[action][COLUMNS.index(role)] != "-")


@pytest.mark.parametrize("action", sorted(ROWS))
def test_step_up_is_asked_where_the_table_says(action):
    assert (action in STEP_UP) is (ROWS[action][-1] == "!")


def test_the_roles_and_doors_and_scopes_are_these():
    assert set(ALLOWED_TO) == set(Role) == set(COLUMNS)
    assert {str(scope): {str(action) for action in actions} for scope, actions in GRANTED_BY.items()} == SCOPES
    assert {str(door): {str(action) for action in actions} for door, actions in OFFERED_AT.items()} == DOORS
    assert set(GRANTED_BY) == set(Scope)
    assert set(OFFERED_AT) == set(Door)


@pytest.mark.parametrize("role", COLUMNS)
@pytest.mark.parametrize("action", sorted(ROWS))
def test_a_fresh_person_is_let_in_or_told_no(role, action):
    allowed = ROWS[action][COLUMNS.index(role)] != "-"
    assert answer(person(role), Action(action)) is (None if allowed else NotAllowed)


@pytest.mark.parametrize("age", [timedelta(minutes=5, microseconds=1), timedelta(days=1), None])
@pytest.mark.parametrize("role", COLUMNS)
@pytest.mark.parametrize("action", sorted(ROWS))
def test_a_stale_person_is_asked_to_step_up_only_for_what_they_may_do(role, action, age):
    allowed, asked = ROWS[action][COLUMNS.index(role)] != "-", ROWS[action][-1] == "!"
    wanted = NotAllowed if not allowed else StepUpRequired if asked else None
    assert answer(person(role, age=age), Action(action)) is wanted


def test_a_step_up_lasts_to_the_last_moment_of_its_minutes():
    assert answer(person(Role.OWNER, age=timedelta(minutes=5)), Action.CREDENTIAL_REVEAL) is None


@pytest.mark.parametrize("action", sorted(TEAM))
def test_a_stranger_gets_not_found_for_everything_the_web_offers(action):
    assert answer(person(None), Action(action)) is NotFound
    assert answer(Caller(Door.WEB, Actor.PERSON, role=Role.OWNER, authenticated_at=NOW), Action(action)) is NotFound


@pytest.mark.parametrize("door", [Door.WEB, Door.SKYVERN, Door.KERNEL, Door.MCP, Door.RELEASE, Door.HOOK])
def test_nobody_gets_nothing(door):
    for action in OFFERED_AT[door]:
        assert answer(Caller(door, Actor.NOBODY), action) is NotFound


@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize("action", sorted(ROWS))
def test_a_door_offers_what_its_row_says_even_to_who_may_do_everything(door, action):
    if action not in DOORS[door]:
        kinds = [Actor.PERSON, Actor.KEY, Actor.OPERATOR, Actor.NOBODY]
        callers = [Caller(door, kind, team_id="team_1", role=Role.OWNER, scopes=frozenset(Scope)) for kind in kinds]
        assert {answer(caller, Action(action)) for caller in callers} == {NotAllowed}


@pytest.mark.parametrize("door", [Door.COMMAND, Door.SETUP])
def test_a_shell_does_what_its_door_offers(door):
    for action in OFFERED_AT[door]:
        assert answer(Caller(door, Actor.OPERATOR), action) is None


def at_home(action: str, *scopes: Scope) -> Caller:
    """A key at a door that offers the action."""
    return key(*scopes, door=Door.RELEASE if action in DOORS["release"] else Door.SKYVERN)


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("action", sorted(AGENTS | DOORS["release"]))
def test_a_key_does_what_its_scope_grants(scope, action):
    assert answer(at_home(action, scope), Action(action)) is (None if action in SCOPES[scope] else NotAllowed)


@pytest.mark.parametrize("scope", [scope for scope in Scope if SCOPES[scope]])
def test_a_key_without_the_scope_is_told_which_one_it_lacks(scope):
    others = set(Scope) - {scope}
    for action in SCOPES[scope]:
        with pytest.raises(NotAllowed, match=f"lacks the scope {scope}"):
            require(at_home(action, *others), Action(action), at=NOW)


@pytest.mark.parametrize("action", sorted(OWN))
def test_everybody_does_with_their_own_account_what_they_like_and_nobody_else(action):
    for role in (None, *Role):
        assert answer(person(role, age=None), Action(action)) is None
    assert answer(Caller(Door.WEB, Actor.NOBODY), Action(action)) is NotFound
    assert answer(key(*Scope, door=Door.WEB), Action(action)) is NotFound
    for door in set(Door) - {Door.WEB}:
        assert answer(replace(person(Role.OWNER), door=door), Action(action)) is NotAllowed


@pytest.mark.parametrize("role", COLUMNS)
@pytest.mark.parametrize("action", sorted(TEAM))
def test_a_team_that_asks_for_a_second_factor_gives_nothing_to_who_has_none(role, action):
    lacking = replace(person(role), lacks_factor=True)
    assert answer(lacking, Action(action)) is SecondFactorRequired
    assert lacking.may(Action(action)) is False
    assert answer(replace(lacking, role=None), Action(action)) is NotFound, "a stranger learns nothing about the team"


@pytest.mark.parametrize("kind", [*HookKind, None])
@pytest.mark.parametrize("action", sorted(ROWS))
def test_a_hook_does_the_one_thing_of_its_kind_and_nothing_else(kind, action):
    caller = Caller(Door.HOOK, Actor.HOOK, id="hook_1", team_id="team_1", hook_kind=kind)
    assert set(DONE_BY) == set(HookKind)
    assert (answer(caller, Action(action)) is None) is (kind is not None and action in HOOKS[kind])
    assert caller.may(Action(action)) is (kind is not None and action in HOOKS[kind])
    everything = replace(caller, role=Role.OWNER, scopes=frozenset(Scope), authenticated_at=NOW)
    assert answer(everything, Action(action)) == answer(caller, Action(action))


def test_a_key_never_inherits_a_role():
    caller = Caller(Door.SKYVERN, Actor.KEY, team_id="team_1", role=Role.OWNER, authenticated_at=NOW)
    assert answer(caller, Action.CREDENTIAL_SEE) is NotAllowed


@pytest.mark.parametrize("action", sorted(TEAM))
def test_buttons_follow_the_table(action):
    for role, mark in zip(COLUMNS, ROWS[action], strict=False):
        assert person(role).may(Action(action)) is (mark != "-")
    assert person(None).may(Action(action)) is False


@pytest.mark.parametrize("scope", Scope)
def test_the_actions_a_tool_shows_to_a_key_follow_its_scopes(scope):
    for action in Action:
        assert key(scope, door=Door.MCP).may(action) is (action in SCOPES[scope] & AGENTS)
        assert key(scope, door=Door.SETUP).may(action) is False
    assert not Caller(Door.MCP, Actor.KEY, role=Role.OWNER).may(Action.CREDENTIAL_SEE)


def test_what_a_caller_makes_needs_a_team():
    with pytest.raises(NotFound):
        _ = Caller(Door.COMMAND, Actor.OPERATOR).own_team
