"""Who else gets at a credential, by the tables of the rights: people by their roles, keys by their scopes, hooks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from credentials.access import DONE_BY, GRANTED_BY, Action, Caller, rights_of
from credentials.audit import looked
from credentials.models import ApiKey, HookAddress, HookKind, Membership, Role, Team
from credentials.vault import text
from credentials.vault.clock import now

VALUES, CODES, METADATA = "values", "codes", "metadata"
# The first that somebody may do says what they get at.
REACHES = {
    VALUES: {Action.CREDENTIAL_REVEAL, Action.RELEASE_READ},
    CODES: {Action.CREDENTIAL_CODE},
    METADATA: {Action.CREDENTIAL_SEE},
}


@dataclass(frozen=True)
class Onlooker:
    """Somebody or something: `what` is a role, "key" or "hook"."""

    label: str
    what: str
    is_me: bool = False


def see_audience(caller: Caller, *, credential_id: str) -> dict[str, list[Onlooker]]:
    """Who gets at values, who at codes at most, and who at metadata only. Whoever sees a credential may know that."""
    at = now()
    with looked(caller, Action.CREDENTIAL_SEE, at=at, kind="credential", id=credential_id):
        found: dict[str, list[Onlooker]] = {reach: [] for reach in REACHES}
        for who, rights in (*_people(caller), *_keys(caller, at), *_hooks(caller, text.clean_id(credential_id))):
            reach = next((reach for reach, actions in REACHES.items() if actions & rights), None)
            if reach is not None:
                found[reach].append(who)
    return found


def _people(caller: Caller) -> Iterable[tuple[Onlooker, frozenset[Action]]]:
    withheld = not Team.objects.values_list("operators_reveal", flat=True).get(id=caller.own_team)
    rows = Membership.objects.filter(team_id=caller.team_id, user__is_active=True).order_by("user__email")
    for role, email, user_id in rows.values_list("role", "user__email", "user_id"):
        is_me = caller.is_person and str(user_id) == caller.id
        yield Onlooker(email, role, is_me), rights_of(Role(role), withholds_values=withheld)


def _keys(caller: Caller, at: datetime) -> Iterable[tuple[Onlooker, frozenset[Action]]]:
    living = ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at), team_id=caller.team_id, revoked_at=None)
    for name, scopes in living.order_by("name").values_list("name", "scopes"):
        granted = [rights for scope, rights in GRANTED_BY.items() if scope in scopes]
        yield Onlooker(name, "key"), frozenset[Action]().union(*granted)


def _hooks(caller: Caller, credential_id: str) -> Iterable[tuple[Onlooker, frozenset[Action]]]:
    living = HookAddress.objects.filter(team_id=caller.team_id, credential_id=credential_id, revoked_at=None)
    for name, kind in living.order_by("name").values_list("name", "kind"):
        yield Onlooker(name, "hook"), DONE_BY[HookKind(kind)]
