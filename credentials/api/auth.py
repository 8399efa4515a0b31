"""From a request with an API key to the vault's Caller; shared by the dialects."""

from django.http import HttpRequest

from credentials.access import Caller, Door
from credentials.errors import NotAllowed
from credentials.vault import keys

LONGEST_KEY = 500


def key_of(request: HttpRequest) -> str:
    """The key as sent: `Authorization: Bearer …` first, then `x-api-key`. Empty when there is none."""
    kind, _, bearer = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    given = bearer.strip() if kind.lower() == "bearer" else ""
    return str(given or request.META.get("HTTP_X_API_KEY", "").strip())[:LONGEST_KEY]


def caller(request: HttpRequest, door: Door) -> Caller:
    """Who asks. NotAllowed (code `no_key` or `bad_key`) when nobody we know."""
    key = key_of(request)
    if not key:
        raise NotAllowed("Send an API key: Authorization: Bearer KEY, or x-api-key: KEY.", code="no_key")
    return keys.caller_with_key(
        key,
        door=door,
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        request_id=getattr(request, "id", ""),
    )
