"""The stage of the browser's tests: the real server over a vault with the demonstration's people and credentials.

`desk` opens a signed-in page as somebody; what its browser complains about (scripts, the content security policy) fails
the test at its end.
"""

import base64
import hashlib
import hmac
import re
import sqlite3
import struct
import time
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha1

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.server import Server, scratch

PASSWORD = "correct horse 9 battery"
FILL = f"""
from credentials.vault import demo, seals
seals.open_canary()
demo.fill(password={PASSWORD!r}, scopes=["totp:read"])
"""
OWNER = "olivia@northwind.example"
HOME = "/t/northwind-ops/"

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


def seed_of(name: str) -> str:
    """What the demonstration makes up for a name."""
    made_up = base64.b32encode(hashlib.sha256(name.encode()).digest()).decode()[:32]
    return "JBSWY3DPEHPK3PXP" if name == "example-work-login" else made_up


def codes_of(name: str) -> set[str]:
    """The codes of now and of the moments around it, by RFC 6238 written down here once more."""
    key, step = base64.b32decode(seed_of(name)), int(time.time()) // 30
    digests = [hmac.new(key, struct.pack(">Q", step + shift), sha1).digest() for shift in (-1, 0, 1)]
    return {f"{(int.from_bytes(d[d[-1] & 15 : (d[-1] & 15) + 4]) & 0x7FFFFFFF) % 10**6:06d}" for d in digests}


@dataclass
class Stage:
    """The server, and the sessions of those who signed in once."""

    server: Server
    browser: Browser
    sessions: dict[str, dict] = field(default_factory=dict)

    def sign_in(self, email: str) -> dict:
        if email not in self.sessions:
            with closing(self.browser.new_context()) as context:
                page = context.new_page()
                page.goto(self.server.url)
                page.get_by_label("Email").fill(email)
                page.get_by_label("Password").fill(PASSWORD)
                page.get_by_role("button", name="Sign in").click()
                page.wait_for_url(re.compile(HOME))
                self.sessions[email] = context.storage_state()
        return self.sessions[email]

    def ask(self, sql: str, *values: object) -> list[tuple]:
        """The server's own database."""
        with closing(sqlite3.connect(self.server.database, timeout=20)) as database, database:
            return database.execute(sql, values).fetchall()

    def events(self, action: str) -> int:
        ((count,),) = self.ask("SELECT count(*) FROM credentials_auditevent WHERE action = ?", action)
        return count

    def id_of(self, name: str) -> str:
        ((found,),) = self.ask("SELECT id FROM credentials_credential WHERE name = ?", name)
        return found


@pytest.fixture(scope="module")
def stage(tmp_path_factory, browser):
    server = scratch(tmp_path_factory.mktemp("stage"))
    filled = server.manage("shell", "-c", FILL)
    assert filled.returncode == 0, filled.stderr
    server.start()
    try:
        yield Stage(server, browser)
    finally:
        server.stop()


@pytest.fixture
def desk(stage):
    """desk(path, who=…, **what a context takes) -> a page; complaints of its browser fail the test.

    `refusals`: part of what Chromium logs about an answer that the test is about, such as a step-up's 403.
    """
    contexts: list[BrowserContext] = []
    heard: list[str] = []

    def open_page(path: str = HOME, *, who: str | None = OWNER, refusals: str = "", **options) -> Page:
        session = {"storage_state": stage.sign_in(who)} if who else {}
        context = stage.browser.new_context(base_url=stage.server.url, **session, **options)
        contexts.append(context)
        page = context.new_page()

        def hear(message) -> None:
            if message.type == "error" and not (refusals and refusals in message.text):
                heard.append(message.text)

        page.on("console", hear)
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert heard == []
