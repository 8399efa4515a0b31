"""Lists and searches at 100,000 credentials in one team: `python -m bench.lists` prints them for SQLite, or for the
empty database that DATABASE_URL names; as a part of `make bench` they are figures like the others.

Server time of whole requests through Django's handler: sign-in, rights, queries, template. The budget is 50 ms; that
the indexes carry each of them is asserted by tests/vault/test_listing.py.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.run import Bench
from tests.server import ROOT

MANY = 100_000
TURNS = 15
AS_JSON = "--json"


def lists(bench: Bench) -> None:
    """In a process of its own on a server's database, which gets one more team."""
    words = [sys.executable, "-m", "bench.lists", AS_JSON]
    for engine in bench.engines:
        with bench.vault(engine, [10]) as vault:
            done = subprocess.run(words, cwd=ROOT, env=vault.server.env, stdout=subprocess.PIPE, text=True, check=True)
        for label, *values in json.loads(done.stdout.splitlines()[-1]):
            for which, value in zip(("half", "worst", "half, processor"), values, strict=True):
                bench.tell(engine, f"{label}, {which}", value, "ms")


def run() -> list[tuple[str, float, float, float]]:
    """What was asked, then in ms: the median and the worst by the clock, the median of this process's own time."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    import tests.environment  # noqa: F401  before settings load
    from tests.conftest import build  # sets Django up

    call_command("migrate", verbosity=0)
    house = build("Lists", {"owner": "lists@example.org"})
    words = _fill(house)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(house.people["owner"])
    found = []
    for label, address in _asked(words).items():
        walls, cpus = zip(*(_timed(client, f"/t/lists/{address}") for _ in range(TURNS)), strict=True)
        found.append((label, statistics.median(walls), max(walls), statistics.median(cpus)))
    return found


def _asked(words: list[str]) -> dict[str, str]:
    middle = f"{_id(MANY // 2)}.{_name(words, MANY // 2)}"
    return {
        "list, first page": "",
        "list, deep page": f"?page={middle}",
        "list, deep page back": f"?page=-{middle}",
        "search, one letter": "?q=q",
        "search, two letters": "?q=qz",
        "search, three letters": f"?q={words[7][:3]}",
        "search, many match": "?q=example",
        "search, a few match": f"?q={words[7]}",
        "search, one matches": f"?q=ops{MANY - 5}@",
        "search, none matches": "?q=zzqxzzqx",
        "search, deep page": f"?q=example&page={middle}",
        "filter, with code": "?totp=1",
        "filter, none fits": "?type=credit_card",
        "filter, expiring": "?expiring=1",
        "trash": "trash/",
    }


def _id(number: int) -> str:
    return f"cred_L{number:025}"  # beside what fills the other vaults


def _name(words: list[str], number: int) -> str:
    chosen = random.Random(number)
    return f"{chosen.choice(words)} {chosen.choice(words)} {number}"


def _fill(house: Any) -> list[str]:
    from credentials.models import Credential

    drawn, at = random.Random(1), datetime.now(UTC)
    words = ["".join(drawn.choices("abcdefghijklmnoprstuvwxyz", k=drawn.randint(4, 9))) for _ in range(4000)]
    rows = (
        Credential(
            id=_id(number), team=house.team, name=_name(words, number), name_key=_name(words, number),
            username=f"ops{number}@example.com", domain=f"{words[number % 4000]}.example.org", type="password",
            search_text=f"{_name(words, number)}\nops{number}@example.com\n{words[number % 4000]}.example.org",
            has_totp=bool(number % 3), created_at=at, updated_at=at, rotated_at=at,
            expires_on=at.date() + timedelta(days=number % 700) if number % 5 == 0 else None,
            deleted_at=at if number % 50 == 0 else None,
        )
        for number in range(MANY)
    )  # fmt: skip
    Credential.objects.bulk_create(rows, batch_size=2000)
    return words


def _timed(client: Any, address: str) -> tuple[float, float]:
    """Milliseconds by the clock on the wall, and of this process alone: others may be using the machine."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = client.get(address, headers={"hx-request": "true"})
    took = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
    assert answer.status_code == 200, address
    return took


def _print_table() -> None:
    from django.db import connection

    rows = run()
    print(f"{connection.vendor}, {MANY:,} credentials in one team; of {TURNS}, in ms: median, worst, median of CPU")
    for label, median, worst, cpu in rows:
        print(f"{label:<24} {median:6.1f} {worst:7.1f} {cpu:6.1f}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        if AS_JSON in sys.argv:
            print(json.dumps(run()))
        else:
            _print_table()
