"""Skyvern's credentials: create, list, get, update, change metadata, delete, TOTP code, put into a folder.

No answer has a value; what becomes of the values that are sent: skyvern_values.py. A body that does not fit is refused
first, then an id that is not known, then what the body means.
"""

import json
from typing import Annotated, Any

from django.http import HttpResponse, JsonResponse
from ninja import Query, Router

from credentials.access import Action
from credentials.api import skyvern_shapes as shapes
from credentials.api.skyvern_shapes import CredentialIn, CredentialOut, VaultType, answers
from credentials.api.skyvern_values import SAVED_KEY_INVALID, shown, to_vault, unfit_key
from credentials.api.skyvern_wire import Asked, Refusal, named, or_else
from credentials.errors import Invalid
from credentials.vault import credentials as vault
from credentials.vault import folders, lookup, secrets, trash
from credentials.vault.credentials import Fields

router = Router(tags=["Credentials"])
legacy = Router(tags=["Credentials"])
NO_VAULT = {
    VaultType.BITWARDEN: "Bitwarden credential vault is not supported",
    VaultType.AZURE_VAULT: "Azure Vault credential is not supported",
    VaultType.GCP: "GCP credential vault is not supported",
    VaultType.CUSTOM: "Custom credential vault is not supported",
}
ONE_BY_ONE = "Sequential credential execution is not supported by this deployment"
NO_PROVIDER = "Unsupported organization auth credential provider"
READ = answers(CredentialOut, unknown=True)
WRITTEN = answers(CredentialOut, unknown=True, writes=True)
_PROXY = ("proxy_location", "proxy_session_id")
_FLAGS = ("save_browser_session_intent", "auto_profile_disabled", "run_sequentially", "pin_saved_session_ip")


@router.post("credentials", response=answers(CredentialOut, 201, writes=True), summary="Store a credential")
def create_credential(request: Asked, data: CredentialIn) -> HttpResponse:
    return JsonResponse(_created(request, data), status=201)


@legacy.post("credentials", response=answers(CredentialOut, writes=True), summary="Store a credential")
def create_credential_200(request: Asked, data: CredentialIn) -> HttpResponse:
    """The older address answers 200."""
    return JsonResponse(_created(request, data))


def _created(request: Asked, data: CredentialIn) -> dict[str, Any]:
    problem = NO_VAULT.get(data.vault_type) if data.vault_type else None
    refusal = Refusal(problem) if problem else _meaningless(data)
    if refusal:
        vault.come_to_form(request.auth, action=Action.CREDENTIAL_ADD)
        raise refusal
    fields: Fields = {**to_vault(data), "agent_settings": _settings(data)}
    return shown(vars(vault.add_credential(request.auth, **fields)))


@router.get("credentials", response=answers(list[CredentialOut]), summary="List credentials, newest first")
@legacy.get("credentials", response=answers(list[CredentialOut]), summary="List credentials, newest first")
def get_credentials(request: Asked, wanted: Annotated[shapes.Wanted, Query()]) -> HttpResponse:
    rows = lookup.newest_credentials(
        request.auth,
        limit=wanted.page_size if wanted.vault_type in {None, VaultType.SKYVERN} else 0,
        offset=(wanted.page - 1) * wanted.page_size,
        query=wanted.search,
        type=wanted.credential_type,
        folder_id=wanted.folder_id or None,
    )
    # Row by row: a page of a hundred thousand is never here as objects.
    body = bytearray(b"[")
    for number, row in enumerate(rows):
        body += b"," * (number > 0) + json.dumps(shown(row)).encode()
    body += b"]"
    return HttpResponse(bytes(body), content_type="application/json")


@router.get("credentials/{credential_id}", response=READ, summary="Get a credential")
@legacy.get("credentials/{credential_id}", response=READ, summary="Get a credential")
def get_credential(request: Asked, credential_id: str) -> HttpResponse:
    with or_else("Credential not found"):
        return JsonResponse(shown(vars(lookup.find_credential(request.auth, id_or_name=credential_id))))


@router.post("credentials/{credential_id}/update", response=WRITTEN, summary="Store something else in its place")
@legacy.put("credentials/{credential_id}", response=WRITTEN, summary="Store something else in its place")
def update_credential(request: Asked, credential_id: str, data: CredentialIn) -> HttpResponse:
    """What is not sent of a password, a seed, metadata or a billing address is kept."""
    settings = _settings(data) | ({"rotate_proxy_session_id": True} if data.rotate_proxy_session_id else {})
    return _changed(request, credential_id, _meaningless(data), {**to_vault(data), "agent_settings": settings})


@router.patch("credentials/{credential_id}", response=WRITTEN, summary="Change some metadata")
def change_metadata(request: Asked, credential_id: str, data: shapes.MetadataIn) -> HttpResponse:
    settings = _settings(data) | ({"rotate_proxy_session_id": True} if data.rotate_proxy_session_id else {})
    if data.user_context is not None:
        settings["user_context"] = (data.user_context.strip() and data.user_context) or None
    fields = Fields(agent_settings=settings) if settings else Fields()
    if data.name is not None:
        fields["name"] = data.name
    return _changed(request, credential_id, _meaningless(data), fields)


def _changed(request: Asked, credential_id: str, refusal: Refusal | None, fields: Fields) -> HttpResponse:
    with or_else(f"Credential not found{named('credential_id', credential_id)}"):
        if refusal:
            vault.come_to_credential(request.auth, credential_id=credential_id, action=Action.CREDENTIAL_EDIT)
            raise refusal
        return JsonResponse(shown(vars(vault.edit_credential(request.auth, credential_id=credential_id, **fields))))


@router.post(
    "credentials/{credential_id}/delete",
    response=answers(None, 204, unknown=True, writes=True),
    summary="Put a credential into the trash",
)
def delete_credential(request: Asked, credential_id: str) -> HttpResponse:
    _trashed(request, credential_id)
    return HttpResponse(status=204)


@legacy.delete(
    "credentials/{credential_id}",
    response=answers(Any, unknown=True, writes=True),
    summary="Put a credential into the trash",
)
def delete_credential_200(request: Asked, credential_id: str) -> HttpResponse:
    """The older address answers `null`."""
    _trashed(request, credential_id)
    return JsonResponse(None, safe=False)


def _trashed(request: Asked, credential_id: str) -> None:
    with or_else(f"Credential not found{named('credential_id', credential_id)}"):
        trash.trash_credential(request.auth, credential_id=credential_id)


@router.delete("credentials/{credential_id}", include_in_schema=False)
def clear_provider(request: Asked, credential_id: str) -> HttpResponse:
    """With this method Skyvern forgets how to reach a provider of that name; there are none here."""
    raise Refusal(NO_PROVIDER, status=404)


@router.get(
    "credentials/{credential_id}/totp-code",
    response=answers(shapes.TotpCodeOut, unknown=True, writes=True),
    summary="The current code of a login with an authenticator",
)
def get_totp_code(request: Asked, credential_id: str) -> HttpResponse:
    try:
        with or_else("Credential not found"):
            code = secrets.show_code(request.auth, credential_id=credential_id)
    except Invalid as problem:
        lost = {"error_code": "authenticator_key_required", "message": SAVED_KEY_INVALID}
        raise Refusal(lost if problem.code == "no_totp" else problem.message) from None
    body = {"code": code.code, "seconds_remaining": code.seconds_remaining}
    return JsonResponse(body, headers={"Pragma": "no-cache"})


@router.put("credentials/{credential_id}/folder", response=WRITTEN, summary="Put a credential into a folder")
@legacy.put("credentials/{credential_id}/folder", response=WRITTEN, summary="Put a credential into a folder")
def choose_folder(request: Asked, credential_id: str, data: shapes.FolderChoice) -> HttpResponse:
    """With null it is in no folder."""
    try:
        with or_else(f"Credential{named('', credential_id)} not found"):
            moved = folders.move_credential(request.auth, credential_id=credential_id, folder_id=data.folder_id)
    except Invalid as problem:
        if problem.code != folders.NO_FOLDER:
            raise
        raise Refusal(f"Credential folder{named('', data.folder_id or '')} not found") from None
    return JsonResponse(shown(vars(moved)))


def _settings(data: CredentialIn | shapes.MetadataIn) -> dict[str, Any]:
    """What was sent of them; null changes nothing, but takes a proxy away."""
    sent = {name: value for name, value in data.sent("tested_url", *_FLAGS).items() if value is not None}
    return sent | data.sent(*_PROXY)


def _meaningless(data: CredentialIn | shapes.MetadataIn) -> Refusal | None:
    """What fits the shape and yet cannot be done."""
    if data.browser_profile_id is not None:
        return Refusal(f"Browser profile not found{named('browser_profile_id', data.browser_profile_id)}")
    if isinstance(data, shapes.MetadataIn):
        return Refusal(ONE_BY_ONE) if data.run_sequentially else None
    problem = unfit_key(data.credential)
    return Refusal(problem) if problem else None
