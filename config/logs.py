"""What may be written to a log: the route of a request, never its path, which can hold a one-time token or a slip."""

import logging
from typing import Any


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
