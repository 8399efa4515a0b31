"""Verbs on folders: see, list, add, edit, delete, and put a credential into one or out of it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from credentials.access import Action, Caller
from credentials.audit import looked, recorded
from credentials.errors import Invalid, NotFound
from credentials.models import Credential, Folder
from credentials.vault import text
from credentials.vault.clock import new_id, now
from credentials.vault.credentials import locked

NO_FOLDER = "no_folder"


def list_folders(caller: Caller, *, query: str = "") -> Sequence[Any]:
    """The team's folders, the last touched first, each with its `credential_count`. `query`: part of title or
    description, case aside. A team has few folders: what is asked for is chosen here and not in the database."""
    with looked(caller, Action.FOLDER_SEE, at=now()):
        rows = list(_counted(caller).order_by("-updated_at", "-id"))
    needle = text.folded(text.searchable(query))
    return [row for row in rows if needle in text.folded(f"{row.title}\n{row.description}")]


def list_folder_titles(caller: Caller) -> list[dict[str, Any]]:
    """Ids and titles by title, without counting what is in them: for the sidebar, which stands beside every list."""
    with looked(caller, Action.FOLDER_SEE, at=now()):
        rows = [dict(row) for row in _mine(caller).values("id", "title")]
    return sorted(rows, key=lambda row: (text.folded(row["title"]), row["id"]))


def see_folder(caller: Caller, *, folder_id: str) -> Any:
    """One folder with its `credential_count`."""
    with looked(caller, Action.FOLDER_SEE, at=now(), kind="folder", id=folder_id):
        return _one(_counted(caller), folder_id)


def add_folder(caller: Caller, *, title: str, description: str = "") -> Any:
    """A new, empty folder. Two may have one title."""
    at = now()
    with recorded(caller, Action.FOLDER_ADD, at=at, kind="folder") as entry:
        folder = Folder(id=new_id("cfld", at), team_id=caller.own_team, created_at=at, updated_at=at)
        _apply(folder, title, description)
        folder.save(force_insert=True)
        entry.about("folder", folder.id, folder.title)
        return _one(_counted(caller), folder.id)


def edit_folder(caller: Caller, *, folder_id: str, title: str | None = None, description: str | None = None) -> Any:
    """Another title or description; None leaves it as it is."""
    at = now()
    with recorded(caller, Action.FOLDER_EDIT, at=at, kind="folder", id=folder_id) as entry:
        folder = _one(_mine(caller).select_for_update(), folder_id)
        entry.about("folder", folder.id, folder.title)
        given = {"title": title, "description": description}
        entry.detail = {"fields": sorted(name for name, value in given.items() if value is not None)}
        _apply(folder, title, description)
        folder.updated_at = at
        folder.save(update_fields=["title", "description", "updated_at"])
        return _one(_counted(caller), folder.id)


def delete_folder(caller: Caller, *, folder_id: str) -> None:
    """The folder goes; its credentials stay, in no folder."""
    with recorded(caller, Action.FOLDER_DELETE, at=now(), kind="folder", id=folder_id) as entry:
        folder = _one(_mine(caller).select_for_update(), folder_id)
        entry.about("folder", folder.id, folder.title)
        entry.detail = {"count": folder.credentials.count()}
        folder.delete()


def move_credential(caller: Caller, *, credential_id: str, folder_id: str | None) -> Credential:
    """Into another folder, or with None out of any. Invalid (code `no_folder`) when there is no such folder."""
    at = now()
    with recorded(caller, Action.CREDENTIAL_EDIT, at=at, kind="credential", id=credential_id) as entry:
        credential = locked(caller, credential_id)
        entry.about("credential", credential.id, credential.name)
        entry.detail = {"fields": ["folder"]}
        folder = _mine(caller).filter(id=text.clean_id(folder_id)).first() if folder_id else None
        if folder_id and folder is None:
            raise Invalid("There is no such folder.", code=NO_FOLDER)
        credential.folder = folder
        credential.revision += 1
        credential.save(update_fields=["folder", "revision"])
        if folder:
            Folder.objects.filter(id=folder.id).update(updated_at=at)
    return credential


def _mine(caller: Caller) -> QuerySet[Folder]:
    return Folder.objects.filter(team_id=caller.team_id)


def _counted(caller: Caller) -> QuerySet[Folder]:
    kept = Count("credentials", filter=Q(credentials__deleted_at=None))
    return _mine(caller).annotate(credential_count=kept)


def _one(rows: QuerySet[Folder], folder_id: str) -> Folder:
    found = rows.filter(id=text.clean_id(folder_id)).first()
    if found is None:
        raise NotFound
    return found


def _apply(folder: Folder, title: str | None, description: str | None) -> None:
    if title is not None:
        folder.title = text.required_line("folder_title", title)
    if description is not None:
        folder.description = text.lines("folder_description", description)
