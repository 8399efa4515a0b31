"""How the Skyvern dialect speaks: who asks, what was sent, both spellings of an address, errors as FastAPI has them.

A semantic error is `{"detail": "…"}`, a body or query that does not fit `{"detail": [{"loc", "msg", "type"}]}` without
what was sent, a crash `{"error": "…"}`. The official client follows redirects and loses the body on the way, so a path
answers with and without its last slash.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import URLPattern, path
from django.utils.log import log_response
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError, ValidationErrorContext
from ninja.operation import Operation
from ninja.parser import Parser

from credentials.access import Caller, Door
from credentials.api import auth
from credentials.api.body import NotJson, json_value
from credentials.errors import Invalid, NotAllowed, NotFound, Throttled, VaultError

View = Callable[..., HttpResponse]
Error = dict[str, Any]
# The vault's code -> the words of this wire; what is not here keeps its own.
WORDS = {"no_key": "Invalid credentials", "bad_key": "Could not validate credentials"}


class Asked(HttpRequest):
    """A request whose key was tried."""

    auth: Caller


class Refusal(Exception):
    """What was asked for fits its shape and cannot be done."""

    def __init__(self, detail: Any, *, status: int = 400) -> None:
        self.detail, self.status = detail, status
        super().__init__(status)


@contextmanager
def or_else(detail: str) -> Iterator[None]:
    """What is not there is told in Skyvern's words."""
    try:
        yield
    except NotFound:
        raise NotFound(detail) from None


def named(label: str, id: str) -> str:
    """An id to be told again: only what cannot be a secret pasted by mistake."""
    if not re.fullmatch("(cred|cfld|bp)_[0-9A-Za-z]{1,30}", id):
        return ""
    return f", {label}={id}" if label else f" {id}"


class ApiKey:
    """Either header will do, even beside a bad other one. `x-api-key` first: it is what the clients send."""

    openapi_security_schema = {"type": "apiKey", "in": "header", "name": "x-api-key"}  # read by ninja's schema

    def __call__(self, request: HttpRequest) -> Caller:
        sent = list(filter(None, [auth.api_key_of(request), auth.bearer_of(request)])) or [""]
        for key in sent[:-1]:
            try:
                return auth.caller_with(request, Door.SKYVERN, key)
            except (NotAllowed, Throttled):
                continue
        return auth.caller_with(request, Door.SKYVERN, sent[-1])


class StrictJson(Parser):
    """Only what says that it is JSON is read as such; the rest fits no shape and is refused by it."""

    def parse_body(self, request: HttpRequest) -> Any:
        kind = request.content_type or ""
        is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
        # A forwarded message may hold any character: its own field sees to that.
        is_message = request.path_info.rstrip("/").endswith("/totp")
        return json_value(request.body, storable=not is_message) if is_json else request.body


class Dialect(NinjaAPI):
    """ninja with the manners of the other side. Routers are mounted in skyvern.py."""

    def __init__(self, name: str) -> None:
        # ninja's own pages need a foreign host or inline scripts: ours are in skyvern_docs.py.
        super().__init__(auth=ApiKey(), parser=StrictJson(), openapi_url=None, docs_url=None, urls_namespace=name)
        for problem, teller in TELLERS.items():
            self.add_exception_handler(problem, teller)

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        return ValidationError([error for context in error_contexts for error in _misfits(context)])

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return f"{self.urls_namespace}_{operation.view_func.__name__}"

    def addresses(self) -> list[URLPattern]:
        """Every route in both spellings, named after its first view; whatever else is asked for is not found."""
        views: dict[str, View] = {}
        for pattern in self.urls[0]:
            route = str(pattern.pattern)
            if route and isinstance(pattern, URLPattern):
                views.setdefault(route, spoken(pattern.callback, f"{self.urls_namespace}_{pattern.name}"))
        found = [
            path(f"{route}{slash}", view, name=view.__name__) for route, view in views.items() for slash in ("", "/")
        ]
        nothing = spoken(nothing_here, f"{self.urls_namespace}_nothing")
        return [*found, path("", nothing, name=nothing.__name__), path("<path:rest>", nothing, name=nothing.__name__)]


def spoken(view: View, name: str) -> View:
    """A view under our name, saying in JSON that a method is wrong."""

    def handle(request: HttpRequest, **given: str) -> HttpResponse:
        answer = view(request, **given)
        if isinstance(answer, HttpResponseNotAllowed):
            return told("Method Not Allowed", status=405, Allow=", ".join(sorted(answer.headers["Allow"].split(", "))))
        return answer

    handle.__name__ = name
    return csrf_exempt(handle)  # a key in a header is proof enough: no browser adds it by itself


def nothing_here(request: HttpRequest, **given: str) -> HttpResponse:
    return told("Not Found", status=404)


def told(detail: Any, *, status: int, **headers: str) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status, headers=headers)


def misfit(loc: Sequence[str | int], says: str, kind: str = "value_error") -> Error:
    return {"loc": list(loc), "msg": says, "type": kind}


def _misfits(context: ValidationErrorContext[Any]) -> Iterator[Error]:
    """Where, what, which kind; never the input. Of a place in a body, ninja's name for the argument is left out."""
    model, problem = context.model, context.pydantic_validation_error
    source = model.__ninja_param_source__
    for error in problem.errors(include_url=False, include_context=False, include_input=False):
        loc = error["loc"]
        place = loc[1:] if source == "body" else model.__ninja_flatten_map_reverse__.get(loc, loc)
        yield misfit([source, *place], error["msg"], error["type"])


def _refused(request: HttpRequest, problem: VaultError) -> HttpResponse:
    if isinstance(problem, Invalid) and problem.status == 422:
        fields = problem.fields or {"": problem.message}
        return told([misfit(["body", *filter(None, [field])], says) for field, says in fields.items()], status=422)
    return told(WORDS.get(problem.code, problem.message), status=problem.status, **problem.headers)


def _cannot_be_done(request: HttpRequest, problem: Refusal) -> HttpResponse:
    return told(problem.detail, status=problem.status)


def _does_not_fit(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    return told(problem.errors, status=422)


def _unreadable(request: HttpRequest, problem: HttpError) -> HttpResponse:
    """ninja wraps what its parser raises."""
    cause = problem.__cause__
    if isinstance(cause, NotJson):
        return told([misfit(["body", cause.at], "JSON decode error", "json_invalid")], status=422)
    if isinstance(cause, Invalid):
        return told([misfit(["body"], cause.message)], status=422)
    return told(problem.message, status=problem.status_code)


def _suspicious(request: HttpRequest, problem: SuspiciousOperation) -> HttpResponse:
    return told("The request has too many parts.", status=400)


def _no_database(request: HttpRequest, problem: Exception) -> HttpResponse:
    headers = {"Retry-After": "1"} if request.method == "GET" else {}
    response = JsonResponse({"error": "Database temporarily unavailable"}, status=503, headers=headers)
    log_response("No database: %s", request.path, response=response, request=request, exception=problem)
    return response


def _not_foreseen(request: HttpRequest, problem: Exception) -> NoReturn:
    """On to Django, which writes down kind and place; ninja would answer with a traceback under DEBUG."""
    raise problem


TELLERS: dict[type[Exception], Callable[..., HttpResponse]] = {
    VaultError: _refused,
    Refusal: _cannot_be_done,
    ValidationError: _does_not_fit,
    HttpError: _unreadable,
    SuspiciousOperation: _suspicious,
    OperationalError: _no_database,
    InterfaceError: _no_database,
    Exception: _not_foreseen,
}
