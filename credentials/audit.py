"""The audit: a verb and its event, both or neither; refusals kept; one HMAC chain per team. Only the vault calls it.

What a hash covers, and how far a chain holds, is in chain.py. Verbs that only read have a faster way: audit_reads.py.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import RLock

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet

from credentials.access import Action, Caller, require, require_right
from credentials.chain import digest
from credentials.chain_head import HEAD_IS, NOTHING_YET, Head, head_of
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
LONGEST_TURN = 20  # seconds, as long as SQLite waits for its lock
RARE = 500  # events of one kind, over all teams
_EVENTS = PreparedInsert(AuditEvent)
_LOCK = "hashtextextended(%s, 0)"  # on PostgreSQL the lock of a chain, for one transaction
_HEAD_IS = {"sqlite": HEAD_IS, "postgresql": f"{HEAD_IS} AND pg_try_advisory_xact_lock({_LOCK})"}
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


_turns: dict[str, RLock] = {}


def line_of(team_id: str | None) -> str:
    """Which events have to come one after another: a chain's, and all of SQLite's, which has one writer."""
    return (team_id or "") if connection.vendor == "postgresql" else ""


@contextmanager
def turn(team_id: str | None) -> Iterator[None]:
    """One thread of this process at a time extends a chain. The database would see to it too, but threads that wait
    here neither sleep, as SQLite's do, nor overtake one that has just looked. OperationalError after LONGEST_TURN: the
    database does not answer those before."""
    line = _turns.setdefault(line_of(team_id), RLock())
    if not line.acquire(timeout=LONGEST_TURN):
        raise OperationalError("Others have waited for the database too long.")
    try:
        yield
    finally:
        line.release()


@contextmanager
def recorded(caller: Caller, action: Action, *, at: datetime, kind: str = "", id: str = "") -> Iterator[Entry]:
    """Run a verb and its event in one transaction: both or neither. A refusal undoes the verb and is an event too."""
    entry = Entry(kind, id if OUR_ID.fullmatch(id) else "")
    try:
        with turn(caller.team_id), transaction.atomic(durable=True):
            require(caller, action, at=at)
            lock(caller.team_id)
            yield entry
            for statement in entry.also:
                execute(*statement)
            if entry.happened:
                _append(caller, action, Outcome.DONE, entry, at)
    except Exception as problem:
        record_failure(caller, action, entry, at, problem)
        raise
    if entry.happened:
        happened(action, Outcome.DONE)


@contextmanager
def looked(caller: Caller, action: Action, *, at: datetime, kind: str = "", id: str = "") -> Iterator[None]:
    """Run a verb that has its own transactions or reads metadata only: it leaves an event when it does not succeed."""
    entry = Entry(kind, id if OUR_ID.fullmatch(id) else "")
    try:
        require(caller, action, at=at)
        yield
    except Exception as problem:
        record_failure(caller, action, entry, at, problem)
        raise


def asked(caller: Caller, action: Action, *, at: datetime) -> None:
    """Whether somebody may come to the form of a verb, which asks for the step-up itself; a refusal is an event."""
    try:
        require_right(caller, action)
    except VaultError as problem:
        record_failure(caller, action, Entry(), at, problem)
        raise


def refused(caller: Caller, action: Action, problem: VaultError, *, at: datetime, **about: str) -> None:
    """Write down a refusal that came before there was a verb to run. `about`: kind, id, label; the rest is detail."""
    entry = Entry(about.pop("kind", ""), about.pop("id", ""), about.pop("label", ""), dict(about))
    record_failure(caller, action, entry, at, problem)


def record_failure(caller: Caller, action: Action, entry: Entry, at: datetime, problem: Exception) -> None:
    if isinstance(problem, OperationalError | InterfaceError):
        return  # the database is away or full: it would take as long to say so again
    outcome = Outcome.REFUSED if isinstance(problem, VaultError) else Outcome.FAILED
    # A failure's class name says what broke; its text could hold anything.
    why = problem.code if isinstance(problem, VaultError) else type(problem).__name__
    method = {"method": entry.detail["method"]} if "method" in entry.detail else {}
    entry.detail = {"reason": why, **method}
    with transaction.atomic():
        lock(caller.team_id)
        _append(caller, action, outcome, entry, at)
    happened(action, outcome)


def lock(team_id: str | None) -> None:
    """Let one transaction at a time extend a chain. SQLite's IMMEDIATE transactions already see to that."""
    if connection.vendor == "postgresql":
        execute(f"SELECT pg_advisory_xact_lock({_LOCK})", [_lock_name(team_id)])


def _lock_name(team_id: str | None) -> str:
    return f"audit {team_id or ''}"


def _append(caller: Caller, action: Action, outcome: Outcome, entry: Entry, at: datetime) -> None:
    _EVENTS.insert(event_of(caller, action, outcome, checked(entry), at, head_of(caller.team_id)))


def add_after(head: Head, event: AuditEvent, also: Iterable[Ready]) -> bool:
    """Add an event, and run what belongs to it, if its chain's head is that one and nobody holds the lock; whether it
    was. One statement on PostgreSQL, one transaction on both."""
    given = [event.team_id, head.hash]
    if connection.vendor == "postgresql":
        given.append(_lock_name(event.team_id))
    return if_written(_EVENTS.ready(event, only_if=_HEAD_IS[connection.vendor], given=given), *also)


def add_all(events: Sequence[AuditEvent], also: Iterable[Ready]) -> None:
    """Add events that follow each other and the head, under the lock, and run what belongs to them."""
    if_written(_EVENTS.ready_all(events), *also)


def checked(entry: Entry) -> Entry:
    unknown = entry.detail.keys() - DETAIL_KEYS
    if unknown:
        raise ValueError(f"Not in the audit's vocabulary: {sorted(unknown)}")
    return entry


def event_of(caller: Caller, action: Action, outcome: Outcome, entry: Entry, at: datetime, head: Head) -> AuditEvent:
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
