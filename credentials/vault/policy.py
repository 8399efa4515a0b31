"""A team's settings: how long a proof of who one is lasts, who sees values and for how long, and what is kept.

Each is a rule that the vault itself keeps: the first three as part of the Caller (teams.py, access.py), the number of
versions whenever one is added (contents.py), and the two times of keeping by `prune_codes` and `prune_versions`.
"""

from typing import Any, TypedDict, Unpack

from django.db.models import F

from credentials.access import Action, Caller
from credentials.audit import looked, recorded
from credentials.errors import Invalid
from credentials.models import SecretVersion, Team, User
from credentials.vault import accounts
from credentials.vault.clock import now


class Settings(TypedDict, total=False):
    """What is absent stays as it is."""

    step_up_minutes: int
    requires_second_factor: bool
    operators_reveal: bool
    reveal_seconds: int
    code_retention_hours: int
    versions_kept: int


# From, to, and in what words; both ends are allowed.
RANGES = {
    "step_up_minutes": (1, 60, "minutes"),
    "reveal_seconds": (5, 120, "seconds"),
    "code_retention_hours": (1, 720, "hours"),
    "versions_kept": (1, 100, "versions"),
}


def see_settings(caller: Caller) -> dict[str, Any]:
    """The team's settings, for the form that changes them."""
    with looked(caller, Action.TEAM_SEE, at=now()):
        row = Team.objects.filter(id=caller.own_team)
    return dict(row.values(*Settings.__annotations__).get())


def change_settings(caller: Caller, **given: Unpack[Settings]) -> None:
    """Change what is given; it holds from the next request on. Invalid beyond RANGES."""
    with recorded(caller, Action.TEAM_SETTINGS, at=now()) as entry:
        wanted: dict[str, Any] = {**given}
        _check_ranges(wanted)
        team = Team.objects.select_for_update().get(id=caller.own_team)
        if wanted.get("requires_second_factor") and not accounts.has_factor(User.objects.get(pk=caller.id)):
            said = "Set up a second factor of your own first: you would lock yourself out."
            raise Invalid(fields={"requires_second_factor": said})
        changed = sorted(name for name, value in wanted.items() if getattr(team, name) != value)
        for name in changed:
            setattr(team, name, wanted[name])
        team.save(update_fields=changed)
        entry.about("team", team.id, team.name)
        entry.detail = {"fields": changed}


def _check_ranges(wanted: dict[str, Any]) -> None:
    wrong = {
        name: f"Between {least} and {most} {words}."
        for name, (least, most, words) in RANGES.items()
        if name in wanted and not least <= wanted[name] <= most
    }
    if wrong:
        raise Invalid(fields=wrong)


def prune_versions(caller: Caller) -> int:
    """Delete versions beyond what their team keeps; one event per team that lost any. Returns how many.

    A change lets go what is too old of its own credential; this is for the credentials that nobody changes.
    """
    at, total = now(), 0
    for team in Team.objects.order_by("id").iterator():
        last = F("credential__current_number") - team.versions_kept
        old = SecretVersion.objects.filter(credential__team=team, number__lte=last)
        if not old.exists():
            continue
        with recorded(caller.into(team.id), Action.VERSION_PRUNE, at=at) as entry:
            count, _ = old.delete()
            entry.about("team", team.id, team.name)
            entry.detail = {"count": count}
        total += count
    return total
