"""Verbs for many TOTP secrets at once, as they come from QR codes: look at them first, then save them in one go."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from credentials.access import Action, Caller
from credentials.audit import looked
from credentials.errors import Conflict, Invalid, NotFound, VaultError
from credentials.models import Credential
from credentials.otp import scanned, totp
from credentials.otp.migration import Entry, Part
from credentials.vault import credentials as vault
from credentials.vault import text
from credentials.vault.clock import now
from credentials.vault.search import holding

MOST_AT_ONCE = 200
MOST_MATCHES = 20


@dataclass(frozen=True)
class Row:
    """One account as it was scanned: its names, its code by our clock, and what it could belong to."""

    issuer: str
    account: str
    code: totp.Code
    is_short: bool
    matches: list[dict[str, str]]  # id and name of credentials, the likeliest first
    suggested: str = ""  # the id of the one that it surely belongs to


@dataclass(frozen=True)
class Scan:
    """What one QR code held."""

    rows: list[Row]
    index: int
    size: int
    batch: int
    left_out: int


class Choice(NamedTuple):
    """An account to save: the scanned text, the number of the account in it, and where it belongs ("" is a new one)."""

    text: str
    number: int
    credential_id: str


@dataclass(frozen=True)
class Saved:
    """What became of a choice: `problem` says in words why it was not saved."""

    name: str
    credential_id: str = ""
    problem: str = ""


def look_at_scanned(caller: Caller, *, given: str) -> Scan:
    """What a QR code's text holds, with live codes; nothing is stored. Invalid when it is no authenticator's."""
    at = now()
    with looked(caller, Action.CREDENTIAL_ADD, at=at):
        part = _read(given)
        rows = [_row(caller, entry, at.timestamp()) for entry in part.entries]
    return Scan(rows, part.index, part.size, part.batch, part.left_out)


def choose_all(caller: Caller, *, given: str) -> list[Choice]:
    """Every account of a code, where it surely belongs, or as a new credential: for who cannot choose."""
    rows = look_at_scanned(caller, given=given).rows
    return [Choice(given, number, row.suggested) for number, row in enumerate(rows)]


def save_scanned(caller: Caller, *, choices: Iterable[Choice]) -> list[Saved]:
    """Each choice by the verb that a person would use, each its own event; one that fails takes no other along."""
    with looked(caller, Action.CREDENTIAL_ADD, at=now()):
        chosen = _counted(choices)
    return [_save(caller, choice) for choice in chosen]


def _counted(choices: Iterable[Choice]) -> list[Choice]:
    choices = list(choices)
    if not 0 < len(choices) <= MOST_AT_ONCE:
        raise Invalid(f"Choose from 1 to {MOST_AT_ONCE} accounts.", code="nothing_chosen")
    return choices


def _read(given: str) -> Part:
    try:
        return scanned.read(text.storable(given))
    except totp.BadSecret as problem:
        raise Invalid(fields={"totp_secret": str(problem)}) from None


def _row(caller: Caller, entry: Entry, timestamp: float) -> Row:
    alike = sorted(_alike(caller, entry), key=lambda found: -_likeness(found, entry))
    sure = [found for found in alike if _likeness(found, entry) >= 4]
    return Row(
        issuer=entry.issuer,
        account=entry.account,
        code=totp.code_at(entry.totp, timestamp),
        is_short=entry.totp.is_short,
        matches=[{"id": found.id, "name": str(found)} for found in alike],
        suggested=sure[0].id if len(sure) == 1 else "",
    )


def _alike(caller: Caller, entry: Entry) -> list[Credential]:
    """Logins whose names, usernames or domains hold the issuer or the account."""
    every, found = Credential.objects.filter(type=Credential.Type.PASSWORD), dict[str, Credential]()
    for word in (entry.account, entry.issuer):
        needle = text.folded(text.searchable(word))
        if len(needle) > 1:
            rows = holding(every, caller.team_id, needle).kept().order_by("name_key", "id")
            found |= {row.id: row for row in rows.defer("search_text")[:MOST_MATCHES]}
    return list(found.values())[:MOST_MATCHES]


def _likeness(found: Credential, entry: Entry) -> int:
    """The same username counts most, then the issuer in name or domain; one without a secret is rather meant."""
    issuer = text.folded(entry.issuer)
    same_user = bool(entry.account) and text.folded(found.username) == text.folded(entry.account)
    same_site = bool(issuer) and (issuer in text.folded(found.name) or issuer in found.domain)
    return 3 * same_user + 2 * same_site + (not found.has_totp)


def _save(caller: Caller, choice: Choice) -> Saved:
    try:
        entries = _read(choice.text).entries
        if not 0 <= choice.number < len(entries):
            raise NotFound
        return _stored(caller, entries[choice.number], choice.credential_id)
    except (Invalid, Conflict, NotFound) as problem:
        return Saved("", choice.credential_id, problem=_words(problem))


def _words(problem: VaultError) -> str:
    return "; ".join(problem.fields.values()) or problem.message


def _stored(caller: Caller, entry: Entry, credential_id: str) -> Saved:
    secret = totp.uri(entry.totp, issuer=entry.issuer, account=entry.account)
    if credential_id:
        changed = vault.edit_credential(
            caller, credential_id=credential_id, totp_secret=secret, totp_type="authenticator"
        )
        return Saved(str(changed), changed.id)
    name = entry.issuer or entry.account or "Login"
    try:
        made = _added(caller, name, entry, secret)
    except Conflict:
        # The second account at one site: its own name tells the two apart.
        made = _added(caller, f"{name} ({entry.account})" if entry.account else f"{name} (2)", entry, secret)
    return Saved(str(made), made.id)


def _added(caller: Caller, name: str, entry: Entry, secret: str) -> Credential:
    return vault.add_credential(
        caller,
        name=name,
        type="password",
        username=entry.account,
        totp_secret=secret,
        totp_type="authenticator",
    )
