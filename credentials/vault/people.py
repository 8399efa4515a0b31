"""Verbs on accounts as a whole, for somebody with a shell: deactivate, and back; and a team's settings."""

from typing import Any

from credentials.access import Action, Caller
from credentials.audit import looked, recorded
from credentials.errors import Conflict, Invalid, NotFound
from credentials.models import Membership, Role, Team, User
from credentials.vault import accounts
from credentials.vault.clock import now

STEP_UP_MINUTES = range(1, 61)


def deactivate(caller: Caller, *, email: str) -> User:
    """Sessions end, and with the next request all rights; the memberships stay, for who decides about them."""
    with recorded(caller, Action.USER_DEACTIVATE, at=now()) as entry:
        user = _known(email)
        entry.about("user", user.pk, user.email)
        for team_id in Membership.objects.filter(user=user, role=Role.OWNER).values_list("team_id", flat=True):
            _keep_an_owner(team_id, user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        entry.detail = {"count": accounts.end_all_sessions(user.pk)}
    return user


def reactivate(caller: Caller, *, email: str) -> User:
    """Back with the rights they had."""
    with recorded(caller, Action.USER_REACTIVATE, at=now()) as entry:
        user = _known(email)
        entry.about("user", user.pk, user.email)
        user.is_active = True
        user.save(update_fields=["is_active"])
    return user


def _known(email: str) -> User:
    user = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    if user is None:
        raise NotFound("There is no account with this address.")
    return user


def _keep_an_owner(team_id: str, user: User) -> None:
    others = Membership.objects.filter(team_id=team_id, role=Role.OWNER, user__is_active=True).exclude(user=user)
    if not others.exists():
        raise Conflict("A team would be left without an owner; make somebody else an owner first.", code="last_owner")


def see_settings(caller: Caller) -> dict[str, Any]:
    """The team's settings, for the form that changes them."""
    with looked(caller, Action.TEAM_SEE, at=now()):
        row = Team.objects.filter(id=caller.own_team)
    return dict(row.values("step_up_minutes", "requires_second_factor").get())


def change_settings(caller: Caller, *, step_up_minutes: int, requires_second_factor: bool) -> None:
    """How long a step-up lasts, and whether members need a second factor."""
    with recorded(caller, Action.TEAM_SETTINGS, at=now()) as entry:
        if step_up_minutes not in STEP_UP_MINUTES:
            raise Invalid(fields={"step_up_minutes": "Between 1 and 60 minutes."})
        team = Team.objects.select_for_update().get(id=caller.own_team)
        wanted = {"step_up_minutes": step_up_minutes, "requires_second_factor": requires_second_factor}
        if requires_second_factor and not accounts.has_factor(User.objects.get(pk=caller.id)):
            said = "Set up a second factor of your own first: you would lock yourself out."
            raise Invalid(fields={"requires_second_factor": said})
        changed = [name for name, value in wanted.items() if getattr(team, name) != value]
        for name in changed:
            setattr(team, name, wanted[name])
        team.save(update_fields=changed)
        entry.about("team", team.id, team.name)
        entry.detail = {"fields": sorted(changed)}
