"""From a request with an API key to the vault's Caller; shared by the dialects."""

from django.http import HttpRequest

from credentials.access import Caller, Door
from credentials.errors import NotAllowed
from credentials.vault import keys

LONGEST_KEY = 500


def bearer_of(request: HttpRequest) -> str:
    """The key in `Authorization: Bearer …`, or nothing."""
    kind, _, bearer = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return str(bearer.strip() if kind.lower() == "bearer" else "")[:LONGEST_KEY]


def api_key_of(request: HttpRequest) -> str:
    """The key in `x-api-key`, or nothing."""
    return str(request.META.get("HTTP_X_API_KEY", "").strip())[:LONGEST_KEY]


def caller(request: HttpRequest, door: Door) -> Caller:
    """Who asks: `Authorization: Bearer …` first, then `x-api-key`. NotAllowed (`no_key`, `bad_key`) for nobody."""
    return caller_with(request, door, bearer_of(request) or api_key_of(request))


def caller_with(request: HttpRequest, door: Door, key: str) -> Caller:
    """Who stands behind this key. NotAllowed as above."""
    if not key:
        raise NotAllowed("Send an API key: Authorization: Bearer KEY, or x-api-key: KEY.", code="no_key")
    return keys.caller_with_key(
        key,
        door=door,
        ip=request.META.get("REMOTE_ADDR", ""),
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        request_id=getattr(request, "id", ""),
    )
