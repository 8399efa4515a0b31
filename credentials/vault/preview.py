"""The verb that shows what a typed TOTP secret would give, before it is stored."""

from dataclasses import dataclass

from credentials.access import Action, Caller
from credentials.audit import looked
from credentials.errors import Invalid
from credentials.otp import totp
from credentials.vault.clock import now


@dataclass(frozen=True)
class Preview:
    """The code of the moment and how it is made."""

    code: totp.Code
    algorithm: str
    digits: int
    is_short: bool


def preview_totp(caller: Caller, *, given: str) -> Preview:
    """The code of a key or an otpauth:// address; nothing is stored. Who types a seed knows it: no step-up."""
    at = now()
    with looked(caller, Action.CREDENTIAL_ADD, at=at):
        try:
            found = totp.parse(given)
        except totp.BadSecret as problem:
            raise Invalid(fields={"totp_secret": str(problem)}) from None
    return Preview(totp.code_at(found, at.timestamp()), found.algorithm, found.digits, found.is_short)
