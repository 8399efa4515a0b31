"""The application that `manage.py serve` serves.

Django's own ASGI handler opens a thread and a database connection for every request and loses most of the speed.
So Django runs as WSGI in a fixed pool of threads whose connections last. Bodies are taken in here, so that a slow
sender costs no thread; and who waits for a code waits here (config/waiting.py), which costs none either.
"""

import asyncio
import os
from contextlib import suppress
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings

from config.waiting import Hub, Message, Receive, Send, answered
from config.wsgi import application as django_application
from credentials.otp import extract

BODY_SECONDS = 30  # a whole body has to be here by then
MOST_DRAINED = 64_000_000  # bytes read to nowhere, so that a sender in mid-sentence still hears its 413

# An unbounded queue: a client that does not read its answer must not hold one of the few threads.
django = cast(Any, WSGIMiddleware(cast(Any, django_application), workers=settings.THREADS, send_queue_size=0))
hub = Hub()
extract.get_ready()


class Gone(Exception):
    """The sender hung up, or went on for ever."""


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body, length = await _take_in(receive)
    except Gone:
        return
    except TimeoutError:
        await send({"type": "http.response.start", "status": 408, "headers": [(b"connection", b"close")]})
        await send({"type": "http.response.body", "body": b"The body did not arrive in time.\n"})
        return
    scope = {**scope, "headers": _measured(scope["headers"], length)}

    async def look(send: Send) -> None:
        await django(scope, _once(body), send)

    # A client that hangs up while its answer is being written is nothing to report.
    with suppress(RuntimeError):
        await answered(look, receive, send, hub)


async def _take_in(receive: Receive) -> tuple[bytes, int]:
    """The body and its length; of one that is too long only the length is kept, for Django to refuse."""
    pieces: list[bytes] = []
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        piece, more = message.get("body", b""), message.get("more_body", False)
        length += len(piece)
        if length > MOST_DRAINED:
            raise Gone
        if length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            pieces.append(piece)
        else:
            pieces.clear()
    return b"".join(pieces), length


def _measured(headers: list[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    """The headers with the length that was counted: a chunked body has become a plain one."""
    kept = [pair for pair in headers if pair[0] not in {b"content-length", b"transfer-encoding"}]
    return [*kept, (b"content-length", str(length).encode())] if length else kept


def _once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
