"""Verbs on the audit: verify the chains."""

from credentials.access import Action, Caller
from credentials.audit import Verdict, chain_owners, looked, recorded, verify
from credentials.models import Team
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
