"""The audit: a verb and its event, both or neither; refusals kept; one HMAC chain per team. Only the vault calls it.

What a hash covers, and how far a chain holds, is in chain.py.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import RLock
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from credentials.access import Action, Caller, require, require_right
from credentials.chain import HEAD_IS, NOTHING_YET, Head, digest, head_and_last_change, head_of
from credentials.errors import VaultError
from credentials.metrics import happened
from credentials.models import AuditEvent
from credentials.models.prepared import PreparedInsert, Ready, execute, if_written

DETAIL_KEYS = frozenset(
    {
        "reason",
        "field",
        "fields",
        "version",
        "role",
        "was",
        "scopes",
        "expires_at",
        "count",
        "ids",
        "checked",
        "broken_at",
        "has_totp",
        "renamed_from",
        "replaced",
        "archived_to",
        "changed",  # which secrets really changed, by name
        "became",  # the number of the version that this made
        "method",
        "factor",
        "digest",
        "otp_type",
        "again",
        "task_id",
        "workflow_id",
        "workflow_run_id",
        "kind",
        "signed",
    }
)
TRIES = 3  # to add an event without a lock
RARE = 500  # events of one kind, over all teams
_EVENTS = PreparedInsert(AuditEvent)
_LOCK = "hashtextextended(%s, 0)"  # on PostgreSQL the lock of a chain, for one transaction
_HEAD_IS = {"sqlite": HEAD_IS, "postgresql": f"{HEAD_IS} AND pg_try_advisory_xact_lock({_LOCK})"}
# What only reads, and so leaves true what others have just read.
CHANGES_NOTHING = frozenset(
    {Action.CREDENTIAL_CODE, Action.CREDENTIAL_FIRST_CODE, Action.CREDENTIAL_REVEAL, Action.RELEASE_READ}
)
Given = TypeVar("Given")
# An id that somebody mistyped may be a secret: only what looks like one of ours is written down.
OUR_ID = re.compile(r"(?:cred|cfld|team|key|totp|inv|hook)_[0-9A-Z]{26}|[0-9]{1,19}")


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass
class Entry:
    """What a verb tells about itself while it runs; `detail` takes the keys of DETAIL_KEYS only."""

    target_kind: str = ""
    target_id: str = ""
    target_label: str = ""
    detail: dict[str, object] = field(default_factory=dict)
    happened: bool = True
    head: Head = NOTHING_YET  # of the chain, read in one statement with what the verb gives away
    also: list[Ready] = field(default_factory=list)  # UPDATEs that are run together with the event

    def about(self, kind: str, id: str | int, label: str = "") -> None:
        self.target_kind, self.target_id, self.target_label = kind, str(id), label

    def nothing_happened(self) -> None:
        """There was nothing to do it to: no effect, so no event."""
        self.happened = False


@dataclass(eq=False)
class _Finished:
    """A verb that has looked, and waits until its event is on disk. `added` says how that went; None: not yet."""

    caller: Caller
    action: Action
    entry: Entry
    at: datetime
    added: bool | None = None


@dataclass
class _Queue:
    """For the threads of this process: one at a time extends a chain. The database would see to it too, but threads
    that wait here neither sleep (as SQLite's do) nor overtake one that has just looked."""

    turn: RLock = field(default_factory=RLock)
    waiting: deque[_Finished] = field(default_factory=deque)


_queues: dict[str, _Queue] = {}


def _queue(team_id: str | None) -> _Queue:
    """SQLite has one writer for all chains."""
    return _queues.setdefault((team_id or "") if connection.vendor == "postgresql" else "", _Queue())


@contextmanager
def recorded(caller: Caller, action: Action, *, at: datetime, kind: str = "", id: str = "") -> Iterator[Entry]:
    """Run a verb and its event in one transaction: both or neither. A refusal undoes the verb and is an event too."""
    entry = Entry(kind, id if OUR_ID.fullmatch(id) else "")
    try:
        with _queue(caller.team_id).turn, transaction.atomic(durable=True):
            require(caller, action, at=at)
            _lock(caller.team_id)
            yield entry
            for statement in entry.also:
                execute(*statement)
            if entry.happened:
                _append(caller, action, Outcome.DONE, entry, at)
    except Exception as problem:
        _record_failure(caller, action, entry, at, problem)
        raise
    if entry.happened:
        happened(action, Outcome.DONE)


def read_and_recorded(
    caller: Caller, action: Action, look: Callable[[Entry], Given], *, at: datetime, kind: str = "", id: str = ""
) -> Given:
    """Run a verb that only reads, and its event: nothing is given away without one.

    No transaction is open and no lock held while the verb looks. It tells its entry which head the chain had in that
    moment, and the event is added only if nothing was changed in the team since. Otherwise it looks again: `look` may
    run several times, in the end under the lock.
    """
    if action not in CHANGES_NOTHING:
        raise ValueError(f"{action} may change something.")
    for _ in range(TRIES):
        entry = Entry(kind, id if OUR_ID.fullmatch(id) else "")
        try:
            require(caller, action, at=at)
            given = look(entry)
            added = _add_with_others(_Finished(caller, action, _checked(entry), at)) if entry.head.seq else False
        except Exception as problem:
            _record_failure(caller, action, entry, at, problem)
            raise
        if added:
            happened(action, Outcome.DONE)
            return given
    with recorded(caller, action, at=at, kind=kind, id=id) as entry:
        return look(entry)


@contextmanager
def looked(caller: Caller, action: Action, *, at: datetime, kind: str = "", id: str = "") -> Iterator[None]:
    """Run a verb that has its own transactions or reads metadata only: it leaves an event when it does not succeed."""
    entry = Entry(kind, id if OUR_ID.fullmatch(id) else "")
    try:
        require(caller, action, at=at)
        yield
    except Exception as problem:
        _record_failure(caller, action, entry, at, problem)
        raise


def asked(caller: Caller, action: Action, *, at: datetime) -> None:
    """Whether somebody may come to the form of a verb, which asks for the step-up itself; a refusal is an event."""
    try:
        require_right(caller, action)
    except VaultError as problem:
        _record_failure(caller, action, Entry(), at, problem)
        raise


def refused(caller: Caller, action: Action, problem: VaultError, *, at: datetime, **about: str) -> None:
    """Write down a refusal that came before there was a verb to run. `about`: kind, id, label; the rest is detail."""
    entry = Entry(about.pop("kind", ""), about.pop("id", ""), about.pop("label", ""), dict(about))
    _record_failure(caller, action, entry, at, problem)


def _record_failure(caller: Caller, action: Action, entry: Entry, at: datetime, problem: Exception) -> None:
    outcome = Outcome.REFUSED if isinstance(problem, VaultError) else Outcome.FAILED
    # A failure's class name says what broke; its text could hold anything.
    why = problem.code if isinstance(problem, VaultError) else type(problem).__name__
    method = {"method": entry.detail["method"]} if "method" in entry.detail else {}
    entry.detail = {"reason": why, **method}
    with transaction.atomic():
        _lock(caller.team_id)
        _append(caller, action, outcome, entry, at)
    happened(action, outcome)


def _lock(team_id: str | None) -> None:
    """Let one transaction at a time extend a chain. SQLite's IMMEDIATE transactions already see to that."""
    if connection.vendor == "postgresql":
        execute(f"SELECT pg_advisory_xact_lock({_LOCK})", [_lock_name(team_id)])


def _lock_name(team_id: str | None) -> str:
    return f"audit {team_id or ''}"


def _append(caller: Caller, action: Action, outcome: Outcome, entry: Entry, at: datetime) -> None:
    _EVENTS.insert(_event(caller, action, outcome, _checked(entry), at, head_of(caller.team_id)))


def _add_with_others(finished: "_Finished") -> bool:
    """Add the event of a verb that has looked; whether it was, or something changed since.

    While one thread waits for its commit others finish looking, and whoever is next takes their events along: a chain
    is one line, and waiting for the disk is the longest part of it.
    """
    queue = _queue(finished.caller.team_id)
    queue.waiting.append(finished)
    with queue.turn:
        if finished.added is None:  # nobody took it along
            taken = [queue.waiting.popleft() for _ in range(len(queue.waiting))]
            try:
                _add_together(taken)
            except BaseException:
                queue.waiting.extend(one for one in taken if one is not finished)  # they try for themselves
                raise
    return bool(finished.added)


def _add_together(taken: "list[_Finished]") -> None:
    if len(taken) == 1 and _add_after_head(taken[0]):
        taken[0].added = True
        return
    with transaction.atomic(durable=True):
        added = {
            team_id: _extend(team_id, [one for one in taken if one.caller.team_id == team_id])
            for team_id in {one.caller.team_id for one in taken}
        }
    for one in taken:
        one.added = one in added[one.caller.team_id]


def _add_after_head(one: "_Finished") -> bool:
    """In one statement, if the head is still the same."""
    head, team_id = one.entry.head, one.caller.team_id
    event = _event(one.caller, one.action, Outcome.DONE, one.entry, one.at, head)
    given = [team_id, head.hash]
    if connection.vendor == "postgresql":
        given.append(_lock_name(team_id))
    return if_written(_EVENTS.ready(event, only_if=_HEAD_IS[connection.vendor], given=given), *one.entry.also)


def _extend(team_id: str | None, finished: "list[_Finished]") -> "list[_Finished]":
    """Add those events before which nothing was changed since their verbs looked; which these are."""
    _lock(team_id)
    looked_at = min(one.entry.head.seq for one in finished)
    head, changed = head_and_last_change(team_id, since=looked_at, harmless=CHANGES_NOTHING)
    added = [one for one in finished if one.entry.head.seq >= changed]
    events: list[AuditEvent] = []
    for one in added:
        events.append(_event(one.caller, one.action, Outcome.DONE, one.entry, one.at, head))
        head = Head(events[-1].seq, events[-1].hash)
    _EVENTS.insert_all(events)
    for statement in (statement for one in added for statement in one.entry.also):
        execute(*statement)
    return added


def _checked(entry: Entry) -> Entry:
    unknown = entry.detail.keys() - DETAIL_KEYS
    if unknown:
        raise ValueError(f"Not in the audit's vocabulary: {sorted(unknown)}")
    return entry


def _event(caller: Caller, action: Action, outcome: Outcome, entry: Entry, at: datetime, head: Head) -> AuditEvent:
    event = AuditEvent(
        team_id=caller.team_id,
        seq=head.seq + 1,
        at=at,
        actor_kind=caller.kind,
        actor_id=caller.id,
        actor_label=_plain(caller.label, 254),
        door=caller.door,
        action=action,
        outcome=outcome,
        target_kind=entry.target_kind,
        target_id=entry.target_id,
        target_label=_plain(entry.target_label, 254),
        detail={name: _plain(said, 500) if isinstance(said, str) else said for name, said in entry.detail.items()},
        ip=_plain(caller.ip, 45),
        user_agent=_plain(caller.user_agent, 300),
        request_id=_plain(caller.request_id, 40),
        previous_hash=head.hash,
    )
    event.hash = digest(event)
    return event


def _plain(text: str, longest: int) -> str:
    """Text that every database takes and every log shows on one line."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "\ufffd", text)[:longest]


def events_of(team_id: str) -> QuerySet[AuditEvent]:
    """A team's events, newest first; for the vault to read."""
    return AuditEvent.objects.filter(team_id=team_id).order_by("-seq")


def narrowed(rows: QuerySet[AuditEvent], column: str, value: str) -> QuerySet[AuditEvent]:
    """Those with this value. A rare one is looked up by its own index: walking a team's whole chain for it takes as
    long as the chain is, and a planner cannot know."""
    same = AuditEvent.objects.using(rows.db).filter(**{column: value}).order_by()
    few = list(same.values_list("pk", flat=True)[: RARE + 1])
    return rows.filter(**{column: value}) if len(few) > RARE else rows.filter(pk__in=few)
