"""Which database a verb may read from when a moment's lag does no harm: lists, searches, the audit's pages.

Rights, keys, names that must be unique, values, codes and everything that is written never come from here.
"""

from django.db import DEFAULT_DB_ALIAS, connections


def lagging() -> str:
    """The replica's alias when there is one (DATABASE_REPLICA_URL)."""
    return "replica" if "replica" in connections.settings else DEFAULT_DB_ALIAS
