"""Being Skyvern's vault: the service that its setting CREDENTIAL_VAULT_TYPE=custom speaks to.

POST stores, GET gives the values back, DELETE puts into the trash, GET of the base says that the key will do. Each
needs the scope `values:release` and nothing else. Skyvern replaces a credential by a new one with the same name and
then deletes the old one, twice if need be: so names repeat, and what is gone already is deleted well.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from credentials.access import Caller, Door
from credentials.api import auth, skyvern_values
from credentials.api.body import json_object
from credentials.api.plain_errors import told, wrong_method
from credentials.api.skyvern_shapes import ARMS, CredentialIn, CredentialType
from credentials.errors import Invalid, NotFound, VaultError
from credentials.vault import release as vault

View = Callable[..., HttpResponse]


def _addresses(where: str, name: str, **views: View) -> list[URLPattern]:
    """In both spellings: a redirect would lose the body."""

    def handle(request: HttpRequest, **given: str) -> HttpResponse:
        view = views.get(str(request.method))
        if view is None:
            return wrong_method(*sorted(views))
        try:
            return view(request, auth.caller(request, Door.RELEASE), **given)
        except VaultError as problem:
            return told(problem)

    handle.__name__ = name
    return [path(f"{where}{slash}", csrf_exempt(handle), name=name) for slash in ("", "/")]


def try_connection(request: HttpRequest, who: Caller) -> HttpResponse:
    vault.try_connection(who)
    return JsonResponse({"status": "ok"})


def store(request: HttpRequest, who: Caller) -> HttpResponse:
    given = json_object(request)
    made = vault.store(who, **skyvern_values.to_vault(_shaped(given)))
    return JsonResponse({"id": made.id}, status=201)


def _shaped(given: dict[str, Any]) -> CredentialIn:
    """The fields stand beside the name and the type. Invalid names what does not fit, never what was sent."""
    try:
        kind = CredentialType(str(given.get("type")))
    except ValueError:
        raise Invalid(fields={"type": f"type must be one of {', '.join(CredentialType)}."}) from None
    try:
        arm = ARMS[kind].model_validate(given)
        whole = {"name": given.get("name"), "credential_type": kind, "credential": arm}
        return CredentialIn.model_validate(whole)
    except ValidationError as problem:
        wrong = problem.errors(include_url=False, include_context=False, include_input=False)
        raise Invalid(fields={_place(one["loc"]): f"{_place(one['loc'])}: {one['msg']}." for one in wrong}) from None


def _place(loc: tuple[int | str, ...]) -> str:
    """The fields' own names; a name within `metadata` is the sender's and could be anything."""
    return ".".join(str(part) for part in (loc[:1] if loc[0] == "metadata" else loc))


def give_back(request: HttpRequest, who: Caller, credential_id: str) -> HttpResponse:
    found = vault.release(who, credential_id=credential_id)
    return JsonResponse(skyvern_values.released(found.credential, found.secrets.values, found.secrets.totp))


def delete(request: HttpRequest, who: Caller, credential_id: str) -> HttpResponse:
    with suppress(NotFound):  # told that an item is not there, Skyvern could never let go of it
        vault.delete(who, credential_id=credential_id)
    return HttpResponse(status=204)


urls = [
    *_addresses("credentials", "release_credentials", GET=try_connection, POST=store),
    *_addresses("credentials/<str:credential_id>", "release_credential", GET=give_back, DELETE=delete),
]
