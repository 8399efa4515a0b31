"""The arguments of an MCP tool against its JSON schema. Errors say what was expected, never what was sent."""

from collections.abc import Iterable
from typing import Any

FARTHEST = 1_000_000_000  # no database counts further back than this in good time
Schemas = dict[str, dict[str, Any]]


class Mistake(Exception):
    """Arguments that no verb can be called with; the text says which, never what was in them."""


def taken(arguments: dict[str, Any], schemas: Schemas, names: Iterable[str]) -> dict[str, Any]:
    """What is wanted of what was sent, each of its type. Absent and null are the same; the rest is ignored."""
    given = {name: arguments[name] for name in names if arguments.get(name) is not None}
    for name, value in given.items():
        wrong = _wrong(schemas[name], value)
        if wrong:
            raise Mistake(f"{name} must be {wrong}.")
    return given


def _wrong(schema: dict[str, Any], value: Any) -> str:
    """What the value should have been; nothing when it is."""
    if schema["type"] == "integer":
        low, high = schema["minimum"], schema.get("maximum", FARTHEST)
        fine = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if fine else f"a whole number from {low} to {high}"
    if schema["type"] == "object":
        fine = isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
        return "" if fine else "an object whose values are texts"
    if "enum" in schema:
        return "" if value in schema["enum"] else f"one of {', '.join(schema['enum'])}"
    return "" if isinstance(value, str) else "a text"
