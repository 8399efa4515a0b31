"""Load that costs next to nothing: connections of HTTP/1.1 in one thread under epoll, one request at a time on each.

Its own share of a processor is told with every figure: near 1 the generator, not the server, is what was measured.
"""

import re
import select
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
MOST_BYTES = 262_144
STALLED = 60  # seconds without any answer

Make = Callable[[], bytes | None]  # the next request; None when there is nothing left to ask


@dataclass
class Load:
    """What was answered, of one or several goes at the same thing."""

    delays: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    own_cpu: float = 0.0
    cpu: float = 0.0  # of the server's processes
    database_cpu: float = 0.0

    @property
    def answers(self) -> int:
        return len(self.delays)


class Line:
    """One connection: what it has received of its answer, and when it asked."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=STALLED)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.asked_at = 0.0

    def ask(self, request: bytes) -> None:
        self.received = b""
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Take in what is there; whether it is the whole answer."""
        piece = self.socket.recv(MOST_BYTES)
        if not piece:
            raise RuntimeError("the server hung up")
        self.received += piece
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return False
        length = LENGTH.search(self.received, 0, head)
        return len(self.received) >= head + 4 + (int(length[1]) if length else 0)

    def go_on(self, make: Make) -> bool:
        """Ask the next thing, if there is one."""
        request = make()
        if request:
            self.ask(request)
        return request is not None

    def note(self, into: Load) -> None:
        into.delays.append(time.perf_counter() - self.asked_at)
        into.statuses[int(self.received[9:12])] += 1


def drive(url: str, make: Make, *, connections: int, seconds: float, into: Load) -> None:
    """Ask for so many seconds on so many connections, or until there is nothing left to ask."""
    lines = {line.socket.fileno(): line for line in (Line(url) for _ in range(connections))}
    began, cpu = time.perf_counter(), time.process_time()
    busy = {number for number, line in lines.items() if line.go_on(make)}
    with closing(select.epoll()) as poll:
        for number in busy:
            poll.register(number, select.EPOLLIN)
        while busy:
            for number in _ready(poll):
                if lines[number].is_answered():
                    lines[number].note(into)
                    if not (time.perf_counter() < began + seconds and lines[number].go_on(make)):
                        poll.unregister(number)  # the server may end it while others still wait
                        busy.remove(number)
    into.seconds += time.perf_counter() - began
    into.own_cpu += time.process_time() - cpu
    for line in lines.values():
        line.socket.close()


def _ready(poll: select.epoll) -> list[int]:
    ready = poll.poll(STALLED)
    if not ready:
        raise RuntimeError("no answer for a minute")
    return [number for number, _ in ready]


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body or method == "POST":
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(url: str, sent: bytes) -> bytes:
    """One answer, whole."""
    line = Line(url)
    line.ask(sent)
    while not line.is_answered():
        pass
    line.socket.close()
    return line.received
