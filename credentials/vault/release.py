"""Being the vault of another system: it stores values by a key with `values:release` and gets them back by it.

Only the release door calls this, and only here do values come back to a machine; each time is an audit event with the
key, the credential and the version.
"""

from dataclasses import dataclass
from typing import Unpack

from credentials.access import Action, Caller
from credentials.audit import Entry, asked
from credentials.audit_reads import read_and_recorded
from credentials.models import Credential
from credentials.vault import contents, secrets, trash
from credentials.vault.clock import now
from credentials.vault.credentials import Fields, store_new


@dataclass(frozen=True)
class Released:
    """A credential and all that lies under its seals. Its repr shows nothing."""

    credential: Credential
    secrets: contents.Secrets

    def __repr__(self) -> str:
        return "<Released>"


def try_connection(caller: Caller) -> None:
    """Whether this key may release: what the other system asks before it trusts its settings."""
    asked(caller, Action.RELEASE_READ, at=now())


def store(caller: Caller, **fields: Unpack[Fields]) -> Credential:
    """A new credential. The other system replaces one by making the next before it deletes the last: names repeat."""
    return store_new(caller, Action.RELEASE_STORE, fields)


def release(caller: Caller, *, credential_id: str) -> Released:
    """Every current value of one credential."""
    at = now()

    def look(entry: Entry) -> Released:
        version = secrets.current(caller, credential_id, entry)
        opened = contents.open_version(version)
        entry.about("credential", version.credential_id, version.credential.name)
        entry.detail = {"version": version.number}
        secrets.touch(caller, version.credential, entry, at)
        return Released(version.credential, opened)

    return read_and_recorded(caller, Action.RELEASE_READ, look, at=at, kind="credential", id=credential_id)


def delete(caller: Caller, *, credential_id: str) -> None:
    """Into the trash: what a machine deletes, a person can bring back. NotFound when it is not there."""
    trash.put_away(caller, Action.RELEASE_DELETE, credential_id)
