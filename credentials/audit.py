"""The audit: a verb and its event in one transaction, refusals kept, one HMAC chain per team. Only the vault calls it.

Each event's hash is HMAC-SHA256 under AUDIT_KEY over its fields and the hash before it. Who can write to the
database but has not the key can neither change an event nor forge one.
"""

import hmac
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from credentials.access import Action, Caller, require, require_right
from credentials.errors import VaultError
from credentials.models import AuditEvent

GENESIS = "0" * 64
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
        "checked",
        "broken_at",
        "has_totp",
        "renamed_from",
        "replaced",
    }
)
# An id that somebody mistyped may be a secret: only what looks like one of ours is written down.
OUR_ID = re.compile(r"(?:cred|cfld|team|key|totp)_[0-9A-Z]{26}|[0-9]{1,19}")
_HASHED = (
    "team_id",
    "seq",
    "actor_kind",
    "actor_id",
    "actor_label",
    "door",
    "action",
    "outcome",
    "target_kind",
    "target_id",
    "target_label",
    "detail",
    "ip",
    "user_agent",
    "request_id",
    "previous_hash",
)


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

    def about(self, kind: str, id: str | int, label: str = "") -> None:
        self.target_kind, self.target_id, self.target_label = kind, str(id), label


@dataclass(frozen=True)
class Verdict:
    """How far a chain holds. `broken_at` is the seq of the first event that does not fit, None when all do."""

    team_slug: str
    checked: int
    holds_up_to: int
    broken_at: int | None = None
    why: str = ""

    @property
    def is_broken(self) -> bool:
        return self.broken_at is not None


@contextmanager
def recorded(caller: Caller, action: Action, *, at: datetime, kind: str = "", id: str = "") -> Iterator[Entry]:
    """Run a verb and its event in one transaction: both or neither. A refusal undoes the verb and is an event too."""
    entry = Entry(kind, id if OUR_ID.fullmatch(id) else "")
    try:
        with transaction.atomic(durable=True):
            require(caller, action, at=at)
            _lock(caller.team_id)
            yield entry
            _append(caller, action, Outcome.DONE, entry, at)
    except Exception as problem:
        _record_failure(caller, action, entry, at, problem)
        raise


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


def refused(caller: Caller, action: Action, problem: VaultError, *, at: datetime, kind: str = "", id: str = "") -> None:
    """Write down a refusal that came before there was a verb to run."""
    _record_failure(caller, action, Entry(kind, id), at, problem)


def _record_failure(caller: Caller, action: Action, entry: Entry, at: datetime, problem: Exception) -> None:
    refused = isinstance(problem, VaultError)
    # A failure's class name says what broke; its text could hold anything.
    entry.detail = {"reason": problem.code if isinstance(problem, VaultError) else type(problem).__name__}
    with transaction.atomic():
        _lock(caller.team_id)
        _append(caller, action, Outcome.REFUSED if refused else Outcome.FAILED, entry, at)


def _lock(team_id: str | None) -> None:
    """Let one transaction at a time extend a chain. SQLite's IMMEDIATE transactions already see to that."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit {team_id or ''}"])


def _append(caller: Caller, action: Action, outcome: Outcome, entry: Entry, at: datetime) -> None:
    unknown = entry.detail.keys() - DETAIL_KEYS
    if unknown:
        raise ValueError(f"Not in the audit's vocabulary: {sorted(unknown)}")
    seq, previous = _head(caller.team_id)
    event = AuditEvent(
        team_id=caller.team_id,
        seq=seq + 1,
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
        detail=entry.detail,
        ip=_plain(caller.ip, 45),
        user_agent=_plain(caller.user_agent, 300),
        request_id=_plain(caller.request_id, 40),
        previous_hash=previous,
    )
    event.hash = digest(event)
    event.save(force_insert=True)


def _head(team_id: str | None) -> tuple[int, str]:
    newest = AuditEvent.objects.filter(team_id=team_id).order_by("-seq").values_list("seq", "hash").first()
    return newest or (0, GENESIS)


def _plain(text: str, longest: int) -> str:
    """Text that every database takes and every log shows on one line."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", text)[:longest]


def digest(event: AuditEvent) -> str:
    """The hash an event must have: HMAC-SHA256, hex, over canonical JSON of its fields."""
    fields = {name: getattr(event, name) for name in _HASHED}
    # A damaged row may hold no time at all: it must be named, not trip the walk.
    fields["at"] = event.at and event.at.astimezone(UTC).isoformat(timespec="microseconds")
    message = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(settings.AUDIT_KEY.encode(), message.encode(), sha256).hexdigest()


def events_of(team_id: str) -> QuerySet[AuditEvent]:
    """A team's events, newest first; for the vault to read."""
    return AuditEvent.objects.filter(team_id=team_id).order_by("-seq")


def verify(team_id: str | None, slug: str) -> Verdict:
    """Walk one chain from its start in constant memory; stop at the first event that does not fit."""
    last_seq, last_hash = 0, GENESIS
    for event in AuditEvent.objects.filter(team_id=team_id).order_by("seq").iterator(chunk_size=1000):
        why = _misfit(event, last_seq, last_hash)
        if why:
            return Verdict(slug, last_seq, last_seq, event.seq, why)
        last_seq, last_hash = event.seq, event.hash
    return Verdict(slug, last_seq, last_seq)


def chain_owners() -> list[str]:
    """The ids of the teams that have events, whether or not there still is such a team."""
    held = AuditEvent.objects.exclude(team_id=None).order_by("team_id").values_list("team_id", flat=True).distinct()
    return [team_id for team_id in held if team_id]


def _misfit(event: AuditEvent, last_seq: int, last_hash: str) -> str:
    if event.seq != last_seq + 1:
        return f"event {last_seq + 1} is missing"
    if event.previous_hash != last_hash:
        return "it does not follow the event before it"
    if not hmac.compare_digest(event.hash.encode(), digest(event).encode()):
        return "its contents were changed, or AUDIT_KEY is another"
    return ""
