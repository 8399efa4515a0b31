"""Limits that hold for all processes together, and through a restart, without a write for every request.

A process leases a fiftieth of a limit at a time from the row of the subject and the window, by one atomic statement,
and spends it by itself; so the total never goes beyond the limit. What a process has leased and not spent is lost
with it. Every door's way in may call this: keys do, by vault/keys.py.
"""

import ipaddress
import math
import threading
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from django.db import connection, transaction

from credentials.errors import Throttled
from credentials.models import RequestCount
from credentials.vault.clock import now

BATCHES = 50  # leases in a window, if one process takes them all
SWEEP_EVERY = 60  # seconds
MOST_SWEPT = 1000  # rows at a time
_NONE_LEFT = -1
_LEASE = """
    INSERT INTO credentials_requestcount (subject, window_ends, taken, told) VALUES (%s, %s, %s, %s)
    ON CONFLICT (subject, window_ends)
    DO UPDATE SET taken = credentials_requestcount.taken + excluded.taken
    WHERE credentials_requestcount.taken < %s
    RETURNING taken
"""


@dataclass(frozen=True)
class Limit:
    """At most `most` in each window of `seconds`, for each subject of a kind. 0 is no limit."""

    kind: str
    most: int
    seconds: int = 60

    @property
    def batch(self) -> int:
        return max(1, self.most // BATCHES)


class Place(NamedTuple):
    """The row that counts: of one subject in one window."""

    subject: str
    window_ends: int


class _Held:
    """What this process has leased and not spent yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.permits: dict[Place, int] = {}
        self.sweep_at = 0.0

    def take(self, place: Place) -> int:
        """What was there before one was taken; 0 when it is not known, -1 when all are known to be gone."""
        with self.lock:
            there = self.permits.get(place, 0)
            if there > 0:
                self.permits[place] = there - 1
            return there

    def add(self, place: Place, granted: int) -> None:
        """A lease, of which one permit is spent already; an empty one says that there will be no more."""
        with self.lock:
            there = max(self.permits.get(place, 0), 0)
            self.permits[place] = there + granted - 1 if granted else there or _NONE_LEFT

    def is_sweep_due(self, at: float) -> bool:
        with self.lock:
            if at < self.sweep_at:
                return False
            self.sweep_at = at + SWEEP_EVERY
            self.permits = {place: left for place, left in self.permits.items() if place.window_ends > at}
            return True


_held = _Held()


def spend(limit: Limit, subject: str) -> None:
    """Take one permit of this window. Throttled when all are gone; for one caller of all, that is the first time."""
    if not limit.most:
        return
    at = now().timestamp()
    place = _place(limit, subject, at)
    there = _held.take(place)
    if there > 0:
        return
    granted = 0 if there == _NONE_LEFT else _lease(limit, place, at)
    _held.add(place, granted)
    if not granted:
        wait = max(1, math.ceil(place.window_ends - at))
        raise Throttled(retry_after=wait, is_first=there != _NONE_LEFT and _is_first(place))


def address(ip: str) -> str:
    """Whom an address stands for: in IPv6 one sender has a whole /64."""
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    return ip if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))


def _place(limit: Limit, subject: str, at: float) -> Place:
    digest = sha256(f"{limit.kind} {subject}".encode("utf-8", "surrogatepass")).hexdigest()
    return Place(digest, (int(at) // limit.seconds + 1) * limit.seconds)


def _lease(limit: Limit, place: Place, at: float) -> int:
    """How many permits there were still to be had."""
    if _held.is_sweep_due(at):
        _sweep(at)
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, [*place, limit.batch, False, limit.most])
        rows: list[tuple[int]] = cursor.fetchall()
    # What the whole batch would have been too much by is not ours.
    return limit.batch - max(0, rows[0][0] - limit.most) if rows else 0


def _is_first(place: Place) -> bool:
    row = RequestCount.objects.filter(subject=place.subject, window_ends=place.window_ends, told=False)
    return row.update(told=True) == 1


def _sweep(at: float) -> None:
    """Past windows count nothing. Rows that another process is sweeping are left to it."""
    with transaction.atomic():
        past = RequestCount.objects.select_for_update(skip_locked=True).filter(window_ends__lt=at)
        RequestCount.objects.filter(pk__in=list(past.values_list("pk", flat=True)[:MOST_SWEPT])).delete()
