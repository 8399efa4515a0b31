"""The closed words of the rights: doors, kinds of callers, scopes, actions. access.py hands them on to everybody.

A new verb is a new Action here, and a row in the tables of access.py.
"""

from enum import StrEnum


class Door(StrEnum):
    """The way in."""

    WEB = "web"
    COMMAND = "command"
    SETUP = "setup"
    SKYVERN = "skyvern"
    KERNEL = "kernel"
    MCP = "mcp"
    RELEASE = "release"
    HOOK = "hook"


class Actor(StrEnum):
    """What kind of caller it is."""

    PERSON = "person"
    KEY = "key"
    HOOK = "hook"
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
    CREDENTIAL_STAR = "credential.star"  # a person's own favourites
    CREDENTIAL_ADD = "credential.add"
    CREDENTIAL_EDIT = "credential.edit"
    CREDENTIAL_TRASH = "credential.trash"
    CREDENTIAL_RESTORE = "credential.restore"
    CREDENTIAL_PURGE = "credential.purge"
    VERSION_SEE = "version.see"
    VERSION_REVEAL = "version.reveal"
    VERSION_RESTORE = "version.restore"
    VERSION_PRUNE = "version.prune"
    RELEASE_STORE = "release.store"
    RELEASE_READ = "release.read"
    RELEASE_DELETE = "release.delete"
    FOLDER_SEE = "folder.see"
    FOLDER_ADD = "folder.add"
    FOLDER_EDIT = "folder.edit"
    FOLDER_DELETE = "folder.delete"
    CODE_SEE = "code.see"
    CODE_RECEIVE = "code.receive"
    CODE_READ = "code.read"
    CODE_MESSAGE = "code.message"  # the whole message around a code
    CODE_CORRECT = "code.correct"
    CODE_CLAIM = "code.claim"
    CODE_DISCARD = "code.discard"
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
    HOOK_SEE = "hook.see"
    HOOK_CREATE = "hook.create"
    HOOK_REVOKE = "hook.revoke"
    HOOK_USE = "hook.use"
    SEALS_ROTATE = "seals.rotate"
    TEAM_SETTINGS = "team.settings"
    MEMBER_INVITE = "member.invite"
    MEMBER_UNINVITE = "member.uninvite"
    MEMBER_JOIN = "member.join"
    ROTATION_SEE = "rotation.see"
    ROTATION_MARK = "rotation.mark"
    USER_DEACTIVATE = "user.deactivate"
    USER_REACTIVATE = "user.reactivate"
    ACCOUNT_LOGIN = "account.login"
    ACCOUNT_LOGOUT = "account.logout"
    ACCOUNT_STEP_UP = "account.step_up"
    ACCOUNT_PASSWORD = "account.password"  # noqa: S105  the name of an action
    ACCOUNT_FACTOR_ADD = "account.factor_add"
    ACCOUNT_FACTOR_REMOVE = "account.factor_remove"
    ACCOUNT_FACTOR_RENEW = "account.factor_renew"  # fresh recovery codes
    ACCOUNT_ADMIN_EXPORT = "account.admin_export"
    ACCOUNT_SESSION_END = "account.session_end"
    VAULT_BACKUP = "vault.backup"
    VAULT_RESTORE = "vault.restore"
    AUDIT_READ = "audit.read"
    AUDIT_VERIFY = "audit.verify"
    AUDIT_EXPORT = "audit.export"
    AUDIT_CHECKPOINT = "audit.checkpoint"
    AUDIT_STREAM = "audit.stream"
    AUDIT_ARCHIVE = "audit.archive"
