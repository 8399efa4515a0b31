"""The MCP door over HTTP: one message in a POST, its answer as JSON. What is said in it stands in mcp_exchange.py."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from credentials.access import Door
from credentials.api import auth
from credentials.api.mcp_exchange import FAILED, INTERNAL_ERROR, INVALID_REQUEST, THROTTLED, exchange, failed
from credentials.errors import NotAllowed, Throttled
from credentials.middleware import RETRY_AFTER, is_away
from credentials.waiting import held

logger = logging.getLogger(__name__)


@csrf_exempt  # a key in a header is proof enough: no browser adds it by itself
def mcp(request: HttpRequest) -> HttpResponse:
    """One JSON-RPC message."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if request.headers.get("Origin", settings.BASE_URL) not in settings.CSRF_TRUSTED_ORIGINS:
        return _refused("Pages of other origins are not served.", status=403)
    try:
        return _answered(request)
    except NotAllowed as problem:
        return _unauthorized(problem)
    except Throttled as problem:
        body = failed(THROTTLED, problem.message, request.body)
        return JsonResponse(body, status=problem.status, headers=problem.headers)
    except Exception as problem:
        logger.exception("An MCP message could not be answered.")
        return _unexpected(request, problem)


def _unexpected(request: HttpRequest, problem: Exception) -> HttpResponse:
    body = failed(INTERNAL_ERROR, FAILED, request.body)
    if is_away(problem):
        return JsonResponse(body, status=503, headers={"Retry-After": RETRY_AFTER})
    return JsonResponse(body, status=500)


def _answered(request: HttpRequest) -> HttpResponse:
    caller = auth.caller(request, Door.MCP)
    if request.content_type != "application/json":
        return _refused("The Content-Type must be application/json.", status=415)
    body, status, wait = exchange(caller, request.body, request.headers)
    answer = HttpResponse(status=status) if body is None else JsonResponse(body, status=status)
    return held(request, answer, seconds=wait.seconds, team_id=caller.team_id, topics=wait.topics) if wait else answer


def _refused(message: str, *, status: int) -> HttpResponse:
    return JsonResponse(failed(INVALID_REQUEST, message), status=status)


def _unauthorized(problem: NotAllowed) -> HttpResponse:
    """RFC 6750, section 3."""
    response = JsonResponse({"error": "invalid_token", "error_description": problem.message}, status=401)
    response.headers["WWW-Authenticate"] = (
        f'Bearer realm="Strongroom", error="invalid_token", error_description="{problem.message}"'
    )
    return response
