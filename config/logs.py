"""What may be written to a log: routes, never paths, which can hold a one-time token or a slip; and of an error its
kind and place, never its text, which can hold anything that was sent. JSON Lines, each with its request's id.
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

HIDDEN = "•••"
# These speak about the server itself: which table, host or setting is missing.
SPEAKS_OF_ITSELF = (OperationalError, ImproperlyConfigured)


class RoutesOnly(logging.Filter):
    """Put the route in place of the path in the records that Django writes about a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        request: Any = getattr(record, "request", None)
        if request is not None and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "(no such page)"
            paths = (str(getattr(request, "path", "")), str(getattr(request, "path_info", "")))
            # Django escapes what is not ASCII before it logs.
            secret = {*paths, *(path.encode("unicode_escape").decode() for path in paths)}
            record.args = tuple(route if arg in secret else arg for arg in record.args)
        return True


class KindAndPlace(logging.Formatter):
    """Tracebacks with their frames and the kind of every error in the chain, without what the errors say."""

    def format(self, record: logging.LogRecord) -> str:
        # Another handler's formatter leaves its own trace on the record, for the next ones to use.
        record.exc_text = None
        text = super().format(record)
        record.exc_text = None
        return text

    def formatException(self, ei: Any) -> str:  # noqa: N802  the name is logging's
        problem: BaseException | None = ei[1]
        parts: list[str] = []
        while problem is not None:
            parts.insert(0, _place(problem.__traceback__) + _kind(problem))
            problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
        return "\nwhich led to\n".join(parts)


def _place(trace: TracebackType | None) -> str:
    return "".join(traceback.format_tb(trace))


def _kind(problem: BaseException) -> str:
    kind = f"{type(problem).__module__}.{type(problem).__qualname__}"
    return f"{kind}: {problem}" if isinstance(problem, SPEAKS_OF_ITSELF) else kind


request_id: ContextVar[str] = ContextVar("request_id", default="")  # of the request that this thread works on

# Names that bear a secret, wherever they stand before a value; and what gives itself away by its shape.
_NAMED = re.compile(
    r"""(?ix) ( [\w-]* (?: password | passwd | secret | token | totp | seed | otp | code | cookie | authorization
                         | api[_-]?key | session | csrf | cvv | card_number | private ) [\w-]* ["']? \s* [=:] \s* )
        ( "[^"]*" | '[^']*' | [^\s,;&}\]]+ )"""
)
_SHAPED = re.compile(r"(?i)\b(sr_[a-z0-9]{8})_\w+|\b(otpauth(?:-migration)?://)\S+|\b(bearer )\S+|\b(gAAAA)[\w=-]+")


class NoSecrets(logging.Filter):
    """Take out of a message what a secret-bearing name stands before, whoever logs it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cleaned = _SHAPED.sub(lambda found: next(filter(None, found.groups())) + HIDDEN, message)
        cleaned = _NAMED.sub(rf"\1{HIDDEN}", cleaned)
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        return True


class JsonLines(KindAndPlace):
    """One JSON object a line, with these names and no others: what somebody adds to a record stays out."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            # Django tells of some answers when the middleware is done with them; then the request still knows.
            "request_id": request_id.get() or getattr(getattr(record, "request", None), "id", ""),
        }
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return json.dumps(fields)
