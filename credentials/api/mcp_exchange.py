"""The MCP protocol: one JSON-RPC message in, its answer out, nothing kept between. Over HTTP (mcp.py) and `mcpstdio`.

Two eras in one place. Up to 2025-11-25 a client opens with `initialize`; from 2026-07-28 on every request carries
its version in `_meta`, the headers repeat what a proxy routes by, and `server/discover` says what is served.
https://modelcontextprotocol.io/specification
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from credentials.access import Caller
from credentials.api import mcp_tools
from credentials.api.mcp_shapes import DATA, Wait

HANDSHAKE = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
STATELESS = ("2026-07-28",)
SERVER = {"name": "strongroom", "title": "Strongroom", "version": "1.0.0"}
CAPABILITIES: dict[str, Any] = {"tools": {}}
INSTRUCTIONS = f"A vault for logins. {DATA} Stored values never leave it by this way."
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
INTERNAL_ERROR, FAILED = -32603, "The server failed to answer this."
HEADER_MISMATCH, UNSUPPORTED_VERSION, THROTTLED = -32020, -32022, -32029
META_VERSION = "io.modelcontextprotocol/protocolVersion"
META_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
META_SERVER = "io.modelcontextprotocol/serverInfo"
STATUSES = {METHOD_NOT_FOUND: 404, INVALID_PARAMS: 400, HEADER_MISMATCH: 400, UNSUPPORTED_VERSION: 400}
DEEPEST = 20  # levels of nesting
LONGEST_ID = 200
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Json = dict[str, Any]
Headers = Mapping[str, str]


class Answer(NamedTuple):
    """What goes back: nothing to a notification. With `wait` it is the last word only when that is over."""

    body: Json | None
    status: int = 200
    wait: Wait | None = None


class Done(NamedTuple):
    """What a method comes to."""

    result: Json
    wait: Wait | None = None


class Problem(Exception):
    """A JSON-RPC error. Its text never repeats what was sent."""

    def __init__(self, code: int, message: str, data: Json | None = None) -> None:
        self.error: Json = {"code": code, "message": message} | ({"data": data} if data else {})
        super().__init__(message)


def failed(code: int, message: str, body: bytes = b"") -> Json:
    """An error from around the exchange: to the message in `body`, as far as that can be told."""
    try:
        message_id = _id(_parsed(body))
    except Problem:
        message_id = None
    return {"jsonrpc": "2.0", "id": message_id, "error": Problem(code, message).error}


def exchange(caller: Caller, body: bytes, headers: Headers | None = None) -> Answer:
    """One message in, its answer out. `headers` are those of HTTP; stdio has none."""
    message: Json = {"id": None}
    message_id: str | int | None = None
    stateless = False
    try:
        message = _parsed(body)
        message_id = _id(message)
        stateless = _is_stateless(message, headers)
        _check_storable(message)
        if stateless:
            _check_stateless(message, headers)
        if "id" not in message:
            return Answer(None, 202)
        done = _done(caller, message, stateless)
    except Problem as problem:
        # Over HTTP even a notification has an answer; on a stream nobody would know what it belongs to.
        unheard = headers is None and "id" not in message
        envelope = None if unheard else {"jsonrpc": "2.0", "id": message_id, "error": problem.error}
        return Answer(envelope, _status(problem.error["code"], stateless))
    return Answer({"jsonrpc": "2.0", "id": message_id, "result": done.result}, wait=done.wait)


def _status(code: int, stateless: bool) -> int:
    """Before 2026 an error within a well-formed exchange is an ordinary answer."""
    if code in {PARSE_ERROR, INVALID_REQUEST, UNSUPPORTED_VERSION, HEADER_MISMATCH}:
        return 400
    return STATUSES[code] if stateless else 200


def _parsed(body: bytes) -> Json:
    try:
        message = json.loads(body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem(PARSE_ERROR, "This is not JSON in UTF-8.") from None
    if isinstance(message, list):
        raise Problem(INVALID_REQUEST, "Batches are not served: send one message at a time.")
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not isinstance(message.get("method"), str):
        raise Problem(INVALID_REQUEST, "This is not a JSON-RPC 2.0 request or notification.")
    return message


def _no_number(text: str) -> None:
    raise ValueError  # NaN and Infinity are no JSON


def _id(message: Json) -> str | int | None:
    given = message.get("id")
    if "id" not in message or (isinstance(given, int) and not isinstance(given, bool) and abs(given) < 2**63):
        return given
    if isinstance(given, str) and len(given) <= LONGEST_ID and not _UNSTORABLE.search(given):
        return given
    raise Problem(INVALID_REQUEST, f"An id is a whole number or a text of at most {LONGEST_ID} characters.")


def _check_storable(message: Json) -> None:
    """Level by level: depth is counted, and nothing is taken along that no database could store."""
    level: list[Any] = [message]
    for _ in range(DEEPEST):
        texts = [key for node in level if isinstance(node, dict) for key in node]
        texts += [node for node in level if isinstance(node, str)]
        if any(map(_UNSTORABLE.search, texts)):
            raise Problem(INVALID_PARAMS, "The message contains characters that cannot be stored.")
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise Problem(INVALID_PARAMS, f"The message is nested deeper than {DEEPEST} levels.")


def _children(node: Any) -> list[Any]:
    return list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []


def _is_stateless(message: Json, headers: Headers | None) -> bool:
    """Whether the message is of the era without a handshake: it says so itself, or its headers do."""
    header = headers.get("MCP-Protocol-Version") if headers is not None else None
    if META_VERSION in _meta(message) or (header in STATELESS and "id" in message):
        return True
    if header is not None and header not in HANDSHAKE + STATELESS and message["method"] != "initialize":
        raise _unsupported(header)
    return False


def _meta(message: Json) -> Json:
    params = message.get("params", {})
    if not isinstance(params, dict):
        raise Problem(INVALID_PARAMS, "The params must be an object.")
    meta = params.get("_meta")
    return meta if isinstance(meta, dict) else {}


def _check_stateless(message: Json, headers: Headers | None) -> None:
    """Envelope, then headers, then version: a client that contradicts itself hears that first."""
    meta = _meta(message)
    _check_envelope(message, meta)
    if headers is not None:
        _check_headers(message, meta, headers)
    if meta[META_VERSION] not in STATELESS:
        raise _unsupported(meta[META_VERSION])


def _check_envelope(message: Json, meta: Json) -> None:
    if not isinstance(meta.get(META_VERSION), str):
        raise Problem(INVALID_PARAMS, f"params._meta needs {META_VERSION}, a text.")
    if "id" in message and not isinstance(meta.get(META_CAPABILITIES), dict):
        raise Problem(INVALID_PARAMS, f"params._meta needs {META_CAPABILITIES}, an object.")


def _check_headers(message: Json, meta: Json, headers: Headers) -> None:
    """What a proxy routes by must be what is done."""
    if headers.get("MCP-Protocol-Version") != meta[META_VERSION]:
        raise Problem(HEADER_MISMATCH, "The header MCP-Protocol-Version does not match the message.")
    if "id" not in message:
        return
    if headers.get("Mcp-Method") != message["method"]:
        raise Problem(HEADER_MISMATCH, "The header Mcp-Method does not match the message.")
    if message["method"] == "tools/call" and _plain(headers.get("Mcp-Name")) != message["params"].get("name"):
        raise Problem(HEADER_MISMATCH, "The header Mcp-Name does not match the message.")


def _plain(header: str | None) -> str | None:
    """A header's text; what does not fit into one arrives as `=?base64?…?=`."""
    wrapped = re.fullmatch(r"=\?base64\?(.*)\?=", header or "")
    if not wrapped:
        return header
    try:
        return base64.b64decode(wrapped[1], validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _unsupported(requested: str) -> Problem:
    """The protocol wants the version back; only what looks like one is repeated."""
    shown = requested if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", requested) else ""
    data = {"supported": [*HANDSHAKE, *STATELESS], "requested": shown}
    return Problem(UNSUPPORTED_VERSION, "This protocol version is not supported.", data)


def _done(caller: Caller, message: Json, stateless: bool) -> Done:
    methods = _STATELESS_METHODS if stateless else _HANDSHAKE_METHODS
    if message["method"] not in methods:
        raise Problem(METHOD_NOT_FOUND, "There is no such method here.")
    done = methods[message["method"]](caller, message.get("params", {}))
    if not stateless:
        return done
    # What a key may do can change at any moment: cached for a minute, for this key alone.
    cached = {} if message["method"] == "tools/call" else {"ttlMs": 60_000, "cacheScope": "private"}
    return done._replace(result={**done.result, "resultType": "complete", **cached, "_meta": {META_SERVER: SERVER}})


def _initialize(caller: Caller, params: Json) -> Done:
    """The version asked for if it has a handshake, else the newest that has: the client decides whether to go on."""
    wanted = params.get("protocolVersion")
    if not isinstance(wanted, str):
        raise Problem(INVALID_PARAMS, "The protocolVersion is missing.")
    version = wanted if wanted in HANDSHAKE else HANDSHAKE[-1]
    return Done({
        "protocolVersion": version, "capabilities": CAPABILITIES, "serverInfo": SERVER, "instructions": INSTRUCTIONS
    })  # fmt: skip


def _discover(caller: Caller, params: Json) -> Done:
    versions = [*HANDSHAKE, *STATELESS]
    return Done({"supportedVersions": versions, "capabilities": CAPABILITIES, "instructions": INSTRUCTIONS})


def _ping(caller: Caller, params: Json) -> Done:
    return Done({})


def _list_tools(caller: Caller, params: Json) -> Done:
    return Done({"tools": mcp_tools.offered(caller)})


def _call_tool(caller: Caller, params: Json) -> Done:
    name, arguments = params.get("name"), params.get("arguments")
    if not isinstance(name, str) or name not in mcp_tools.TOOLS:
        raise Problem(INVALID_PARAMS, "There is no such tool here.")
    if not isinstance(arguments, dict | None):
        raise Problem(INVALID_PARAMS, "The arguments must be an object.")
    done = mcp_tools.TOOLS[name].call(caller, arguments or {})
    return Done({"content": [{"type": "text", "text": done.text}], "isError": done.is_error}, done.wait)


Method = Callable[[Caller, Json], Done]
_TOOLS: dict[str, Method] = {"tools/list": _list_tools, "tools/call": _call_tool}
_HANDSHAKE_METHODS: dict[str, Method] = {"initialize": _initialize, "ping": _ping, **_TOOLS}
_STATELESS_METHODS: dict[str, Method] = {"server/discover": _discover, **_TOOLS}
