"""The first run: a one-time link that creates the first owner and team, while there is nobody yet."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.db.models import QuerySet

from credentials.access import Action, Actor, Caller, Door
from credentials.audit import recorded
from credentials.errors import NotFound
from credentials.models import SetupLink, Team, User
from credentials.vault.clock import now
from credentials.vault.teams import found_team

VOID = "This link was used, has expired, or never was one. 'make run' prints a fresh one."
LINK_LASTS = timedelta(days=1)


def setup_path() -> str | None:
    """The path of a fresh link, which voids older ones; None as soon as there is a user."""
    if User.objects.exists():
        return None
    token = secrets.token_urlsafe(32)
    SetupLink.objects.all().delete()
    SetupLink.objects.create(digest=_digest(token), expires_at=now() + LINK_LASTS)
    return f"/setup/{token}/"


def check_setup_link(token: str) -> None:
    """NotFound unless the link is the living one and nobody is here yet."""
    if not _living(token).exists() or User.objects.exists():
        raise NotFound(VOID)


def set_up(*, token: str, email: str, password: str, team_name: str, ip: str = "") -> tuple[Team, User]:
    """Create the first owner, who also sees the admin pages, and the first team; the link is void afterwards."""
    at = now()
    caller = Caller(Door.SETUP, Actor.NOBODY, label="first run", ip=ip)
    with recorded(caller, Action.TEAM_CREATE, at=at) as entry:
        # Taken away within the transaction: of two people with the same link, one finds it gone.
        taken, _ = _living(token).delete()
        if not taken or User.objects.exists():
            raise NotFound(VOID)
        team, user = found_team(name=team_name, owner=email, password=password, at=at)
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
        entry.about("team", team.id, team.name)
    return team, user


def _living(token: str) -> QuerySet[SetupLink]:
    return SetupLink.objects.filter(digest=_digest(token), expires_at__gt=now())


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
