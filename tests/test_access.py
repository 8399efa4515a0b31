"""Every cell of the rights tables against tables written by hand from DESIGN section 3, not computed from the code."""

from datetime import UTC, datetime, timedelta

import pytest

from credentials.access import (
    ALLOWED_TO,
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
from credentials.errors import NotAllowed, NotFound, StepUpRequired

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

# action, then a mark under auditor, operator, manager, owner; the last column: step-up.
ROLES = """
    team.see            a o m w  -
    member.see          a o m w  -
    credential.see      a o m w  -
    audit.read          a - m w  -
    audit.verify        a - m w  -
    credential.code     - o m w  -
    credential.reveal   - o m w  !
    credential.seed     - - m w  !
    credential.add      - - m w  -
    credential.edit     - - m w  -
    credential.trash    - - m w  -
    credential.restore  - - m w  -
    version.see         - - m w  -
    version.reveal      - - m w  !
    version.restore     - - m w  !
    credential.purge    - - - w  !
    member.add          - - - w  !
    member.change       - - - w  !
    member.remove       - - - w  !
    key.see             - - - w  -
    key.create          - - - w  !
    key.revoke          - - - w  !
    key.rename          - - - w  -
    key.rotate          - - - w  !
    credential.first_code - - - - -
    team.create         - - - -  -
    code.prune          - - - -  -
    seals.rotate        - - - -  -
"""
ROWS = {action: marks for action, *marks in map(str.split, ROLES.strip().splitlines())}
COLUMNS = [Role.AUDITOR, Role.OPERATOR, Role.MANAGER, Role.OWNER]

SCOPES = {
    "credentials:read": {"credential.see"},
    "credentials:write": {"credential.add", "credential.edit", "credential.trash", "credential.first_code"},
    "totp:read": {"credential.code"},
    "codes:write": set(),
    "codes:read": set(),
    "values:release": set(),
}
AGENTS = {"credential.see", "credential.code", *SCOPES["credentials:write"]}
# What a key may do at the Kernel door while its creator may.
BY_HAND = {"audit.read", "key.see", "key.create", "key.rename", "key.rotate", "key.revoke"}
DOORS = {
    "web": {action for action, marks in ROWS.items() if "w" in marks},
    "command": {
        "team.create",
        "member.see",
        "member.add",
        "member.change",
        "member.remove",
        "key.see",
        "key.create",
        "key.revoke",
        "seals.rotate",
        "code.prune",
        "audit.verify",
    },
    "setup": {"team.create"},
    "skyvern": AGENTS,
    "kernel": AGENTS | BY_HAND,
    "mcp": AGENTS,
    "release": AGENTS,
}
# These ask no table: whoever brings a key is known by the key.
UNASKED = {"key.use"}


def person(role: Role | None, *, age: timedelta | None = timedelta(0)) -> Caller:
    at = None if age is None else NOW - age
    return Caller(Door.WEB, Actor.PERSON, id="1", team_id="team_1", role=role, authenticated_at=at)


def key(*scopes: Scope, door: Door = Door.SKYVERN) -> Caller:
    return Caller(door, Actor.KEY, id="key_1", team_id="team_1", scopes=frozenset(scopes))


def answer(caller: Caller, action: Action) -> type[Exception] | None:
    try:
        require(caller, action, at=NOW)
    except (NotFound, NotAllowed, StepUpRequired) as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("action", Action)
def test_every_action_is_in_the_table_of_this_test(action):
    assert action in ROWS or action in UNASKED


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


@pytest.mark.parametrize("action", sorted(DOORS["web"]))
def test_a_stranger_gets_not_found_for_everything_the_web_offers(action):
    assert answer(person(None), Action(action)) is NotFound
    assert answer(Caller(Door.WEB, Actor.PERSON, role=Role.OWNER, authenticated_at=NOW), Action(action)) is NotFound


@pytest.mark.parametrize("door", [Door.WEB, Door.SKYVERN, Door.KERNEL, Door.MCP, Door.RELEASE])
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


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("action", sorted(AGENTS))
def test_a_key_does_what_its_scope_grants(scope, action):
    assert answer(key(scope), Action(action)) is (None if action in SCOPES[scope] else NotAllowed)


@pytest.mark.parametrize("scope", [scope for scope in Scope if SCOPES[scope]])
def test_a_key_without_the_scope_is_told_which_one_it_lacks(scope):
    others = set(Scope) - {scope}
    for action in SCOPES[scope]:
        with pytest.raises(NotAllowed, match=f"lacks the scope {scope}"):
            require(key(*others), Action(action), at=NOW)


def test_a_key_never_inherits_a_role():
    caller = Caller(Door.SKYVERN, Actor.KEY, team_id="team_1", role=Role.OWNER, authenticated_at=NOW)
    assert answer(caller, Action.CREDENTIAL_SEE) is NotAllowed


@pytest.mark.parametrize("action", sorted(DOORS["web"]))
def test_buttons_follow_the_table(action):
    for role, mark in zip(COLUMNS, ROWS[action], strict=False):
        assert person(role).may(Action(action)) is (mark != "-")
    assert person(None).may(Action(action)) is False


@pytest.mark.parametrize("scope", Scope)
def test_the_actions_a_tool_shows_to_a_key_follow_its_scopes(scope):
    for action in Action:
        assert key(scope, door=Door.MCP).may(action) is (action in SCOPES[scope])
        assert key(scope, door=Door.COMMAND).may(action) is False
    assert not Caller(Door.MCP, Actor.KEY, role=Role.OWNER).may(Action.CREDENTIAL_SEE)


def test_what_a_caller_makes_needs_a_team():
    with pytest.raises(NotFound):
        _ = Caller(Door.COMMAND, Actor.OPERATOR).own_team
