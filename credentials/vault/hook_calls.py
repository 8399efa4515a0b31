"""What a hook does for who calls it: take in a message, or answer with the code that it waits for."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from credentials.errors import Invalid, NotFound
from credentials.models import ReceivedCode
from credentials.otp import identifier as identifiers
from credentials.vault import claims, codes, secrets
from credentials.vault.clock import now
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
    held_since = _held_since(hook, whom, codes.run_of(run), now())
    found = claims.claim_code(hook.caller, identifier=whom, received_after=held_since, **run)
    if found is None and held_since is not None:
        found = claims.held_code(hook.caller, identifier=whom, **run)
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


def _held_since(hook: Opened, whom: str, run: dict[str, str], at: datetime) -> datetime | None:
    """When the code that this run holds was received, if it is still good: nothing older takes its place."""
    if not (run["task_id"] or run["workflow_run_id"]):
        return None
    rows = ReceivedCode.objects.filter(
        Q(expired_at=None) | Q(expired_at__gt=at),
        team_id=hook.caller.team_id,
        identifier_key__in=identifiers.keys(whom),
        received_at__gt=at - timedelta(minutes=settings.CODE_MINUTES),
        claimed_at__isnull=False,
        **{f"claimed_{name}": value for name, value in run.items()},
    )
    return rows.order_by("-received_at").values_list("received_at", flat=True).first()
