"""Verbs on received codes."""

from datetime import timedelta

from credentials.access import Action, Caller
from credentials.audit import recorded
from credentials.models import ReceivedCode, Team
from credentials.vault.clock import now


def prune_codes(caller: Caller) -> int:
    """Delete received codes older than their team's retention; one event per team that lost any. Returns how many."""
    at, total = now(), 0
    for team in Team.objects.order_by("id").iterator():
        old = ReceivedCode.objects.filter(team=team, received_at__lt=at - timedelta(hours=team.code_retention_hours))
        if not old.exists():
            continue
        with recorded(caller.into(team.id), Action.CODE_PRUNE, at=at) as entry:
            count, _ = old.delete()
            entry.about("team", team.id, team.name)
            entry.detail = {"count": count}
        total += count
    return total
