"""The ways out to people: a reveal, a code, a shown seed; and the history of versions. Each is an audit event.

The way out to machines is in release.py.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from django.db import connection
from django.db.models import F

from credentials.access import Action, Caller, Door
from credentials.audit import Entry, recorded
from credentials.audit_reads import read_and_recorded
from credentials.chain_head import NOTHING_YET, Head, head_columns, head_of
from credentials.errors import Invalid, NotFound
from credentials.models import Credential, SecretVersion
from credentials.models.prepared import Prepared
from credentials.otp import qr, totp
from credentials.vault import contents, lookup
from credentials.vault.clock import now
from credentials.vault.credentials import locked

NO_TOTP = "This credential has no TOTP secret."
NO_AUTHENTICATOR = "This credential does not have an authenticator app configured."
# There a seed can be stored beside another way to get codes, and gives none.
AUTHENTICATORS_ONLY_AT = frozenset({Door.SKYVERN})
LONGEST_LABEL = 300  # characters of an otpauth label once encoded; it occurs three times
TOUCH_EVERY = timedelta(minutes=1)  # last-used is a hint for people; a row is not rewritten for every code
_VERSION = tuple(field.attname for field in SecretVersion._meta.concrete_fields)
# What the verbs below ask of a credential; the rest is fetched when somebody asks for it after all.
_ASKED = {"id", "team_id", "name", "type", "domain", "username", "totp_type", "last_used_at", "last_used_by"}
_CREDENTIAL = tuple(field.attname for field in Credential._meta.concrete_fields if field.attname in _ASKED)
_CURRENT = Prepared(
    lambda team_id, id: SecretVersion.objects.filter(
        credential_id=id,
        credential__team_id=team_id,
        credential__deleted_at=None,
        number=F("credential__current_number"),
    ).values_list(*_VERSION, *(f"credential__{name}" for name in _CREDENTIAL), *head_columns(team_id))
)
_TOUCH = f"UPDATE {Credential._meta.db_table} SET last_used_at = %s, last_used_by = %s WHERE id = %s"  # noqa: S608


@dataclass(frozen=True)
class Seed:
    """What an authenticator app needs to enrol. Its repr shows nothing."""

    totp: totp.Totp
    issuer: str
    account: str
    picture: qr.QrPath

    def __repr__(self) -> str:
        return "<Seed>"


def reveal(caller: Caller, *, credential_id: str, key: str) -> str:
    """One current value, for a person with a fresh step-up."""
    at = now()

    def look(entry: Entry) -> str:
        version = current(caller, credential_id, entry)
        value = _value(version, key)
        entry.about("credential", version.credential_id, version.credential.name)
        entry.detail = {"field": key, "version": version.number}
        touch(caller, version.credential, entry, at)
        return value

    return read_and_recorded(caller, Action.CREDENTIAL_REVEAL, look, at=at, kind="credential", id=credential_id)


def reveal_version(caller: Caller, *, credential_id: str, number: int, key: str) -> str:
    """One value of an older version."""
    with recorded(caller, Action.VERSION_REVEAL, at=now(), kind="credential", id=credential_id) as entry:
        credential = locked(caller, credential_id)
        value = _value(contents.numbered_version(credential, number), key)
        entry.about("credential", credential.id, credential.name)
        entry.detail = {"field": key, "version": number}
    return value


def restore_version(caller: Caller, *, credential_id: str, number: int) -> Credential:
    """Make an older version current again, as a new version: history only grows."""
    at = now()
    with recorded(caller, Action.VERSION_RESTORE, at=at, kind="credential", id=credential_id) as entry:
        credential = locked(caller, credential_id)
        secrets = contents.open_version(contents.numbered_version(credential, number))
        changed = secrets.names_that_differ(contents.open_current(credential))
        contents.describe(credential, secrets)
        contents.add_version(credential, secrets, at=at, by=caller.label)
        credential.revision += 1
        credential.updated_at = at
        credential.save()
        entry.about("credential", credential.id, credential.name)
        entry.detail = {"version": number, "changed": changed, "became": credential.current_number}
    return credential


def show_code(caller: Caller, *, credential_id: str) -> totp.Code:
    """The current TOTP code: opens the seed and nothing else."""
    return _code(caller, Action.CREDENTIAL_CODE, credential_id)


def show_first_code(caller: Caller, *, credential_id: str) -> totp.Code:
    """The same for who has just stored the seed and so knows it: sites ask for a code when they enrol one."""
    return _code(caller, Action.CREDENTIAL_FIRST_CODE, credential_id)


def _code(caller: Caller, action: Action, credential_id: str) -> totp.Code:
    at = now()

    def look(entry: Entry) -> totp.Code:
        version = current(caller, credential_id, entry)
        _check_authenticator(caller, version.credential)
        code = totp.code_at(_totp(version), at.timestamp())
        entry.about("credential", version.credential_id, version.credential.name)
        entry.detail = {"version": version.number}
        touch(caller, version.credential, entry, at)
        return code

    return read_and_recorded(caller, action, look, at=at, kind="credential", id=credential_id)


def show_seed(caller: Caller, *, credential_id: str) -> Seed:
    """The seed and its QR code, to enrol a second device; for a person with a fresh step-up."""
    with recorded(caller, Action.CREDENTIAL_SEED, at=now(), kind="credential", id=credential_id) as entry:
        version = current(caller, credential_id, entry)
        found, credential = _totp(version), version.credential
        issuer = credential.domain or credential.name
        account = credential.username or credential.name
        picture = qr.draw(totp.uri(found, issuer=_cut(issuer), account=_cut(account)))
        entry.about("credential", credential.id, credential.name)
        entry.detail = {"version": version.number}
    return Seed(found, issuer, account, picture)


def _cut(label: str) -> str:
    """What a QR code has room for: a character can take twelve when it is percent-encoded."""
    while len(quote(label)) > LONGEST_LABEL:
        label = label[:-1]
    return label


def current(caller: Caller, credential_id: str, entry: Entry) -> SecretVersion:
    """The current version with its credential and the chain's head, in one query by team, credential and number.

    A name is looked up before that: then the head is the one from before the name.
    """
    before = head_of(caller.team_id) if lookup.is_name(caller, credential_id) else None
    row = _CURRENT.first(caller.team_id, lookup.id_of(caller, credential_id)) if caller.team_id else None
    if row is None:
        return contents.current_version(_kept(caller, credential_id))  # which says what is missing
    found = SecretVersion.from_db("default", _VERSION, row[: len(_VERSION)])
    found.credential = Credential.from_db("default", _CREDENTIAL, row[len(_VERSION) : -2])
    entry.head = before or (Head(*row[-2:]) if row[-1] else NOTHING_YET)
    return found


def _kept(caller: Caller, credential_id: str) -> Credential:
    found = Credential.objects.of(caller.team_id).kept().filter(id=lookup.id_of(caller, credential_id)).first()
    if found is None:
        raise NotFound
    return found


def _value(version: SecretVersion, key: str) -> str:
    values = contents.open_values(version)
    if key not in values:
        raise NotFound(f"Version {version.number} of this credential has no such value.", code="no_such_value")
    return values[key]


def _check_authenticator(caller: Caller, credential: Credential) -> None:
    is_one = credential.type == Credential.Type.PASSWORD and credential.totp_type == Credential.TotpType.AUTHENTICATOR
    if caller.door in AUTHENTICATORS_ONLY_AT and not is_one:
        raise Invalid(NO_AUTHENTICATOR, code="no_authenticator")


def _totp(version: SecretVersion) -> totp.Totp:
    found = contents.open_totp(version)
    if found is None:
        raise Invalid(NO_TOTP, code="no_totp")
    return found


def touch(caller: Caller, credential: Credential, entry: Entry, at: datetime) -> None:
    """Note who used it last, together with the event."""
    last = credential.last_used_at
    if last is None or at - last > TOUCH_EVERY or credential.last_used_by != caller.label:
        moment = connection.ops.adapt_datetimefield_value(at)
        entry.also.append((_TOUCH, [moment, caller.label, credential.id]))
