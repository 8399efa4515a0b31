"""Verbs on received codes: receive, list, read, discard, prune. Handing one out for good is in claims.py, what people
see and mend of them in inbox.py."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict, Unpack

from django.db.models import QuerySet

from credentials.access import Action, Caller
from credentials.audit import looked, recorded
from credentials.errors import Invalid, NotFound
from credentials.models import ReceivedCode, Team
from credentials.otp import extract
from credentials.otp import identifier as identifiers
from credentials.sealed import unseal
from credentials.vault import text, wakeups
from credentials.vault.clock import new_id, now

LONGEST_READ = 100_000  # characters that are searched for a code
LONGEST_KEPT = 65_536  # characters of a message; of a longer one in which a code was found, the beginning
MOST_LISTED = 200
MOST_AT_ONCE = 2_000_000  # characters of a list; further rows are left to a narrower question


class Run(TypedDict, total=False):
    """Which task or run something is for. Nothing and an empty text are the same."""

    task_id: str | None
    workflow_id: str | None
    workflow_run_id: str | None


class Sent(Run, total=False):
    """What a sender may say about a message."""

    source: str | None
    expired_at: datetime | None


@dataclass(frozen=True)
class OpenCode:
    """A received code with its seals opened: `code` is empty when nothing was found. Its repr shows nothing."""

    row: ReceivedCode
    code: str
    content: str

    def __repr__(self) -> str:
        return "<OpenCode>"

    @property
    def is_raw(self) -> bool:
        """Nothing was found in the message: it waits for a person to read it."""
        return not self.row.otp_type


def receive_code(caller: Caller, *, identifier: str, content: str, **sent: Unpack[Sent]) -> OpenCode:
    """Keep a message, and the code or link that is found in it. Invalid (nothing_found) for a long one without.

    Anybody may send messages: of one longer than LONGEST_KEPT only the beginning is kept.
    """
    at = now()
    with looked(caller, Action.CODE_RECEIVE, at=at):
        content = text.message(content)
        kept = text.exact("identifier", identifiers.stored(identifier))
        row = ReceivedCode(
            id=new_id("totp", at), team_id=caller.own_team, received_at=at, content=content[:LONGEST_KEPT],
            identifier=kept,
            identifier_key=identifiers.key(kept), source=text.exact("source", sent.get("source") or ""),
            expired_at=sent.get("expired_at"), **run_of(sent),
        )  # fmt: skip
        code = _find_code(row, content)
    with recorded(caller, Action.CODE_RECEIVE, at=at) as entry:
        row.save(force_insert=True)
        if code:
            wakeups.announce(row.team_id, row.identifier_key)
        else:
            wakeups.announce_change(row.team_id)
        entry.about("code", row.id, row.identifier)
        entry.detail = {"otp_type": row.otp_type}
    return OpenCode(row, code, content[:LONGEST_KEPT])


def _find_code(row: ReceivedCode, content: str) -> str:
    """The code in the message, onto the row; empty when there is none to hand out."""
    found = extract.extract(content[:LONGEST_READ], row.source)
    if found.code is None and len(content) > LONGEST_KEPT:
        raise Invalid("Neither a code nor a link was found in this long message.", code="nothing_found")
    code = found.code or ""
    row.code = code or None
    row.otp_type = "" if found.code is None else type_of(code)
    row.confidence, row.reason = found.confidence, found.reason[:400]
    return code


def type_of(code: str) -> str:
    is_link = code.lower().startswith(("http://", "https://"))
    return str(ReceivedCode.Type.MAGIC_LINK if is_link else ReceivedCode.Type.TOTP)


def list_codes(
    caller: Caller,
    *,
    identifier: str = "",
    workflow_run_id: str = "",
    otp_type: str = "",
    limit: int = 50,
    received_after: datetime | None = None,
) -> list[OpenCode]:
    """Opened, newest first, claimed and expired ones too; not those in which nothing was found.

    `identifier` finds what `otp.identifier.sought` says. `received_after` leaves out codes of that very moment.
    """
    at = now()
    with looked(caller, Action.CODE_READ, at=at):
        rows = ReceivedCode.objects.filter(team_id=caller.team_id).exclude(otp_type="")
        if identifier:
            forms = [text.storable(form) for form in identifiers.sought(identifier)]
            rows = rows.filter(identifier__in=forms, identifier_key__in={identifiers.key(form) for form in forms})
        if workflow_run_id:
            rows = rows.filter(workflow_run_id=text.storable(workflow_run_id))
        rows = narrowed(rows, otp_type, received_after).order_by("-received_at", "-id")
        if not rows.exists():
            return []
    with recorded(caller, Action.CODE_READ, at=at) as entry:
        found = list(_that_fit(opened(row) for row in rows[: min(limit, MOST_LISTED)]))
        entry.about("code", found[0].row.id if len(found) == 1 else "", identifier)
        entry.detail = {"count": len(found), "ids": [code.row.id for code in found]}
    return found


def _that_fit(found: Iterable[OpenCode]) -> Iterator[OpenCode]:
    """The newest, until MOST_AT_ONCE: somebody else may have sent long ones, and a list is opened under a lock."""
    room = MOST_AT_ONCE
    for code in found:
        room -= len(code.content)
        if room < 0:
            return
        yield code


def narrowed(rows: QuerySet[ReceivedCode], otp_type: str, received_after: datetime | None) -> QuerySet[ReceivedCode]:
    if otp_type:
        rows = rows.filter(otp_type=text.storable(otp_type))
    return rows.filter(received_at__gt=received_after) if received_after else rows


def awaited(caller: Caller, *, identifier: str = "") -> list[str]:
    """The topics to wait for when a list came back empty."""
    keys = {identifiers.key(form) for form in identifiers.sought(identifier)} if identifier else {wakeups.ANY}
    return wakeups.topics(caller.own_team, sorted(keys))


def read_code(caller: Caller, *, code_id: str) -> OpenCode:
    """One message with its code, for a person to look at; it stays to be claimed."""
    with recorded(caller, Action.CODE_READ, at=now(), kind="code", id=code_id) as entry:
        row = own(caller, code_id)
        entry.about("code", row.id, row.identifier)
        return opened(row)


def discard_code(caller: Caller, *, code_id: str) -> None:
    """Delete one message: nobody claims it any more."""
    with recorded(caller, Action.CODE_DISCARD, at=now(), kind="code", id=code_id) as entry:
        row = own(caller, code_id)
        entry.about("code", row.id, row.identifier)
        row.delete()
        wakeups.announce_change(row.team_id)


def own(caller: Caller, code_id: str) -> ReceivedCode:
    """The team's row, locked."""
    rows = ReceivedCode.objects.select_for_update().filter(team_id=caller.team_id)
    row = rows.filter(id=text.clean_id(code_id)).first()
    if row is None:
        raise NotFound
    return row


def opened(row: ReceivedCode) -> OpenCode:
    return OpenCode(row, unseal(row, "code") or "", unseal(row, "content") or "")


def run_of(given: Run) -> dict[str, str]:
    """The names of a run as they are stored and compared."""
    return {
        "task_id": text.exact("task_id", given.get("task_id") or ""),
        "workflow_id": text.exact("workflow_id", given.get("workflow_id") or ""),
        "workflow_run_id": text.exact("workflow_run_id", given.get("workflow_run_id") or ""),
    }


def prune_codes(caller: Caller) -> int:
    """Delete received codes older than their team's retention; one event per team that lost any. Returns how many."""
    at, total = now(), 0
    for team in Team.objects.order_by("id").iterator():
        old = ReceivedCode.objects.filter(team=team, received_at__lt=at - timedelta(hours=team.code_retention_hours))
        if not old.exists():
            continue
        with recorded(caller.into(team.id), Action.CODE_PRUNE, at=at) as entry:
            count, _ = old.delete()
            wakeups.announce_change(team.id)
            entry.about("team", team.id, team.name)
            entry.detail = {"count": count}
        total += count
    return total
