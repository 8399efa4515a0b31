"""Who may do what, as tables. `require()` is the only place that decides; every verb calls it through audit.py.

A new verb is a new Action and a row in the tables; a test walks every cell.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from credentials.errors import NotAllowed, NotFound, SecondFactorRequired, StepUpRequired
from credentials.models import HookKind, Role
from credentials.words import Action, Actor, Door, Scope

__all__ = ["ALLOWED_TO", "BY_CREATOR", "DONE_BY", "GRANTED_BY", "OFFERED_AT", "OWN_ACCOUNT", "STEP_UP", "WITHHELD",
           "Action", "Actor", "Caller", "Door", "Role", "Scope", "require", "require_right"]  # fmt: skip


_MEMBER = frozenset(
    {
        Action.TEAM_SEE,
        Action.MEMBER_SEE,
        Action.CREDENTIAL_SEE,
        Action.CREDENTIAL_STAR,
        Action.FOLDER_SEE,
    }
)
_AUDITOR = _MEMBER | {
    Action.AUDIT_READ,
    Action.AUDIT_VERIFY,
    Action.AUDIT_EXPORT,
    Action.ROTATION_SEE,
}
_OPERATOR = _MEMBER | {
    Action.CREDENTIAL_CODE,
    Action.CREDENTIAL_REVEAL,
    Action.CODE_SEE,
    Action.CODE_RECEIVE,
    Action.CODE_READ,
    Action.CODE_MESSAGE,
    Action.CODE_CORRECT,
    Action.CODE_CLAIM,
    Action.CODE_DISCARD,
}
_MANAGER = (
    _AUDITOR
    | _OPERATOR
    | {
        Action.CREDENTIAL_SEED,
        Action.CREDENTIAL_ADD,
        Action.CREDENTIAL_EDIT,
        Action.CREDENTIAL_TRASH,
        Action.CREDENTIAL_RESTORE,
        Action.VERSION_SEE,
        Action.VERSION_REVEAL,
        Action.VERSION_RESTORE,
        Action.FOLDER_ADD,
        Action.FOLDER_EDIT,
        Action.FOLDER_DELETE,
        Action.ROTATION_MARK,
    }
)
_OWNER = _MANAGER | {
    Action.CREDENTIAL_PURGE,
    Action.TEAM_SETTINGS,
    Action.MEMBER_INVITE,
    Action.MEMBER_UNINVITE,
    Action.MEMBER_ADD,
    Action.MEMBER_CHANGE,
    Action.MEMBER_REMOVE,
    Action.KEY_SEE,
    Action.KEY_CREATE,
    Action.KEY_REVOKE,
    Action.KEY_RENAME,
    Action.KEY_ROTATE,
    Action.HOOK_SEE,
    Action.HOOK_CREATE,
    Action.HOOK_REVOKE,
}
ALLOWED_TO: dict[Role, frozenset[Action]] = {
    Role.AUDITOR: _AUDITOR,
    Role.OPERATOR: _OPERATOR,
    Role.MANAGER: _MANAGER,
    Role.OWNER: _OWNER,
}

GRANTED_BY: dict[Scope, frozenset[Action]] = {
    Scope.CREDENTIALS_READ: frozenset({Action.CREDENTIAL_SEE, Action.FOLDER_SEE}),
    Scope.CREDENTIALS_WRITE: frozenset({Action.CREDENTIAL_ADD, Action.CREDENTIAL_EDIT, Action.CREDENTIAL_TRASH,
                                        Action.CREDENTIAL_FIRST_CODE, Action.FOLDER_ADD, Action.FOLDER_EDIT,
                                        Action.FOLDER_DELETE}),
    Scope.TOTP_READ: frozenset({Action.CREDENTIAL_CODE}),
    Scope.CODES_WRITE: frozenset({Action.CODE_RECEIVE}),
    Scope.CODES_READ: frozenset({Action.CODE_READ, Action.CODE_CLAIM}),
    Scope.VALUES_RELEASE: frozenset({Action.RELEASE_STORE, Action.RELEASE_READ, Action.RELEASE_DELETE}),
}  # fmt: skip

# A hook does one thing, for those who know its address.
DONE_BY: dict[HookKind, frozenset[Action]] = {
    HookKind.RECEIVE: frozenset({Action.CODE_RECEIVE}),
    HookKind.ANSWER: frozenset({Action.CODE_CLAIM, Action.CREDENTIAL_CODE}),
}

# No scope gives these: a key may do them while its creator's role in the team does (vault/keys.py keeps a key from
# reaching keys with more scopes than its own).
BY_CREATOR = frozenset({Action.AUDIT_READ, Action.KEY_SEE, Action.KEY_CREATE, Action.KEY_RENAME, Action.KEY_ROTATE,
                        Action.KEY_REVOKE})  # fmt: skip

# What a team that does not let its operators reveal takes from them; they go on using codes.
WITHHELD_SAYS = "Your team shows values to managers and owners only. Codes and metadata are yours to use."
WITHHELD: dict[Role, frozenset[Action]] = {Role.OPERATOR: frozenset({Action.CREDENTIAL_REVEAL})}

# What a person does with their own account: no role gives it, and none takes it away.
OWN_ACCOUNT = frozenset(action for action in Action if action.startswith("account."))

# A person proves again who they are before a value, a seed or a right changes hands.
STEP_UP = frozenset(
    {
        Action.CREDENTIAL_REVEAL,
        Action.CREDENTIAL_SEED,
        Action.CREDENTIAL_PURGE,
        Action.CODE_MESSAGE,
        Action.CODE_CORRECT,
        Action.VERSION_REVEAL,
        Action.VERSION_RESTORE,
        Action.TEAM_SETTINGS,
        Action.MEMBER_INVITE,
        Action.MEMBER_ADD,
        Action.MEMBER_CHANGE,
        Action.MEMBER_REMOVE,
        Action.KEY_CREATE,
        Action.KEY_REVOKE,
        Action.KEY_ROTATE,
        Action.HOOK_CREATE,
        Action.HOOK_REVOKE,
    }
)

_RELEASE = GRANTED_BY[Scope.VALUES_RELEASE]
_DIALECT = frozenset().union(*GRANTED_BY.values()) - _RELEASE
OFFERED_AT: dict[Door, frozenset[Action]] = {
    Door.WEB: _OWNER | OWN_ACCOUNT,
    Door.COMMAND: frozenset(
        {
            Action.TEAM_CREATE,
            Action.MEMBER_SEE,
            Action.MEMBER_ADD,
            Action.MEMBER_CHANGE,
            Action.MEMBER_REMOVE,
            Action.USER_DEACTIVATE,
            Action.USER_REACTIVATE,
            Action.KEY_SEE,
            Action.KEY_CREATE,
            Action.KEY_REVOKE,
            Action.HOOK_SEE,
            Action.HOOK_CREATE,
            Action.HOOK_REVOKE,
            Action.SEALS_ROTATE,
            Action.CODE_RECEIVE,
            Action.VAULT_BACKUP,
            Action.VAULT_RESTORE,
            Action.CODE_PRUNE,
            Action.VERSION_PRUNE,
            Action.AUDIT_VERIFY,
            Action.AUDIT_EXPORT,
            Action.AUDIT_CHECKPOINT,
            Action.AUDIT_STREAM,
            Action.AUDIT_ARCHIVE,
        }
    ),
    # Links that let somebody in, and what a provider of single sign-on says about somebody's groups.
    Door.SETUP: frozenset(
        {Action.TEAM_CREATE, Action.MEMBER_JOIN, Action.MEMBER_ADD, Action.MEMBER_CHANGE, Action.MEMBER_REMOVE}
    ),
    Door.SKYVERN: _DIALECT,
    Door.KERNEL: _DIALECT | BY_CREATOR,
    Door.MCP: _DIALECT,
    Door.HOOK: frozenset().union(*DONE_BY.values()),
    Door.RELEASE: _RELEASE,  # the only door where values come back to a machine, and no other does
}


def rights_of(role: Role, *, withholds_values: bool) -> frozenset[Action]:
    """What a role gives in a team that withholds values from its operators, or does not."""
    return ALLOWED_TO[role] - WITHHELD.get(role, frozenset()) if withholds_values else ALLOWED_TO[role]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, through which door. A person without a role in the team is a stranger there."""

    door: Door
    kind: Actor
    id: str = ""
    label: str = ""
    team_id: str | None = None
    team_name: str = ""
    team_slug: str = ""
    role: Role | None = None
    scopes: frozenset[Scope] = frozenset()
    hook_kind: HookKind | None = None
    creator_role: Role | None = None  # of who made the key, as it is now
    lacks_factor: bool = False  # of a team that asks its members for a second factor
    withholds_values: bool = False  # the team does, see WITHHELD
    authenticated_at: datetime | None = None
    step_up_age: timedelta = timedelta(minutes=5)
    reveal_seconds: int = 20  # how long the team's people see a revealed value
    ip: str = ""
    user_agent: str = ""
    request_id: str = ""

    def into(self, team_id: str) -> "Caller":
        """The same operator, acting on one team (commands only)."""
        return replace(self, team_id=team_id)

    @property
    def is_person(self) -> bool:
        return self.kind is Actor.PERSON

    @property
    def own_team(self) -> str:
        """The id of the team that what is made belongs to. NotFound for a caller without one."""
        if self.team_id is None:
            raise NotFound
        return self.team_id

    @property
    def rights(self) -> frozenset[Action]:
        """What the person's role gives them in a team with this one's settings."""
        return rights_of(self.role, withholds_values=self.withholds_values) if self.role else frozenset()

    def may(self, action: Action) -> bool:
        """Whether the tables give the right, step-up aside: for showing or hiding a button, or a tool's action."""
        if self.kind is Actor.KEY:
            granted = frozenset[Action]().union(*(GRANTED_BY[scope] for scope in self.scopes))
        elif self.kind is Actor.HOOK:
            granted = DONE_BY[self.hook_kind] if self.hook_kind is not None else frozenset()
        else:
            granted = frozenset() if self.lacks_factor else self.rights
        return action in granted & OFFERED_AT[self.door]


def require(caller: Caller, action: Action, *, at: datetime) -> None:
    """Raise NotFound for strangers, NotAllowed without the right, StepUpRequired for people gone stale."""
    require_right(caller, action)
    # Either way: a clock that was put back does not keep a proof fresh for longer.
    fresh = caller.authenticated_at and abs(at - caller.authenticated_at) <= caller.step_up_age
    if caller.kind is Actor.PERSON and action in STEP_UP and not fresh:
        raise StepUpRequired


def require_right(caller: Caller, action: Action) -> None:
    """The same without the step-up: the right alone."""
    if action not in OFFERED_AT[caller.door]:
        raise NotAllowed("This cannot be done through this door.")
    if action in OWN_ACCOUNT:
        _require_person(caller)
    elif caller.kind is Actor.KEY:
        _require_scope(caller, action)
    elif caller.kind is Actor.HOOK:
        _require_kind(caller, action)
    elif caller.kind is Actor.PERSON:
        _require_role(caller, action)
    elif caller.door not in {Door.COMMAND, Door.SETUP}:
        raise NotFound


def _require_scope(caller: Caller, action: Action) -> None:
    if any(action in GRANTED_BY[scope] for scope in caller.scopes):
        return
    if action in BY_CREATOR:
        if caller.creator_role is None or action not in ALLOWED_TO[caller.creator_role]:
            raise NotAllowed("Whoever made this API key may not do this, or has left the team.")
        return
    missing = next((scope for scope in Scope if action in GRANTED_BY[scope]), None)
    raise NotAllowed(f"This API key lacks the scope {missing}." if missing else "No API key may do this.")


def _require_person(caller: Caller) -> None:
    if caller.kind is not Actor.PERSON or not caller.id:
        raise NotFound


def _require_kind(caller: Caller, action: Action) -> None:
    if caller.hook_kind is None or action not in DONE_BY[caller.hook_kind]:
        raise NotAllowed("This hook does something else.")


def _require_role(caller: Caller, action: Action) -> None:
    if caller.role is None or caller.team_id is None:
        raise NotFound
    if caller.lacks_factor:
        raise SecondFactorRequired
    if action not in caller.rights:
        raise NotAllowed(WITHHELD_SAYS if action in ALLOWED_TO[caller.role] else "")
