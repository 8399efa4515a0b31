"""A client that costs next to nothing: HTTP/1.1 over one connection, so that the server is what is measured."""

import asyncio
import json
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit


class Reply(NamedTuple):
    status: int
    body: Any
    at: float  # of the loop's clock, when the first byte was there


class Line:
    """One connection; one request at a time."""

    def __init__(self, url: str, key: str) -> None:
        self.address, self.key = urlsplit(url), key

    async def __aenter__(self) -> Self:
        self.reader, self.writer = await asyncio.open_connection(self.address.hostname, self.address.port)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, problem: Any, trace: TracebackType | None) -> None:
        self.writer.close()

    async def ask(self, method: str, path: str, body: Any = None) -> Reply:
        data = json.dumps(body).encode() if body is not None else b""
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: {self.address.netloc}\r\nx-api-key: {self.key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
        )
        self.writer.write(head.encode() + data)
        status = await self.reader.readline()
        at = asyncio.get_running_loop().time()
        length = 0
        while (header := await self.reader.readline()).strip():
            name, _, value = header.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        found = await self.reader.readexactly(length)
        return Reply(int(status.split()[1]), json.loads(found) if found else None, at)
