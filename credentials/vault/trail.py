"""Verbs that read the audit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from credentials.access import Action, Caller
from credentials.audit import events_of, looked, narrowed
from credentials.vault import text
from credentials.vault.clock import now
from credentials.vault.replica import lagging


@dataclass(frozen=True)
class Wanted:
    """Which events: from `start` on, before `end`; None and "" ask nothing."""

    start: datetime | None = None
    end: datetime | None = None
    actions: Collection[str] | None = None
    action: str = ""
    actor_kind: str = ""
    door: str = ""
    outcome: str = ""
    search: str = ""  # part of an action, an id, a label or an address
    outcomes: Collection[str] = ()  # beside `search`: fits too
    actor_ids: Collection[str] = ()  # beside `search`: fits too


@dataclass(frozen=True)
class Events:
    """Events, newest first, as dicts; `older_than` is the seq to go on from, or None."""

    rows: list[dict[str, Any]]
    older_than: int | None


_COLUMNS = ("seq", "at", "actor_kind", "actor_id", "actor_label", "door", "action", "outcome", "target_id",
            "target_label", "ip", "user_agent")  # fmt: skip


def list_events(caller: Caller, *, wanted: Wanted, limit: int, older_than: int | None = None) -> Events:
    """The team's events, newest first, `limit` at a time."""
    with looked(caller, Action.AUDIT_READ, at=now()):
        rows = events_of(caller.own_team).using(lagging())
        if wanted.start:
            rows = rows.filter(at__gte=wanted.start)
        if wanted.end:
            rows = rows.filter(at__lt=wanted.end)
        if older_than is not None:
            rows = rows.filter(seq__lt=older_than)
        if wanted.actions is not None:
            rows = rows.filter(action__in=wanted.actions)
        for column in ("action", "actor_kind", "door", "outcome"):
            if getattr(wanted, column):
                rows = narrowed(rows, column, getattr(wanted, column))
        found = [dict(row) for row in rows.filter(_sought(wanted)).values(*_COLUMNS)[: limit + 1]]
    return Events(found[:limit], found[limit - 1]["seq"] if len(found) > limit else None)


def events_about(caller: Caller, *, target_id: str, limit: int = 20) -> list[dict[str, Any]]:
    """The newest events of the team about one thing, newest first."""
    with looked(caller, Action.AUDIT_READ, at=now()):
        rows = events_of(caller.own_team).using(lagging()).filter(target_id=text.clean_id(target_id))
        return [dict(row) for row in rows.values(*_COLUMNS)[:limit]]


def _sought(wanted: Wanted) -> Q:
    needle = text.searchable(wanted.search)
    sought = Q()
    for column in ("action", "actor_id", "actor_label", "target_id", "ip") if needle else ():
        sought |= Q(**{f"{column}__icontains": needle})
    if wanted.outcomes:
        sought |= Q(outcome__in=wanted.outcomes)
    if wanted.actor_ids:
        sought |= Q(actor_id__in=wanted.actor_ids)
    return sought
