"""What a measurement yields, as a table and as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    unit: str


Run = dict[str, list[Figure]]  # by database, the same names in each


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def table(runs: Run) -> str:
    """One row for a figure, one column for a database."""
    names = [figure.name for figure in next(iter(runs.values()))]
    rows = [["", *runs]]
    for number, name in enumerate(names):
        rows.append([name, *(_shown(figures[number]) for figures in runs.values())])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _shown(figure: Figure) -> str:
    return f"{figure.value:,.1f} {figure.unit}"


def _line(row: Iterable[str], widths: list[int]) -> str:
    first, *rest = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest)]).rstrip()


def write(path: Path, runs: Run, **about: object) -> None:
    found = {name: [asdict(figure) for figure in figures] for name, figures in runs.items()}
    path.write_text(json.dumps({**about, "runs": found}, indent=2) + "\n")
