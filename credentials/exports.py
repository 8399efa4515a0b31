"""Rows as a file that somebody takes along: CSV or JSON Lines. Pure; for the doors that hand out lists."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins with one of these
Write = Callable[[Iterable[str], Iterable[tuple[Any, ...]]], Iterator[str]]


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv(columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def cell(value: Any) -> str:
    text = "" if value is None else json.dumps(value) if isinstance(value, dict | list) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_json_lines(columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    names = list(columns)
    for row in rows:
        yield json.dumps(dict(zip(names, row, strict=True)), default=str) + "\n"


FORMS: dict[str, tuple[str, Write]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "jsonl": ("application/x-ndjson", as_json_lines),
}
