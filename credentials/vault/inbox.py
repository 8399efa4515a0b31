"""What people see and mend of received codes: metadata by pages, one whole message, the right code in it.

Codes themselves are read, claimed and discarded by the verbs of codes.py and claims.py.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet

from credentials.access import Action, Caller
from credentials.audit import looked, recorded
from credentials.errors import Invalid, NotFound
from credentials.models import ReceivedCode
from credentials.otp import extract, plain
from credentials.otp import identifier as identifiers
from credentials.sealed import DOTS
from credentials.vault import codes, text, wakeups
from credentials.vault.clock import now

PAGE = 50
LONGEST_SOUGHT = 200
CHOSEN = "chosen by a person"
_ROW = (
    "id", "identifier", "otp_type", "confidence", "reason", "source", "task_id", "workflow_id", "workflow_run_id",
    "received_at", "expired_at", "claimed_at", "claimed_by", "claimed_task_id", "claimed_workflow_id",
    "claimed_workflow_run_id",
)  # fmt: skip
Metadata: TypeAlias = "QuerySet[ReceivedCode, dict[str, Any]]"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Inbox:
    """One page of metadata rows: dicts of `_ROW`, `masked` (empty without a code) and `is_expired`.

    `next_cursor` leads to the page after or is None; `changes_in`: seconds until the next row expires, or None.
    """

    rows: list[dict[str, Any]]
    next_cursor: str | None
    changes_in: int | None


@dataclass(frozen=True)
class OpenMessage:
    """A message as a person reads it, its code, and what else in it could be meant. Its repr shows nothing."""

    row: ReceivedCode
    code: str
    readable: str
    choices: list[str]

    def __repr__(self) -> str:
        return "<OpenMessage>"


def see_codes(caller: Caller, *, identifier: str = "", sought: str = "", cursor: str = "", size: int = PAGE) -> Inbox:
    """Metadata only, newest first, those included in which nothing was found.

    `identifier`: for this one, however it is written; `sought`: those in whose identifier this occurs, too.
    """
    at = now()
    with looked(caller, Action.CODE_SEE, at=at):
        rows = ReceivedCode.objects.filter(team_id=caller.own_team)
        if identifier:
            rows = rows.filter(identifier_key__in=identifiers.keys(text.storable(identifier)))
        if sought:
            needle = text.storable(sought).strip()[:LONGEST_SOUGHT]
            rows = rows.filter(Q(identifier__icontains=needle) | Q(identifier_key__in=identifiers.keys(needle)))
        found = list(_metadata(_from(rows, cursor))[: size + 1])
    page, more = [_seen(row, at) for row in found[:size]], len(found) > size
    soon = [row["expired_at"] for row in page if row["expired_at"] and not row["is_expired"]]
    changes_in = math.ceil((min(soon) - at).total_seconds()) if soon else None
    return Inbox(page, _cursor(page[-1]) if more else None, changes_in)


def _metadata(rows: QuerySet[ReceivedCode]) -> Metadata:
    """Without the seals: only whether there is one."""
    found: Metadata = rows.annotate(has_code=Q(code__isnull=False)).values(*_ROW, "has_code")
    return found


def _seen(row: dict[str, Any], at: datetime) -> dict[str, Any]:
    expired = row["expired_at"] is not None and row["expired_at"] <= at
    return {**row, "masked": DOTS if row["has_code"] else "", "is_expired": expired}


def _from(rows: QuerySet[ReceivedCode], cursor: str) -> QuerySet[ReceivedCode]:
    """What is older than a place. A range and a tie-break, so that the index is walked and nothing skipped."""
    since, _, code_id = cursor.partition(".")
    if since.isascii() and since.isdecimal() and len(since) <= 17:
        place = _EPOCH + timedelta(microseconds=int(since))
        rows = rows.filter(received_at__lte=place).filter(Q(received_at__lt=place) | Q(id__lt=text.clean_id(code_id)))
    return rows.order_by("-received_at", "-id")


def _cursor(row: dict[str, Any]) -> str:
    return f"{(row['received_at'] - _EPOCH) // timedelta(microseconds=1)}.{row['id']}"


def watched(caller: Caller) -> list[str]:
    """The topics to wait for to see what comes, and what becomes of it."""
    return wakeups.topics(caller.own_team, [wakeups.ANY, wakeups.CHANGED])


def see_code(caller: Caller, *, code_id: str) -> dict[str, Any]:
    """The metadata of one message, as in a list."""
    at = now()
    with looked(caller, Action.CODE_SEE, at=at, kind="code", id=code_id):
        rows = ReceivedCode.objects.filter(team_id=caller.own_team, id=text.clean_id(code_id))
        row = _metadata(rows).first()
        if row is None:
            raise NotFound
    return _seen(row, at)


def read_message(caller: Caller, *, code_id: str) -> OpenMessage:
    """The whole message, for a person to see which code is the right one."""
    with recorded(caller, Action.CODE_MESSAGE, at=now(), kind="code", id=code_id) as entry:
        row = codes.own(caller, code_id)
        entry.about("code", row.id, row.identifier)
        found = codes.opened(row)
    content = found.content[: codes.LONGEST_READ]
    return OpenMessage(row, found.code, plain.readable(content, row.source), extract.choices(content, row.source))


def correct_code(caller: Caller, *, code_id: str, code: str) -> codes.OpenCode:
    """Put the right code of the message in the place of the one that was found, also of a code that is claimed: who
    holds it and asks again hears the right one. Invalid when it does not stand in the message."""
    with recorded(caller, Action.CODE_CORRECT, at=now(), kind="code", id=code_id) as entry:
        row = codes.own(caller, code_id)
        entry.about("code", row.id, row.identifier)
        content = codes.opened(row).content
        right = _in_message(content[: codes.LONGEST_READ], row.source, code.strip())
        row.code, row.otp_type, row.confidence, row.reason = right, codes.type_of(right), 1.0, CHOSEN
        row.save(update_fields=["code", "otp_type", "confidence", "reason"])
        wakeups.announce_change(row.team_id, row.identifier_key, wakeups.ANY)
        entry.detail = {"otp_type": row.otp_type}
    return codes.OpenCode(row, right, content)


def _in_message(content: str, source: str, code: str) -> str:
    if code and (code in extract.choices(content, source) or code in plain.readable(content, source)):
        return code
    raise Invalid(fields={"code": "This does not stand in the message. Choose a code, or copy it from there."})
