"""Skyvern's credential folders, at both addresses alike."""

from datetime import UTC, datetime
from typing import Annotated, Any

from django.http import HttpResponse, JsonResponse
from ninja import Query, Router

from credentials.api.skyvern_shapes import FolderChange, FolderGone, FolderIn, FolderOut, answers
from credentials.api.skyvern_wire import Asked, named, or_else
from credentials.vault import folders as vault

router = Router(tags=["Folders"])
WRITTEN = answers(FolderOut, unknown=True, writes=True)


@router.post("credential_folders", response=answers(FolderOut, writes=True), summary="Make a folder")
def create_folder(request: Asked, data: FolderIn) -> HttpResponse:
    made = vault.add_folder(request.auth, title=data.title, description=data.description or "")
    return JsonResponse(_shown(made))


@router.get("credential_folders", response=answers(list[FolderOut]), summary="List folders, the last touched first")
def get_folders(
    request: Asked,
    page: Annotated[int, Query(ge=1)] = 1,
    page_size: Annotated[int, Query(ge=1, le=500)] = 100,
    search: str = "",
) -> HttpResponse:
    """`search`: part of the title or the description."""
    found = vault.list_folders(request.auth, query=search)
    start = (page - 1) * page_size
    return JsonResponse([_shown(folder) for folder in found[start : start + page_size]], safe=False)


@router.get("credential_folders/{folder_id}", response=answers(FolderOut, unknown=True), summary="Get a folder")
def get_folder(request: Asked, folder_id: str) -> HttpResponse:
    with or_else(_lost(folder_id)):
        return JsonResponse(_shown(vault.see_folder(request.auth, folder_id=folder_id)))


@router.put("credential_folders/{folder_id}", response=WRITTEN, summary="Change a folder")
def update_folder(request: Asked, folder_id: str, data: FolderChange) -> HttpResponse:
    given = data.model_dump(exclude_none=True)
    with or_else(_lost(folder_id)):
        return JsonResponse(_shown(vault.edit_folder(request.auth, folder_id=folder_id, **given)))


@router.delete(
    "credential_folders/{folder_id}",
    response=answers(FolderGone, unknown=True, writes=True),
    summary="Delete a folder, not what is in it",
)
def delete_folder(request: Asked, folder_id: str) -> HttpResponse:
    with or_else(_lost(folder_id)):
        vault.delete_folder(request.auth, folder_id=folder_id)
    return JsonResponse({"status": "deleted", "folder_id": folder_id})


def _lost(folder_id: str) -> str:
    return f"Credential folder{named('', folder_id)} not found"


def _shown(folder: Any) -> dict[str, Any]:
    return {
        "folder_id": folder.id,
        "organization_id": folder.team_id,
        "title": folder.title,
        "description": folder.description or None,
        "credential_count": folder.credential_count,
        "created_at": _naive(folder.created_at),
        "modified_at": _naive(folder.updated_at),
    }


def _naive(at: datetime) -> str:
    """UTC without saying so, as the clients read it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat()
