"""Where the hub of config/waiting.py hears what was announced (vault/wakeups.py): from PostgreSQL, or from SQLite."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection

from credentials.vault import wakeups

if TYPE_CHECKING:
    from config.waiting import Hub

POLL_SECONDS = 0.25  # between two looks for what other processes wrote to SQLite
LONGEST_PAUSE = 5.0  # seconds between two attempts to reach PostgreSQL
# A server that is gone without a word is noticed within a minute.
KEEPALIVES = {"keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3}

log = logging.getLogger(__name__)
_thread = ThreadPoolExecutor(1, thread_name_prefix="lookout")  # starts its thread when it is first used
_lookout = wakeups.Lookout()


async def hear(hub: "Hub") -> None:
    """Announce on the hub what any process announces, for as long as that takes."""
    await (_hear_sqlite(hub) if settings.ON_SQLITE else _hear_postgresql(hub))


async def _hear_postgresql(hub: "Hub") -> None:
    """One connection per process, for good. Whenever it is new everybody looks: nobody knows what was missed."""
    pause = 0.1
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**_connection_parameters(), autocommit=True) as line:
                await line.execute(f"LISTEN {wakeups.CHANNEL}")
                hub.announce(None)
                pause = 0.1
                async for heard in line.notifies():
                    hub.announce(heard.payload.split())
        except (psycopg.Error, OSError) as problem:
            log.warning("No connection to hear of received codes: %s. Trying again.", type(problem).__name__)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _connection_parameters() -> dict[str, Any]:
    """As Django connects, without its own cursors and types."""
    own = connection.get_connection_params()
    return KEEPALIVES | {name: value for name, value in own.items() if name not in {"cursor_factory", "context"}}


async def _hear_sqlite(hub: "Hub") -> None:
    """While somebody waits: told by this process, and by looking at the file for what other processes wrote."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()

    def listener(topics: list[str]) -> None:
        if topics:
            loop.call_soon_threadsafe(hub.announce, topics)
        else:
            loop.call_soon_threadsafe(told.set)

    wakeups.listen(listener)
    hub.announce(None)  # nobody knows what changed before
    try:
        while hub.waiting:
            told.clear()
            with suppress(DatabaseError):  # the next look sees it
                topics = await loop.run_in_executor(_thread, _lookout.new_topics)
                if topics != []:
                    hub.announce(topics)
            with suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), POLL_SECONDS)
    finally:
        wakeups.unlisten(listener)
