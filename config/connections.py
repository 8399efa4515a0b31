"""How connections are taken in and turned away, below the application: uvicorn's protocol with manners.
Loaded by every process before there is Django.

Who comes when there is no room is told so and when to come again; who connects and says nothing does not stay. When
the process ends nobody's request is cut off, not even one that is on its way: a proxy passes it on to nobody else.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_CONNECTIONS = 2000  # of one process; more are told 503, since answers wait in memory
SILENT_SECONDS = 30  # before the first request
SILENT_SECONDS_IN_A_CROWD = 5
LEAVING_SECONDS = 1  # at the end, for what a proxy sends before it hears that its connection is about to close
_CROWDED = b'{"code": "too_many_connections", "message": "Too many connections are open here; come again in a moment."}'


async def crowded(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_CROWDED)).encode()),
               (b"cache-control", b"no-store"), (b"retry-after", b"2"), (b"connection", b"close")]  # fmt: skip
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": _CROWDED})


class Connection(HttpToolsProtocol):
    """One connection; `connections` are all of this process."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._served = self.app
        self._is_leaving = False
        seconds = SILENT_SECONDS_IN_A_CROWD if self._is_crowded else SILENT_SECONDS
        # The first byte ends this, as it ends the wait for another request.
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def on_headers_complete(self) -> None:
        self.app = cast(Any, crowded) if self._is_crowded else self._served
        super().on_headers_complete()
        if self._is_leaving:
            self.cycle.keep_alive = False  # this answer says that it is the connection's last

    def shutdown(self) -> None:
        """The process ends: an answer in the making is finished, and a request that is on its way still gets one."""
        self._is_leaving = True
        can_still_tell = self.cycle is not None and not self.cycle.response_started
        if can_still_tell:
            super().shutdown()
        else:  # idle, or in the middle of an answer that promised to stay
            self.loop.call_later(LEAVING_SECONDS, super().shutdown)

    @property
    def _is_crowded(self) -> bool:
        return len(self.connections) > MOST_CONNECTIONS
