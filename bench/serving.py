"""The server as a whole: how soon it is there, what memory its processes hold, what a second process adds."""

import time

from bench.asking import Asking
from bench.load import Load, drive
from bench.processes import Usage
from bench.run import Bench

READS = ("credential_get", "credential_list")
CONNECTIONS = 16
TURNS = 3
STARTS = 3


def start(bench: Bench) -> None:
    """From the command to the first answer of /readyz, on a database that is ready; the best, since others run too."""
    for engine in bench.engines:
        with bench.vault(engine, [bench.size]) as vault:
            times = []
            for _ in range(STARTS):
                began = time.perf_counter()
                vault.server.start()
                times.append(time.perf_counter() - began)
                vault.server.stop()
        bench.tell(engine, "cold start", min(times), "s")


def memory(bench: Bench) -> None:
    """Of the largest process that serves, after some thousand requests of every kind; what nobody shares."""
    for engine in bench.engines:
        with bench.serving(engine, [bench.size]) as vault:
            asking = Asking(vault)
            asking.come_in()
            for path in ("totp_code_kernel", "totp_code_skyvern", "credential_list", "reveal_page", "list_page"):
                drive(vault.url, asking.path(path, 1), connections=16, seconds=bench.seconds, into=Load())
            bench.tell(engine, "memory of a process after load", max(Usage(vault.pid).each) / 1e6, "MB")


def processes(bench: Bench) -> None:
    """Reads by two processes against one, on PostgreSQL, which has its own processes on the same cores."""
    if "PostgreSQL" not in bench.engines:
        return
    rates: dict[str, list[float]] = {}
    for count in (1, 2):
        with bench.serving("PostgreSQL", [bench.size], processes=count) as vault:
            asking = Asking(vault)
            for path in READS:
                drive(vault.url, asking.path(path, 1), connections=CONNECTIONS, seconds=0.5, into=Load())  # warm
                load = Load()
                for _ in range(TURNS):
                    drive(vault.url, asking.path(path, 1), connections=CONNECTIONS, seconds=bench.seconds, into=load)
                rates.setdefault(path, []).append(load.answers / load.seconds)
    for path, (one, two) in rates.items():
        bench.tell("PostgreSQL", f"{path.replace('_', ' ')}: two processes against one", two / one, "x")
