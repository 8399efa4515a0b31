"""What a run yields, as tables and as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

GENERATOR_BOUND = 0.9  # of a processor: from there on a row bears a star


@dataclass(frozen=True)
class Row:
    """One path under one load. Times in milliseconds; ratios of requests per second to the floors of the same run."""

    engine: str
    size: int
    path: str
    teams: int
    connections: int
    per_second: float
    p50: float
    p99: float
    cpu: float  # of the server, for one request
    database_cpu: float
    generator: float  # share of a processor
    to_constant: float
    to_select_and_insert: float


@dataclass(frozen=True)
class Figure:
    engine: str
    name: str
    value: float
    unit: str


HEADS = ("", "credentials", "path", "teams", "at once", "req/s", "p50 ms", "p99 ms", "CPU ms", "db CPU ms",
         "x constant", "x select+insert")  # fmt: skip


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def table(rows: list[Row]) -> str:
    """A line for a row; a star where the generator was as busy as it can be, so that the server may do more."""
    shown = [
        [row.engine, f"{row.size:,}", row.path, str(row.teams), str(row.connections),
         f"{row.per_second:,.0f}{'*' if row.generator > GENERATOR_BOUND else ''}", f"{row.p50:.2f}", f"{row.p99:.2f}",
         f"{row.cpu:.2f}", f"{row.database_cpu:.2f}", _ratio(row.to_constant), _ratio(row.to_select_and_insert)]
        for row in rows
    ]  # fmt: skip
    return _aligned([list(HEADS), *shown])


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value else "-"  # no floor was measured beside it


def list_of(figures: list[Figure]) -> str:
    return _aligned([[figure.engine, figure.name, f"{figure.value:,.2f} {figure.unit}"] for figure in figures])


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Iterable[str], widths: list[int]) -> str:
    """Words to the left, numbers to the right."""
    cells = [
        text.ljust(width) if text.replace("+", "")[:1].isalpha() or not text else text.rjust(width)
        for text, width in zip(row, widths, strict=True)
    ]
    return "  ".join(cells).rstrip()


def write(path: Path, rows: list[Row], figures: list[Figure], **about: object) -> None:
    found = {"rows": [asdict(row) for row in rows], "figures": [asdict(figure) for figure in figures]}
    path.write_text(json.dumps({**about, **found}, indent=2) + "\n")
