"""What every page needs: the signed-in person as the vault's Caller, and the buttons they may see."""

from datetime import UTC, datetime
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from credentials.access import Action, Caller
from credentials.vault import teams

BUTTONS = {
    "code": Action.CREDENTIAL_CODE,
    "codes": Action.CODE_SEE,
    "reveal": Action.CREDENTIAL_REVEAL,
    "seed": Action.CREDENTIAL_SEED,
    "edit": Action.CREDENTIAL_EDIT,
    "folders": Action.FOLDER_EDIT,
    "purge": Action.CREDENTIAL_PURGE,
    "versions": Action.VERSION_SEE,
    "versions_reveal": Action.VERSION_REVEAL,
    "members": Action.MEMBER_SEE,
    "invite": Action.MEMBER_INVITE,
    "keys": Action.KEY_SEE,
    "hooks": Action.HOOK_SEE,
    "rotation": Action.ROTATION_SEE,
    "audit": Action.AUDIT_READ,
    "settings": Action.TEAM_SETTINGS,
}


def caller(request: HttpRequest, slug: str) -> Caller:
    """The person behind the request in the team of the URL."""
    return teams.caller_of(
        request.user,
        slug=slug,
        authenticated_at=authenticated_at(request),
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        request_id=getattr(request, "id", ""),
    )


def authenticated_at(request: HttpRequest) -> datetime | None:
    """When the person last proved who they are in this session (allauth keeps the list)."""
    moments = [record["at"] for record in get_authentication_records(request, request.user) if "at" in record]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def back(request: HttpRequest, slug: str) -> str:
    """The page somebody came from; nothing outside the team's own pages."""
    home, given = reverse("credentials", args=[slug]), request.POST.get("back", "")
    return given if given.startswith(home) and given.isprintable() and "\\" not in given else home


def page(request: HttpRequest, template: str, who: Caller, **context: Any) -> HttpResponse:
    """Render a page of a team."""
    context["team"] = {"name": who.team_name, "slug": who.team_slug, "reveal_seconds": who.reveal_seconds}
    context["may"] = {button: who.may(action) for button, action in BUTTONS.items()}
    return render(request, template, context)
