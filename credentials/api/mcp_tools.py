"""The MCP tools: which there are, and which of them a key is shown."""

from collections.abc import Callable
from typing import Any, NamedTuple

from credentials.access import Caller
from credentials.api import mcp_codes, mcp_credentials
from credentials.api.mcp_shapes import Result


class Tool(NamedTuple):
    described: Callable[[Caller], dict[str, Any] | None]
    call: Callable[[Caller, dict[str, Any]], Result]


TOOLS = {
    mcp_credentials.NAME: Tool(mcp_credentials.described, mcp_credentials.call),
    mcp_codes.NAME: Tool(mcp_codes.described, mcp_codes.call),
}


def offered(caller: Caller) -> list[dict[str, Any]]:
    """The tools that this key may use, as tools/list shows them."""
    shown = [tool.described(caller) for tool in TOOLS.values()]
    return [tool for tool in shown if tool]
