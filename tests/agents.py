"""Agents that work against a real server, many at once, and count what was acknowledged."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import LOGIN, SEED
from tests.server import Server

SCOPES = "credentials:read,credentials:write,totp:read,codes:read,codes:write"
CODES = "v1/credentials/totp"


def lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@dataclass
class Agent:
    """One API key's calls in Kernel's dialect, and for received codes in Skyvern's."""

    url: str
    key: str

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any, dict[str, str]]:
        return self.ask(method, f"kernel/{path}", body)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any, dict[str, str]]:
        request = urllib.request.Request(
            f"{self.url}/{path}", method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "x-api-key": self.key, "Content-Type": "application/json"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "null"), lowered(answer.headers)
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, problem.read(), lowered(problem.headers)

    def add(self, name: str) -> tuple[int, Any, dict[str, str]]:
        given = {"name": name, "domain": "x.example", "values": LOGIN["values"], "totp_secret": SEED}
        return self.call("POST", "credentials", given)

    def code(self, name: str) -> tuple[int, Any, dict[str, str]]:
        return self.call("GET", f"credentials/{name}/totp-code")

    def receive(self, identifier: str, content: str) -> tuple[int, Any, dict[str, str]]:
        return self.ask("POST", CODES, {"totp_identifier": identifier, "content": content})

    def claim(self, identifier: str, *, wait: int) -> tuple[int, Any, dict[str, str]]:
        return self.ask("POST", f"{CODES}/claim", {"totp_identifier": identifier, "wait": wait})

    def get(self, name: str) -> tuple[int, Any, dict[str, str]]:
        return self.call("GET", f"credentials/{name}")


def agent_of(server: Server, team: str = "Ops") -> Agent:
    """A fresh team and its key."""
    _, key = server.manage_all(
        ["createteam", team, "--owner", "alice@example.org"],
        ["createapikey", "--team", team.lower(), "--name", "agent", "--scopes", SCOPES],
    )
    return Agent(server.url, key)


@dataclass
class Work:
    """What the agents were told: names that were acknowledged, statuses of everything, lines that broke."""

    done: set[str] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)
    broken_lines: int = 0
    busy: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)

    def go(self, agent: Agent, who: int) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            name = f"login-{who}-{number}"
            try:
                status = agent.add(name)[0]
            except OSError:
                self.broken_lines += 1
                self.stop.wait(0.05)
                continue
            self.statuses.append(status)
            if status == 201:
                self.done.add(name)
            if len(self.done) >= 10:
                self.busy.set()


@contextmanager
def at_work(agent: Agent, *, many: int = 4) -> Iterator[Work]:
    """Agents that add credentials until the block ends; it begins once they are busy."""
    work = Work()
    threads = [threading.Thread(target=work.go, args=(agent, who)) for who in range(many)]
    for thread in threads:
        thread.start()
    try:
        assert work.busy.wait(60), work.statuses
        yield work
    finally:
        work.stop.set()
        for thread in threads:
            thread.join()
