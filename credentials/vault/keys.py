"""Verbs on API keys. A key is shown once; the database keeps its prefix and the digest of the whole."""

import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from credentials.access import Action, Actor, Caller, Door, Scope
from credentials.audit import looked, recorded
from credentials.errors import Conflict, Invalid, NotAllowed, NotFound, VaultError
from credentials.models import ApiKey, Membership, Role, User
from credentials.models.prepared import Prepared
from credentials.vault import text, threshold, tokens
from credentials.vault.clock import new_id, now

LONGEST_LIFE = timedelta(days=3653)
TOUCH_EVERY = timedelta(minutes=1)
# As it is at this moment: whoever left the team or was deactivated has none.
_CREATOR_ROLE = Subquery(
    Membership.objects.filter(
        team_id=OuterRef("team_id"), user_id=OuterRef("created_by_id"), user__is_active=True
    ).values("role")[:1]
)
_KNOWN = Prepared(
    lambda prefix: (
        ApiKey.objects.annotate(creator_role=_CREATOR_ROLE)
        .filter(prefix=prefix)
        .values_list(
            "id", "name", "digest", "scopes", "networks", "expires_at", "last_used_at", "revoked_at", "by_operator",
            "creator_role", "team_id", "team__name", "team__slug",
        )
    )
)  # fmt: skip


class _Key(NamedTuple):
    """A row of `_KNOWN`: a key, its creator's role as it is now, its team."""

    id: str
    name: str
    digest: str
    scopes: list[str]
    networks: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    by_operator: bool
    creator_role: str | None
    team_id: str
    team_name: str
    team_slug: str


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
        _check_may_give(caller, granted)
        expires_at = _checked_expiry(caller, expires_at, at)
        _check_free(caller, name)
        row, key = _store(
            caller, name=name, scopes=granted, networks=_known_networks(networks), at=at, expires_at=expires_at
        )
        entry.about("key", row.id, row.name)
        entry.detail = {"scopes": granted, "expires_at": expires_at.isoformat() if expires_at else ""}
    return row, key


def create_key_alike(caller: Caller, *, name: str, expires_at: datetime | None = None) -> tuple[ApiKey, str]:
    """A key that makes another of its kind: its scopes (never values:release), its networks, at most its lifetime."""
    own = ApiKey.objects.filter(id=caller.id, team_id=caller.team_id).first()
    return create_api_key(
        caller,
        name=name,
        scopes=caller.scopes - {Scope.VALUES_RELEASE},
        networks=own.networks if own else (),
        expires_at=expires_at or (own.expires_at if own else None),
    )


def _store(
    caller: Caller, *, name: str, scopes: list[str], networks: list[str], at: datetime, expires_at: datetime | None
) -> tuple[ApiKey, str]:
    token = tokens.new("sr")
    row = ApiKey.objects.create(
        id=new_id("key", at), team_id=caller.own_team, name=name, prefix=token.prefix, scopes=scopes,
        digest=tokens.digest(token.text), networks=networks, created_at=at, expires_at=expires_at, **_creator(caller),
    )  # fmt: skip
    return row, token.text


def _check_may_give(caller: Caller, scopes: Iterable[str]) -> None:
    """No key gives what lets values out: an owner does, who has just proved to be one, or who has the shell."""
    if caller.kind is Actor.KEY and Scope.VALUES_RELEASE in scopes:
        raise NotAllowed(f"An API key cannot make one with {Scope.VALUES_RELEASE}; an owner of the team can.")


def _checked_expiry(caller: Caller, expires_at: datetime | None, at: datetime) -> datetime | None:
    """Not past, not beyond ten years, and for a key not beyond its own end."""
    if expires_at and not at < expires_at <= at + LONGEST_LIFE:
        raise Invalid(fields={"expires_at": "The expiry must be in the future, within ten years."})
    if caller.kind is not Actor.KEY:
        return expires_at
    own = ApiKey.objects.filter(id=caller.id).values_list("expires_at", flat=True).first()
    if own and (expires_at is None or expires_at > own):
        raise Invalid(fields={"expires_at": "A key cannot make one that outlives it."})
    return expires_at


def _check_free(caller: Caller, name: str, *, but: str = "") -> None:
    living = ApiKey.objects.filter(team_id=caller.team_id, name=name, revoked_at=None, rotated_at=None)
    if living.exclude(id=but).exists():
        raise Conflict("A key of the team has this name already; revoke it or choose another.", code="name_taken")


def revoke_api_key(caller: Caller, *, key_id: str) -> None:
    """The key opens nothing from the next request on."""
    at = now()
    with recorded(caller, Action.KEY_REVOKE, at=at, kind="key", id=key_id) as entry:
        row = _managed(caller, key_id)
        entry.about("key", row.id, row.name)
        if row.id == caller.id:
            own = "An API key cannot delete itself; use another one."
            raise Invalid(own, code="cannot_delete_current_key")
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])


def _managed(caller: Caller, key_id: str) -> ApiKey:
    """A living key of the team, locked. A key manages none that may do more than itself: it could take its place."""
    rows = ApiKey.objects.select_for_update().filter(team_id=caller.team_id, revoked_at=None)
    row = rows.filter(id=text.clean_id(key_id)).first()
    if row is None:
        raise NotFound
    if caller.kind is Actor.KEY and row.id != caller.id:
        _check_no_wider(caller, row)
    return row


def _check_no_wider(caller: Caller, row: ApiKey) -> None:
    lacking = sorted(set(row.scopes) - caller.scopes)
    if lacking:
        raise NotAllowed(f"This API key lacks the scope {lacking[0]}, which the other key has.")
    own = ApiKey.objects.get(id=caller.id)
    if own.networks and own.networks != row.networks:
        raise NotAllowed("This API key works from its networks only; the other key has others.")


def rename_api_key(caller: Caller, *, key_id: str, name: str) -> ApiKey:
    """Another name for a living key. Conflict when a living key has it."""
    with recorded(caller, Action.KEY_RENAME, at=now(), kind="key", id=key_id) as entry:
        row = _managed(caller, key_id)
        name = text.required_line("key_name", name)
        entry.about("key", row.id, name)
        entry.detail = {"renamed_from": row.name}
        if row.rotated_at is None:
            _check_free(caller, name, but=row.id)
        row.name = name
        row.save(update_fields=["name"])
    return row


def rotate_api_key(
    caller: Caller, *, key_id: str, grace: timedelta, lifetime: timedelta | None = None
) -> tuple[ApiKey, str]:
    """A new key in an old one's place, which works on for `grace`. Without `lifetime` it lives as long as the old."""
    at = now()
    with recorded(caller, Action.KEY_ROTATE, at=at, kind="key", id=key_id) as entry:
        old = _managed(caller, key_id)
        entry.about("key", old.id, old.name)
        if old.rotated_at:
            raise Conflict("This key was rotated already; rotate the one that replaced it.", code="already_rotated")
        _check_may_give(caller, old.scopes)
        if lifetime is None and old.expires_at:
            lifetime = old.expires_at - old.created_at
        expires_at = at + lifetime if lifetime else None
        if old.id != caller.id:
            _checked_expiry(caller, expires_at, at)
        elif old.expires_at and (not lifetime or lifetime > old.expires_at - old.created_at):
            raise Invalid(fields={"expires_at": "A key cannot give itself a longer life than it was given."})
        old.rotated_at, ends = at, at + grace
        old.expires_at = min(ends, old.expires_at) if old.expires_at else ends
        old.save(update_fields=["rotated_at", "expires_at"])
        row, key = _store(
            caller, name=old.name, scopes=old.scopes, networks=old.networks, at=at,
            expires_at=expires_at,
        )  # fmt: skip
        entry.detail = {"replaced": row.id, "expires_at": old.expires_at.isoformat()}
    return row, key


def see_api_keys(caller: Caller) -> list[dict[str, Any]]:
    """The team's keys without their digests."""
    with looked(caller, Action.KEY_SEE, at=now()):
        rows = ApiKey.objects.filter(team_id=caller.team_id).order_by("name", "id")
    columns = ("id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    return [dict(row) for row in rows.values(*columns)]


def caller_with_key(key: str, *, door: Door, ip: str = "", **seen: Any) -> Caller:
    """The caller that a key stands for. NotAllowed, in the same words, for unknown, expired, revoked, misplaced.

    Throttled for who comes too often; a bad key counts against its address, which good ones never notice.
    """
    at = now()
    found = _KNOWN.first(text.clean_id(key[: tokens.PREFIX_LENGTH]))
    row = _Key(*found) if found else None
    known = tokens.is_of(key, row.digest if row else None)
    if row is None or not known or not _usable(row, ip, at):
        raise _bad_key(row, door, ip, at, seen)
    caller = Caller(
        door, Actor.KEY, id=row.id, label=row.name[:254], team_id=row.team_id, team_name=row.team_name,
        team_slug=row.team_slug, scopes=frozenset(Scope(scope) for scope in row.scopes),
        creator_role=_role_of_creator(row), ip=ip, **seen,
    )  # fmt: skip
    threshold.count_request(caller, Action.KEY_USE, kind="key", at=at)
    if row.last_used_at is None or at - row.last_used_at > TOUCH_EVERY:
        ApiKey.objects.filter(id=row.id).update(last_used_at=at)
    return caller


def _bad_key(row: _Key | None, door: Door, ip: str, at: datetime, seen: dict[str, Any]) -> VaultError:
    """The refusal: in the team's chain when the key's prefix is one of its own."""
    problem = NotAllowed("This API key is not known here, or no longer valid.", code="bad_key")
    nobody = Caller(door, Actor.NOBODY, team_id=row.team_id if row else None, ip=ip, **seen)
    return threshold.turn_away(nobody, Action.KEY_USE, problem, at=at, kind="key", id=row.id if row else "")


def _role_of_creator(row: _Key) -> Role | None:
    if row.by_operator:
        return Role.OWNER
    return Role(row.creator_role) if row.creator_role else None


def _usable(row: _Key, ip: str, at: datetime) -> bool:
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


def _creator(caller: Caller) -> dict[str, Any]:
    """Whose rights the new key has beside its scopes: the person's; the shell's; of a key, its own creator's."""
    if caller.kind is Actor.KEY:
        return dict(ApiKey.objects.filter(id=caller.id).values("created_by_id", "by_operator").get())
    if caller.kind is Actor.PERSON:
        return {"created_by": User.objects.filter(pk=caller.id).first()}
    return {"by_operator": caller.kind is Actor.OPERATOR}


def days_from_now(days: int) -> datetime:
    return now() + timedelta(days=days)
