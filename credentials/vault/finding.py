"""Verbs for agents, who name a credential instead of clicking on it: find by id or name, list by age."""

from itertools import islice

from django.db.models import Q

from credentials.access import Action, Caller
from credentials.audit import looked
from credentials.errors import Conflict, Invalid, NotFound
from credentials.models import Credential
from credentials.vault import text
from credentials.vault.clock import now

MOST_ROWS = 100
FARTHEST = 1_000_000_000  # no database counts further back than this in good time


def find_credential(caller: Caller, *, id_or_name: str, intent: Action = Action.CREDENTIAL_SEE) -> Credential:
    """The metadata of one credential outside the trash: the id is tried first, then the name, case aside.

    `intent` is what the caller is about to do with it: the right to that is the right to find it. Raises NotFound
    for unknown and foreign alike, Conflict (code `name_ambiguous`) when several bear the name.
    """
    with looked(caller, intent, at=now(), kind="credential", id=id_or_name):
        found = Credential.objects.of(caller.team_id).kept().filter(id=text.clean_id(id_or_name)).first()
        if found is None:
            found = _bearer(caller, id_or_name)
    return found


def _bearer(caller: Caller, name: str) -> Credential:
    """The only credential with this name."""
    try:
        name = text.required_line("name", name)
    except Invalid:
        raise NotFound from None  # no stored name is like this
    rows = Credential.objects.of(caller.team_id).kept().filter(name_key=text.name_key(name))
    bearers = list(islice((row for row in rows.iterator() if text.folded(row.name) == text.folded(name)), 2))
    if not bearers:
        raise NotFound
    if len(bearers) > 1:
        raise Conflict("Several credentials have this name; use the id.", code="name_ambiguous")
    return bearers[0]


def list_by_age(
    caller: Caller, *, domain: str = "", query: str = "", limit: int = 20, offset: int = 0
) -> tuple[list[Credential], bool]:
    """One page of metadata outside the trash, newest first, and whether there is more.

    `domain` is a whole host name. `query` is a literal part of name or domain, case aside, or a whole id; it does
    not look through usernames, which an agent must not be able to guess at. Raises Invalid beyond the limits.
    """
    with looked(caller, Action.CREDENTIAL_SEE, at=now()):
        _check_window(limit, offset)
        rows = Credential.objects.of(caller.team_id).kept()
        if domain:
            rows = rows.filter(domain=text.host(domain))
        needle = text.folded(text.searchable(query))
        if needle:
            parts = Q(name_key__contains=needle) | Q(name__icontains=needle) | Q(domain__contains=needle)
            rows = rows.filter(parts | Q(id=text.clean_id(query)))
        found = list(rows.order_by("-created_at", "-id")[offset : offset + limit + 1])
    return found[:limit], len(found) > limit


def _check_window(limit: int, offset: int) -> None:
    if not 1 <= limit <= MOST_ROWS:
        raise Invalid(fields={"limit": f"The limit goes from 1 to {MOST_ROWS}."})
    if not 0 <= offset <= FARTHEST:
        raise Invalid(fields={"offset": f"The offset goes from 0 to {FARTHEST}."})
