"""Where a person lands, and which team they choose; the first run; whether the server lives."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.views.decorators.http import require_GET, require_http_methods

from credentials.access import Action
from credentials.errors import Conflict, Invalid, SealBroken
from credentials.forms import SetupForm
from credentials.vault import seals
from credentials.vault import setup as first_run
from credentials.vault import teams as vault

# The pages that every team has, and the right that each needs: who switches teams comes to the same one.
PLACES = {
    "credentials": Action.CREDENTIAL_SEE,
    "trash": Action.CREDENTIAL_SEE,
    "folders": Action.FOLDER_SEE,
    "scan": Action.CREDENTIAL_ADD,
    "add_credential": Action.CREDENTIAL_ADD,
    "members": Action.MEMBER_SEE,
    "invitations": Action.MEMBER_INVITE,
    "api_keys": Action.KEY_SEE,
    "rotation": Action.ROTATION_SEE,
    "team_settings": Action.TEAM_SETTINGS,
    "audit": Action.AUDIT_READ,
}
DEEPER = {"credential", "edit_credential", "edit_folder", "qr"}  # a way back leads there, a way to another team cannot


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    mine = vault.teams_of(request.user)
    return redirect("credentials", mine[0]["team_slug"]) if len(mine) == 1 else redirect("teams")


@require_GET
@login_required
def teams(request: HttpRequest) -> HttpResponse:
    """The way from one team to another keeps the place: `?from=` is the page that somebody comes from."""
    came_from = _page_of_a_team(request.GET.get("from", ""))
    place = came_from.url_name if came_from and came_from.url_name in PLACES else "credentials"
    slug = came_from.kwargs["slug"] if came_from else ""
    rows = vault.teams_of(request.user, for_action=PLACES[place])
    for row in rows:
        row["is_here"] = row["team_slug"] == slug
        is_seen = came_from is not None and came_from.url_name in {*PLACES, *DEEPER}
        row["url"] = request.GET["from"] if row["is_here"] and is_seen else _entry(row, place)
    return render(request, "teams.html", {"memberships": rows})


def _page_of_a_team(path: str) -> ResolverMatch | None:
    """What the address of a page of ours stands for; nothing else is followed."""
    try:
        match = resolve(urlsplit(path).path) if path.startswith("/t/") and path.isprintable() else None
    except (Resolver404, ValueError):
        return None
    return match if match and "slug" in match.kwargs else None


def _entry(row: dict[str, Any], place: str) -> str:
    return reverse(place if row["may"] else "credentials", args=[row["team_slug"]])


@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    first_run.check_setup_link(token)
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("email", "password", "team_name")}
        try:
            team, user = first_run.set_up(token=token, ip=request.META.get("REMOTE_ADDR", ""), **given)
        except (Invalid, Conflict) as problem:
            for name, message in (problem.fields or {"": problem.message}).items():
                form.add_error(name or None, message)
        else:
            login(request, user)
            record_authentication(request, user, method="password")
            return redirect("credentials", team.slug)
    return render(request, "setup.html", {"form": form})


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and the keys open it; strangers are told no more than that."""
    try:
        seals.open_canary()
    except (SealBroken, DatabaseError):
        return HttpResponse("not ready\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
