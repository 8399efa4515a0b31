"""The main job on the real server in a real browser: from the first link to a stranger who sees nothing."""

import base64
import hmac
import io
import re
import shutil
import sqlite3
import struct
import subprocess
import time
from contextlib import closing
from hashlib import sha1

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.databases import all_of
from tests.server import running

pytestmark = [pytest.mark.browser, pytest.mark.server]

OWNER, PASSWORD, SEED = "alice@example.org", "correct horse 9 battery", "JBSWY3DPEHPK3PXP"
SECRET = "planted-password-7731"


def code_now(seed: str) -> str:
    """An independent generator: oathtool where it is installed, RFC 6238 by hand elsewhere."""
    if shutil.which("oathtool"):
        return subprocess.check_output(["oathtool", "--totp", "-b", seed], text=True).strip()
    digest = hmac.new(base64.b32decode(seed), struct.pack(">Q", int(time.time()) // 30), sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 10**6:06d}"


def early_in_a_period() -> None:
    """Both generators must look at the same half minute."""
    left = 30 - time.time() % 30
    if left < 8:
        time.sleep(left + 0.1)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("story")) as server:
        yield server


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains about: CSP violations and script errors."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    page.goto(url)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_from_the_first_link_to_a_scanned_qr_code_and_a_stranger_who_sees_nothing(server, page, complaints, browser):
    first_run(page, server)
    add_the_example(page, server)
    the_code_is_right(page)
    the_password_is_revealed_and_hides_again(page)
    the_qr_code_holds_the_seed(page)
    trash_and_restore(page)
    a_stranger_sees_nothing(page.url, server, browser)
    assert complaints == []
    nothing_readable_is_left_behind(page, server)


def first_run(page: Page, server) -> None:
    link = server.setup_links()[0]
    page.goto(link)
    page.get_by_label("Your e-mail address").fill(OWNER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_label("Name of your team").fill("Blue Team")
    page.get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("All credentials"))
    assert page.request.get(link).status == 404


def add_the_example(page: Page, server) -> None:
    page.goto(f"{server.url}/t/blue-team/credentials/add/")
    page.get_by_label("Name", exact=False).first.fill("example-work-login")
    page.locator("#id_username").fill("ops@example.com")
    page.locator("#id_domain").fill("accounts.example.com")
    page.locator("#id_password").fill(SECRET)
    page.locator("#id_totp_secret").fill(SEED)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("example-work-login")
    assert SECRET not in page.content()
    assert SEED not in page.content()


def the_code_is_right(page: Page) -> None:
    early_in_a_period()
    page.get_by_role("button", name="Show code").click()
    code = code_now(SEED)
    expect(page.get_by_text(f"{code[:3]} {code[3:]}").or_(page.get_by_text(code)).first).to_be_visible()


def the_password_is_revealed_and_hides_again(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Reveal")).click()
    expect(page.get_by_text(SECRET)).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(page.get_by_text(SECRET)).to_have_count(0)
    assert SECRET not in page.content()


def the_qr_code_holds_the_seed(page: Page) -> None:
    page.get_by_role("button", name="Show QR").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("QR code")
    picture = Image.open(io.BytesIO(page.screenshot()))
    found = zxingcpp.read_barcode(picture)
    assert found is not None
    assert found.text.startswith("otpauth://totp/accounts.example.com%3Aops%40example.com?")
    assert f"secret={SEED}" in found.text
    page.get_by_role("link", name="Done").click()


def trash_and_restore(page: Page) -> None:
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_text("is in the trash")).to_be_visible()
    page.get_by_role("link", name="Trash").click()
    page.get_by_role("button", name=re.compile("Restore")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("example-work-login")


def a_stranger_sees_nothing(url: str, server, browser) -> None:
    made = server.manage("createteam", "Red Team", "--owner", "charlie@example.net", "--password-stdin", stdin=PASSWORD)
    assert made.stdout.strip() == "red-team"
    context = browser.new_context()
    stranger = context.new_page()
    sign_in(stranger, server.url, "charlie@example.net", PASSWORD)
    expect(stranger.get_by_role("heading", level=1)).to_have_text(re.compile("All credentials"))
    assert "example-work-login" not in stranger.content()
    for address in (url, f"{server.url}/t/blue-team/", url.replace("/blue-team/", "/red-team/")):
        answer = stranger.goto(address)
        assert answer.status == 404
        assert "example-work-login" not in stranger.content()
    context.close()


def nothing_readable_is_left_behind(page: Page, server) -> None:
    """The files on the disk, the log, and every row of the database."""
    with closing(sqlite3.connect(server.database)) as database:
        dump = all_of(database)
    raw = b"".join(path.read_bytes() for path in server.folder.glob("vault.sqlite3*"))
    code = code_now(SEED)
    for secret in (SECRET, SEED, PASSWORD):
        assert secret not in dump
        assert secret.encode() not in raw
        assert secret not in server.log
    assert code not in server.log
    assert f"'{code}'" not in dump
    cookies = page.context.cookies()
    assert all(cookie["httpOnly"] for cookie in cookies)
    assert SECRET not in str(cookies)
    dumped = server.manage("dumpdata")
    assert SECRET not in dumped.stdout + dumped.stderr
    assert server.manage("auditverify").returncode == 0
