"""Verbs on accounts as a whole, for somebody with a shell: deactivate, and back."""

from credentials.access import Action, Caller
from credentials.audit import recorded
from credentials.errors import Conflict, NotFound
from credentials.models import Membership, Role, User
from credentials.vault import accounts
from credentials.vault.clock import now


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
