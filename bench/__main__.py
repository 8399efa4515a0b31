"""`python -m bench`: every part, or some of them (`--only codes`), a table, and bench.json."""

import argparse
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench import audit, figures, growth, lists, paths, serving, upkeep, waiting
from bench.run import ENGINES, Bench

# Each takes the Bench and tells it rows or figures.
PARTS = {
    "codes": paths.codes,
    "credentials": paths.credentials,
    "pages": paths.pages,
    "waiting": waiting.waiting,
    "growth": growth.growth,
    "lists": lists.lists,
    "audit": audit.events,
    "upkeep": upkeep.upkeep,
    "start": serving.start,
    "memory": serving.memory,
    "processes": serving.processes,
}


def main() -> None:
    given = _options()
    bench = Bench(
        given.folder, seconds=given.seconds, size=given.size, engines=given.engines, postgresql=given.postgresql
    )
    if given.sizes:
        bench.sizes = given.sizes
    given.folder.mkdir(parents=True, exist_ok=True)
    chosen = [name for name in PARTS if not given.only or name in given.only]
    bench.only = "" if chosen else given.only[0]  # no part: a path of one
    try:
        for name in chosen or ("codes", "credentials", "pages"):
            PARTS[name](bench)
    finally:
        _tell(bench, given.json)


def _tell(bench: Bench, file: Path) -> None:
    """What there is, even of a run that was cut short."""
    if bench.rows:
        print(figures.table(bench.rows))
    if bench.figures:
        print(f"\n{figures.list_of(bench.figures)}")
    about = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
    }
    figures.write(file, bench.rows, bench.figures, **about)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("--only", nargs="+", metavar="PART", help=f"of {', '.join(PARTS)}; or part of a path's name")
    options.add_argument("--size", type=int, default=1000, help="credentials of the one team under load")
    options.add_argument("--sizes", type=int, nargs="+", help="of the vaults that show how cost grows")
    options.add_argument("--seconds", type=float, default=1.0, help="for each path under each load")
    options.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    options.add_argument(
        "--postgresql", default="", metavar="URL", help="a server of this machine, with pg_trgm perhaps"
    )
    options.add_argument("--json", type=Path, default=Path("bench.json"))
    options.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "strongroom-bench", help="filled vaults, kept"
    )
    return options.parse_args()


if __name__ == "__main__":
    main()
