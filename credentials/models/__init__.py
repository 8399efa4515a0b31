"""What is stored: fields, constraints, words for querysets. No verbs; only the vault writes."""

from credentials.models.audit import AuditEvent
from credentials.models.codes import ReceivedCode
from credentials.models.credentials import Credential, Folder, SecretVersion
from credentials.models.keys import ApiKey, Canary, SetupLink
from credentials.models.teams import Membership, Role, Team
from credentials.models.users import User

__all__ = [
    "ApiKey",
    "AuditEvent",
    "Canary",
    "Credential",
    "Folder",
    "Membership",
    "ReceivedCode",
    "Role",
    "SecretVersion",
    "SetupLink",
    "Team",
    "User",
]
