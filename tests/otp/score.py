"""Score the extraction on the corpora: `python tests/otp/score.py [--tuned-only] [FILE...]`; the misses come last."""

import json
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from credentials.otp.extract import Extraction, extract

Row = dict[str, str | bool | None]


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def is_exact(row: Row, found: Extraction) -> bool:
    return (found.code, found.type) == (row["code"], row["type"])


def tally(corpus: list[Row]) -> tuple[int, int, int, int]:
    """Rows, exact ones, negatives, and negatives for which something was returned."""
    pairs = [(row, extract(str(row["text"]), str(row["channel"]))) for row in corpus]
    negatives = [found for row, found in pairs if row["code"] is None]
    exact = sum(is_exact(row, found) for row, found in pairs)
    return len(pairs), exact, len(negatives), sum(found.code is not None for found in negatives)


def line(name: str, corpus: list[Row]) -> str:
    total, exact, negatives, false = tally(corpus)
    share = f"{exact / total:7.1%}" if total else "      -"
    return f"{name:<24}{exact:>5} of {total:<5}{share}   false positives {false} of {negatives}"


def report(path: Path, show_held: bool) -> None:
    corpus = rows(path)
    print(f"{path.name}\n{line('overall', corpus)}")
    for name, part in (
        ("tuned", [r for r in corpus if not r["held"]]),
        ("held back", [r for r in corpus if r["held"]]),
    ):
        if part:
            print(line(name, part))
    shown = [row for row in corpus if show_held or not row["held"]]
    for field in ("channel", "kind", "lang"):
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in shown:
            groups[str(row[field])].append(row)
        print("\n".join(line(f"  {field} {name}", group) for name, group in sorted(groups.items())))
    for row in shown:
        found = extract(str(row["text"]), str(row["channel"]))
        if not is_exact(row, found):
            place = f"{row['id']} {row['lang']} {row['kind']}"
            print(f"MISS {place}: {row['code']!r} became {found.code!r}, {found.reason}")
            print(f"     {str(row['text'])[:160]!r}")


if __name__ == "__main__":
    names = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    for name in names or ["corpus.jsonl", "corpus_fresh.jsonl"]:
        if (HERE / name).exists():
            report(HERE / name, show_held="--tuned-only" not in sys.argv)
