"""Credentials by name, and pages by offset: what the doors that speak Kernel's language are promised."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat, StrIndex, Substr

from credentials.access import Action, Caller, Door
from credentials.audit import looked
from credentials.errors import Conflict, Invalid, NotFound
from credentials.models import Credential
from credentials.models.prepared import Prepared
from credentials.vault import text
from credentials.vault.clock import now
from credentials.vault.replica import lagging
from credentials.vault.search import searched

ADDRESSED_BY_NAME_AT = frozenset({Door.KERNEL, Door.MCP})
FURTHEST = 10**9  # rows; no team has more
AT_ONCE = 1000  # rows; of a longer page only so many are in memory at a time
_NEWEST = (
    "id", "name", "type", "username", "totp_type", "totp_identifier", "has_totp", "value_keys", "secret_label",
    "card_last_four", "card_brand", "folder_id", "agent_settings",
)  # fmt: skip
_LIKE_AN_ID = re.compile(r"cred_[0-9a-z]{26}", re.IGNORECASE)
# The first line of what search looks through is the folded name, when there is a name.
_LINES = Concat(F("search_text"), Value("\n"), output_field=TextField())
_FOLDED_NAME = Substr("search_text", 1, StrIndex(_LINES, Value("\n")) - 1)
_METADATA = tuple(field.attname for field in Credential._meta.concrete_fields)
_ONE = Prepared(lambda team_id, id: Credential.objects.of(team_id).kept().filter(id=id).values_list(*_METADATA))


@dataclass(frozen=True)
class Window:
    """Rows from an offset on; `next_offset` is where the next window starts, or None."""

    rows: list[Credential]
    next_offset: int | None


def find_credential(caller: Caller, *, id_or_name: str) -> Credential:
    """The metadata of one credential that is not in the trash."""
    with looked(caller, Action.CREDENTIAL_SEE, at=now(), kind="credential", id=id_or_name):
        row = _ONE.first(caller.own_team, id_of(caller, id_or_name))
        if row is None:
            raise NotFound
    return Credential.from_db("default", _METADATA, row)


def browse_credentials(caller: Caller, *, limit: int, domain: str = "", query: str = "", offset: int = 0) -> Window:
    """Metadata, oldest first. `domain`: the exact host. `query`: part of name or domain, case aside, or a whole id."""
    with looked(caller, Action.CREDENTIAL_SEE, at=now()):
        # What search looks through holds name and domain: where that is rare, few are left to look at closely.
        rows = searched(Credential.objects.using(lagging()), caller.team_id, query).kept()
        if domain:
            rows = rows.filter(domain__in=_hosts(domain))
        needle = text.folded(text.searchable(query))
        if needle:
            named = ~Q(name_key="") & Q(folded_name__contains=needle)
            rows = rows.alias(folded_name=_FOLDED_NAME).filter(
                named | Q(domain__contains=needle) | Q(id=text.clean_id(query))
            )
        found = list(rows.order_by("created_at", "id").defer("search_text")[offset : offset + limit + 1])
    return Window(found[:limit], offset + limit if len(found) > limit else None)


def newest_credentials(
    caller: Caller, *, limit: int, offset: int = 0, query: str = "", **equal: str | None
) -> Iterable[dict[str, Any]]:
    """Metadata rows (dicts of `_NEWEST`), newest first, to be read once. `query`: a literal part of name, username,
    domain, label, brand or last four digits, case aside, or a whole id. `equal`: type, folder_id; None asks nothing."""
    with looked(caller, Action.CREDENTIAL_SEE, at=now()):
        rows = searched(Credential.objects.using(lagging()), caller.team_id, query).kept()
        for column in ("type", "folder_id"):
            if equal.get(column) is not None:
                rows = rows.filter(**{column: text.clean_id(equal[column] or "")})
        start, size = min(offset, FURTHEST), min(limit, FURTHEST)
        found = rows.order_by("-created_at", "-id").values(*_NEWEST)[start : start + size]
    return found.iterator(chunk_size=AT_ONCE) if size > AT_ONCE else list(found)


def _hosts(domain: str) -> list[str]:
    """The host that was meant, or none: a filter that fits nothing is not an error."""
    try:
        return [host for host in [text.host(domain)] if host]
    except Invalid:
        return []


def id_of(caller: Caller, given: str) -> str:
    """The id that was meant: at the doors that take names, the id of the one credential of that name."""
    return _id_by_name(caller, given) if is_name(caller, given) else text.clean_id(given)


def is_name(caller: Caller, given: str) -> bool:
    return caller.door in ADDRESSED_BY_NAME_AT and not _LIKE_AN_ID.fullmatch(text.clean_id(given))


def _id_by_name(caller: Caller, given: str) -> str:
    """Exactly so written first, then case aside. Conflict when several bear it: Skyvern's door allows that."""
    name = text.searchable(given, longest=text.LINES["name"].longest)
    kept = Credential.objects.of(caller.team_id).kept().filter(name_key=text.name_key(name))
    alike = [row for row in kept.values_list("id", "name") if text.folded(row[1]) == text.folded(name)]
    found = [row for row in alike if row[1] == name] or alike
    if len(found) > 1:
        raise Conflict("Several credentials have this name; use the id.", code="name_ambiguous")
    return found[0][0] if found and name else ""


def check_addressable(caller: Caller, name: str) -> None:
    """A name that an address can hold and that is no id."""
    if caller.door not in ADDRESSED_BY_NAME_AT:
        return
    if "/" in name or name in {".", ".."} or _LIKE_AN_ID.fullmatch(name):
        raise Invalid(fields={"name": "A name has no slash, is not '.' or '..', and does not look like an id."})
