"""What grows with the vault: the same requests on the largest team of a thousand, a hundred thousand and a million
credentials. What counts is the cost against the smallest of them, in one run."""

from bench.asking import Asking
from bench.figures import Row
from bench.paths import Shape, measured
from bench.run import Bench, teams_of

PATHS = ("totp_code_kernel", "credential_get", "credential_list", "credential_search", "credential_search_word",
         "list_page", "search_page", "search_page_one")  # fmt: skip


def growth(bench: Bench) -> None:
    wanted = [path for path in PATHS if bench.only in path]
    for engine in bench.engines if wanted else ():
        first: dict[str, Row] = {}
        for size in bench.sizes:
            with bench.serving(engine, teams_of(size)) as vault:
                asking = Asking(vault)
                asking.come_in()
                measured(vault, asking, wanted, Shape(1, 4), 0.4)  # so that caches are warm everywhere
                rows = measured(vault, asking, wanted, Shape(1, 1), bench.seconds)
            bench.rows += rows
            for row in rows:
                smallest = first.setdefault(row.path, row)
                grown = _cost(row) / _cost(smallest)
                bench.tell(engine, f"{row.path}: cost at {size:,} against {bench.sizes[0]:,}", grown, "x")


def _cost(row: Row) -> float:
    """Processor time of server and database for one request: the clock on the wall knows what else is running."""
    return row.cpu + row.database_cpu
