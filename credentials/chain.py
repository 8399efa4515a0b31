"""The chain of audit events: what a hash covers, how far a chain holds, and where an archive lets it begin.

Only audit.py and the vault's verbs on the trail call this. Everything that proves something bears an HMAC under
AUDIT_KEY: who can write to the database but has not the key can neither change an event, forge one, nor pretend that
the missing ones were archived.
"""

import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quoted
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.utils.dateparse import parse_datetime

from credentials.chain_head import GENESIS
from credentials.models import AuditAnchor, AuditEvent

SYSTEM = "system"  # the chain of what belongs to no team
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
    "ip",
    "user_agent",
    "request_id",
    "previous_hash",
)
_SQLITE_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{6}))?")


class Row(NamedTuple):
    """An event as it lies in the database. A walk reads millions: nothing is decoded that need not be."""

    team_id: str | None
    seq: int
    actor_kind: str
    actor_id: str
    actor_label: str
    door: str
    action: str
    outcome: str
    target_kind: str
    target_id: str
    target_label: str
    ip: str
    user_agent: str
    request_id: str
    previous_hash: str
    at: str  # ISO 8601, UTC, microseconds; empty when a damaged row holds no time
    detail: str  # JSON, in whatever spelling
    hash: str


@dataclass(frozen=True)
class Verdict:
    """How far a chain holds. `broken_at` is the seq of the first event that does not fit, None when all do."""

    team_slug: str
    checked: int
    holds_up_to: int
    broken_at: int | None = None
    why: str = ""
    head: str = field(default=GENESIS, compare=False, repr=False)  # the hash of the last event that fits

    @property
    def is_broken(self) -> bool:
        return self.broken_at is not None


def name_of(team_id: str | None) -> str:
    return team_id or SYSTEM


def digest(event: AuditEvent) -> str:
    """The hash an event must have: HMAC-SHA256, hex, over canonical JSON of its fields."""
    plain = [getattr(event, name) for name in _HASHED]
    return _hash_of(Row._make([*plain, _time(event.at), json.dumps(event.detail), ""]))


def _hash_of(row: Row) -> str:
    """Canonical JSON written out, which takes a third of the encoder's time. TypeError for what no event can hold."""
    team = quoted(row.team_id) if row.team_id is not None else "null"
    return _mac(
        f'{{"action":{quoted(row.action)},"actor_id":{quoted(row.actor_id)},"actor_kind":{quoted(row.actor_kind)},'
        f'"actor_label":{quoted(row.actor_label)},"at":{quoted(row.at)},"detail":{_canonical_text(row.detail)},'
        f'"door":{quoted(row.door)},"ip":{quoted(row.ip)},"outcome":{quoted(row.outcome)},'
        f'"previous_hash":{quoted(row.previous_hash)},"request_id":{quoted(row.request_id)},"seq":{row.seq},'
        f'"target_id":{quoted(row.target_id)},"target_kind":{quoted(row.target_kind)},'
        f'"target_label":{quoted(row.target_label)},"team_id":{team},"user_agent":{quoted(row.user_agent)}}}'
    )


@lru_cache(maxsize=1000)
def _canonical_text(text: str) -> str:
    """Details repeat: most events have one of a few."""
    return canonical(json.loads(text))


def canonical(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def signed(purpose: str, fields: Mapping[str, Any]) -> str:
    """The HMAC of something that is no event; `purpose` keeps one kind from passing for another."""
    return _mac(f"{purpose}\n{canonical(fields)}")


def is_signed(purpose: str, fields: Mapping[str, Any], mac: str) -> bool:
    return hmac.compare_digest(signed(purpose, fields).encode(), mac.encode("utf-8", "surrogatepass"))


def _mac(message: str) -> str:
    mac = _keyed(settings.AUDIT_KEY).copy()
    mac.update(message.encode())
    return mac.hexdigest()


@lru_cache(maxsize=1)
def _keyed(key: str) -> hmac.HMAC:
    return hmac.new(key.encode(), digestmod=sha256)


def told(row: Row) -> dict[str, Any]:
    """An event as an export writes it: what its hash covers, and the hash."""
    return {**row._asdict(), "detail": _read(row.detail)}


def _read(detail: str) -> Any:
    try:
        return json.loads(detail)
    except (TypeError, ValueError, RecursionError):  # damaged: told as it is
        return detail


def _time(at: datetime | str | None) -> str:
    """SQLite gives the text that it keeps, PostgreSQL a moment."""
    if isinstance(at, str):
        plain = _SQLITE_TIME.fullmatch(at)
        if plain:
            return f"{plain[1]}T{plain[2]}.{plain[3] or '000000'}+00:00"
        at = _parsed(at)
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""


def _parsed(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def rows_of(team_id: str | None, *, after: int = 0, until: int | None = None) -> Iterator[Row]:
    """A chain's events in order, in constant memory."""
    rows = AuditEvent.objects.filter(team_id=team_id, seq__gt=after).order_by("seq")
    if until is not None:
        rows = rows.filter(seq__lte=until)
    at = Cast("at", TextField()) if connection.vendor == "sqlite" else F("at")
    found = rows.values_list(*_HASHED, at, Cast("detail", TextField()), "hash").iterator(chunk_size=1000)
    for *plain, moment, detail, last in found:
        yield Row._make([*plain, _time(moment), detail, last])


def verify(
    team_id: str | None, slug: str, *, until: int | None = None, each: Callable[[Row], None] = lambda _: None
) -> Verdict:
    """Walk one chain from its start, or its newest archive, in constant memory; stop at the first misfit."""
    anchor = anchor_of(team_id)
    first, last_hash = (anchor.seq, anchor.hash) if anchor else (0, GENESIS)
    last_seq = first
    if anchor and not is_signed("anchor", anchor.signed_fields(), anchor.mac):
        return Verdict(slug, 0, 0, first, "what is said to be archived was not archived by this vault")
    for row in rows_of(team_id, after=-1, until=until):
        why = _misfit(row, last_seq, last_hash)
        if why:
            return Verdict(slug, last_seq - first, last_seq, row.seq, why, last_hash)
        each(row)
        last_seq, last_hash = row.seq, row.hash
    return Verdict(slug, last_seq - first, last_seq, head=last_hash)


def _misfit(row: Row, last_seq: int, last_hash: str) -> str:
    if row.seq != last_seq + 1:
        return f"event {last_seq + 1} is missing"
    if row.previous_hash != last_hash:
        return "it does not follow the event before it"
    if not _is_as_hashed(row):
        return "its contents were changed, or AUDIT_KEY is another"
    return ""


def _is_as_hashed(row: Row) -> bool:
    try:
        return hmac.compare_digest(row.hash.encode(), _hash_of(row).encode())
    except (TypeError, ValueError, AttributeError, RecursionError):  # a damaged row must be named, not trip the walk
        return False


def anchor_of(team_id: str | None) -> AuditAnchor | None:
    """Where the chain begins in the database: after what was archived last."""
    return AuditAnchor.objects.filter(chain=name_of(team_id)).order_by("-seq").first()


def cut(team_id: str | None, *, seq: int, last_hash: str, file_digest: str, at: datetime) -> int:
    """Lay an anchor and delete what lies before it; how many events that were. Within the archiving verb only.

    The triggers let go of exactly the events that an anchor covers, and of no anchor at all.
    """
    anchor = AuditAnchor(chain=name_of(team_id), seq=seq, hash=last_hash, file_digest=file_digest, at=at)
    anchor.mac = signed("anchor", anchor.signed_fields())
    anchor.save(force_insert=True)
    table = AuditEvent._meta.db_table
    ours = "team_id = %s" if team_id else "team_id IS NULL"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE seq <= %s AND {ours}", [seq, team_id] if team_id else [seq])
        return int(cursor.rowcount)


def newest_of_all() -> int:
    """The id of the newest event; numbers are given before they are committed, so it only hints at what is there."""
    return AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def newest_moment(*, action: str = "", using: str | None = None) -> datetime | None:
    """When the newest event of any chain happened; with `action` the newest of its kind that was done."""
    events = AuditEvent.objects.using(using).order_by("-at")
    events = events.filter(action=action, outcome="done") if action else events
    return events.values_list("at", flat=True).first()


def oldest_moment() -> datetime | None:
    return moment_of_the_first_after(None)


def moment_of_the_first_after(moment: datetime | None) -> datetime | None:
    """When the first event after this moment happened, or the first of all."""
    events = AuditEvent.objects.order_by("at")
    events = events.filter(at__gt=moment) if moment else events
    return events.values_list("at", flat=True).first()


def chain_owners() -> list[str]:
    """The ids of the teams that have events, whether or not there still is such a team."""
    held = AuditEvent.objects.exclude(team_id=None).order_by("team_id").values_list("team_id", flat=True).distinct()
    return [team_id for team_id in held if team_id]
