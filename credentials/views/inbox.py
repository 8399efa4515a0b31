"""Received codes as pages show them, whole or anew: what is the same on the inbox and on a credential's page."""

from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from credentials.access import Caller
from credentials.vault import inbox

LOOK_AGAIN = 25  # seconds without news after which a page asks anew: proxies cut what is silent for longer
UNSURE = 0.6  # of the extractor, under which a person should look
_RUN = (("task", "task_id"), ("workflow", "workflow_id"), ("run", "workflow_run_id"))

_ANY_ID = "-id-"  # no slug and no word of an address has it
_LINKS = {
    "read_url": "read_code",
    "claim_url": "claim_code",
    "discard_url": "discard_code",
    "message_url": "code_message",
}


def shown(who: Caller, *, identifier: str = "", sought: str = "", cursor: str = "") -> dict[str, Any]:
    """For _received.html. `seen` tells one state of the page from another; `wait` is how long it can stay so."""
    found = inbox.see_codes(who, identifier=identifier, sought=sought, cursor=cursor)
    rows = [row(who, one) for one in found.rows]
    asked = {name: value for name, value in (("q", sought), ("identifier", identifier)) if value}
    return {
        "rows": rows,
        "query": sought,
        "is_of_credential": bool(identifier),
        "is_first": not cursor,
        "seen": _digest([*(one["state"] for one in rows), found.next_cursor]),
        "wait": min(found.changes_in or LOOK_AGAIN, LOOK_AGAIN),
        "live_url": "" if cursor else _address("live_codes", who, asked),
        "next_url": _address("codes", who, {"q": sought or identifier, "page": found.next_cursor})
        if found.next_cursor
        else None,
    }


def row(who: Caller, found: dict[str, Any]) -> dict[str, Any]:
    """Metadata in words, with its addresses; `state` is another whenever something about it is."""
    return {
        **found,
        **{name: url.replace(_ANY_ID, found["id"]) for name, url in _links(who.team_slug).items()},
        "state": _digest(sorted(found.items())),
        "sure": round(found["confidence"] * 100),
        "is_unsure": found["confidence"] < UNSURE,
        "is_over": bool(found["claimed_at"] or found["is_expired"]),
        "run": _run(found, ""),
        "claimed_run": _run(found, "claimed_"),
    }


@lru_cache(maxsize=100)
def _links(slug: str) -> dict[str, str]:
    """Looked up once for all rows."""
    return {name: reverse(view, args=[slug, _ANY_ID]) for name, view in _LINKS.items()}


def _run(found: dict[str, Any], whose: str) -> str:
    return ", ".join(f"{word} {found[whose + name]}" for word, name in _RUN if found[whose + name])


def _digest(state: list[Any]) -> str:
    return sha256(repr(state).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _address(view: str, who: Caller, query: dict[str, Any]) -> str:
    where = reverse(view, args=[who.team_slug])
    return f"{where}?{urlencode({name: value for name, value in query.items() if value})}" if query else where
