"""Verbs of the trash: out of sight, back again, gone for ever."""

from credentials.access import Action, Caller
from credentials.audit import recorded
from credentials.models import Credential
from credentials.vault.clock import now
from credentials.vault.credentials import check_name, locked


def trash_credential(caller: Caller, *, credential_id: str) -> Credential:
    """Out of every list and every door; kept, with its versions, until it is purged."""
    return put_away(caller, Action.CREDENTIAL_TRASH, credential_id)


def put_away(caller: Caller, action: Action, credential_id: str) -> Credential:
    """The same under another right: release.py has one."""
    at = now()
    with recorded(caller, action, at=at, kind="credential", id=credential_id) as entry:
        credential = locked(caller, credential_id)
        credential.deleted_at = at
        credential.revision += 1
        credential.save(update_fields=["deleted_at", "revision"])
        entry.about("credential", credential.id, credential.name)
    return credential


def restore_credential(caller: Caller, *, credential_id: str) -> Credential:
    """Back from the trash. Conflict when its name was taken meanwhile."""
    with recorded(caller, Action.CREDENTIAL_RESTORE, at=now(), kind="credential", id=credential_id) as entry:
        credential = locked(caller, credential_id, in_trash=True)
        entry.about("credential", credential.id, credential.name)
        check_name(caller, credential)
        credential.deleted_at = None
        credential.revision += 1
        credential.save(update_fields=["deleted_at", "revision"])
    return credential


def purge_credential(caller: Caller, *, credential_id: str) -> None:
    """Delete a trashed credential and all its versions for ever."""
    with recorded(caller, Action.CREDENTIAL_PURGE, at=now(), kind="credential", id=credential_id) as entry:
        credential = locked(caller, credential_id, in_trash=True)
        entry.about("credential", credential.id, credential.name)
        entry.detail = {"count": credential.versions.count()}
        credential.delete()
