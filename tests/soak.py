"""Mixed work on PostgreSQL with two processes for as long as wanted: no error, flat memory, chains that hold.

`python tests/soak.py [SECONDS]` (ten minutes by default); test_soak.py runs some seconds of it.
"""

import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil

from tests import databases
from tests.agents import Agent, agent_of
from tests.server import Server, running

WORKERS = 6
UNHINDERED = {"REQUESTS_PER_MINUTE": "1000000"}  # one key does the work of a hundred
KEPT = 200  # credentials that each worker goes round


@dataclass
class Soak:
    statuses: Counter = field(default_factory=Counter)
    broken_lines: int = 0
    memory: list[int] = field(default_factory=list)  # MB of all processes, second by second
    verified: str = ""

    def grown(self) -> float:
        """The last quarter's memory against the second's: before that, caches fill."""
        quarter = max(len(self.memory) // 4, 1)
        return max(self.memory[-quarter:]) / max(self.memory[quarter : 2 * quarter])


def round_of(agent: Agent, name: str) -> list[int]:
    """What an agent does with one credential."""
    calls = (
        lambda: agent.add(name),
        lambda: agent.get(name),
        lambda: agent.code(name),
        lambda: agent.call("PATCH", f"credentials/{name}", {"values": {"note": name}}),
        lambda: agent.call("GET", "credentials?limit=25"),
        lambda: agent.call("GET", f"credentials?query={name}"),
        lambda: agent.call("DELETE", f"credentials/{name}"),
    )
    return [call()[0] for call in calls]


def awaited(agent: Agent, who: int, number: int) -> list[int]:
    """Somebody waits for a code, somebody sends it, and it is the one that was sent."""
    identifier, code = f"{who}-{number}@example.com", f"{100_000 + number}"
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(agent.claim, identifier, wait=25)
        time.sleep(0.02)
        sent = agent.receive(identifier, f"Your verification code is {code}.")[0]
        status, claimed, _ = waiting.result()
    if status == 200 and claimed["code"] != code:
        raise AssertionError("another code was handed out")
    return [sent, status]


def work(soak: Soak, agent: Agent, who: int, until: float) -> None:
    number = 0
    while time.monotonic() < until:
        number += 1
        try:
            soak.statuses.update(round_of(agent, f"login-{who}-{number % KEPT}"))
            soak.statuses.update(awaited(agent, who, number))
        except OSError:
            soak.broken_lines += 1


def memory_of(server: Server) -> int:
    family = [psutil.Process(server.process.pid)]
    family += family[0].children(recursive=True)
    return sum(process.memory_info().rss for process in family) >> 20


def soak(seconds: int) -> Soak:
    found = Soak()
    with (
        tempfile.TemporaryDirectory() as folder,
        databases.own_postgres() as postgres,
        running(Path(folder), DATABASE_URL=postgres.url, PROCESSES="2", **UNHINDERED) as server,
    ):
        agent, until = agent_of(server), time.monotonic() + seconds
        threads = [threading.Thread(target=work, args=(found, agent, who, until)) for who in range(WORKERS)]
        for thread in threads:
            thread.start()
        while time.monotonic() < until:
            found.memory.append(memory_of(server))
            time.sleep(1)
        for thread in threads:
            thread.join()
        found.verified = server.manage("auditverify").stdout
    return found


def main() -> int:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    found = soak(seconds)
    requests = sum(found.statuses.values())
    print(f"{requests} requests in {seconds} s: {dict(found.statuses)}; {found.broken_lines} broken lines")
    print(f"memory: {found.memory[0]} MB at first, {found.memory[-1]} MB at last, grown {found.grown():.2f} times")
    print(found.verified, end="")
    fine = set(found.statuses) == {200, 201, 204} and not found.broken_lines and found.grown() < 1.1
    return 0 if fine and "BROKEN" not in found.verified else 1


if __name__ == "__main__":
    sys.exit(main())
