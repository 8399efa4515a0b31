"""What lists and searches cost at 100,000 credentials in one team: `python -m tests.bench_lists` (SQLite; with
BENCH_DATABASE_URL in the environment, the database that it names, which must be empty).

Server time of whole requests through Django's handler: sign-in, rights, queries, template. Prints one table.
"""

import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import tests.environment  # noqa: F401  before settings load

MANY = 100_000
TURNS = 15


def main() -> None:
    import django

    django.setup()

    from django.core.management import call_command
    from django.db import connection

    from tests.conftest import build

    call_command("migrate", verbosity=0)
    house = build("Blue", {"owner": "alice@example.org"})
    words = fill(house)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = sign_in(house)
    middle = f"cred_{MANY // 2:026}.{name(words, MANY // 2).casefold()}"
    print(f"{connection.vendor}, {MANY:,} credentials in one team; of {TURNS}, in ms: median, worst, median of CPU")
    for label, address in {
        "list, first page": "",
        "list, deep page": f"?page={middle}",
        "list, deep page back": f"?page=-{middle}",
        "search, many match": "?q=example",
        "search, two letters": "?q=qz",
        "search, a few match": f"?q={words[7]}",
        "search, one matches": f"?q=ops{MANY - 5}@",
        "search, none matches": "?q=zzqxzzqx",
        "search, deep page": f"?q=example&page={middle}",
        "filter, none fits": "?type=credit_card",
        "trash": "trash/",
    }.items():
        walls, cpus = zip(*(timed(client, f"/t/blue/{address}") for _ in range(TURNS)), strict=True)
        print(f"{label:<24} {statistics.median(walls):6.1f} {max(walls):7.1f} {statistics.median(cpus):6.1f}")


def name(words: list[str], number: int) -> str:
    chosen = random.Random(number)
    return f"{chosen.choice(words)} {chosen.choice(words)} {number}"


def fill(house) -> list[str]:
    from datetime import UTC, datetime

    from credentials.models import Credential

    drawn, at = random.Random(1), datetime.now(UTC)
    words = ["".join(drawn.choices("abcdefghijklmnoprstuvwxyz", k=drawn.randint(4, 9))) for _ in range(4000)]
    rows = (
        Credential(
            id=f"cred_{number:026}", team=house.team, name=name(words, number), name_key=name(words, number),
            username=f"ops{number}@example.com", domain=f"{words[number % 4000]}.example.org", type="password",
            search_text=f"{name(words, number)}\nops{number}@example.com\n{words[number % 4000]}.example.org",
            has_totp=bool(number % 3), created_at=at, updated_at=at, rotated_at=at,
            deleted_at=at if number % 50 == 0 else None,
        )
        for number in range(MANY)
    )  # fmt: skip
    Credential.objects.bulk_create(rows, batch_size=2000)
    return words


def sign_in(house):
    from django.test import Client

    client = Client()
    client.force_login(house.people["owner"])
    return client


def timed(client, address: str) -> tuple[float, float]:
    """Milliseconds by the clock on the wall, and of this process alone: others may be using the machine."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = client.get(address, headers={"hx-request": "true"})
    took = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
    assert answer.status_code == 200, address
    return took


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        main()
