"""The errors that the vault raises and that doors translate. Pure: no Django, nothing above.

Every error has an HTTP status, a stable code for machines and a message that says what to do. No message ever
repeats a value that somebody typed.
"""

from collections.abc import Mapping
from types import MappingProxyType


class VaultError(Exception):
    """Something was refused. `fields` maps the name of an input to what is wrong; `headers` are for the answer."""

    status = 400
    code = "refused"
    message = "The request was refused."
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, message: str = "", *, code: str = "", fields: dict[str, str] | None = None) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.fields = fields or {}
        super().__init__(self.message)


class NotFound(VaultError):
    """Unknown, or another team's: nobody can tell which."""

    status = 404
    code = "not_found"
    message = "There is no such thing here, or it is not yours."


class NotAllowed(VaultError):
    """A member or key of the right team without the right."""

    status = 403
    code = "not_allowed"
    message = "Your role does not allow this. Ask an owner of the team."


class StepUpRequired(VaultError):
    """The right is there, but the person has to prove again who they are."""

    status = 403
    code = "step_up_required"
    message = "Confirm that it is you, then try again."


class SecondFactorRequired(VaultError):
    """The right is there, but the team asks for a second factor that the person has not set up."""

    status = 403
    code = "second_factor_required"
    message = "This team asks for a second factor. Set one up on your security page, then come back."


class Invalid(VaultError):
    """The input cannot be stored as it is."""

    status = 422
    code = "invalid"
    message = "Something in the input is not right."

    def __init__(self, message: str = "", *, code: str = "", fields: dict[str, str] | None = None) -> None:
        super().__init__(message or "; ".join((fields or {}).values()), code=code, fields=fields)


class Conflict(VaultError):
    """It would have been right, but not in the state that the vault is in now."""

    status = 409
    code = "conflict"
    message = "Somebody else changed this meanwhile. Reload and try again."


class SealBroken(VaultError):
    """A sealed value does not open: wrong keys, or it does not belong where it was found."""

    status = 409
    code = "seal_broken"
    message = (
        "The sealed value does not open here. It was moved or its domain was edited outside Strongroom, or the "
        "server runs with other keys. Nothing was changed: ask your operator to check VAULT_KEYS and SALT_KEY, and to "
        "restore this credential from a backup."
    )


class Throttled(VaultError):
    """Too often within a window of time. `is_first`: nobody was told so in this window before."""

    status = 429
    code = "throttled"

    def __init__(self, *, retry_after: int, is_first: bool = False) -> None:
        super().__init__(f"Too many requests. Try again in {retry_after} seconds.")
        self.headers = {"Retry-After": str(retry_after)}
        self.is_first = is_first
