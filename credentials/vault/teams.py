"""Verbs on teams and members."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.http import int_to_base36
from django.utils.text import slugify

from credentials.access import ALLOWED_TO, Action, Actor, Caller, Door
from credentials.audit import Entry, looked, recorded
from credentials.errors import Conflict, Invalid, NotFound
from credentials.models import Membership, Role, Team, User
from credentials.vault import text
from credentials.vault.accounts import has_factor
from credentials.vault.clock import new_id, now


def create_team(caller: Caller, *, name: str, owner: str, password: str | None = None) -> tuple[Team, User]:
    """A new team with its first owner, who is created if there is none. Conflict when the name is taken."""
    at = now()
    # In the system's chain: until this is done there is no team whose chain could hold it.
    with recorded(caller, Action.TEAM_CREATE, at=at) as entry:
        team, user = found_team(name=name, owner=owner, password=password, at=at)
        entry.about("team", team.id, team.name)
    return team, user


def found_team(*, name: str, owner: str, password: str | None, at: datetime) -> tuple[Team, User]:
    """What create_team and the first run have in common; only within a recorded verb."""
    name, team_id = text.required_line("team_name", name), new_id("team", at)
    if not any(character.isalnum() for character in name):
        raise Invalid(fields={"team_name": "The team's name needs at least one letter or digit."})
    slug = slugify(name)[:60].strip("-") or team_id[-10:].lower()  # a name without Latin letters has no slug of its own
    if Team.objects.filter(slug=slug).exists():
        taken = "There is a team with this name already; choose another."
        raise Conflict(taken, code="name_taken", fields={"team_name": taken})
    team = Team.objects.create(id=team_id, name=name, slug=slug, created_at=at)
    user = _person(owner, password)
    _enrol(team, user, Role.OWNER, at)
    return team, user


def add_member(caller: Caller, *, email: str, role: str, password: str | None = None) -> Membership:
    """Give somebody a role in the caller's team. Conflict when they are a member already."""
    at = now()
    with recorded(caller, Action.MEMBER_ADD, at=at) as entry:
        team = Team.objects.get(id=caller.team_id)
        user = _person(email, password)
        entry.about("user", user.pk, user.email)
        entry.detail = {"role": role}
        if Membership.objects.filter(team=team, user=user).exists():
            raise Conflict("This person is a member of the team already.", code="member_exists")
        return _enrol(team, user, known_role(role), at)


def change_role(caller: Caller, *, user_id: int, role: str) -> Membership:
    """Change a member's role; the last owner stays one."""
    with recorded(caller, Action.MEMBER_CHANGE, at=now()) as entry:
        membership = _member(caller, user_id, entry)
        entry.detail = {"role": role, "was": membership.role}
        _keep_an_owner(membership, known_role(role))
        membership.role = role
        membership.save(update_fields=["role"])
    return membership


def remove_member(caller: Caller, *, user_id: int) -> None:
    """Take somebody out of the team: their rights end with the next request."""
    with recorded(caller, Action.MEMBER_REMOVE, at=now()) as entry:
        membership = _member(caller, user_id, entry)
        entry.detail = {"was": membership.role}
        _keep_an_owner(membership, None)
        membership.delete()


def see_members(caller: Caller) -> list[dict[str, Any]]:
    """Who is in the team, by e-mail."""
    with looked(caller, Action.MEMBER_SEE, at=now()):
        rows = Membership.objects.filter(team_id=caller.team_id).order_by("user__email")
    return [dict(row) for row in rows.values("user_id", "user__email", "user__is_active", "role", "created_at")]


Visitor = User | AnonymousUser


def teams_of(user: Visitor, *, for_action: Action = Action.CREDENTIAL_SEE) -> list[dict[str, Any]]:
    """The teams a person may choose from; `may` says whether their role there gives them the right of `for_action`."""
    if not isinstance(user, User):
        return []
    rows = Membership.objects.filter(user=user, user__is_active=True).order_by("team__name")
    return [
        {"team_name": name, "team_slug": slug, "role": role, "may": for_action in ALLOWED_TO[Role(role)]}
        for name, slug, role in rows.values_list("team__name", "team__slug", "role")
    ]


def caller_of(user: Visitor, *, slug: str, **seen: Any) -> Caller:
    """The person as a caller of one team; without membership, or without such a team, a stranger to all verbs.

    A stranger's caller does not know the team's name. Both kinds leave an event, so that time tells nothing.
    """
    if not isinstance(user, User):
        raise NotFound
    stranger = Caller(Door.WEB, Actor.PERSON, id=str(user.pk), label=user.email, **seen)
    row = Membership.objects.select_related("team").filter(team__slug=slug, user=user).first()
    if row is None:
        return replace(stranger, team_id=Team.objects.filter(slug=slug).values_list("id", flat=True).first())
    return replace(
        stranger,
        team_id=row.team_id,
        team_name=row.team.name,
        team_slug=row.team.slug,
        role=Role(row.role) if user.is_active else None,
        lacks_factor=row.team.requires_second_factor and not has_factor(user),
        withholds_values=not row.team.operators_reveal,
        step_up_age=timedelta(minutes=row.team.step_up_minutes),
        reveal_seconds=row.team.reveal_seconds,
    )


def operator(team_slug: str | None = None) -> Caller:
    """Somebody with a shell on the server, acting on one team or on the whole. NotFound for an unknown slug."""
    caller = Caller(Door.COMMAND, Actor.OPERATOR, label="command line")
    if team_slug is None:
        return caller
    team = Team.objects.filter(slug=team_slug).first()
    if team is None:
        raise NotFound("There is no team with this slug.")
    return caller.into(team.id)


def password_path(user: User) -> str:
    """The path of a one-time link by which somebody sets their first password; void once used, or after some days."""
    token = EmailAwarePasswordResetTokenGenerator().make_token(user)
    return reverse("account_reset_password_from_key", args=[int_to_base36(user.pk), token])


def _person(email: str, password: str | None) -> User:
    """The user with this e-mail, created if there is none. An existing user's password is never touched."""
    email = text.line("email", email).lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(fields={"email": "This is not an e-mail address."}) from None
    found = User.objects.filter(email=email).first()
    return found or made_person(email, password)


def made_person(email: str, password: str | None) -> User:
    """A new account; only within a recorded verb."""
    if password is not None:
        try:
            validate_password(password, User(email=email))
        except ValidationError as problem:
            raise Invalid(fields={"password": " ".join(problem.messages)}) from None
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password)
    except IntegrityError:
        raise Conflict("Somebody with this e-mail was added just now; try again.") from None


def _enrol(team: Team, user: User, role: Role, at: datetime) -> Membership:
    return Membership.objects.create(team=team, user=user, role=role, created_at=at)


def known_role(role: str) -> Role:
    if role not in Role.values:
        raise Invalid(fields={"role": f"The role is one of {', '.join(Role.values)}."})
    return Role(role)


def _member(caller: Caller, user_id: int, entry: Entry) -> Membership:
    members = Membership.objects.select_related("user").filter(team_id=caller.team_id)
    found = members.filter(user_id=user_id).first() if 0 < user_id < 2**63 else None
    if found is None:
        raise NotFound
    entry.about("user", user_id, found.user.email)
    return found


def _keep_an_owner(membership: Membership, role: Role | None) -> None:
    if membership.role != Role.OWNER or role == Role.OWNER:
        return
    others = Membership.objects.filter(team_id=membership.team_id, role=Role.OWNER, user__is_active=True)
    if not others.exclude(pk=membership.pk).exists():
        raise Conflict("A team keeps at least one owner; make somebody else an owner first.", code="last_owner")
