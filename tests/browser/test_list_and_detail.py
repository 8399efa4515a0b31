"""What people do all day: find, copy, show a code, reveal, sort; with the mouse and with the keyboard alone."""

import random
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import HOME, PASSWORD, codes_of

pytestmark = [pytest.mark.browser, pytest.mark.server]

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def row(page: Page, name: str):
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def test_the_search_narrows_the_list_while_somebody_types_and_stands_in_the_address(desk):
    page = desk()
    page.get_by_label("Search").press_sequentially("payr", delay=20)
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=payr$"))
    expect(page.locator("#live")).to_contain_text("1 shown")
    page.reload()
    expect(page.get_by_role("link", name="Payroll")).to_be_visible()
    page.get_by_label("Search").fill("nobody has this")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()


def test_filters_are_links_that_keep_each_other(desk):
    page = desk()
    page.get_by_role("link", name="Money").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Money")
    page.get_by_role("link", name="With code").click()
    expect(page.locator("[data-row]")).to_have_count(3)
    page.get_by_role("link", name="Cards").click()
    expect(page.get_by_role("heading", name="Nothing fits these filters")).to_be_visible()


def test_favourites_come_first_and_a_star_is_one_click(stage, desk):
    page = desk()
    expect(page.get_by_role("row").nth(1)).to_have_text("Favourites")
    star = page.get_by_role("button", name="Favourite: Help desk")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("tbody").first).to_contain_text("Help desk")
    page.get_by_role("button", name="Favourite: Help desk").click()
    expect(page.get_by_role("button", name="Favourite: Help desk")).to_have_attribute("aria-pressed", "false")


def test_a_code_belongs_to_its_row_however_fast_one_switches(desk):
    page, late = desk(), random.Random(7)
    coded = page.locator("[data-row]:has([data-code])")
    names = coded.evaluate_all("rows => rows.map((row) => row.dataset.name)")
    page.route("**/code/", lambda route: (page.wait_for_timeout(late.randrange(60)), route.continue_()))
    for name in names:
        row(page, name).get_by_role("button", name="Show code").click(no_wait_after=True)
    expect(page.locator("[data-code-live]:visible")).to_have_count(len(names))
    for name in names:
        shown = row(page, name).locator("[data-code-digits]").first.text_content()
        assert digits(shown) in codes_of(name), name


def test_a_code_that_comes_late_does_not_appear_beside_what_the_search_put_there(desk):
    page = desk()
    page.route("**/code/", lambda route: (page.wait_for_timeout(700), route.continue_()))
    row(page, "Payroll").get_by_role("button", name="Show code").click(no_wait_after=True)
    page.get_by_label("Search").fill("customs")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.wait_for_timeout(900)
    expect(page.locator("[data-code-live]:visible")).to_have_count(0)


def test_one_event_per_code_shown_however_often_it_is_copied_and_redrawn(stage, desk):
    page, before = desk(**CLIPBOARD), stage.events("credential.code")
    line = row(page, "Payroll")
    line.get_by_role("button", name="Show code").dblclick()
    expect(line.locator("[data-code-live]")).to_be_visible()
    line.get_by_role("button", name="Copy code").click()
    expect(page.locator("#toast")).to_contain_text("Copied")
    assert clipboard(page) in codes_of("Payroll")
    page.wait_for_timeout(600)
    assert stage.events("credential.code") == before + 1


def test_what_was_copied_leaves_the_clipboard_after_45_seconds(desk):
    page = desk(**CLIPBOARD)
    page.clock.install()
    page.get_by_role("button", name="Actions for Payroll").click()
    page.get_by_role("button", name="Copy password").click()
    expect(page.locator("#toast")).to_contain_text("Copied")
    assert clipboard(page).startswith("Demo-")
    page.clock.fast_forward(46_000)
    expect(page.locator("#toast")).to_contain_text("Clipboard cleared")
    assert clipboard(page) == ""


def test_what_somebody_else_copied_meanwhile_stays(desk):
    page = desk(**CLIPBOARD)
    page.clock.install()
    page.get_by_role("button", name="Actions for Payroll").click()
    page.get_by_role("button", name="Copy password").click()
    expect(page.locator("#toast")).to_contain_text("Copied")
    page.evaluate("navigator.clipboard.writeText('mine')")
    page.clock.fast_forward(46_000)
    assert clipboard(page) == "mine"


def test_everything_is_done_with_the_keyboard_alone(stage, desk):
    page = desk(**CLIPBOARD)
    keys = page.keyboard
    keys.press("/")
    keys.type("payroll")
    expect(page.locator("[data-row]")).to_have_count(1)
    keys.press("Tab")
    page.locator("body").evaluate("() => document.activeElement.blur()")
    keys.press("j")
    expect(page.get_by_role("link", name="Payroll")).to_be_focused()
    for chord, wanted in (("u", {"people@northwind.example"}), ("t", codes_of("Payroll"))):
        keys.press("c")
        keys.press(chord)
        expect(page.locator("#toast")).to_contain_text("Copied")
        page.wait_for_function("wanted => navigator.clipboard.readText().then((text) => wanted.includes(text))",
                               arg=list(wanted))  # fmt: skip
    keys.press("c")
    keys.press("p")
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.startsWith('Demo-'))")
    keys.press("r")
    expect(page.get_by_role("dialog")).to_contain_text("Demo-")
    keys.press("Escape")
    expect(page.locator("#peek [data-secret-value]")).not_to_contain_text("Demo-")
    assert "Demo-" not in page.content()
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    keys.press("Escape")
    page.get_by_role("link", name="Payroll").focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Payroll")
    keys.press("r")
    expect(page.get_by_text("Demo-")).to_be_visible()


def test_single_keys_can_be_switched_off(desk):
    """WCAG 2.1.4."""
    page = desk()
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Use these keys").uncheck()
    page.reload()
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_many_are_moved_trashed_and_restored_at_once(desk):
    page = desk()
    for name in ("Fuel card", "Help desk"):
        page.get_by_label(f"Choose {name}").check()
    expect(page.get_by_text("2 chosen")).to_be_visible()
    page.get_by_label("Folder").select_option(label="Carriers")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("2 credentials moved.")).to_be_visible()
    page.get_by_role("link", name="Carriers").click()
    for name in ("Fuel card", "Help desk"):
        page.get_by_label(f"Choose {name}").check()
    page.get_by_role("button", name="Trash the chosen").click()
    expect(page.get_by_text("2 credentials moved to the trash.")).to_be_visible()
    page.get_by_role("link", name="Trash").click()
    page.get_by_label("Choose all on this page").check()
    page.get_by_role("button", name="Bring back the chosen").click()
    expect(page.get_by_text("2 credentials restored.")).to_be_visible()


def test_a_revealed_value_hides_after_20_seconds_and_when_somebody_looks_away(stage, desk):
    page = desk(f"{HOME}credentials/{stage.id_of('Payroll')}/")
    page.clock.install()
    for look_away in (
        lambda: page.clock.fast_forward(21_000),
        lambda: page.evaluate("window.dispatchEvent(new Event('blur'))"),
        lambda: page.evaluate("document.dispatchEvent(new Event('visibilitychange'))"),
    ):
        page.get_by_role("button", name="Reveal").click()
        expect(page.get_by_text("Demo-")).to_be_visible()
        look_away()
        expect(page.get_by_text("Demo-")).to_have_count(0)
    assert "Demo-" not in page.content()


def test_the_ring_warns_in_the_last_five_seconds_shows_the_next_code_and_then_hides(stage, desk):
    page = desk(f"{HOME}credentials/{stage.id_of('Payroll')}/")
    page.clock.install()
    page.get_by_role("button", name="Show code").click()
    panel = page.locator("[data-code]")
    expect(panel.locator("[data-code-live]")).to_be_visible()
    left = int(panel.locator("[data-code-seconds]").text_content())
    page.clock.run_for(max(0, left - 4) * 1000)
    expect(panel).to_have_class(re.compile("is-ending"))
    assert digits(panel.locator("[data-code-next]").text_content()) in codes_of("Payroll")
    expect(panel.locator("[data-code-next]")).to_be_visible()
    page.clock.run_for(6_000)
    expect(page.get_by_role("button", name="Show code")).to_be_visible()


def test_a_clock_that_is_wrong_is_told_so_and_the_code_is_right_all_the_same(stage, desk):
    page = desk(f"{HOME}credentials/{stage.id_of('Payroll')}/")
    ahead = page.evaluate("Date.now()") / 1000 + 90
    page.clock.install(time=ahead)
    page.get_by_role("button", name="Show code").click()
    expect(page.get_by_text(re.compile("clock is (89|9[0-2]) s fast"))).to_be_visible()
    assert digits(page.locator("[data-code-digits]").first.text_content()) in codes_of("Payroll")
    page.get_by_role("button", name="large type").click()
    expect(page.get_by_role("dialog")).to_contain_text(re.compile(r"\d{3} \d{3}"))


def test_a_stale_session_proves_itself_before_a_value_is_shown_or_copied(stage, desk):
    page = desk(f"{HOME}credentials/{stage.id_of('Payroll')}/", who="marco@northwind.example",
                refusals="status of 403", **CLIPBOARD)  # fmt: skip
    for button in ("Reveal", "Copy Password"):
        stage.ask("UPDATE credentials_team SET step_up_minutes = 0")
        page.get_by_role("button", name=button).click()
        page.wait_for_url(re.compile("/accounts/reauthenticate/"))
        stage.ask("UPDATE credentials_team SET step_up_minutes = 5")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(re.compile("/credentials/"))
        assert "Demo-" not in page.content()
        page.get_by_role("button", name="Reveal").click()
        expect(page.get_by_text("Demo-")).to_be_visible()


def test_adding_shows_the_live_code_before_saving_and_draws_a_password(stage, desk):
    page = desk(f"{HOME}credentials/add/")
    page.get_by_label("Name", exact=True).fill("Drawn here")
    page.locator("#id_password").fill("password1")
    expect(page.get_by_text("Very easy to guess")).to_be_visible()
    page.get_by_role("button", name="Generate").click()
    page.get_by_label("Words", exact=True).first.check()
    page.get_by_role("button", name="Put one in").click()
    expect(page.locator("#id_password")).to_have_value(re.compile(r"^[a-z-]+$"))
    expect(page.get_by_text("Strong", exact=True)).to_be_visible()
    page.get_by_label("TOTP secret").fill("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP")
    expect(page.locator("[data-check-digits]")).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    assert digits(page.locator("[data-check-digits]").text_content()) in codes_of("example-work-login")
    page.get_by_label("TOTP secret").fill("not a secret")
    expect(page.locator("[data-check-problem]")).to_be_visible()
    page.get_by_label("TOTP secret").fill("JBSWY3DPEHPK3PXP")
    assert stage.ask("SELECT count(*) FROM credentials_credential WHERE name = 'Drawn here'") == [(0,)]
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Drawn here")
    expect(page.get_by_role("button", name="Show code")).to_be_visible()
