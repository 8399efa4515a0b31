"""Verbs on credentials: add, edit, see, list. What opens values is in secrets.py, the trash in trash.py."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db.models import Q

from credentials.access import Action, Caller, Door
from credentials.audit import asked, looked, recorded
from credentials.errors import Conflict, Invalid, NotFound
from credentials.models import Credential, SecretVersion
from credentials.vault import contents, lookup, text
from credentials.vault.clock import new_id, now

# Skyvern scripts create the same name again and again and must not break; people and Kernel are promised unique names.
UNIQUE_NAMES_AT = frozenset({Door.WEB, Door.KERNEL, Door.MCP})
PAGE = 50
_ROW = (
    "id", "name", "name_key", "type", "username", "domain", "url", "secret_label", "has_totp",
    "last_used_at", "last_used_by", "rotated_at", "created_at", "updated_at", "deleted_at",
)  # fmt: skip


class Fields(TypedDict, total=False):
    """What a credential is made of. On an edit, what is absent stays as it is."""

    name: str
    type: str
    domain: str
    url: str
    username: str
    secret_label: str
    card_brand: str
    sso_provider: str
    totp_type: str
    totp_identifier: str
    values: dict[str, str]  # merged into the stored ones
    remove_value_keys: list[str]  # applied before the merge
    totp_secret: str  # base32 or otpauth://; "" removes it
    totp_algorithm: str | None
    totp_digits: int | None
    totp_period: int | None


@dataclass(frozen=True)
class Page:
    """One page of metadata rows (dicts of `_ROW`) and the cursor of the next, or None."""

    rows: list[dict[str, Any]]
    next_cursor: str | None


_SECRETS = ("values", "remove_value_keys", "totp_secret", "totp_algorithm", "totp_digits", "totp_period")
_LINES = ("name", "username", "secret_label", "card_brand", "sso_provider", "totp_identifier")


def come_to_form(caller: Caller, *, action: Action) -> None:
    """Refuse the form of a verb to whom the verb would be refused."""
    asked(caller, action, at=now())


def add_credential(caller: Caller, **fields: Unpack[Fields]) -> Credential:
    """Store a new credential with its first version. Raises Invalid, Conflict (name taken)."""
    at = now()
    with recorded(caller, Action.CREDENTIAL_ADD, at=at, kind="credential") as entry:
        credential = Credential(
            id=new_id("cred", at),
            team_id=caller.own_team,
            created_at=at,
            created_by=caller.label,
            updated_at=at,
            rotated_at=at,
        )
        _apply(credential, fields)
        credential.domain = credential.domain or text.host(credential.url)  # what every seal is bound to
        check_name(caller, credential)
        secrets = contents.Secrets().merged(fields)
        contents.describe(credential, secrets)
        credential.current_number = 1
        credential.save(force_insert=True)
        contents.store_version(credential, secrets, number=1, at=at, by=caller.label)
        entry.about("credential", credential.id, credential.name)
        entry.detail = {"fields": sorted(fields), "has_totp": credential.has_totp}
    return credential


def edit_credential(
    caller: Caller, *, credential_id: str, revision: int | None = None, **fields: Unpack[Fields]
) -> Credential:
    """Change what is given and nothing else. `revision` is the one the editor saw: Conflict when it moved on."""
    at = now()
    with recorded(caller, Action.CREDENTIAL_EDIT, at=at, kind="credential", id=credential_id) as entry:
        credential = locked(caller, credential_id)
        entry.about("credential", credential.id, credential.name)
        if revision is not None and revision != credential.revision:
            raise Conflict
        old_name, old_domain = credential.name, credential.domain
        opened = contents.open_all(credential) if _domain_changes(credential, fields) else []
        current = contents.open_current(credential) if _touches_secrets(fields) else None
        _apply(credential, fields)
        if credential.name != old_name:
            check_name(caller, credential)
        entry.detail = {"fields": sorted(fields)}
        if credential.domain != old_domain:
            contents.reseal(credential, opened)
        if current is not None:
            _store_changes(caller, credential, current, fields, at)
        contents.index(credential)
        credential.revision += 1
        credential.updated_at = at
        credential.save()
    return credential


def _touches_secrets(fields: Fields) -> bool:
    return any(fields.get(key) is not None for key in _SECRETS)


def _domain_changes(credential: Credential, fields: Fields) -> bool:
    return "domain" in fields and text.host(fields["domain"]) != credential.domain


def _store_changes(
    caller: Caller, credential: Credential, current: contents.Secrets, fields: Fields, at: datetime
) -> None:
    """A new version, if the secrets really changed."""
    changed = current.merged(fields)
    if changed == current:
        return
    contents.describe(credential, changed)
    contents.add_version(credential, changed, at=at, by=caller.label)


def _apply(credential: Credential, fields: Fields) -> None:
    """Checked metadata onto the row; nothing here opens a seal."""
    given: dict[str, Any] = dict(fields)
    for key in _LINES:
        if key in given:
            setattr(credential, key, text.line(key, given[key]))
    if "type" in given:
        credential.type = _one_of("type", given["type"], Credential.Type.values)
    if "totp_type" in given:
        credential.totp_type = _one_of("totp_type", given["totp_type"], Credential.TotpType.values)
    if "url" in given:
        credential.url = text.web_address(given["url"])
    if "domain" in given:
        credential.domain = text.host(given["domain"])
    credential.name_key = text.name_key(credential.name)


def _one_of(field: str, value: str, allowed: list[str]) -> str:
    if value not in allowed:
        raise Invalid(fields={field: f"It must be one of {', '.join(allowed)}."})
    return value


def check_name(caller: Caller, credential: Credential) -> None:
    """Decided under the team's lock, so that two cannot take one name at once."""
    if caller.door not in UNIQUE_NAMES_AT:
        return
    if not credential.name:
        raise Invalid(fields={"name": "The name is missing."})
    lookup.check_addressable(caller, credential.name)
    others = Credential.objects.of(caller.team_id).kept().filter(name_key=credential.name_key)
    names = others.exclude(id=credential.id).values_list("name", flat=True)
    if text.folded(credential.name) in map(text.folded, names):
        taken = "Another credential of the team has this name; choose another."
        raise Conflict(taken, code="name_taken", fields={"name": taken})


def locked(caller: Caller, credential_id: str, *, in_trash: bool = False) -> Credential:
    """The caller's own credential by its id (at some doors also its name), locked until the verb ends.

    NotFound for unknown and foreign alike.
    """
    mine = Credential.objects.of(caller.team_id)
    rows = mine.in_trash() if in_trash else mine.kept()
    found = rows.select_for_update().filter(id=lookup.id_of(caller, credential_id)).first()
    if found is None:
        raise NotFound
    return found


def see_credential(caller: Caller, *, credential_id: str) -> Credential:
    """The metadata of one credential, in the trash or not."""
    with looked(caller, Action.CREDENTIAL_SEE, at=now(), kind="credential", id=credential_id):
        found = Credential.objects.of(caller.team_id).filter(id=text.clean_id(credential_id)).first()
        if found is None:
            raise NotFound
    return found


def see_versions(caller: Caller, *, credential_id: str) -> list[dict[str, Any]]:
    """Number, time and author of the kept versions, newest first; no values."""
    with looked(caller, Action.VERSION_SEE, at=now(), kind="credential", id=credential_id):
        rows = SecretVersion.objects.filter(
            credential_id=text.clean_id(credential_id), credential__team_id=caller.team_id
        ).order_by("-number")
    return [dict(row) for row in rows.values("number", "created_at", "created_by")]


def list_credentials(
    caller: Caller, *, query: str = "", cursor: str = "", in_trash: bool = False, size: int = PAGE
) -> Page:
    """Metadata by name. `query`: a literal part of name, username, domain or label, case aside, or a whole id."""
    with looked(caller, Action.CREDENTIAL_SEE, at=now()):
        mine = Credential.objects.of(caller.team_id)
        rows = mine.in_trash() if in_trash else mine.kept()
        needle = text.folded(text.searchable(query))
        if needle:
            rows = rows.filter(Q(search_text__contains=needle) | Q(id=text.clean_id(query)))
        after = _read_cursor(cursor)
        if after:
            # Written as a range and a tie-break, so that the index is walked and nothing is skipped over.
            rows = rows.filter(name_key__gte=after[0]).filter(Q(name_key__gt=after[0]) | Q(id__gt=after[1]))
        found = list(rows.order_by("name_key", "id").values(*_ROW)[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, f"{found[-1]['id']}.{found[-1]['name_key']}" if more else None)


def _read_cursor(cursor: str) -> tuple[str, str] | None:
    credential_id, dot, key = text.storable(cursor).partition(".")
    return (key, text.clean_id(credential_id)) if dot else None
