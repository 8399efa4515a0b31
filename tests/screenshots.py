"""Every page in both themes as a small PNG in docs/screenshots: `make screenshots`.

A throw-away server with the demonstration's vault; the pages are those of tests/browser/test_every_page.py and what can
be opened on them.
"""

import io
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

import tests.environment  # noqa: F401
from tests.browser.conftest import FILL, HOME, OWNER, Stage
from tests.server import ROOT, running

FOLDER = ROOT / "docs" / "screenshots"
SIZE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
COLOURS = 128  # of a palette: a page has few, and the repository stays small


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), before=lambda server: server.manage("shell", "-c", FILL)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        stage = Stage(server, browser)
        for theme in ("light", "dark"):
            take_all(stage, theme)
        browser.close()
    return 0


def take_all(stage: Stage, theme: str) -> None:
    for size, shots, suffix in ((SIZE, desk_shots(stage), ""), (PHONE, phone_shots(stage), "-phone")):
        context = stage.browser.new_context(
            base_url=stage.server.url, viewport=size, color_scheme=theme, storage_state=stage.sign_in(OWNER)
        )
        page = context.new_page()
        for name, (path, prepare) in shots.items():
            page.goto(path)
            prepare(page)
            page.wait_for_timeout(250)  # transitions end
            save(page.screenshot(), FOLDER / f"{name}{suffix}-{theme}.png")
        context.close()
    context = stage.browser.new_context(base_url=stage.server.url, viewport=SIZE, color_scheme=theme)
    page = context.new_page()
    page.goto("/")
    save(page.screenshot(), FOLDER / f"sign-in-{theme}.png")
    context.close()


def nothing(page: Page) -> None:
    """The page as it comes."""


def codes(page: Page) -> None:
    for number in (0, 1):
        page.get_by_role("button", name="Show code").nth(number).click()
        page.locator("[data-code-live]:visible").nth(number).wait_for()


def chosen(page: Page) -> None:
    for box in page.locator("input[name=id]").all()[3:6]:
        box.check()


def revealed(page: Page) -> None:
    page.get_by_role("button", name="Show code").click()
    page.get_by_role("button", name="Reveal").first.click()
    page.locator("[data-code-live]:visible").wait_for()


def filled(page: Page) -> None:
    page.locator("#id_name").fill("Port authority")
    page.get_by_role("button", name="Generate").click()
    page.get_by_role("button", name="Put one in").click()
    page.locator("#id_totp_secret").fill("JBSWY3DPEHPK3PXP")
    page.locator("[data-totp-check]:visible").wait_for()


def asked(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=name).click()


def hook_made(page: Page) -> None:
    page.locator("#id_name").fill(f"Office phone {time.monotonic_ns()}")
    page.locator("#id_identifier").fill("+1 415 555 0123")
    page.get_by_role("button", name="Make the address").click()
    page.get_by_text("SMS Gateway for Android", exact=True).click()


def desk_shots(stage: Stage) -> dict[str, tuple[str, Callable[[Page], None]]]:
    one = f"{HOME}credentials/{stage.id_of('example-work-login')}/"
    ((folder,),) = stage.ask("SELECT id FROM credentials_folder ORDER BY title LIMIT 1")
    ((received,),) = stage.ask("SELECT id FROM credentials_receivedcode ORDER BY received_at LIMIT 1")
    return {
        "list": (HOME, codes),
        "list-chosen": (HOME, chosen),
        "list-menu": (HOME, lambda page: page.get_by_role("button", name="Actions for Payroll").click()),
        "list-search": (f"{HOME}?q=northwind&totp=1", nothing),
        "list-expiring": (f"{HOME}?expiring=1", nothing),
        "list-nothing": (f"{HOME}?q=zebra", nothing),
        "keyboard": (HOME, lambda page: page.keyboard.press("?")),
        "credential": (one, revealed),
        "card": (f"{HOME}credentials/{stage.id_of('Fuel card')}/", nothing),
        "qr": (f"{one}qr/", lambda page: page.get_by_role("button", name="Show the QR code").click()),
        "add": (f"{HOME}credentials/add/", filled),
        "edit": (f"{one}edit/", nothing),
        "folders": (f"{HOME}folders/", nothing),
        "folder-edit": (f"{HOME}folders/{folder}/edit/", nothing),
        "trash": (f"{HOME}trash/", nothing),
        "members": (f"{HOME}members/", nothing),
        "keys": (f"{HOME}keys/", nothing),
        "codes": (f"{HOME}codes/", nothing),
        "codes-nothing": (f"{HOME}codes/?q=zebra", nothing),
        "code-message": (f"{HOME}codes/{received}/message/", asked("Show the message")),
        "credential-codes": (f"{HOME}credentials/{stage.id_of('Carrier rates')}/", nothing),
        "hooks": (f"{HOME}hooks/", nothing),
        "hook-made": (f"{HOME}hooks/", hook_made),
        "audit": (f"{HOME}audit/", nothing),
        "audit-filtered": (f"{HOME}audit/?action=credential.edit&outcome=done", nothing),
        "scan": (f"{HOME}scan/", nothing),
        "invitations": (f"{HOME}invitations/", nothing),
        "rotation": (f"{HOME}rotation/", nothing),
        "settings": (f"{HOME}settings/", nothing),
        "teams": ("/teams/", nothing),
        "security": ("/accounts/2fa/", nothing),
        "not-found": ("/nowhere/", nothing),
        "admin": ("/admin/", nothing),
        "admin-audit": ("/admin/credentials/auditevent/", nothing),
    }


def phone_shots(stage: Stage) -> dict[str, tuple[str, Callable[[Page], None]]]:
    one = f"{HOME}credentials/{stage.id_of('example-work-login')}/"
    return {
        "list": (HOME, codes),
        "credential": (one, revealed),
        "add": (f"{HOME}credentials/add/", nothing),
        "codes": (f"{HOME}codes/", nothing),
        "hooks": (f"{HOME}hooks/", nothing),
    }


def save(shot: bytes, where: Path) -> None:
    with Image.open(io.BytesIO(shot)) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(where, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
