"""The pages by which a secret leaves: reveal, code, QR, history. All POST: following a link shows nothing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from credentials.access import Action, Caller
from credentials.middleware import wants_json
from credentials.vault import credentials as vault
from credentials.vault import secrets
from credentials.views.door import caller, page
from credentials.views.shapes import code_as_json, label_of


def _comes_back(request: HttpRequest, view: str, slug: str, credential_id: str) -> None:
    """Where a person goes on after proving who they are."""
    request.step_up_return = reverse(view, args=[slug, credential_id])  # type: ignore[attr-defined]


@require_POST
@login_required
def reveal(request: HttpRequest, slug: str, credential_id: str) -> HttpResponse:
    _comes_back(request, "credential", slug, credential_id)
    who, key = caller(request, slug), request.POST.get("key", "")
    value = secrets.reveal(who, credential_id=credential_id, key=key)
    return _revealed(request, who, credential_id, (key, value))


@require_POST
@login_required
def reveal_version(request: HttpRequest, slug: str, credential_id: str, number: int) -> HttpResponse:
    _comes_back(request, "credential", slug, credential_id)
    who, key = caller(request, slug), request.POST.get("key", "")
    value = secrets.reveal_version(who, credential_id=credential_id, number=number, key=key)
    return _revealed(request, who, credential_id, (key, value))


def _revealed(request: HttpRequest, who: Caller, credential_id: str, found: tuple[str, str]) -> HttpResponse:
    key, value = found
    if wants_json(request):
        return JsonResponse({"value": value, "seconds": who.reveal_seconds})
    credential = vault.see_credential(who, credential_id=credential_id)
    label = label_of(credential.type, key)
    response = page(request, "reveal.html", who, credential=credential, label=label, value=value)
    # Without scripts, too, it does not stay: the browser goes back by itself.
    response["Refresh"] = f"{who.reveal_seconds}; url={reverse('credential', args=[who.team_slug, credential_id])}"
    return response


@require_POST
@login_required
def restore_version(request: HttpRequest, slug: str, credential_id: str, number: int) -> HttpResponse:
    _comes_back(request, "credential", slug, credential_id)
    secrets.restore_version(caller(request, slug), credential_id=credential_id, number=number)
    messages.success(request, f"Version {number} is current again.")
    return redirect("credential", slug, credential_id)


@require_POST
@login_required
def code(request: HttpRequest, slug: str, credential_id: str) -> HttpResponse:
    who = caller(request, slug)
    context = code_as_json(secrets.show_code(who, credential_id=credential_id))
    if wants_json(request):
        return JsonResponse({**context, "credential_id": credential_id})
    found = vault.see_credential(who, credential_id=credential_id)
    return page(request, "code.html", who, credential=found, **context)


@require_http_methods(["GET", "POST"])
@login_required
def qr(request: HttpRequest, slug: str, credential_id: str) -> HttpResponse:
    who = caller(request, slug)
    vault.come_to_form(who, action=Action.CREDENTIAL_SEED)
    found = vault.see_credential(who, credential_id=credential_id)
    if request.method == "GET":
        return page(request, "qr.html", who, credential=found, seed=None)
    _comes_back(request, "qr", slug, credential_id)
    return page(request, "qr.html", who, credential=found, seed=secrets.show_seed(who, credential_id=credential_id))
