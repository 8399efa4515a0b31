"""`mcpstdio --api-key-env NAME`: the MCP tools for a desktop client, one JSON-RPC message per line."""

import json
import logging
import sys
import uuid
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import close_old_connections

from config import env
from credentials.access import Caller, Door
from credentials.api.mcp import exchange
from credentials.errors import VaultError
from credentials.management.door import VaultCommand
from credentials.vault import keys

INTERNAL_ERROR, KEY_REFUSED = -32603, -32001
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
        longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        while line := sys.stdin.buffer.readline(longest + 1):
            if len(line) > longest:
                raise CommandError(f"A message is longer than {longest // 1000} kB.")
            if line.strip():
                _say(_answer(key, line))


def caller(key: str) -> Caller:
    """Asked anew for every message: a revoked key ends here too."""
    return keys.caller_with_key(key, door=Door.MCP, ip="127.0.0.1", user_agent="mcpstdio", request_id=uuid.uuid4().hex)


def _answer(key: str, line: bytes) -> dict[str, Any] | None:
    close_old_connections()
    try:
        return exchange(caller(key), line).body
    except VaultError as problem:
        return _failed(line, KEY_REFUSED, problem.message)
    except Exception as problem:
        logger.error("A message failed: %s", type(problem).__name__)  # its text could hold anything
        return _failed(line, INTERNAL_ERROR, "The server failed to answer this.")


def _failed(line: bytes, code: int, message: str) -> dict[str, Any] | None:
    try:
        sent = json.loads(line)
    except (ValueError, RecursionError):
        sent = {"id": None}
    if not isinstance(sent, dict) or "id" not in sent:
        return None
    return {"jsonrpc": "2.0", "id": sent["id"], "error": {"code": code, "message": message}}


def _say(answer: dict[str, Any] | None) -> None:
    if answer is not None:
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()
