"""A person's own sessions: see them, end them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from credentials.accounts.door import caller
from credentials.vault import accounts as vault


@require_GET
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    rows = vault.see_sessions(caller(request), session_key=request.session.session_key or "")
    return render(request, "sessions.html", {"rows": rows})


@require_POST
@login_required
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    vault.end_session(caller(request), session_id=session_id)
    messages.success(request, "That session has ended.")
    return redirect("sessions")


@require_POST
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    ended = vault.end_other_sessions(caller(request), session_key=request.session.session_key or "")
    messages.success(request, f"Sessions ended: {ended}.")
    return redirect("sessions")
