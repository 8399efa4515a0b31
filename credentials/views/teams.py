"""Where a person lands, and which team they choose; the first run; whether the server lives."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from credentials.errors import Conflict, Invalid, SealBroken
from credentials.forms import SetupForm
from credentials.vault import seals
from credentials.vault import setup as first_run
from credentials.vault import teams as vault


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    mine = vault.teams_of(request.user)
    return redirect("credentials", mine[0]["team_slug"]) if len(mine) == 1 else redirect("teams")


@require_GET
@login_required
def teams(request: HttpRequest) -> HttpResponse:
    return render(request, "teams.html", {"memberships": vault.teams_of(request.user)})


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
