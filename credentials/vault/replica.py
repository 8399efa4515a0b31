"""Which database a verb may read from when a moment's lag does no harm: lists, searches, the audit's pages.

Rights, keys, names that must be unique, values, codes and everything that is written never come from here.
"""

import logging
import time

from django.db import DEFAULT_DB_ALIAS, Error, connections

REPLICA = "replica"
SECONDS_WITHOUT = 30  # that a replica which did not answer is left alone
log = logging.getLogger(__name__)


class _Away:
    until = 0.0  # of this process's steady clock


def is_wanted() -> bool:
    return REPLICA in connections.settings  # DATABASE_REPLICA_URL


def lagging() -> str:
    """The replica's alias when there is one and it answers: a list must not end with a copy of what it lists."""
    if not is_wanted() or time.monotonic() < _Away.until:
        return DEFAULT_DB_ALIAS
    try:
        connections[REPLICA].close_if_health_check_failed()
        connections[REPLICA].ensure_connection()
    except Error:
        _Away.until = time.monotonic() + SECONDS_WITHOUT
        log.warning("The replica does not answer; for a while lists are read from the database itself.")
        return DEFAULT_DB_ALIAS
    return REPLICA
