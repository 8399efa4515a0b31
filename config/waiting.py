"""Waiting for a code without a thread and without a connection to the database.

A request goes through Django as always and is answered at once. When the answer says that it may wait
(credentials/waiting.py), it is kept back: a coroutine holds the client, and whenever one of its topics is
announced the same request goes through Django once more, keys, scopes and audit included, until there is something
to send or the time is over; then there is one last look. Who hangs up is not looked for again: a code must not be
claimed for somebody who is gone.
"""

import asyncio
import json
import signal
import threading
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator, MutableMapping
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple, cast

from django.conf import settings

from config.announcements import hear
from credentials.metrics import WAITING
from credentials.vault.wakeups import is_another_look
from credentials.waiting import HEADER, HELD

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Look = Callable[[Send], Awaitable[None]]  # runs the request through Django, once

SHARE = 0.75  # of the places, that one team may take
MOST_REMEMBERED = 1000  # announcements
_HEADER = HEADER.lower().encode()
_BUSY = "Too many requests are waiting here; ask again in a moment."
# In the words of each dialect at once: this place knows none of them.
_FULL = json.dumps({"code": "too_many_waiting", "message": _BUSY, "error": _BUSY, "detail": _BUSY}).encode()


class Full(Exception):
    """More would wait than MOST_WAITERS, or more of one team than its share of them."""


class Hub:
    """Who waits for what in this process. Everything here runs in the event loop."""

    def __init__(self) -> None:
        self.number = 0  # of announcements so far
        self.is_closing = False
        self.waiting = 0
        self.looks = asyncio.Semaphore(max(1, settings.THREADS - 1))  # the last thread is for who comes anew
        self._of_team: Counter[str] = Counter()
        self._recent: deque[tuple[int, Collection[str] | None]] = deque(maxlen=MOST_REMEMBERED)
        self._waiters: dict[str, set[asyncio.Future[Any]]] = {}
        self._ear: asyncio.Task[None] | None = None

    def announce(self, topics: Collection[str] | None) -> None:
        """Wake who waits for one of these topics; None wakes everybody."""
        self.number += 1
        self._recent.append((self.number, topics))
        for topic in list(self._waiters) if topics is None else topics:
            for waiter in self._waiters.get(topic, ()):
                if not waiter.done():
                    waiter.set_result(None)

    def close(self) -> None:
        """The server stops: whoever waits goes with an empty answer."""
        self.is_closing = True
        self.announce(None)

    @contextmanager
    def place(self, whose: str) -> Iterator[None]:
        """A place among those who wait, and somebody who listens for them. Raises Full."""
        if self.waiting >= settings.MOST_WAITERS or self._of_team[whose] >= settings.MOST_WAITERS * SHARE:
            raise Full
        self._count(whose, 1)
        if self._ear is None:
            _at_the_end(self.close)
        if self._ear is None or self._ear.done():
            self._ear = asyncio.create_task(hear(self))
        try:
            yield
        finally:
            self._count(whose, -1)

    def _count(self, whose: str, change: int) -> None:
        self.waiting += change
        self._of_team[whose] += change
        self._of_team += Counter()  # forgets those who have none
        if settings.METRICS:
            WAITING.set(self.waiting)

    @contextmanager
    def waiter(self, topics: Collection[str], *, since: int) -> Iterator[asyncio.Future[Any]]:
        """A future that is done once a topic is announced, or at once if one was since that number."""
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self.is_closing or self._was_announced(topics, since):
            waiter.set_result(None)
        for topic in topics:
            self._waiters.setdefault(topic, set()).add(waiter)
        try:
            yield waiter
        finally:
            for topic in topics:
                self._waiters[topic].discard(waiter)
                if not self._waiters[topic]:
                    del self._waiters[topic]

    def _was_announced(self, topics: Collection[str], since: int) -> bool:
        if since < self.number - len(self._recent):
            return True  # too long ago to remember
        for number, announced in reversed(self._recent):
            if number <= since:
                return False
            if announced is None or not set(announced).isdisjoint(topics):
                return True
        return False


def _at_the_end(call: Callable[[], None]) -> None:
    """Call it in this loop when the server is told to stop: servers wait for open requests and tell them nothing."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        return

    def chain(number: signal.Signals) -> None:
        before = signal.getsignal(number)
        if callable(before):

            def handle(signum: int, frame: FrameType | None) -> None:
                loop.call_soon_threadsafe(call)
                before(signum, frame)

            signal.signal(number, handle)

    chain(signal.SIGTERM)
    chain(signal.SIGINT)


class Wait(NamedTuple):
    """What an answer says that waits."""

    seconds: int
    whose: str
    topics: tuple[str, ...]


class Answer:
    """One answer of Django's: passed on as it comes, or kept back because it waits."""

    def __init__(self, send: Send) -> None:
        self.wait: Wait | None = None
        self._send = send
        self._kept: list[Message] = []

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.wait = _wait_of(message)
            message = {**message, "headers": [pair for pair in message["headers"] if pair[0] != _HEADER]}
        if self.wait is None:
            await self._send(message)
        else:
            self._kept.append(message)

    async def let_go(self) -> None:
        for message in self._kept:
            await self._send(message)

    async def refuse(self) -> None:
        """503 in its place, under the headers that every answer has."""
        own = {b"content-type": b"application/json", b"content-length": str(len(_FULL)).encode(), b"retry-after": b"1"}
        headers = [pair for pair in self._kept[0]["headers"] if pair[0] not in own]
        await self._send({"type": "http.response.start", "status": 503, "headers": [*headers, *own.items()]})
        await self._send({"type": "http.response.body", "body": _FULL})


def _wait_of(start: Message) -> Wait | None:
    said = next((value.decode("latin-1") for name, value in start["headers"] if name == _HEADER), "")
    match said.split():
        case [seconds, whose, *topics] if seconds.isdecimal():
            return Wait(min(int(seconds), HELD), whose, tuple(topics))
    return None


async def answered(look: Look, receive: Receive, send: Send, hub: Hub) -> None:
    """Look once; wait and look again while the answer says so."""
    since, answer = hub.number, Answer(send)
    await look(answer.take)
    if answer.wait is None:
        return
    try:
        with hub.place(answer.wait.whose):
            answer = await _waited_for(answer, since, look, receive, send, hub)
    except Full:
        await answer.refuse()
    else:
        await answer.let_go()


async def _waited_for(first: Answer, since: int, look: Look, receive: Receive, send: Send, hub: Hub) -> Answer:
    """The answer after the last look."""
    loop, answer = asyncio.get_running_loop(), first
    is_another_look.set(True)  # in this request's own context, which goes with it into Django's threads
    # After the body only the hang-up comes.
    gone: asyncio.Future[Any] = loop.create_task(cast(Coroutine[Any, Any, Message], receive()))
    try:
        ends = loop.time() + (first.wait.seconds if first.wait else 0)
        while answer.wait and not hub.is_closing and (left := ends - loop.time()) > 0:
            with hub.waiter(answer.wait.topics, since=since) as announced:
                await asyncio.wait({announced, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if gone.done() or hub.is_closing:
                break
            async with hub.looks:
                since, answer = hub.number, Answer(send)
                await look(answer.take)
    finally:
        gone.cancel()
    return answer
