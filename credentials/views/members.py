"""The pages of a team's members and API keys."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credentials.access import Action, Caller
from credentials.errors import Conflict, Invalid
from credentials.team_forms import ROLES, KeyForm
from credentials.vault import credentials as vault
from credentials.vault import keys, teams
from credentials.views import snippets
from credentials.views.door import caller, page


def _comes_back(request: HttpRequest, view: str, slug: str) -> None:
    request.step_up_return = reverse(view, args=[slug])  # type: ignore[attr-defined]


@require_GET
@login_required
def members(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    rows = [{**row, "is_me": str(row["user_id"]) == who.id} for row in teams.see_members(who)]
    return page(
        request, "members.html", who,
        rows=rows, roles=ROLES, may_change=who.may(Action.MEMBER_CHANGE),
    )  # fmt: skip


@require_POST
@login_required
def change_role(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    _comes_back(request, "members", slug)
    changed = teams.change_role(caller(request, slug), user_id=user_id, role=request.POST.get("role", ""))
    messages.success(request, f"Changed: {changed}.")
    return redirect("members", slug)


@require_POST
@login_required
def remove_member(request: HttpRequest, slug: str, user_id: int) -> HttpResponse:
    """Then to what they have seen: that is what has to be changed now."""
    _comes_back(request, "members", slug)
    who = caller(request, slug)
    teams.remove_member(who, user_id=user_id)
    messages.success(request, "Removed: their rights ended. Below is what they saw and what may have to change.")
    return redirect(f"{reverse('rotation', args=[slug])}?who=person:{user_id}")


@require_http_methods(["GET", "POST"])
@login_required
def api_keys(request: HttpRequest, slug: str) -> HttpResponse:
    """The keys of the team; a new one is shown in the answer to the request that made it, and never again."""
    who = caller(request, slug)
    vault.come_to_form(who, action=Action.KEY_CREATE)
    form, key, made_for = KeyForm(request.POST or None), "", []
    if request.method == "POST" and form.is_valid():
        _comes_back(request, "api_keys", slug)
        key, made_for = _made(who, form), form.cleaned_data["scopes"]
        form = form if form.errors else KeyForm()
    rows = [_key_row(row) for row in keys.see_api_keys(who)]
    return page(
        request, "api_keys.html", who,
        form=form, key=key, example=snippets.for_key(key, made_for) if key else "",
        rows=[row for row in rows if not row["revoked_at"]],
    )  # fmt: skip


def _made(who: Caller, form: KeyForm) -> str:
    try:
        return keys.create_api_key(who, **form.given())[1]
    except (Invalid, Conflict) as problem:
        form.show(problem)
        return ""


def _key_row(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "lets_values_out": "values:release" in row["scopes"]}


@require_POST
@login_required
def revoke_api_key(request: HttpRequest, slug: str, key_id: str) -> HttpResponse:
    _comes_back(request, "api_keys", slug)
    keys.revoke_api_key(caller(request, slug), key_id=key_id)
    messages.success(request, "Revoked: the key opens nothing any more.")
    return redirect(f"{reverse('rotation', args=[slug])}?who=key:{key_id}")
