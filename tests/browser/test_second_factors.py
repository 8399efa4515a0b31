"""Passkeys and authenticator apps on the real server in a real browser: Chromium with a virtual authenticator, and the
page's own QR code read from a picture of the page."""

import io
import json
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import code_now, complaints, early_in_a_period, sign_in  # noqa: F401  a fixture
from tests.server import running

pytestmark = [pytest.mark.browser, pytest.mark.server]

OWNER, PASSWORD = "alice@example.org", "correct horse 9 battery"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("factors"), BASE_URL="http://localhost:{port}") as server:
        server.url = server.env["BASE_URL"]  # a passkey belongs to a name
        yield server


@pytest.fixture
def authenticator(page: Page) -> None:
    """A device with a fingerprint reader that says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip


def test_a_passkey_and_an_app_are_set_up_and_let_in(server, page, complaints, authenticator):  # noqa: F811
    first_run(page, server)
    add_a_passkey(page, server)
    sign_out(page)
    sign_in_with_the_passkey_alone(page, server)
    step_up_with_the_passkey(page, server)
    scan_the_qr_code(page, server)
    sign_out(page)
    sign_in_with_a_password_and_the_passkey(page, server)
    assert complaints == []
    actions = events(server)
    assert {"account.factor_add webauthn", "account.factor_add totp", "account.step_up webauthn",
            "account.login webauthn", "account.login password+webauthn"} <= actions  # fmt: skip


def first_run(page: Page, server) -> None:
    page.goto(server.setup_links()[0])
    page.get_by_label("Your e-mail address").fill(OWNER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_label("Name of your team").fill("Blue Team")
    page.get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("All credentials"))


def confirm(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm it is you")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def add_a_passkey(page: Page, server) -> None:
    page.goto(f"{server.url}/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Recovery Codes"))


def sign_out(page: Page) -> None:
    page.locator("summary.btn").last.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Sign"))


def sign_in_with_the_passkey_alone(page: Page, server) -> None:
    page.goto(f"{server.url}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("All credentials"))


def step_up_with_the_passkey(page: Page, server) -> None:
    page.goto(f"{server.url}/accounts/2fa/recovery-codes/generate/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm it is you")
    page.locator(".actions a", has_text=re.compile("key", re.I)).click()
    page.get_by_role("button", name=re.compile("key", re.I)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Recovery Codes"))


def scan_the_qr_code(page: Page, server) -> None:
    page.goto(f"{server.url}/accounts/2fa/totp/activate/")
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(page.screenshot(full_page=True))))
    assert found.text.startswith("otpauth://totp/")
    assert "issuer=Strongroom" in found.text
    seed = re.search("secret=([A-Z2-7]+)", found.text)[1]
    early_in_a_period()
    page.get_by_label("Authenticator code").fill(code_now(seed))
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("On. You are asked for a code")).to_be_visible()


def sign_in_with_a_password_and_the_passkey(page: Page, server) -> None:
    sign_in(page, f"{server.url}/accounts/login/", OWNER, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Two-Factor"))
    page.get_by_role("button", name="Use a security key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("All credentials"))


def events(server) -> set[str]:

    rows = [json.loads(line) for line in server.manage("auditexport").stdout.splitlines()]
    return {f"{row['action']} {row['detail'].get('factor') or row['detail'].get('method')}" for row in rows}
