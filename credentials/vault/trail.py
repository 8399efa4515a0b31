"""Verbs on the audit: read it, verify its chains."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from credentials.access import Action, Caller
from credentials.audit import Verdict, chain_owners, events_of, looked, recorded, verify
from credentials.models import Team
from credentials.vault import text
from credentials.vault.clock import now

SYSTEM = "system"  # the chain of what belongs to no team


def verify_trail(caller: Caller) -> list[Verdict]:
    """Walk the caller's team's chain, or every chain and the system's when the caller stands for no team."""
    with looked(caller, Action.AUDIT_VERIFY, at=now()):
        verdicts = _verdicts(caller)
    with recorded(caller, Action.AUDIT_VERIFY, at=now()) as entry:
        broken = [verdict.team_slug for verdict in verdicts if verdict.is_broken]
        entry.detail = {"checked": sum(verdict.checked for verdict in verdicts), "count": len(broken)}
    return verdicts


def _verdicts(caller: Caller) -> list[Verdict]:
    teams = Team.objects.order_by("slug").values_list("id", "slug")
    chains = list(teams.filter(id=caller.team_id)) if caller.team_id else [*teams, (None, SYSTEM)]
    if caller.team_id is None:
        known = {team_id for team_id, _ in chains}
        chains += [(team_id, f"unknown team {team_id}") for team_id in chain_owners() if team_id not in known]
    return [verify(team_id, slug) for team_id, slug in chains]


@dataclass(frozen=True)
class Wanted:
    """Which events: from `start` on, before `end`; None and "" ask nothing."""

    start: datetime
    end: datetime
    actions: Collection[str] | None = None
    actor_kind: str = ""
    door: str = ""
    search: str = ""  # part of an action, an id, a label or an address
    outcomes: Collection[str] = ()  # beside `search`: fits too
    actor_ids: Collection[str] = ()  # beside `search`: fits too


@dataclass(frozen=True)
class Events:
    """Events, newest first, as dicts; `older_than` is the seq to go on from, or None."""

    rows: list[dict[str, Any]]
    older_than: int | None


_COLUMNS = ("seq", "at", "actor_kind", "actor_id", "actor_label", "door", "action", "outcome", "target_id", "ip",
            "user_agent")  # fmt: skip


def list_events(caller: Caller, *, wanted: Wanted, limit: int, older_than: int | None = None) -> Events:
    """The team's events, newest first, `limit` at a time."""
    with looked(caller, Action.AUDIT_READ, at=now()):
        rows = events_of(caller.own_team).filter(at__gte=wanted.start, at__lt=wanted.end)
        if older_than is not None:
            rows = rows.filter(seq__lt=older_than)
        if wanted.actions is not None:
            rows = rows.filter(action__in=wanted.actions)
        for column in ("actor_kind", "door"):
            if getattr(wanted, column):
                rows = rows.filter(**{column: getattr(wanted, column)})
        found = [dict(row) for row in rows.filter(_sought(wanted)).values(*_COLUMNS)[: limit + 1]]
    return Events(found[:limit], found[limit - 1]["seq"] if len(found) > limit else None)


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
