"""What a hook does for who calls it: take in a message, or answer with the code that it waits for."""

from credentials.errors import Invalid, NotFound
from credentials.vault import claims, codes, secrets
from credentials.vault.hooks import Opened


def receive(hook: Opened, *, content: str, identifier: str = "", source: str = "") -> codes.OpenCode:
    """Keep a message for whom the hook is for; for `identifier`, as the sender says, when the hook is for nobody."""
    whom = _whom(hook) or identifier
    if not whom.strip():
        raise Invalid("Say whom the code is for: give the hook an identifier, or send one.", code="no_identifier")
    return codes.receive_code(hook.caller, identifier=whom, content=content, source=source)


def answer(hook: Opened, *, run: codes.Run) -> str:
    """The code for a run; nothing while there is none. A run that asks again hears its code again, another never."""
    if hook.credential is not None and hook.credential.has_totp:
        return secrets.show_code(hook.caller, credential_id=hook.credential.id).code
    whom = _whom(hook)
    found = claims.claim_or_repeat(hook.caller, identifier=whom, **run)
    return found.code if found else ""


def _whom(hook: Opened) -> str:
    """The identifier of the hook or of its credential. NotFound when that is in the trash."""
    if hook.credential is None:
        return hook.identifier
    if hook.credential.deleted_at is not None:
        raise NotFound
    if not hook.credential.totp_identifier:
        raise Invalid("This credential has no identifier that codes are sent to.", code="no_identifier")
    return hook.credential.totp_identifier
