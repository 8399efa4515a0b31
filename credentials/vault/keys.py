"""Verbs on API keys. A key is shown once; the database keeps its prefix and the digest of the whole."""

import hmac
import ipaddress
import secrets
import string
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from credentials.access import Action, Actor, Caller, Door, Scope
from credentials.audit import looked, recorded, refused
from credentials.errors import Conflict, Invalid, NotAllowed, NotFound
from credentials.models import ApiKey, User
from credentials.vault import text
from credentials.vault.clock import new_id, now

ALPHABET = string.ascii_letters + string.digits
PREFIX_LENGTH = 11  # "sr_" and eight characters to find the row by
SECRET_LENGTH = 40  # 238 random bits: no slow hash is needed
TOUCH_EVERY = timedelta(minutes=1)


def create_api_key(
    caller: Caller,
    *,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    networks: Iterable[str] = (),
) -> tuple[ApiKey, str]:
    """A new key and its text, which nobody can read again. Conflict when a living key has the name."""
    at = now()
    with recorded(caller, Action.KEY_CREATE, at=at) as entry:
        name = text.required_line("key_name", name)
        granted = _known_scopes(scopes)
        if ApiKey.objects.filter(team_id=caller.team_id, name=name, revoked_at=None).exists():
            raise Conflict("A key of the team has this name already; revoke it or choose another.", code="name_taken")
        prefix = "sr_" + _random(PREFIX_LENGTH - 3)
        key = f"{prefix}_{_random(SECRET_LENGTH)}"
        row = ApiKey.objects.create(
            id=new_id("key", at), team_id=caller.own_team, name=name, prefix=prefix, digest=_digest(key),
            scopes=granted, networks=_known_networks(networks), created_at=at, expires_at=expires_at,
            created_by=_creator(caller),
        )  # fmt: skip
        entry.about("key", row.id, row.name)
        entry.detail = {"scopes": granted, "expires_at": expires_at.isoformat() if expires_at else ""}
    return row, key


def revoke_api_key(caller: Caller, *, key_id: str) -> None:
    """The key opens nothing from the next request on."""
    at = now()
    with recorded(caller, Action.KEY_REVOKE, at=at, kind="key", id=key_id) as entry:
        row = ApiKey.objects.filter(team_id=caller.team_id, id=text.clean_id(key_id), revoked_at=None).first()
        if row is None:
            raise NotFound
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        entry.about("key", row.id, row.name)


def see_api_keys(caller: Caller) -> list[dict[str, Any]]:
    """The team's keys without their digests."""
    with looked(caller, Action.KEY_SEE, at=now()):
        rows = ApiKey.objects.filter(team_id=caller.team_id).order_by("name", "id")
    columns = ("id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    return [dict(row) for row in rows.values(*columns)]


def caller_with_key(key: str, *, door: Door, ip: str = "", **seen: Any) -> Caller:
    """The caller that a key stands for. NotAllowed, in the same words, for unknown, expired, revoked, misplaced."""
    at = now()
    row = ApiKey.objects.select_related("team").filter(prefix=text.clean_id(key[:PREFIX_LENGTH])).first()
    known = hmac.compare_digest(row.digest if row else _digest(""), _digest(key))
    if row is None or not known or not _usable(row, ip, at):
        raise _bad_key(row, door, ip, at, seen)
    if row.last_used_at is None or at - row.last_used_at > TOUCH_EVERY:
        ApiKey.objects.filter(id=row.id).update(last_used_at=at)
    return Caller(
        door, Actor.KEY, id=row.id, label=row.name[:254], team_id=row.team_id, team_name=row.team.name,
        team_slug=row.team.slug, scopes=frozenset(Scope(scope) for scope in row.scopes), ip=ip, **seen,
    )  # fmt: skip


def _bad_key(row: ApiKey | None, door: Door, ip: str, at: datetime, seen: dict[str, Any]) -> NotAllowed:
    """The refusal, written down: in the team's chain when the key's prefix is one of its own."""
    problem = NotAllowed("This API key is not known here, or no longer valid.", code="bad_key")
    nobody = Caller(door, Actor.NOBODY, team_id=row.team_id if row else None, ip=ip, **seen)
    refused(nobody, Action.KEY_USE, problem, at=at, kind="key", id=row.id if row else "")
    return problem


def _usable(row: ApiKey, ip: str, at: datetime) -> bool:
    if row.revoked_at or (row.expires_at and row.expires_at <= at):
        return False
    return not row.networks or any(_inside(ip, network) for network in row.networks)


def _inside(ip: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(ip) in ipaddress.ip_network(network)
    except ValueError:
        return False


def _known_scopes(scopes: Iterable[str]) -> list[str]:
    given = set(scopes)
    if not given or given - set(Scope):
        raise Invalid(fields={"scopes": f"The scopes are some of {', '.join(Scope)}."})
    return sorted(given)


def _known_networks(networks: Iterable[str]) -> list[str]:
    try:
        return [str(ipaddress.ip_network(network)) for network in networks]
    except ValueError:
        raise Invalid(fields={"networks": "A network is written like 10.0.0.0/8."}) from None


def _creator(caller: Caller) -> User | None:
    return User.objects.filter(pk=caller.id).first() if caller.kind is Actor.PERSON else None


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
