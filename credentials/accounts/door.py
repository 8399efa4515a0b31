"""What an account's request says about itself, as the vault's Caller; and which browser it comes from."""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from credentials.access import Caller
from credentials.vault import accounts

SALT = "strongroom.device"
MOST_PEOPLE = 5  # of one browser


def seen(request: HttpRequest) -> dict[str, str]:
    return {
        "ip": request.META.get("REMOTE_ADDR", ""),
        "user_agent": request.META.get("HTTP_USER_AGENT", ""),
        "request_id": getattr(request, "id", ""),
    }


def caller(request: HttpRequest, user: Any = None) -> Caller:
    """The person as a caller on their own account; nobody when nobody is signed in."""
    return accounts.person(request.user if user is None else user, **seen(request))


def people_of(request: HttpRequest) -> dict[str, str]:
    """Whom this browser signed in before, with the name it bears for each. It is signed, and secret it is not."""
    try:
        found = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=settings.DEVICE_COOKIE_AGE
        )
    except signing.BadSignature:
        return {}
    return {str(pk): str(name) for pk, name in found.items()} if isinstance(found, dict) else {}


def remember(request: HttpRequest, response: HttpResponse, user: Any) -> None:
    """From now on this browser is one that the person has signed in from."""
    known = people_of(request)
    name = known.pop(str(user.pk), "") or secrets.token_urlsafe(12)
    kept = dict([*known.items(), (str(user.pk), name)][-MOST_PEOPLE:])
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(kept, salt=SALT),
        max_age=settings.DEVICE_COOKIE_AGE,
        secure=settings.TLS,
        httponly=True,
        samesite="Lax",
    )
