"""Around every request: its id, the headers of every answer, limits on bodies, errors told once for all doors."""

import uuid
from collections.abc import Callable, ItemsView
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.debug import SafeExceptionReporterFilter

from credentials.errors import StepUpRequired, VaultError

Handler = Callable[[HttpRequest], HttpResponse]
PERMISSIONS = "camera=(self), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()"
MOST_DIGITS = 12  # of a length worth reading
UNREADABLE = "The address, a cookie or the character set is not one that is read here. Send UTF-8 without NUL."
TITLES = {
    403: "Not allowed",
    404: "Not found",
    409: "That did not work",
    422: "That did not work",
}


def named(get_response: Handler) -> Handler:
    """Outermost: name the request, mark the answer as never to be stored."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]  # read by the doors for the audit
        response = get_response(request)
        response.headers["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            response.headers["Cache-Control"] = "no-store"
        return response

    return handle


def limited(get_response: Handler) -> Handler:
    """Before anything is parsed: refuse overlong bodies and addresses that no database can look up."""

    def handle(request: HttpRequest) -> HttpResponse:
        if _overlong(request):
            return too_large(request)
        if _unstorable(request):
            return told(request, 400, "bad_request", "That cannot be read", UNREADABLE)
        return get_response(request)

    return handle


def _overlong(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or len(length) > MOST_DIGITS or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _unstorable(request: HttpRequest) -> bool:
    """NUL, in each of the ways that Django decodes before a form could refuse it; and charsets only made for Python."""
    if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
        return True
    cookie, query = request.META.get("HTTP_COOKIE", ""), request.META.get("QUERY_STRING", "")
    return "\0" in request.path_info or "%00" in query or "\0" in query or "\\000" in cookie


def too_large(request: HttpRequest) -> HttpResponse:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1000
    return told(request, 413, "too_large", "Too much at once", f"Send at most {limit} kB.")


class VaultErrors:
    """Innermost: the vault's errors as an answer, for people a page and for scripts JSON."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, StepUpRequired):
            return step_up(request, problem)
        if isinstance(problem, VaultError):
            title = TITLES.get(problem.status, "That did not work")
            return told(request, problem.status, problem.code, title, problem.message)
        return None


def step_up(request: HttpRequest, problem: StepUpRequired) -> HttpResponse:
    """Send the person to prove who they are, and back to a page that shows nothing by itself."""
    back = request.path if request.method == "GET" else getattr(request, "step_up_return", "/")
    location = f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"
    if wants_json(request):
        return JsonResponse({"code": problem.code, "message": problem.message, "location": location}, status=403)
    return redirect(location)


def wants_json(request: HttpRequest) -> bool:
    if "HTTP_AUTHORIZATION" in request.META or "HTTP_X_API_KEY" in request.META:
        return True  # who brings a key is no browser
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def told(request: HttpRequest, status: int, code: str, title: str, message: str) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"code": code, "message": message}, status=status)
    context = {"status": status, "title": title, "message": message}
    return render(request, "error.html", context, status=status)


class NothingToSee(SafeExceptionReporterFilter):
    """Error reports, DEBUG's page included, show no variables: any of them could be a secret."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> ItemsView[str, Any]:
        return {}.items()
