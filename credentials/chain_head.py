"""The end of a chain of audit events, which the next event follows. For audit.py, audit_reads.py, and the vault's verbs
that give something away or tell how long a chain is."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Subquery

from credentials.models import AuditEvent
from credentials.models.prepared import Prepared, execute

GENESIS = "0" * 64
_HEAD = Prepared(lambda team_id: AuditEvent.objects.filter(team_id=team_id).order_by("-seq").values_list("seq", "hash"))
_HEAD_OF_SYSTEM = Prepared(lambda: AuditEvent.objects.filter(team_id=None).order_by("-seq").values_list("seq", "hash"))
# Of a team's chain: its newest event has this hash.
HEAD_IS = f"(SELECT hash FROM {AuditEvent._meta.db_table} WHERE team_id = %s ORDER BY seq DESC LIMIT 1) = %s"
_HEAD_AND_CHANGE = (
    "SELECT seq, hash, (SELECT coalesce(max(seq), 0) FROM {table} WHERE team_id = %s AND seq > %s AND outcome = 'done' "
    "AND action NOT IN ({marks})) FROM {table} WHERE team_id = %s ORDER BY seq DESC LIMIT 1"
)


class Head(NamedTuple):
    """The newest event of a chain."""

    seq: int
    hash: str


NOTHING_YET = Head(0, GENESIS)


def head_of(team_id: str | None) -> Head:
    newest = _HEAD.first(team_id) if team_id else _HEAD_OF_SYSTEM.first()
    return Head(*newest) if newest else NOTHING_YET


def head_and_last_change(team_id: str | None, *, since: int, harmless: Collection[str]) -> tuple[Head, int]:
    """A team's head, and the number of its last event after `since` by which something may have changed, or 0.

    `harmless`: actions by which nothing does; nor does it by what was refused or failed.
    """
    sql = _HEAD_AND_CHANGE.format(table=AuditEvent._meta.db_table, marks=", ".join(["%s"] * len(harmless)))
    seq, last, change = execute(sql, [team_id, since, *harmless, team_id]) or (*NOTHING_YET, 0)
    return Head(seq, last), change


def has_happened(team_id: str, actions: Collection[str], *, since: int) -> bool:
    """Whether one of these was done in a team after an event."""
    done = AuditEvent.objects.filter(team_id=team_id, seq__gt=since, outcome="done")
    return done.filter(action__in=actions).exists()


def head_columns(team_id: str) -> tuple[Subquery, Subquery]:
    """What a Head is made of, to be read in one statement with what a verb gives away."""
    newest = AuditEvent.objects.filter(team_id=team_id).order_by("-seq")
    return Subquery(newest.values("seq")[:1]), Subquery(newest.values("hash")[:1])
