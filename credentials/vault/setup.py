"""The first run: a one-time link that creates the first owner and team, while there is nobody yet."""

import secrets
from datetime import timedelta
from hashlib import sha256

from credentials.access import Actor, Caller, Door
from credentials.errors import NotFound
from credentials.models import SetupLink, Team, User
from credentials.vault.clock import now
from credentials.vault.teams import create_team

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
    living = SetupLink.objects.filter(digest=_digest(token), expires_at__gt=now()).exists()
    if not living or User.objects.exists():
        raise NotFound("This link was used, has expired, or never was one. 'make run' prints a fresh one.")


def set_up(*, token: str, email: str, password: str, team_name: str, ip: str = "") -> tuple[Team, User]:
    """Create the first owner, who also sees the admin pages, and the first team; the link is void afterwards."""
    check_setup_link(token)
    caller = Caller(Door.SETUP, Actor.NOBODY, label="first run", ip=ip)
    team, user = create_team(caller, name=team_name, owner=email, password=password)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    SetupLink.objects.all().delete()
    return team, user


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
