"""Errors as plain JSON, `{code, message}`, for the doors that imitate nobody's."""

from django.http import HttpResponse, JsonResponse

from credentials.errors import VaultError

NOBODY = {"no_key", "bad_key"}


def told(problem: VaultError) -> HttpResponse:
    status = 401 if problem.code in NOBODY else problem.status
    response = JsonResponse({"code": problem.code, "message": problem.message}, status=status, headers=problem.headers)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def wrong_method(*allowed: str) -> HttpResponse:
    body = {"code": "method_not_allowed", "message": f"Use {' or '.join(allowed)} here."}
    return JsonResponse(body, status=405, headers={"Allow": ", ".join(allowed)})
