"""Around every request: its id, the headers of every answer, limits on bodies, errors told once for all doors."""

import sys
import uuid
from collections.abc import Callable, ItemsView
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.debug import SafeExceptionReporterFilter

from config.logs import request_id
from credentials.errors import SecondFactorRequired, StepUpRequired, VaultError

Handler = Callable[[HttpRequest], HttpResponse]
PERMISSIONS = "camera=(self), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()"
SAYS_DETAIL = ("/v1/", "/api/v1/")  # Skyvern's clients look there for what was wrong
MOST_DIGITS = 12  # of a length worth reading
UNREADABLE = "The address, a cookie or the character set is not one that is read here. Send UTF-8 without NUL."
RETRY_AFTER = "2"  # seconds
AWAY = (
    503,
    "unavailable",
    "Back in a moment",
    "The database does not answer or takes nothing more. Nothing was changed. Try again; if it stays, tell whoever "
    "runs this server.",
)
BROKEN = (
    500,
    "internal_error",
    "Something went wrong",
    "The server met an error it did not expect. It was logged. Try again; if it stays, tell whoever runs this server.",
)
TITLES = {
    403: "Not allowed",
    404: "Not found",
    409: "That did not work",
    422: "That did not work",
    429: "Too often",
}


def named(get_response: Handler) -> Handler:
    """Outermost: name the request, mark the answer as never to be stored."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]  # read by the doors for the audit
        mark = request_id.set(request.id)  # type: ignore[attr-defined]  # every line of the log bears it
        try:
            response = get_response(request)
        finally:
            request_id.reset(mark)
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
        if isinstance(problem, SecondFactorRequired):
            return set_up_factor(request, problem)
        if isinstance(problem, VaultError):
            title = TITLES.get(problem.status, "That did not work")
            response = told(request, problem.status, problem.code, title, problem.message)
            for name, value in problem.headers.items():
                response.headers[name] = value
            return response
        return None


def step_up(request: HttpRequest, problem: StepUpRequired) -> HttpResponse:
    """Send the person to prove who they are, and back to a page that shows nothing by itself."""
    back = request.path if request.method == "GET" else getattr(request, "step_up_return", "/")
    location = f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"
    if wants_json(request):
        return JsonResponse({"code": problem.code, "message": problem.message, "location": location}, status=403)
    return redirect(location)


def set_up_factor(request: HttpRequest, problem: SecondFactorRequired) -> HttpResponse:
    """Send the person to the one page that they may reach."""
    location = reverse("mfa_index")
    if wants_json(request):
        return JsonResponse({"code": problem.code, "message": problem.message, "location": location}, status=403)
    messages.warning(request, problem.message)
    return redirect(location)


def wants_json(request: HttpRequest) -> bool:
    if "HTTP_AUTHORIZATION" in request.META or "HTTP_X_API_KEY" in request.META:
        return True  # who brings a key is no browser
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def told(request: HttpRequest, status: int, code: str, title: str, message: str) -> HttpResponse:
    if request.path.startswith(SAYS_DETAIL):
        return JsonResponse({"detail": message}, status=status)
    if wants_json(request):
        return JsonResponse({"code": code, "message": message}, status=status)
    context = {"status": status, "title": title, "message": message}
    return render(request, "error.html", context, status=status)


def is_away(problem: BaseException | None) -> bool:
    """Whether it is the database that is away, full or restarting."""
    return isinstance(problem, InterfaceError | OperationalError)


def unexpected(request: HttpRequest) -> HttpResponse:
    """The last resort (the map's handler500), which Django calls while it handles what a view or another layer raised:
    a page for people, JSON for scripts, details for neither.

    A database that is away, full or restarting is not an error of the request: come back in a moment. The page asks
    the database nothing, not even who is signed in.
    """
    away = is_away(sys.exc_info()[1])
    status, code, title, message = AWAY if away else BROKEN
    if request.path.startswith(SAYS_DETAIL):
        response: HttpResponse = JsonResponse({"error": message if away else "Unexpected error"}, status=status)
    elif wants_json(request):
        response = JsonResponse({"code": code, "message": message}, status=status)
    else:
        page = render_to_string("500.html", {"status": status, "title": title, "message": message})
        response = HttpResponse(page, status=status)
    if away:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


class NothingToSee(SafeExceptionReporterFilter):
    """Error reports, DEBUG's page included, show no variables: any of them could be a secret."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> ItemsView[str, Any]:
        return {}.items()
