"""Verbs of single sign-on: which account an identity is bound to, and the roles that its groups give."""

from contextlib import suppress
from typing import Any

from django.conf import settings

from credentials.access import Action, Actor, Caller, Door
from credentials.audit import recorded
from credentials.errors import Conflict, NotAllowed
from credentials.models import Membership, Role, Team, User
from credentials.vault import accounts, teams, text
from credentials.vault.clock import now

RANKS = [Role.AUDITOR, Role.OPERATOR, Role.MANAGER, Role.OWNER]
UNKNOWN = "There is no account here for whom your provider says you are, or it has not verified your address."


def person_to_bind(*, email: str, verified: bool, **seen: Any) -> User:
    """The account that a verified address belongs to. NotAllowed, in the same words, for every other."""
    name = text.storable(email.strip().lower())
    user = User.objects.filter(email=name, is_active=True).first() if verified else None
    if user is None:
        accounts.refuse_sign_in(email=email, method="oidc", reason="unknown" if verified else "not_verified", **seen)
        raise NotAllowed(UNKNOWN)
    return user


def bind(caller: Caller) -> None:
    """The identity opens this account from now on."""
    with recorded(caller, Action.ACCOUNT_FACTOR_ADD, at=now()) as entry:
        entry.about("user", caller.id, caller.label)
        entry.detail = {"factor": "oidc"}


def follow_groups(user: User, *, groups: Any) -> None:
    """Give and take the roles that OIDC_ROLES says the person's groups have; other teams are left alone."""
    held = {group for group in groups if isinstance(group, str)} if isinstance(groups, list) else set()
    wanted: dict[str, Role | None] = {}
    for group, slug, role in settings.OIDC_ROLES:
        best = wanted.setdefault(slug, None)
        if group in held and (best is None or RANKS.index(Role(role)) > RANKS.index(best)):
            wanted[slug] = Role(role)
    for slug, best in wanted.items():
        team = Team.objects.filter(slug=slug).first()
        if team:
            _follow(team, user, best)


def _follow(team: Team, user: User, wanted: Role | None) -> None:
    door = Caller(Door.SETUP, Actor.NOBODY, label="single sign-on", team_id=team.id)
    held = Membership.objects.filter(team=team, user=user).values_list("role", flat=True).first()
    if held == wanted:
        return
    with suppress(Conflict):  # the last owner stays one, whatever the provider says
        if held is None:
            teams.add_member(door, email=user.email, role=str(wanted))
        elif wanted is None:
            teams.remove_member(door, user_id=user.pk)
        else:
            teams.change_role(door, user_id=user.pk, role=wanted)
