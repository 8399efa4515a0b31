"""`mcpstdio --api-key-env NAME`: the MCP tools for a desktop client, one JSON-RPC message per line."""

import json
import logging
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import close_old_connections, connections

from config import env
from credentials.access import Caller, Door
from credentials.api.mcp_exchange import FAILED, INTERNAL_ERROR, Answer, exchange, failed
from credentials.errors import VaultError
from credentials.management.door import VaultCommand
from credentials.vault import keys

KEY_REFUSED = -32001
LOOK_EVERY = 1.0  # seconds, while a call waits
logger = logging.getLogger(__name__)


class Command(VaultCommand):
    help = "Serve the MCP tools over standard input and output, for desktop clients. Other words go to stderr."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--api-key-env", required=True, metavar="NAME", help="the environment variable that holds the API key"
        )

    def run(self, **options: Any) -> None:
        key = env.text(options["api_key_env"], "")
        if not key:
            raise CommandError("--api-key-env names a variable that is not set, or is empty.")
        caller(key)  # refused at once, not at the first message
        desk = Desk(key)
        try:
            for line in _lines():
                desk.take(line)
        finally:
            desk.close()


def _lines() -> Iterator[bytes]:
    longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    while line := sys.stdin.buffer.readline(longest + 1):
        if len(line) > longest:
            raise CommandError(f"A message is longer than {longest // 1000} kB.")
        if line.strip():
            yield line


class Desk:
    """Takes messages and answers them. A call that has to wait does so in a thread of its own, until it is cancelled
    or the client is gone: nothing is claimed for somebody who does not listen any more."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._writing = threading.Lock()
        self._waiting: dict[Any, tuple[threading.Thread, threading.Event]] = {}

    def take(self, line: bytes) -> None:
        answer = look(self._key, line)
        if answer.wait and answer.body:
            self._start(line, answer, answer.body["id"])
        else:
            self._stop(_cancelled(line))
            self._say(answer)

    def close(self) -> None:
        for message_id in list(self._waiting):
            self._stop(message_id)

    def _start(self, line: bytes, answer: Answer, message_id: Any) -> None:
        stop = threading.Event()
        thread = threading.Thread(target=self._wait, args=(line, answer, message_id, stop))
        self._waiting[message_id] = thread, stop
        thread.start()

    def _stop(self, message_id: Any) -> None:
        thread, stop = self._waiting.pop(message_id, (None, None))
        if thread and stop:
            stop.set()
            thread.join()

    def _wait(self, line: bytes, answer: Answer, message_id: Any, stop: threading.Event) -> None:
        """Look again and again until there is something to say, or the time is over."""
        ends = time.monotonic() + (answer.wait.seconds if answer.wait else 0)
        while answer.wait and (left := ends - time.monotonic()) > 0:
            if stop.wait(min(LOOK_EVERY, left)):
                break
            answer = look(self._key, line)
        connections.close_all()
        if not stop.is_set():
            self._waiting.pop(message_id, None)
            self._say(answer)

    def _say(self, answer: Answer) -> None:
        if answer.body is not None:
            with self._writing:
                sys.stdout.buffer.write(json.dumps(answer.body).encode() + b"\n")
                sys.stdout.buffer.flush()


def caller(key: str) -> Caller:
    """Asked anew for every message: a revoked key ends here too."""
    return keys.caller_with_key(key, door=Door.MCP, ip="127.0.0.1", user_agent="mcpstdio", request_id=uuid.uuid4().hex)


def look(key: str, line: bytes) -> Answer:
    """One message through the exchange, once."""
    close_old_connections()
    try:
        return exchange(caller(key), line)
    except VaultError as problem:
        return _failed(line, KEY_REFUSED, problem.message)
    except Exception as problem:
        logger.error("A message failed: %s", type(problem).__name__)  # its text could hold anything
        return _failed(line, INTERNAL_ERROR, FAILED)


def _failed(line: bytes, code: int, message: str) -> Answer:
    """A notification is not answered, not even by an error."""
    sent = _read(line)
    return Answer(failed(code, message, line) if isinstance(sent, dict) and "id" in sent else None)


def _cancelled(line: bytes) -> str | int | None:
    """The id of the call that its sender does not want any more."""
    match _read(line):
        case {"method": "notifications/cancelled", "params": {"requestId": str() | int() as message_id}}:
            return message_id
    return None


def _read(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None}
