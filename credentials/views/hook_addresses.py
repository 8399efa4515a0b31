"""The page of a team's hook addresses: for forwarders that hand codes in, and agents that ask for them."""

from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from credentials.access import Action, Caller
from credentials.errors import Conflict, Invalid, NotFound
from credentials.team_forms import HookForm
from credentials.vault import hooks as vault
from credentials.vault.credentials import come_to_form
from credentials.views.door import caller, page
from credentials.views.hook_snippets import Snippet, snippets

DOORS = {"receive": "hook_codes", "answer": "hook_otp"}


class Made(NamedTuple):
    """A new address, for the one answer that shows it."""

    address: str
    snippets: list[Snippet]


def _comes_back(request: HttpRequest, slug: str) -> None:
    request.step_up_return = reverse("hooks", args=[slug])  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@login_required
def hooks(request: HttpRequest, slug: str) -> HttpResponse:
    """A new address is shown in the answer to the request that made it, and never again."""
    who = caller(request, slug)
    come_to_form(who, action=Action.HOOK_CREATE)
    form, made = HookForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        _comes_back(request, slug)
        made = _made(who, form)
        form = HookForm() if made else form
    rows = [row for row in vault.see_hooks(who) if not row["revoked_at"]]
    return page(request, "hooks.html", who, form=form, made=made, rows=rows)


def _made(who: Caller, form: HookForm) -> Made | None:
    given: dict[str, Any] = form.cleaned_data
    try:
        row, token = vault.create_hook(who, **given)
    except (Invalid, Conflict) as problem:
        form.show(problem)
    except NotFound:
        form.add_error("credential_id", "The team has no such credential. Copy the id from its page.")
    else:
        address = settings.BASE_URL + reverse(DOORS[row.kind], args=[token])
        return Made(address, snippets(row.kind, address, is_for_somebody=bool(row.identifier or row.credential_id)))
    return None


@require_POST
@login_required
def revoke_hook(request: HttpRequest, slug: str, hook_id: str) -> HttpResponse:
    _comes_back(request, slug)
    vault.revoke_hook(caller(request, slug), hook_id=hook_id)
    messages.success(request, "Revoked: nothing is taken in or answered at this address any more.")
    return redirect("hooks", slug)
