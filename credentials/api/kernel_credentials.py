"""Kernel's credentials: create, list, retrieve, update, delete, TOTP code. The values are in free_values.py."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from credentials.access import Caller
from credentials.api.body import json_object
from credentials.api.free_values import to_vault, type_of, value_keys
from credentials.api.kernel_wire import NAME, TEXT, TEXTS, VALUES, Rule, number, one_of, or_null, page, take, window, z
from credentials.otp.totp import ALGORITHMS, DIGITS, PERIODS
from credentials.vault import credentials as vault
from credentials.vault import lookup, secrets, trash

_FIELDS = {
    "name": NAME,
    "values": VALUES,
    "sso_provider": or_null(TEXT),
    "totp_secret": Rule("a text, not only spaces", lambda value: isinstance(value, str) and not value.isspace()),
    "totp_algorithm": one_of(*ALGORITHMS),
    "totp_digits": number(DIGITS.start, DIGITS.stop - 1),
    "totp_period": number(PERIODS.start, PERIODS.stop - 1),
}
_TO_CREATE = {**_FIELDS, "domain": Rule("a host name", lambda value: isinstance(value, str) and bool(value.strip()))}
_TO_UPDATE = {**_FIELDS, "remove_value_keys": TEXTS}


def create_credential(request: HttpRequest, who: Caller) -> HttpResponse:
    given = take(json_object(request), _TO_CREATE, required=("name", "domain", "values"))
    values = given.pop("values")
    given |= {"type": type_of(values), "sso_provider": given.get("sso_provider") or "", **to_vault(values)}
    made = vault.add_credential(who, **given)
    return JsonResponse(_shown(made) | _just_set(who, made, given), status=201)


def list_credentials(request: HttpRequest, who: Caller) -> HttpResponse:
    domain, query = request.GET.get("domain", ""), request.GET.get("query", "")
    found = lookup.browse_credentials(who, domain=domain, query=query, **window(request))
    return page([_row(credential) for credential in found.rows], found.next_offset)


def retrieve_credential(request: HttpRequest, who: Caller, id_or_name: str) -> HttpResponse:
    return JsonResponse(_shown(lookup.find_credential(who, id_or_name=id_or_name)))


def update_credential(request: HttpRequest, who: Caller, id_or_name: str) -> HttpResponse:
    given = take(json_object(request), _TO_UPDATE)
    values, removed = given.pop("values", {}), given.pop("remove_value_keys", [])
    if "sso_provider" in given:
        given["sso_provider"] = given["sso_provider"] or ""
    if values or removed:
        given |= to_vault(values, removed)
    changed = vault.edit_credential(who, credential_id=id_or_name, **given)
    return JsonResponse(_shown(changed) | _just_set(who, changed, given))


def delete_credential(request: HttpRequest, who: Caller, id_or_name: str) -> HttpResponse:
    trash.trash_credential(who, credential_id=id_or_name)
    return HttpResponse(status=204)


def totp_code(request: HttpRequest, who: Caller, id_or_name: str) -> HttpResponse:
    code = secrets.show_code(who, credential_id=id_or_name)
    return JsonResponse({"code": code.code, "expires_at": _second(code.expires_at)})


def _row(credential: Any) -> dict[str, Any]:
    """As in lists: what may be known without any name of a value."""
    row: dict[str, Any] = {
        "id": credential.id,
        "name": credential.name,
        "domain": credential.domain,
        "created_at": z(credential.created_at),
        "updated_at": z(credential.updated_at),
        "has_values": bool(value_keys(credential)),
        "has_totp_secret": credential.has_totp,
    }
    if credential.sso_provider:
        row["sso_provider"] = credential.sso_provider
    if credential.has_totp:
        row["totp_algorithm"] = credential.totp_algorithm
        row["totp_digits"] = credential.totp_digits
        row["totp_period"] = credential.totp_period
    return row


def _shown(credential: Any) -> dict[str, Any]:
    return _row(credential) | {"value_keys": value_keys(credential)}


def _just_set(who: Caller, credential: Any, given: dict[str, Any]) -> dict[str, str | None]:
    """The code of a secret that came with this very request, so that the sender sees that it is the right one."""
    if not given.get("totp_secret"):
        return {}
    code = secrets.show_first_code(who, credential_id=credential.id)
    return {"totp_code": code.code, "totp_code_expires_at": _second(code.expires_at)}


def _second(timestamp: int) -> str | None:
    return z(datetime.fromtimestamp(timestamp, UTC))
