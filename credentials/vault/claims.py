"""Claims: a received code goes to one caller, once, and stays bound to the task or run that asked for it.

Which codes suit a claim:

- for the identifier, received within the window, not expired, not claimed, of the type that is asked for;
- none that was sent for another task or run: what was sent for a task or run goes only to who names it, while a
  workflow is compared only when the claim names one;
- what was sent for this task, run or workflow before what was sent for none; then the newest first.
"""

from datetime import datetime, timedelta
from typing import Unpack

from django.conf import settings
from django.db.models import Case, Q, QuerySet, Value, When

from credentials.access import Action, Caller
from credentials.audit import looked, recorded
from credentials.errors import Conflict, Invalid, NotFound
from credentials.models import Credential, ReceivedCode
from credentials.otp import identifier as identifiers
from credentials.vault import lookup, text, wakeups
from credentials.vault.clock import now
from credentials.vault.codes import OpenCode, Run, narrowed, opened, own, run_of


class Wanted(Run, total=False):
    """What a claim may say beside whom the code is for."""

    otp_type: str | None
    received_after: datetime | None  # without it: received within the last CODE_MINUTES


def claim_code(
    caller: Caller, *, identifier: str = "", credential_id: str = "", **wanted: Unpack[Wanted]
) -> OpenCode | None:
    """Take the one code that suits best, for ever; None when there is none yet. For an identifier or a credential's."""
    at = now()
    with looked(caller, Action.CODE_CLAIM, at=at, kind="credential" if credential_id else "", id=credential_id):
        run = run_of(wanted)
        rows = _unclaimed(_within(caller, _identifier(caller, identifier, credential_id), wanted, at), run)
        if not rows.exists():
            return None
    with recorded(caller, Action.CODE_CLAIM, at=at) as entry:
        row = _take(rows, by=caller.label, at=at, run=run)
        if row is None:  # somebody else was faster
            entry.nothing_happened()
            return None
        entry.about("code", row.id, row.identifier)
        entry.detail = {**_said(run), "otp_type": row.otp_type}
        return opened(row)


def claim_this(caller: Caller, *, code_id: str) -> OpenCode:
    """Take one code that somebody sees: nobody else gets it. Conflict when it is taken, expired or empty."""
    at = now()
    with recorded(caller, Action.CODE_CLAIM, at=at, kind="code", id=code_id) as entry:
        row = own(caller, code_id)
        entry.about("code", row.id, row.identifier)
        if row.code is None:
            raise Conflict("There is no code in this message yet. Read it and choose the right one.", code="no_code")
        if row.expired_at and row.expired_at <= at:
            raise Conflict("This code has expired. Ask the site for another.", code="expired")
        taken = _take(ReceivedCode.objects.filter(id=row.id, claimed_at=None), by=caller.label, at=at, run=run_of({}))
        if taken is None:
            raise Conflict("Somebody claimed this code already. Ask the site for another.", code="claimed")
        entry.detail = {"otp_type": taken.otp_type}
        return opened(taken)


def claim_or_repeat(caller: Caller, *, identifier: str, **run: Unpack[Run]) -> OpenCode | None:
    """For a run that polls: a code newer than the one it holds, else that one again; None when there is none.

    Without a task or run it is a claim: nobody else's code is shown again. Polls at the same moment get one code.
    """
    at, names = now(), run_of(run)
    if not (names["task_id"] or names["workflow_run_id"]):
        return claim_code(caller, identifier=identifier, **run)
    with looked(caller, Action.CODE_CLAIM, at=at):
        within = _within(caller, _identifier(caller, identifier, ""), {}, at)
        held = within.filter(**{f"claimed_{name}": value for name, value in names.items()}).exclude(claimed_at=None)
        held = held.order_by("-received_at", "-id")
        if not (held.exists() or _unclaimed(within, names).exists()):
            return None
    with recorded(caller, Action.CODE_CLAIM, at=at) as entry:
        mine = held.first()
        newer = within.filter(received_at__gt=mine.received_at) if mine else within
        row = _take(_unclaimed(newer, names), by=caller.label, at=at, run=names)
        again = {} if row else {"again": True}
        row = row or mine
        if row is None:  # another run was faster
            entry.nothing_happened()
            return None
        entry.about("code", row.id, row.identifier)
        entry.detail = {**_said(names), "otp_type": row.otp_type, **again}
        return opened(row)


def awaited(caller: Caller, *, identifier: str = "", credential_id: str = "") -> list[str]:
    """The topics to wait for when a claim was in vain."""
    return wakeups.topics(caller.own_team, identifiers.keys(_identifier(caller, identifier, credential_id)))


def _identifier(caller: Caller, identifier: str, credential_id: str) -> str:
    """The one given, or the credential's own. NotFound for another team's credential and for an unknown one."""
    if bool(identifier) == bool(credential_id):
        raise Invalid("Send either an identifier or a credential's id.", code="no_identifier")
    if identifier:
        return text.exact("identifier", identifier)
    kept = Credential.objects.of(caller.team_id).kept().filter(id=lookup.id_of(caller, credential_id))
    own = kept.values_list("totp_identifier", flat=True).first()
    if own is None:
        raise NotFound
    if not own:
        raise Invalid("This credential has no identifier that codes are sent to.", code="no_identifier")
    return own


def _within(caller: Caller, identifier: str, wanted: Wanted, at: datetime) -> QuerySet[ReceivedCode]:
    """The team's codes for an identifier, not expired, of the type and from the time that were asked for."""
    since = wanted.get("received_after") or at - timedelta(minutes=settings.CODE_MINUTES)
    rows = ReceivedCode.objects.filter(team_id=caller.team_id, identifier_key__in=identifiers.keys(identifier))
    rows = rows.filter(Q(expired_at=None) | Q(expired_at__gt=at))
    return narrowed(rows, wanted.get("otp_type") or "", since)


def _unclaimed(rows: QuerySet[ReceivedCode], run: dict[str, str]) -> QuerySet[ReceivedCode]:
    """Those that suit the run, the best first."""
    rows = rows.filter(_suits(run), claimed_at=None, code__isnull=False)
    return rows.order_by(*_named_first(run), "-received_at", "-id")


def _suits(run: dict[str, str]) -> Q:
    suits = Q(task_id__in=["", run["task_id"]], workflow_run_id__in=["", run["workflow_run_id"]])
    return suits & Q(workflow_id__in=["", run["workflow_id"]]) if run["workflow_id"] else suits


def _named_first(run: dict[str, str]) -> list[Case]:
    """Ahead of the rest, what was sent for this task, run or workflow."""
    named = Q()
    for name, value in _said(run).items():
        named |= Q(**{name: value})
    return [Case(When(named, then=Value(0)), default=Value(1))] if named else []


def _take(rows: QuerySet[ReceivedCode], *, by: str, at: datetime, run: dict[str, str]) -> ReceivedCode | None:
    """Mark the first row that nobody has claimed; whoever comes second to a row goes on to the next."""
    mark = {"claimed_at": at, "claimed_by": by, **{f"claimed_{name}": value for name, value in run.items()}}
    while (row := rows.first()) is not None:
        if ReceivedCode.objects.filter(id=row.id, claimed_at=None).update(**mark):
            vars(row).update(mark)
            wakeups.announce_change(row.team_id)
            return row
    return None


def _said(run: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in run.items() if value}
