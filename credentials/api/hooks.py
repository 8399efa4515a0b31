"""The hooks' door: addresses that are keys themselves. Forwarders post messages, Skyvern asks for the code.

Whoever calls reads only statuses: no answer repeats what was sent, and logs name the route, never the address.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from credentials.api import forwarders
from credentials.api.body import json_object
from credentials.api.plain_errors import told, wrong_method
from credentials.errors import Invalid, VaultError
from credentials.vault import hook_calls, hooks

NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
Doing = Callable[[HttpRequest, hooks.Opened], HttpResponse]


def _hook(request: HttpRequest, token: str, kind: str, do: Doing) -> HttpResponse:
    if request.method != "POST":
        return wrong_method("POST")
    try:
        return do(request, _opened(request, token, kind))
    except VaultError as problem:
        return told(problem)


def _opened(request: HttpRequest, token: str, kind: str) -> hooks.Opened:
    request.encoding = "utf-8"  # whatever a gateway calls it
    read = forwarders.proofs if kind == "receive" else forwarders.skyvern_proofs
    try:
        proofs = list(read(request))
    except (SuspiciousOperation, MultiPartParserError, BadRequest):
        raise Invalid("The form cannot be read.", code="bad_form") from None
    return hooks.open_hook(
        token,
        kind=kind,
        proofs=proofs,
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        request_id=getattr(request, "id", ""),
    )


@csrf_exempt  # the address is proof enough: no browser knows it by itself
def hook_codes(request: HttpRequest, token: str) -> HttpResponse:
    """A forwarded message."""
    return _hook(request, token, "receive", _take_in)


def _take_in(request: HttpRequest, hook: hooks.Opened) -> HttpResponse:
    """An empty 200: a text would be sent on as a reply by some gateways, and to Mailgun 204 is a failure."""
    found = forwarders.read(request)
    if found is not None:
        hook_calls.receive(hook, **found._asdict())
    if forwarders.is_twilio(request):
        return HttpResponse(NO_REPLY, content_type="text/xml")
    return HttpResponse(content_type="text/plain")


@csrf_exempt
def hook_otp(request: HttpRequest, token: str) -> HttpResponse:
    """Skyvern's `totp_verification_url`: the code for a run, or the empty text while there is none: it asks again.

    Contract of Skyvern, section 6: 200 `{"verification_code": "…"}`, or 200 `""` for "not yet".
    """
    return _hook(request, token, "answer", _answer)


def _answer(request: HttpRequest, hook: hooks.Opened) -> HttpResponse:
    given = json_object(request)
    code = hook_calls.answer(
        hook,
        run={
            "task_id": _name(given, "task_id"),
            "workflow_id": _name(given, "workflow_permanent_id"),
            "workflow_run_id": _name(given, "workflow_run_id"),
        },
    )
    return JsonResponse({"verification_code": code} if code else "", safe=False)


def _name(given: dict[str, Any], field: str) -> str:
    value = given.get(field)
    if not isinstance(value, str | None):
        raise Invalid(fields={field: f"{field} must be a text."})
    return value or ""
