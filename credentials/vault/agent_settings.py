"""What clients keep beside a credential about how it is used: metadata, never secret. Only the vault's own modules
use this.

tested_url, user_context, save_browser_session_intent, auto_profile_disabled, run_sequentially, pin_saved_session_ip:
kept as they are. proxy_location and proxy_session_id go together: only `RESIDENTIAL_ISP` has a session, and it always
has one.
"""

from collections.abc import Mapping
from typing import Any

STICKY = "RESIDENTIAL_ISP"
_LOCATION, _SESSION, _ROTATE = "proxy_location", "proxy_session_id", "rotate_proxy_session_id"


def merged(stored: Mapping[str, Any], given: Mapping[str, Any], *, fresh: str) -> dict[str, Any]:
    """`given` onto `stored`; None takes a setting away. `fresh` is the session when a new one is needed."""
    location, session = _pin(stored, given, fresh)
    found = {**stored, **given, _LOCATION: location, _SESSION: session}
    return {name: value for name, value in found.items() if value is not None and name != _ROTATE}


def _pin(stored: Mapping[str, Any], given: Mapping[str, Any], fresh: str) -> tuple[Any, str | None]:
    rotate = given.get(_ROTATE, False)
    if _LOCATION in given:
        if given[_LOCATION] != STICKY:
            return given[_LOCATION], None
        return STICKY, given.get(_SESSION) or (not rotate and stored.get(_SESSION)) or fresh
    if _SESSION in given:
        return (STICKY, given[_SESSION]) if given[_SESSION] else (None, None)
    return (STICKY, fresh) if rotate else (stored.get(_LOCATION), stored.get(_SESSION))
