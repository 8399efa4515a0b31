"""Verbs on several credentials at once. Each one is done by its own verb, in its own transaction and with its own
event, so that every credential's history is complete and one that refuses does not hold up the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from credentials.access import Action, Caller
from credentials.audit import asked
from credentials.errors import Invalid, VaultError
from credentials.models import Credential
from credentials.vault import folders, trash
from credentials.vault.clock import now

MOST = 200


@dataclass(frozen=True)
class Report:
    """How many went well, and what each refused one said: (id, message)."""

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def trash_credentials(caller: Caller, *, credential_ids: Iterable[str]) -> Report:
    return _each(
        caller, Action.CREDENTIAL_TRASH, credential_ids, lambda id: trash.trash_credential(caller, credential_id=id)
    )


def restore_credentials(caller: Caller, *, credential_ids: Iterable[str]) -> Report:
    return _each(
        caller, Action.CREDENTIAL_RESTORE, credential_ids, lambda id: trash.restore_credential(caller, credential_id=id)
    )


def move_credentials(caller: Caller, *, credential_ids: Iterable[str], folder_id: str) -> Report:
    """Into a folder, or with "" out of any."""

    def move(id: str) -> Credential:
        return folders.move_credential(caller, credential_id=id, folder_id=folder_id or None)

    return _each(caller, Action.CREDENTIAL_EDIT, credential_ids, move)


def _each(caller: Caller, action: Action, ids: Iterable[str], verb: Callable[[str], Credential]) -> Report:
    """Whoever may not do it at all is refused once, before the first."""
    asked(caller, action, at=now())
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MOST:
        raise Invalid(f"At most {MOST} credentials at once.")
    done, refused = 0, []
    for id in wanted:
        try:
            verb(id)
        except VaultError as problem:
            refused.append((id, problem.message))
        else:
            done += 1
    return Report(done, refused)
