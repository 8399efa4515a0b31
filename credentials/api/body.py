"""The JSON body of a request and the times in it, read strictly; shared by the dialects. Messages never repeat what
was sent."""

import json
import re
from datetime import UTC, datetime
from typing import Any, NoReturn

from django.http import HttpRequest

from credentials.errors import Invalid

DEEPEST = 6  # objects and lists within each other
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class NotJson(Invalid):
    """`at` is the character where reading stopped, 0 when nobody can tell."""

    def __init__(self, at: int) -> None:
        super().__init__("The body is not JSON.", code="bad_json")
        self.at = at


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The body as an object; an empty body is an empty one. Invalid for everything else. Its size is limited before."""
    raw = request.body
    if not raw:
        return {}
    found = json_value(raw)
    if not isinstance(found, dict):
        raise Invalid("The body is not a JSON object.", code="bad_json")
    return found


def json_value(raw: bytes, *, storable: bool = True) -> Any:
    """Whatever JSON a body holds. NotJson, or Invalid for what is too deep or, if that matters, cannot be stored."""
    try:
        found = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise NotJson(problem.pos if isinstance(problem, json.JSONDecodeError) else 0) from None
    _check(found, DEEPEST, storable)
    return found


def moment(name: str, text: str) -> datetime:
    """A time as ISO 8601; without a zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(fields={name: f"{name} must be a time such as 2026-05-04T12:00:00Z."}) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _check(value: Any, depth: int, storable: bool) -> None:
    """Neither too deep nor with text that no database takes."""
    if storable and isinstance(value, str) and _UNSTORABLE.search(value):
        raise Invalid("The body contains characters that cannot be stored.", code="bad_json")
    if not isinstance(value, dict | list):
        return
    if depth == 0:
        raise Invalid("The body is nested too deeply.", code="bad_json")
    for part in [*value, *value.values()] if isinstance(value, dict) else value:
        _check(part, depth - 1, storable)
