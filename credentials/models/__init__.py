"""What is stored: fields, constraints, words for querysets. No verbs; only the vault writes."""

from credentials.models.audit import AuditAnchor, AuditEvent, ChainState, StreamCursor
from credentials.models.codes import ReceivedCode
from credentials.models.credentials import (
    Credential,
    CredentialQuerySet,
    Favourite,
    Folder,
    RotationMark,
    SecretVersion,
)
from credentials.models.hooks import HookAddress, HookKind
from credentials.models.keys import ApiKey, Canary, SetupLink
from credentials.models.limits import RequestCount
from credentials.models.teams import Invitation, Membership, Role, Team
from credentials.models.users import SignedIn, User

__all__ = [
    "ApiKey",
    "AuditAnchor",
    "AuditEvent",
    "Canary",
    "ChainState",
    "Credential",
    "CredentialQuerySet",
    "Favourite",
    "Folder",
    "HookAddress",
    "HookKind",
    "Invitation",
    "Membership",
    "ReceivedCode",
    "RequestCount",
    "Role",
    "RotationMark",
    "SecretVersion",
    "SetupLink",
    "SignedIn",
    "StreamCursor",
    "Team",
    "User",
]
