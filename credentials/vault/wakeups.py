"""Who waits for a code is woken when one arrives. Verbs announce; the server (config/waiting.py) listens.

A topic is a digest, so that neither a header nor a notification of the database names a team or an address. On
PostgreSQL an announcement is a NOTIFY of the transaction and reaches every process. On SQLite the listeners of this
process are told after the commit that there are new rows, and a `Lookout` sees that another process wrote some.
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from hashlib import sha256

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

CHANNEL = "strongroom_codes"
ANY = ""  # the key of whoever waits for every code of a team
CHANGED = "\0"  # no identifier's key: of whoever shows a team's codes and what becomes of them
MOST_NEW = 1000  # rows between two looks; with more, everybody is woken
_ROWS = "SELECT rowid, id, team_id, identifier_key FROM credentials_receivedcode"

# Set by the server while it looks once more for a request that waits: it came once, and counts once.
is_another_look = ContextVar("is_another_look", default=False)

Listener = Callable[[list[str]], None]
_listeners: set[Listener] = set()


def topic(team_id: str, key: str) -> str:
    """What a code for this identifier's key is announced as."""
    return sha256(f"{team_id}\0{key}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def topics(team_id: str, keys: Iterable[str]) -> list[str]:
    return [topic(team_id, key) for key in keys]


def announce(team_id: str, key: str) -> None:
    """A new code. Within the transaction that stores it: heard when that commits, and never if it does not."""
    if connection.vendor == "postgresql":
        _notify(topics(team_id, [key, ANY]))
    else:
        transaction.on_commit(lambda: _tell([]))


def announce_change(team_id: str, *keys: str) -> None:
    """Something became of the team's codes; with `keys`, who waits for a code of these looks again, too."""
    changed = topics(team_id, [*keys, CHANGED])
    if connection.vendor == "postgresql":
        _notify(changed)
    else:
        transaction.on_commit(lambda: _tell(changed))


def _notify(changed: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, " ".join(changed)])


def listen(listener: Listener) -> None:
    """Call `listener` after each announcement of this process, in the thread of whoever committed (SQLite).

    It gets the topics, or none when there are new rows: then a `Lookout` knows them.
    """
    _listeners.add(listener)


def unlisten(listener: Listener) -> None:
    _listeners.discard(listener)


def _tell(changed: list[str]) -> None:
    for listener in list(_listeners):
        listener(changed)


class Lookout:
    """Which codes were committed since the last look, by whatever process (SQLite). For one thread, and only it.

    Rows are told apart by rowid, which is given out in the order of commits; ids are not.
    """

    def __init__(self, line: BaseDatabaseWrapper = connection) -> None:
        self._line = line
        self._data_version = -1
        self._last = (0, "")  # rowid and id

    def new_topics(self) -> list[str] | None:
        """The topics of new rows; None when everybody should look, as after the first look and after many rows."""
        with self._line.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            found, before = cursor.fetchone()[0], self._data_version
            if found == before:
                return []
            cursor.execute(f"{_ROWS} WHERE rowid >= %s ORDER BY rowid DESC LIMIT {MOST_NEW}", [self._last[0]])
            rows = cursor.fetchall()
            self._data_version = found  # not before: a look that failed is to be repeated
            if self._last[0] and not rows:  # the newest rows were deleted: their rowids are given out again
                cursor.execute(f"{_ROWS} ORDER BY rowid DESC LIMIT 1")
                self._last = (cursor.fetchall() or [(0, "")])[0][:2]
                return None
        new = [row for row in rows if row[:2] != self._last]
        self._last = rows[0][:2] if rows else self._last
        if before == -1 or len(rows) == MOST_NEW:
            return None
        return [name for _, _, team_id, key in new for name in topics(team_id, [key, ANY])]
