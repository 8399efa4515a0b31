"""How the Kernel dialect speaks: who asks, in which project, what was sent, and errors as `{code, message, details?}`.

The official client retries every 409 unless told not to, and cannot read an answer that is not JSON.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from credentials.access import Caller, Door
from credentials.api import auth
from credentials.errors import Invalid, NotFound, VaultError

View = Callable[..., HttpResponse]
MOST_ROWS = 100
USUAL_ROWS = 20
FURTHEST = 10**9
# The vault's code -> status and code on this wire; what is not here keeps its own.
WIRE = {
    "no_key": (401, "unauthorized"),
    "bad_key": (401, "unauthorized"),
    "not_allowed": (403, "forbidden"),
    "invalid": (400, "bad_request"),
    "bad_json": (400, "bad_request"),
    "no_totp": (404, "not_found"),
    "name_taken": (409, "conflict"),
}


class Rule(NamedTuple):
    """What a field must be, in words and as a test."""

    says: str
    fits: Callable[[Any], bool]


def number(least: int, most: int) -> Rule:
    return Rule(
        f"a whole number from {least} to {most}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most,
    )


def one_of(*words: str) -> Rule:
    return Rule(f"one of {', '.join(words)}", lambda value: isinstance(value, str) and value in words)


def or_null(rule: Rule) -> Rule:
    return Rule(f"{rule.says}, or null", lambda value: value is None or rule.fits(value))


TEXT = Rule("a text", lambda value: isinstance(value, str))
NAME = Rule("a text of 1 to 255 characters", lambda value: isinstance(value, str) and 0 < len(value.strip()) <= 255)
TEXTS = Rule("a list of texts", lambda value: isinstance(value, list) and all(map(TEXT.fits, value)))
VALUES = Rule("an object of texts", lambda value: isinstance(value, dict) and all(map(TEXT.fits, value.values())))


def route(where: str, name: str, **views: View) -> URLPattern:
    """One address of the dialect: its name and a view for each method."""

    def handle(request: HttpRequest, **given: str) -> HttpResponse:
        try:
            who = auth.caller(request, Door.KERNEL)
            _check_project(request, who)
            view = views.get(str(request.method)) or views.get("ANY")
            return view(request, who, **given) if view else _wrong_method(views)
        except VaultError as problem:
            return told(problem)
        except SuspiciousOperation:
            return told(Invalid("The request has too many parts."))

    handle.__name__ = name
    return path(where, csrf_exempt(handle), name=name)


def _check_project(request: HttpRequest, who: Caller) -> None:
    """A project is a team, and a key belongs to one: without the headers it is meant."""
    for header in ("X-Kernel-Project-Id", "X-Kernel-Project"):
        check_project_id(who, request.headers.get(header))


def check_project_id(who: Caller, given: str | None) -> None:
    if given and given not in {who.team_id, who.team_slug}:
        raise NotFound("There is no such project for this API key.", code="project_not_found")


def _wrong_method(views: Collection[str]) -> HttpResponse:
    allowed = ", ".join(sorted(views))
    body = {"code": "method_not_allowed", "message": f"Use {allowed} here."}
    return JsonResponse(body, status=405, headers={"Allow": allowed})


def told(problem: VaultError) -> JsonResponse:
    status, code = WIRE.get(problem.code, (400 if problem.status == 422 else problem.status, problem.code))
    body: dict[str, Any] = {"code": code, "message": problem.message}
    if len(problem.fields) > 1:
        body["details"] = [{"code": code, "message": message} for message in problem.fields.values()]
    response = JsonResponse(body, status=status, headers=problem.headers)
    if status == 409:
        response.headers["x-should-retry"] = "false"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def take(given: dict[str, Any], rules: dict[str, Rule], required: Collection[str] = ()) -> dict[str, Any]:
    """The fields we know, each as its rule wants it; strange ones are passed over. Invalid names all that is wrong."""
    wrong = {name: f"{name} is missing." for name in required if name not in given}
    found = {name: given[name] for name in rules if name in given}
    for name, value in found.items():
        if not rules[name].fits(value):
            wrong[name] = f"{name} must be {rules[name].says}."
    if wrong:
        raise Invalid(fields=wrong)
    return found


def whole(request: HttpRequest, name: str, rule: Rule, usual: int) -> int:
    """A whole number of the query."""
    text = request.GET.get(name, "")
    value = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else text or usual
    return int(take({name: value}, {name: rule})[name])


def window(request: HttpRequest) -> dict[str, int]:
    return {
        "limit": whole(request, "limit", number(1, MOST_ROWS), USUAL_ROWS),
        "offset": whole(request, "offset", number(0, FURTHEST), 0),
    }


def word(request: HttpRequest, name: str, usual: str, *allowed: str) -> str:
    """One of the allowed words of the query."""
    return str(take({name: request.GET.get(name) or usual}, {name: one_of(*allowed)})[name])


def words(request: HttpRequest, name: str) -> list[str]:
    """A list of the query: joined by commas, repeated, or both."""
    return [word for text in request.GET.getlist(name) for word in text.split(",") if word]


def z(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z") if at else None


def page(rows: list[dict[str, Any]], next_offset: int | None) -> JsonResponse:
    """A bare array; the window's end stands in the headers, 0 on the last page."""
    headers = {"X-Has-More": "true" if next_offset else "false", "X-Next-Offset": str(next_offset or 0)}
    return JsonResponse(rows, safe=False, headers=headers)
