"""Verbs that read the audit."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from credentials.access import Action, Actor, Caller
from credentials.audit import events_of, looked, narrowed, recorded
from credentials.models import ApiKey, HookAddress, Membership
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
    actor_id: str = ""
    credential: str = ""  # a whole id, or part of the name that it had then
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


_COLUMNS = ("seq", "at", "actor_kind", "actor_id", "actor_label", "door", "action", "outcome", "target_kind",
            "target_id", "target_label", "ip", "user_agent")  # fmt: skip
TAKEN = (*_COLUMNS, "detail", "request_id", "previous_hash", "hash")


def list_events(caller: Caller, *, wanted: Wanted, limit: int, older_than: int | None = None) -> Events:
    """The team's events, newest first, `limit` at a time."""
    with looked(caller, Action.AUDIT_READ, at=now()):
        rows = _wanted(caller, wanted)
        if older_than is not None:
            rows = rows.filter(seq__lt=older_than)
        found = [dict(row) for row in rows.values(*_COLUMNS)[: limit + 1]]
    return Events(found[:limit], found[limit - 1]["seq"] if len(found) > limit else None)


def events_about(caller: Caller, *, target_id: str, limit: int = 20) -> list[dict[str, Any]]:
    """The newest events of the team about one thing, newest first."""
    with looked(caller, Action.AUDIT_READ, at=now()):
        rows = events_of(caller.own_team).using(lagging()).filter(target_id=text.clean_id(target_id))
        return [dict(row) for row in rows.values(*_COLUMNS)[:limit]]


def take_events(caller: Caller, *, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """All that is wanted as rows of TAKEN, newest first, to be written to a file. Taking it is an event before them."""
    with recorded(caller, Action.AUDIT_EXPORT, at=now()) as entry:
        entry.detail = {"fields": list(TAKEN)}
    return iter(_wanted(caller, wanted).values_list(*TAKEN).iterator(chunk_size=1000))


def see_actors(caller: Caller) -> dict[str, list[tuple[str, str]]]:
    """Who may stand in the trail, as (id, name): by kind. What was revoked or left is found by its events."""
    with looked(caller, Action.AUDIT_READ, at=now()):
        members = Membership.objects.filter(team_id=caller.team_id).order_by("user__email")
        keys = ApiKey.objects.filter(team_id=caller.team_id).order_by("name")
        hooks = HookAddress.objects.filter(team_id=caller.team_id).order_by("name")
        return {
            Actor.PERSON: [(str(id), email) for id, email in members.values_list("user_id", "user__email")],
            Actor.KEY: list(keys.values_list("id", "name")),
            Actor.HOOK: list(hooks.values_list("id", "name")),
        }


def _wanted(caller: Caller, wanted: Wanted) -> QuerySet[Any]:
    rows = events_of(caller.own_team).using(lagging())
    if wanted.start:
        rows = rows.filter(at__gte=wanted.start)
    if wanted.end:
        rows = rows.filter(at__lt=wanted.end)
    if wanted.actions is not None:
        rows = rows.filter(action__in=wanted.actions)
    if wanted.actor_id:
        rows = rows.filter(actor_id=text.storable(wanted.actor_id))
    for column in ("action", "actor_kind", "door", "outcome"):
        if value := text.storable(getattr(wanted, column)):
            rows = narrowed(rows, column, value)
    return rows.filter(_about(wanted), _sought(wanted))


def _about(wanted: Wanted) -> Q:
    """A whole id has an index; part of a name has none."""
    if text.looks_like_id(wanted.credential):
        return Q(target_id=text.clean_id(wanted.credential))
    name = text.searchable(wanted.credential)
    return Q(target_kind="credential", target_label__icontains=name) if name else Q()


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
