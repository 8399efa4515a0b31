"""Looking through a team's API keys. A team has few: what is asked for is chosen here and not in the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from credentials.access import Action, Caller
from credentials.audit import looked
from credentials.errors import NotFound
from credentials.models import ApiKey
from credentials.vault import text
from credentials.vault.clock import now

_NEVER = datetime.max.replace(tzinfo=UTC)
SORTED_BY: dict[str, Callable[[ApiKey], Any]] = {
    "created_at": lambda row: row.created_at,
    "name": lambda row: text.folded(row.name),
    "expires_at": lambda row: row.expires_at or _NEVER,
}


@dataclass(frozen=True)
class Wanted:
    """Which keys, in which order. `query`: part of a name or creator, or the start of an id or key."""

    living: bool = True
    revoked: bool = False
    name: str = ""
    query: str = ""
    sort_by: str = "created_at"
    descending: bool = False


@dataclass(frozen=True)
class Keys:
    """Keys from an offset on; `next_offset` is where the next window starts, or None."""

    rows: list[ApiKey]
    next_offset: int | None


def see_api_key(caller: Caller, *, key_id: str, revoked_too: bool = False) -> ApiKey:
    """One key of the team, without its text, which nobody has."""
    with looked(caller, Action.KEY_SEE, at=now(), kind="key", id=key_id):
        rows = ApiKey.objects.select_related("team", "created_by").filter(team_id=caller.team_id)
        found = rows.filter(id=text.clean_id(key_id)).first()
        if found is None or (found.revoked_at and not revoked_too):
            raise NotFound
    return found


def browse_api_keys(caller: Caller, *, wanted: Wanted, limit: int, offset: int = 0) -> Keys:
    """Keys of the team, as wanted."""
    with looked(caller, Action.KEY_SEE, at=now()):
        rows = ApiKey.objects.select_related("team", "created_by").filter(team_id=caller.team_id).order_by("id")
    found = [row for row in rows if _fits(row, wanted)]
    found.sort(key=SORTED_BY[wanted.sort_by], reverse=wanted.descending)
    return Keys(found[offset : offset + limit], offset + limit if len(found) > offset + limit else None)


def _fits(row: ApiKey, wanted: Wanted) -> bool:
    name, query = text.searchable(wanted.name, longest=255), text.searchable(wanted.query)
    if not (wanted.revoked if row.revoked_at else wanted.living):
        return False
    if name and text.folded(row.name) != text.folded(name):
        return False
    seen = (row.name, row.created_by.email if row.created_by else "", row.team.name)
    return (
        row.id.startswith(query)
        or row.prefix.startswith(query)
        or any(text.folded(query) in text.folded(part) for part in seen)
    )
