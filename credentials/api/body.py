"""The JSON body of a request, read strictly; shared by the dialects. Messages never repeat what was sent."""

import json
import re
from typing import Any, NoReturn

from django.http import HttpRequest

from credentials.errors import Invalid

DEEPEST = 6  # objects and lists within each other
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The body as an object; an empty body is an empty one. Invalid for everything else. Its size is limited before."""
    raw = request.body
    if not raw:
        return {}
    try:
        found = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Invalid("The body is not JSON.", code="bad_json") from None
    if not isinstance(found, dict):
        raise Invalid("The body is not a JSON object.", code="bad_json")
    _check(found, DEEPEST)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _check(value: Any, depth: int) -> None:
    """Neither too deep nor with text that no database takes."""
    if isinstance(value, str) and _UNSTORABLE.search(value):
        raise Invalid("The body contains characters that cannot be stored.", code="bad_json")
    if not isinstance(value, dict | list):
        return
    if depth == 0:
        raise Invalid("The body is nested too deeply.", code="bad_json")
    for part in [*value, *value.values()] if isinstance(value, dict) else value:
        _check(part, depth - 1)
