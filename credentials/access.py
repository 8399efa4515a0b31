"""Who may do what, as tables. `require()` is the only place that decides; every verb calls it through audit.py.

A new verb is a new Action and a row in the tables; a test walks every cell.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from credentials.errors import NotAllowed, NotFound, StepUpRequired
from credentials.models import Role


class Door(StrEnum):
    """The way in."""

    WEB = "web"
    COMMAND = "command"
    SETUP = "setup"
    SKYVERN = "skyvern"
    KERNEL = "kernel"
    MCP = "mcp"
    RELEASE = "release"


class Actor(StrEnum):
    """What kind of caller it is."""

    PERSON = "person"
    KEY = "key"
    OPERATOR = "operator"  # somebody with a shell on the server
    NOBODY = "nobody"


class Scope(StrEnum):
    """What an API key may be given."""

    CREDENTIALS_READ = "credentials:read"
    CREDENTIALS_WRITE = "credentials:write"
    TOTP_READ = "totp:read"
    CODES_WRITE = "codes:write"
    CODES_READ = "codes:read"
    VALUES_RELEASE = "values:release"


class Action(StrEnum):
    """The closed vocabulary of verbs; the audit speaks it too."""

    CREDENTIAL_SEE = "credential.see"
    CREDENTIAL_CODE = "credential.code"
    CREDENTIAL_FIRST_CODE = "credential.first_code"  # of a seed that the caller has just stored
    CREDENTIAL_REVEAL = "credential.reveal"
    CREDENTIAL_SEED = "credential.seed"
    CREDENTIAL_ADD = "credential.add"
    CREDENTIAL_EDIT = "credential.edit"
    CREDENTIAL_TRASH = "credential.trash"
    CREDENTIAL_RESTORE = "credential.restore"
    CREDENTIAL_PURGE = "credential.purge"
    VERSION_SEE = "version.see"
    VERSION_REVEAL = "version.reveal"
    VERSION_RESTORE = "version.restore"
    CODE_PRUNE = "code.prune"
    TEAM_SEE = "team.see"
    TEAM_CREATE = "team.create"
    MEMBER_SEE = "member.see"
    MEMBER_ADD = "member.add"
    MEMBER_CHANGE = "member.change"
    MEMBER_REMOVE = "member.remove"
    KEY_SEE = "key.see"
    KEY_CREATE = "key.create"
    KEY_REVOKE = "key.revoke"
    KEY_RENAME = "key.rename"
    KEY_ROTATE = "key.rotate"
    KEY_USE = "key.use"
    SEALS_ROTATE = "seals.rotate"
    AUDIT_READ = "audit.read"
    AUDIT_VERIFY = "audit.verify"


_AUDITOR = frozenset(
    {
        Action.TEAM_SEE,
        Action.MEMBER_SEE,
        Action.CREDENTIAL_SEE,
        Action.AUDIT_READ,
        Action.AUDIT_VERIFY,
    }
)
_OPERATOR = frozenset(
    {
        Action.TEAM_SEE,
        Action.MEMBER_SEE,
        Action.CREDENTIAL_SEE,
        Action.CREDENTIAL_CODE,
        Action.CREDENTIAL_REVEAL,
    }
)
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
    }
)
_OWNER = _MANAGER | {
    Action.CREDENTIAL_PURGE,
    Action.MEMBER_ADD,
    Action.MEMBER_CHANGE,
    Action.MEMBER_REMOVE,
    Action.KEY_SEE,
    Action.KEY_CREATE,
    Action.KEY_REVOKE,
    Action.KEY_RENAME,
    Action.KEY_ROTATE,
}
ALLOWED_TO: dict[Role, frozenset[Action]] = {
    Role.AUDITOR: _AUDITOR,
    Role.OPERATOR: _OPERATOR,
    Role.MANAGER: _MANAGER,
    Role.OWNER: _OWNER,
}

GRANTED_BY: dict[Scope, frozenset[Action]] = {
    Scope.CREDENTIALS_READ: frozenset({Action.CREDENTIAL_SEE}),
    Scope.CREDENTIALS_WRITE: frozenset(
        {Action.CREDENTIAL_ADD, Action.CREDENTIAL_EDIT, Action.CREDENTIAL_TRASH, Action.CREDENTIAL_FIRST_CODE}
    ),
    Scope.TOTP_READ: frozenset({Action.CREDENTIAL_CODE}),
    Scope.CODES_WRITE: frozenset(),
    Scope.CODES_READ: frozenset(),
    Scope.VALUES_RELEASE: frozenset(),
}

# No scope gives these: a key may do them while its creator's role in the team does (vault/keys.py keeps a key from
# reaching keys with more scopes than its own).
BY_CREATOR = frozenset(
    {
        Action.AUDIT_READ,
        Action.KEY_SEE,
        Action.KEY_CREATE,
        Action.KEY_RENAME,
        Action.KEY_ROTATE,
        Action.KEY_REVOKE,
    }
)

# A person proves again who they are before a value, a seed or a right changes hands.
STEP_UP = frozenset(
    {
        Action.CREDENTIAL_REVEAL,
        Action.CREDENTIAL_SEED,
        Action.CREDENTIAL_PURGE,
        Action.VERSION_REVEAL,
        Action.VERSION_RESTORE,
        Action.MEMBER_ADD,
        Action.MEMBER_CHANGE,
        Action.MEMBER_REMOVE,
        Action.KEY_CREATE,
        Action.KEY_REVOKE,
        Action.KEY_ROTATE,
    }
)

_DIALECT = frozenset().union(*GRANTED_BY.values())
OFFERED_AT: dict[Door, frozenset[Action]] = {
    Door.WEB: _OWNER,
    Door.COMMAND: frozenset(
        {
            Action.TEAM_CREATE,
            Action.MEMBER_SEE,
            Action.MEMBER_ADD,
            Action.MEMBER_CHANGE,
            Action.MEMBER_REMOVE,
            Action.KEY_SEE,
            Action.KEY_CREATE,
            Action.KEY_REVOKE,
            Action.SEALS_ROTATE,
            Action.CODE_PRUNE,
            Action.AUDIT_VERIFY,
        }
    ),
    Door.SETUP: frozenset({Action.TEAM_CREATE}),
    Door.SKYVERN: _DIALECT,
    Door.KERNEL: _DIALECT | BY_CREATOR,
    Door.MCP: _DIALECT,
    Door.RELEASE: _DIALECT,
}


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
    creator_role: Role | None = None  # of who made the key, as it is now
    authenticated_at: datetime | None = None
    step_up_age: timedelta = timedelta(minutes=5)
    ip: str = ""
    user_agent: str = ""
    request_id: str = ""

    def into(self, team_id: str) -> "Caller":
        """The same operator, acting on one team (commands only)."""
        return replace(self, team_id=team_id)

    @property
    def own_team(self) -> str:
        """The id of the team that what is made belongs to. NotFound for a caller without one."""
        if self.team_id is None:
            raise NotFound
        return self.team_id

    def may(self, action: Action) -> bool:
        """Whether the tables give the right, step-up aside: for showing or hiding a button, or a tool's action."""
        if self.kind is Actor.KEY:
            granted = frozenset[Action]().union(*(GRANTED_BY[scope] for scope in self.scopes))
        else:
            granted = ALLOWED_TO[self.role] if self.role is not None else frozenset()
        return action in granted & OFFERED_AT[self.door]


def require(caller: Caller, action: Action, *, at: datetime) -> None:
    """Raise NotFound for strangers, NotAllowed without the right, StepUpRequired for people gone stale."""
    require_right(caller, action)
    fresh = caller.authenticated_at and at - caller.authenticated_at <= caller.step_up_age
    if caller.kind is Actor.PERSON and action in STEP_UP and not fresh:
        raise StepUpRequired


def require_right(caller: Caller, action: Action) -> None:
    """The same without the step-up: the right alone."""
    if action not in OFFERED_AT[caller.door]:
        raise NotAllowed("This cannot be done through this door.")
    if caller.kind is Actor.KEY:
        _require_scope(caller, action)
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


def _require_role(caller: Caller, action: Action) -> None:
    if caller.role is None or caller.team_id is None:
        raise NotFound
    if action not in ALLOWED_TO[caller.role]:
        raise NotAllowed
