"""Every page in both themes: axe finds nothing, the browser complains of nothing, nothing is wider than the screen; and
the pages without scripts, and in another country."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import HOME, OWNER

pytestmark = [pytest.mark.browser, pytest.mark.server]

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
OPEN = ["/accounts/login/", "/nowhere/"]


def pages(stage) -> list[str]:
    one = f"{HOME}credentials/{stage.id_of('example-work-login')}/"
    card = f"{HOME}credentials/{stage.id_of('Fuel card')}/"
    ((folder,),) = stage.ask("SELECT id FROM credentials_folder ORDER BY title LIMIT 1")
    ((received,),) = stage.ask("SELECT id FROM credentials_receivedcode ORDER BY received_at LIMIT 1")
    return [
        HOME, f"{HOME}?q=carrier", f"{HOME}?q=nothing-like-it", f"{HOME}?folder={folder}&totp=1",
        f"{HOME}?expiring=1", one, card,
        f"{one}edit/", f"{one}qr/",
        *(f"{HOME}credentials/add/?type={type}" for type in ("password", "credit_card", "secret")),
        f"{HOME}trash/", f"{HOME}folders/", f"{HOME}folders/{folder}/edit/", f"{HOME}scan/", f"{HOME}invitations/",
        f"{HOME}rotation/", f"{HOME}settings/", f"{HOME}members/", f"{HOME}keys/",
        f"{HOME}codes/", f"{HOME}codes/?q=rates", f"{HOME}codes/?q=nobody", f"{HOME}codes/{received}/message/",
        f"{HOME}hooks/",
        f"{HOME}audit/", f"{HOME}audit/?who=operator&outcome=done&since=2026-01-01T00:00", f"{HOME}audit/?since=never",
        "/teams/", f"/teams/?from={HOME}trash/", "/accounts/2fa/", "/accounts/sessions/",
        "/accounts/password/change/", "/v1/docs",
    ]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(stage, desk, theme):
    axe, found = Axe(), {}
    visitor, member = desk("/accounts/login/", who=None, color_scheme=theme), desk(color_scheme=theme)
    for page, path in [(visitor, OPEN[0]), *((member, path) for path in pages(stage))]:
        page.goto(path)
        result = axe.run(page, options=RULES)
        if result.violations_count:
            found[path] = result.generate_report()
    assert found == {}
    member.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert axe.run(member, options=RULES).violations_count, "axe does not see a planted mistake"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens_on_a_page(desk, theme):
    axe, page = Axe(), desk(color_scheme=theme)
    page.locator("input[name=id]").first.check()
    page.get_by_role("button", name="Show code").first.click()
    expect(page.locator("[data-code-live]:visible")).to_have_count(1)
    for opens in (
        lambda: page.get_by_role("button", name="Actions for Payroll").click(),
        lambda: page.keyboard.press("?"),
    ):
        opens()
        result = axe.run(page, options=RULES)
        assert result.violations_count == 0, result.generate_report()
        page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_nothing_is_wider_than_the_screen(stage, desk, width):
    page, wide = desk(viewport={"width": width, "height": 800}), {}
    for path in pages(stage):
        page.goto(path)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if overflow > 0:
            wide[path] = overflow
    assert wide == {}


def test_dates_are_written_as_the_reader_writes_them(stage, desk):
    page = desk(locale="de-DE", timezone_id="Europe/Berlin")
    expect(page.locator("time").first).to_have_attribute("title", re.compile(r"^\d\d\.\d\d\.\d{4}, \d\d:\d\d$"))


def test_the_theme_is_remembered_before_the_first_paint(desk):
    page = desk(color_scheme="light")
    switch = page.get_by_role("button", name="Theme")
    while page.evaluate("document.documentElement.dataset.theme") != "dark":
        switch.click()
    page.reload(wait_until="commit")
    page.wait_for_selector("body", state="attached")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_without_scripts_one_signs_in_lists_searches_reads_and_edits(stage, desk):
    page = desk("/", who=None, java_script_enabled=False)
    page.get_by_label("Email").fill("marco@northwind.example")
    page.get_by_label("Password").fill("correct horse 9 battery")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Search").fill("customs")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Customs declarations").click()
    expect(page.get_by_text("customs@northwind.example").first).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Sign-in page").fill("https://declare.customs.example/in")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="https://declare.customs.example/in")).to_be_visible()
    page.get_by_role("button", name="Show code").click()
    expect(page.get_by_text("Valid for")).to_be_visible()


def test_an_auditor_sees_no_button_that_would_refuse_them(desk, stage):
    page = desk(who="ada@northwind.example")
    for name in ("Show code", "Add", "Trash the chosen", "Reveal"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.goto(f"{HOME}credentials/{stage.id_of('Payroll')}/")
    expect(page.get_by_text("Your role does not allow values to be revealed.")).to_be_visible()
    expect(page.get_by_role("heading", name="Who did what")).to_be_visible()
    assert OWNER in page.content()
