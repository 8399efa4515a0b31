"""Verbs on credentials: add, edit, see. What opens values is in secrets.py, lists in listing.py, trash in trash.py."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack, cast

from credentials.access import Action, Caller, Door
from credentials.audit import asked, looked, recorded
from credentials.errors import Conflict, Invalid, NotFound
from credentials.models import Credential, SecretVersion
from credentials.otp.totp import Totp
from credentials.vault import agent_settings, contents, lookup, text
from credentials.vault.clock import new_id, new_session, now

# Skyvern scripts create the same name again and again and must not break; people and Kernel are promised unique names.
UNIQUE_NAMES_AT = frozenset({Door.WEB, Door.KERNEL, Door.MCP})
LONGEST_UNIQUE_NAME = 500  # Skyvern's names have no limit that anybody meets


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
    totp_secret: str | Totp  # base32 or otpauth://; "" removes it
    totp_algorithm: str | None
    totp_digits: int | None
    totp_period: int | None
    expires_on: date | None
    agent_settings: dict[str, Any]  # merged into the stored ones; None takes one away


_SECRETS = ("values", "remove_value_keys", "totp_secret", "totp_algorithm", "totp_digits", "totp_period")
_LINES = {
    **dict.fromkeys(("name", "secret_label", "card_brand", "sso_provider"), text.line),
    **dict.fromkeys(("username", "totp_identifier"), text.exact_line),  # typed into a site; matched with what was sent
}


def come_to_form(caller: Caller, *, action: Action) -> None:
    """Refuse the form of a verb to whom the verb would be refused."""
    asked(caller, action, at=now())


def add_credential(caller: Caller, **fields: Unpack[Fields]) -> Credential:
    """Store a new credential with its first version. Raises Invalid, Conflict (name taken)."""
    return store_new(caller, Action.CREDENTIAL_ADD, fields)


def store_new(caller: Caller, action: Action, fields: Fields) -> Credential:
    """The same under another right: release.py has one."""
    at = now()
    with recorded(caller, action, at=at, kind="credential") as entry:
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
        old_name, old_domain, fields = credential.name, credential.domain, _with_what_leaves(credential, fields)
        opened = contents.open_all(credential) if _domain_changes(credential, fields) else []
        current = contents.open_current(credential) if _touches_secrets(fields) else None
        _apply(credential, fields)
        if credential.name != old_name:
            check_name(caller, credential)
        entry.detail = {"fields": sorted(fields)}
        if credential.domain != old_domain:
            contents.reseal(credential, opened)
        if current is not None:
            entry.detail |= _store_changes(caller, credential, current, fields, at)
        contents.index(credential)
        credential.revision += 1
        credential.updated_at = at
        credential.save()
    return credential


def _touches_secrets(fields: Fields) -> bool:
    return any(fields.get(key) is not None for key in _SECRETS)


def _with_what_leaves(credential: Credential, fields: Fields) -> Fields:
    """The fields of an edit; when it changes the type, the old type's own parts go, unless they are given anew."""
    if fields.get("type", credential.type) == credential.type:
        return fields
    values, columns = contents.LEAVES_WITH[credential.type]
    removed = [*fields.get("remove_value_keys", []), *values]
    return cast(Fields, {**columns, **fields, "remove_value_keys": removed})


def _domain_changes(credential: Credential, fields: Fields) -> bool:
    return "domain" in fields and text.host(fields["domain"]) != credential.domain


def _store_changes(
    caller: Caller, credential: Credential, current: contents.Secrets, fields: Fields, at: datetime
) -> dict[str, object]:
    """A new version, if the secrets really changed; which ones did, for the audit."""
    changed = current.merged(fields)
    if changed == current:
        return {}
    contents.describe(credential, changed)
    contents.add_version(credential, changed, at=at, by=caller.label)
    return {"changed": changed.names_that_differ(current), "became": credential.current_number}


def _apply(credential: Credential, fields: Fields) -> None:
    """Checked metadata onto the row; nothing here opens a seal."""
    given: dict[str, Any] = dict(fields)
    for key, clean in _LINES.items():
        if key in given:
            setattr(credential, key, clean(key, given[key]))
    if "type" in given:
        credential.type = _one_of("type", given["type"], Credential.Type.values)
    _apply_totp_type(credential, fields)
    if "agent_settings" in given:
        stored = credential.agent_settings
        credential.agent_settings = agent_settings.merged(stored, given["agent_settings"], fresh=new_session())
    credential.expires_on = given.get("expires_on", credential.expires_on)
    if "url" in given:
        credential.url = text.web_address(given["url"])
    if "domain" in given:
        credential.domain = text.host(given["domain"])
    credential.name_key = text.name_key(credential.name)


def _apply_totp_type(credential: Credential, fields: Fields) -> None:
    """A seed makes an authenticator, and its removal none, unless the type is said."""
    seed = fields.get("totp_secret")
    if "totp_type" in fields:
        credential.totp_type = _one_of("totp_type", fields["totp_type"], Credential.TotpType.values)
    elif seed is not None and (isinstance(seed, Totp) or seed.strip()):
        credential.totp_type = Credential.TotpType.AUTHENTICATOR
    elif seed is not None and credential.totp_type == Credential.TotpType.AUTHENTICATOR:
        credential.totp_type = Credential.TotpType.NONE


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
    if len(credential.name) > LONGEST_UNIQUE_NAME:
        raise Invalid(fields={"name": f"The name is longer than {LONGEST_UNIQUE_NAME} characters."})
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


def come_to_credential(caller: Caller, *, credential_id: str, action: Action) -> None:
    """Refuse, as the verb would, what it would refuse before it looks at what is given. Not found comes first."""
    with looked(caller, action, at=now(), kind="credential", id=credential_id):
        found = Credential.objects.of(caller.team_id).kept().filter(id=lookup.id_of(caller, credential_id))
        if not found.exists():
            raise NotFound


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
