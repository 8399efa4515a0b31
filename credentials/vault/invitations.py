"""Verbs on invitations: a link that works once, for one address, for some days, and ends in a membership."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from credentials.access import Action, Actor, Caller, Door
from credentials.audit import looked, recorded
from credentials.errors import Conflict, Invalid, NotAllowed, NotFound
from credentials.models import Invitation, Membership, User
from credentials.vault import text
from credentials.vault.clock import new_id, now
from credentials.vault.teams import Visitor, known_role, made_person

LASTS = timedelta(days=7)
VOID = "This invitation was used, was withdrawn, has expired, or never was one. Ask for a new one."


@dataclass(frozen=True)
class Offer:
    """What an invitation offers to whoever holds its link."""

    team_name: str
    team_slug: str
    email: str
    role: str
    has_account: bool


def invite(caller: Caller, *, email: str, role: str) -> tuple[Invitation, str]:
    """Ask somebody in; the path of the link, which nobody can read again. An open invitation of theirs is replaced."""
    at = now()
    with recorded(caller, Action.MEMBER_INVITE, at=at) as entry:
        email = _checked(email)
        if Membership.objects.filter(team_id=caller.own_team, user__email=email).exists():
            raise Conflict("This person is a member of the team already.", code="member_exists")
        token = secrets.token_urlsafe(32)
        Invitation.objects.filter(team_id=caller.own_team, email=email, ended_at=None).update(ended_at=at)
        row = Invitation.objects.create(
            id=new_id("inv", at), team_id=caller.own_team, email=email, role=known_role(role), digest=_digest(token),
            created_at=at, created_by=caller.label, expires_at=at + LASTS,
        )  # fmt: skip
        entry.about("invitation", row.id, email)
        entry.detail = {"role": role, "expires_at": row.expires_at.isoformat()}
    return row, f"/invitation/{token}/"


def see_invitations(caller: Caller) -> list[dict[str, Any]]:
    """The open invitations of the team, newest first, for who may withdraw them; no links."""
    at = now()
    with looked(caller, Action.MEMBER_UNINVITE, at=at):
        rows = Invitation.objects.filter(team_id=caller.own_team, ended_at=None, expires_at__gt=at)
    columns = ("id", "email", "role", "created_at", "created_by", "expires_at")
    return [dict(row) for row in rows.order_by("-created_at", "-id").values(*columns)]


def withdraw_invitation(caller: Caller, *, invitation_id: str) -> None:
    """Its link opens nothing any more."""
    at = now()
    with recorded(caller, Action.MEMBER_UNINVITE, at=at, kind="invitation", id=invitation_id) as entry:
        open_ones = Invitation.objects.filter(team_id=caller.own_team, ended_at=None)
        row = open_ones.filter(id=text.clean_id(invitation_id)).first()
        if row is None:
            raise NotFound
        entry.about("invitation", row.id, row.email)
        row.ended_at = at
        row.save(update_fields=["ended_at"])


def look_at_invitation(token: str) -> Offer:
    """What the link offers. NotFound unless it is a living one."""
    row = _living(token)
    account = User.objects.filter(email=row.email)
    return Offer(row.team.name, row.team.slug, row.email, row.role, account.exists())


def join(visitor: Visitor, *, token: str, password: str | None = None, **seen: Any) -> User:
    """Take the invitation: somebody with an account signs in with it first, others make theirs with a password."""
    row, at = _living(token), now()
    door = Caller(Door.SETUP, Actor.NOBODY, label="invitation", team_id=row.team_id, **seen)
    with recorded(door, Action.MEMBER_JOIN, at=at) as entry:
        entry.about("invitation", row.id, row.email)
        # Taken within the transaction: of two people with the same link, one finds it gone.
        if not Invitation.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at):
            raise NotFound(VOID)
        user = _who_joins(visitor, row, password)
        if Membership.objects.filter(team_id=row.team_id, user=user).exists():
            raise Conflict("You are a member of this team already.", code="member_exists")
        Membership.objects.create(team_id=row.team_id, user=user, role=row.role, created_at=at)
        entry.about("user", user.pk, user.email)
        entry.detail = {"role": row.role}
    return user


def _who_joins(visitor: Visitor, row: Invitation, password: str | None) -> User:
    if isinstance(visitor, User):
        if visitor.email != row.email:
            raise NotAllowed("This invitation is for somebody else. Sign out, and open its link again.")
        return visitor
    if User.objects.filter(email=row.email).exists():
        raise NotAllowed("There is an account for this address: sign in with it first.", code="sign_in_first")
    if not password:
        raise Invalid(fields={"password": "Choose a password."})
    return made_person(row.email, password)


def _living(token: str) -> Invitation:
    rows = Invitation.objects.select_related("team").filter(ended_at=None, expires_at__gt=now())
    row = rows.filter(digest=_digest(token)).first()
    if row is None:
        raise NotFound(VOID)
    return row


def _checked(email: str) -> str:
    email = text.line("email", email).lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(fields={"email": "This is not an e-mail address."}) from None
    return email


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
