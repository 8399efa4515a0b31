"""The inbox of received codes as two people and their agents see it: live, masked, claimed, mended."""

import re
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import HOME, OWNER
from tests.browser.test_every_page import RULES

pytestmark = [pytest.mark.browser, pytest.mark.server]

CODES = f"{HOME}codes/"
OPERATOR = "oskar@northwind.example"
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
GONE = "ERR_CONNECTION_REFUSED"


@pytest.fixture
def fresh(stage):
    """Olivia signs in anew: on a busy machine her last sign-in may be too old for what asks who one is."""
    stage.sessions.pop(OWNER, None)


@pytest.fixture
def arrives(stage):
    """arrives(identifier, message): handed in by another process, as a mail server would; its id."""

    def hand_in(identifier: str, message: str) -> str:
        words = ["receivecode", "--team", "northwind-ops", "--identifier", identifier, "--source", "sms"]
        done = stage.server.manage(*words, stdin=message)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[0]

    return hand_in


def row(page: Page, identifier: str):
    return page.locator("[data-received]").filter(has_text=identifier).first


def live(page: Page) -> None:
    """The page follows the server."""
    expect(page.locator("[data-live-state]")).to_have_text("Live")


def push(page: Page, identifier: str, message: str) -> None:
    page.get_by_text("Push one by hand").click()
    page.get_by_label("For", exact=True).fill(identifier)
    page.get_by_label("Message or code").fill(message)
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_role("status").filter(has_text="A code was found in it")).to_be_visible()


@contextmanager
def confirmed(page: Page):
    page.once("dialog", lambda dialog: dialog.accept())
    yield


def ids(page: Page) -> list[str]:
    return page.locator("[data-received]").evaluate_all("rows => rows.map((row) => row.id)")


def test_two_people_see_a_code_that_one_pushes_and_it_is_masked(desk, stage):
    olivia, oskar = desk(CODES), desk(CODES, who=OPERATOR)
    live(oskar)
    read = stage.events("code.read")
    olivia.get_by_text("Push one by hand").click()
    olivia.get_by_label("For", exact=True).fill("two@northwind.example")
    olivia.get_by_label("Message or code").fill("Your code is 731946")
    olivia.get_by_role("button", name="Hand it in").click()
    expect(row(oskar, "two@northwind.example")).to_be_visible()
    assert "731946" not in oskar.content()
    expect(oskar.locator("#live")).to_have_text("two@northwind.example received a message.")
    assert stage.events("code.read") == read
    there = row(oskar, "two@northwind.example")
    there.get_by_role("button", name="Reveal").click()
    expect(there).to_contain_text("731946")
    assert stage.events("code.read") == read + 1
    oskar.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(there).not_to_contain_text("731946")
    assert "731946" not in olivia.content()


def test_what_another_process_takes_in_is_seen_too(desk, arrives):
    page = desk(CODES)
    live(page)
    id = arrives("other@northwind.example", "Your code is 118822")
    expect(page.locator(f"#{id}")).to_be_visible()
    raw = arrives("other@northwind.example", "Hello, there is nothing in this one at all.")
    expect(page.locator(f"#{raw}")).to_contain_text("no code found")
    assert ids(page)[:2] == [raw, id]


def test_a_claim_and_a_discard_are_seen_by_the_other_person(desk, arrives, stage):
    first, second = (arrives("taken@northwind.example", f"Your code is {code}") for code in ("200100", "200200"))
    olivia, oskar = desk(CODES), desk(CODES, who=OPERATOR)
    live(oskar)
    olivia.locator(f"#{first}").get_by_role("button", name="Claim").click()
    expect(olivia.get_by_role("status").filter(has_text="Claimed: nobody else gets this code.")).to_be_visible()
    expect(oskar.locator(f"#{first}")).to_contain_text(f"claimed by {OWNER}")
    expect(oskar.locator(f"#{first}")).to_have_class(re.compile("is-over"))
    expect(oskar.locator(f"#{first}").get_by_role("button", name="Claim")).to_have_count(0)
    with confirmed(olivia):
        olivia.locator(f"#{second}").get_by_role("button", name="Discard").click()
    expect(oskar.locator(f"#{second}")).to_have_count(0)
    expect(oskar.locator(f"#{first}")).to_have_count(1)
    assert stage.ask("SELECT claimed_by FROM credentials_receivedcode WHERE id = ?", first) == [(OWNER,)]


def test_what_changes_elsewhere_leaves_the_keyboard_where_it_is(desk, arrives):
    kept = arrives("keys@northwind.example", "Your code is 300100")
    page = desk(CODES, **CLIPBOARD)
    live(page)
    page.locator("main").click(position={"x": 1, "y": 1})
    page.keyboard.press("j")
    expect(page.locator(f"#{kept} [data-open]")).to_be_focused()
    newer = arrives("keys@northwind.example", "Your code is 300200")
    expect(page.locator(f"#{newer}")).to_be_visible()
    expect(page.locator(f"#{kept} [data-open]")).to_be_focused()
    page.keyboard.press("c")
    page.keyboard.press("t")
    expect(page.locator("#toast")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "300100"
    page.keyboard.press("r")
    expect(page.locator(f"#{kept}")).to_contain_text("300100")


def test_a_stopped_server_loses_and_doubles_no_row(desk, arrives, stage):
    page = desk(CODES, refusals=GONE)
    live(page)
    before = arrives("again@northwind.example", "Your code is 400100")
    expect(page.locator(f"#{before}")).to_be_visible()
    stage.server.stop()
    expect(page.locator("[data-live-state]")).to_contain_text("Not connected")
    meanwhile = arrives("again@northwind.example", "Your code is 400200")
    stage.server.start()
    expect(page.locator(f"#{meanwhile}")).to_be_visible()
    live(page)
    after = arrives("again@northwind.example", "Your code is 400300")
    expect(page.locator(f"#{after}")).to_be_visible()
    assert ids(page)[:3] == [after, meanwhile, before]
    assert len(ids(page)) == len(set(ids(page)))


def test_a_lost_network_is_made_up_for(desk, arrives):
    page = desk(CODES, refusals="ERR_INTERNET_DISCONNECTED")
    live(page)
    page.context.set_offline(True)
    missed = arrives("offline@northwind.example", "Your code is 500100")
    page.evaluate("document.querySelector('[data-live-state]').isConnected")
    page.context.set_offline(False)
    expect(page.locator(f"#{missed}")).to_be_visible()
    live(page)
    assert ids(page).count(missed) == 1


def test_a_hidden_page_stops_asking_and_catches_up_when_it_is_shown(desk, arrives):
    page = desk(CODES)
    live(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/codes/live/" in request.url else None)

    def show(hidden: bool) -> None:
        page.evaluate(
            """(hidden) => {
              Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            hidden,
        )

    show(True)
    missed = arrives("hidden@northwind.example", "Your code is 600100")
    other = desk(CODES)
    expect(other.locator(f"#{missed}")).to_be_visible()
    expect(page.locator(f"#{missed}")).to_have_count(0)
    assert asked == []
    show(False)
    expect(page.locator(f"#{missed}")).to_be_visible()


@pytest.mark.usefixtures("fresh")
def test_a_wrong_extraction_is_mended_and_who_waits_is_told(desk, arrives, stage):
    id = arrives("mend@northwind.example", "Your Shop code is 700100. Enter 700200 in the app to sign in, not 700300.")
    page, oskar = desk(CODES), desk(CODES, who=OPERATOR)
    live(oskar)
    ((reason,),) = stage.ask("SELECT reason FROM credentials_receivedcode WHERE id = ?", id)
    expect(oskar.locator(f"#{id}")).to_contain_text(reason)
    page.locator(f"#{id}").get_by_role("link", name="Message").click()
    assert "700200" not in page.content()
    page.get_by_role("button", name="Show the message").click()
    expect(page.get_by_role("group", name="The message")).to_contain_text("Enter 700200 in the app")
    assert stage.events("code.message") == 1
    page.get_by_role("radio", name="700300").check()
    page.get_by_role("button", name="This is the code").click()
    expect(page.get_by_role("status").filter(has_text="Mended")).to_be_visible()
    expect(oskar.locator(f"#{id}")).to_contain_text("chosen by a person")
    oskar.locator(f"#{id}").get_by_role("button", name="Reveal").click()
    expect(oskar.locator(f"#{id}")).to_contain_text("700300")


def test_a_credential_shows_the_codes_for_its_identifier_as_they_come(desk, arrives, stage):
    page = desk(f"{HOME}credentials/{stage.id_of('Supplier catalogue')}/")
    live(page)
    mine = arrives("Buying@Northwind.example", "Your code is 800100")
    other = arrives("someone.else@northwind.example", "Your code is 800200")
    expect(page.locator(f"#{mine}")).to_be_visible()
    expect(page.locator(f"#{other}")).to_have_count(0)
    page.locator(f"#{mine}").get_by_role("button", name="Reveal").click()
    expect(page.locator(f"#{mine}")).to_contain_text("800100")
    page.locator(f"#{mine}").get_by_role("button", name="Claim").click()
    expect(page).to_have_url(re.compile(f"/credentials/{stage.id_of('Supplier catalogue')}/$"))
    expect(page.locator(f"#{mine}")).to_contain_text("claimed")


def test_the_filter_stands_in_the_address_and_what_comes_is_filtered_too(desk, arrives):
    page = desk(CODES)
    page.get_by_label("Filter by identifier").fill("415-555 0199")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile(r"\?q=415"))
    expect(page.get_by_role("heading", name="No code for")).to_be_visible()
    live(page)
    other = arrives("+1 415 555 0777", "Your code is 900100")
    mine = arrives("+14155550199", "Your code is 900200")
    expect(page.locator(f"#{mine}")).to_be_visible()
    expect(page.get_by_role("heading", name="No code for")).to_be_hidden()
    assert ids(page) == [mine]
    assert other not in page.content()


@pytest.mark.usefixtures("fresh")
def test_without_scripts_one_pushes_reads_claims_mends_and_discards(desk):
    page = desk(CODES, java_script_enabled=False)
    push(page, "plain@northwind.example", "Your code is 246802, not 135791")
    row(page, "plain@northwind.example").get_by_role("button", name="Reveal").click()
    expect(page.locator(".code-static")).to_have_text("246802")
    page.get_by_role("link", name="Received codes").click()
    row(page, "plain@northwind.example").get_by_role("link", name="Message").click()
    page.get_by_role("button", name="Show the message").click()
    page.get_by_role("radio", name="135791").check()
    page.get_by_role("button", name="This is the code").click()
    expect(row(page, "plain@northwind.example")).to_contain_text("chosen by a person")
    row(page, "plain@northwind.example").get_by_role("button", name="Claim").click()
    expect(row(page, "plain@northwind.example")).to_contain_text("claimed")
    row(page, "plain@northwind.example").get_by_role("button", name="Discard").click()
    expect(row(page, "plain@northwind.example")).to_have_count(0)


@pytest.mark.usefixtures("fresh")
def test_a_new_hook_shows_its_address_once_and_takes_codes_in_at_once(desk, stage):
    page = desk(f"{HOME}hooks/", **CLIPBOARD)
    page.get_by_label("Name").fill("Yard phone")
    page.locator("#id_identifier").fill("yard@northwind.example")
    page.get_by_role("button", name="Make the address").click()
    page.get_by_role("button", name="Copy", exact=True).first.click()
    expect(page.locator("#toast")).to_contain_text("Copied")
    address = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{stage.server.url}/hooks/codes/hk_\w+", address)
    inbox = desk(CODES)
    live(inbox)
    answer = page.request.post(address, data="Your code is 112358", headers={"content-type": "text/plain"})
    assert answer.status == 200
    expect(row(inbox, "yard@northwind.example")).to_be_visible()
    page.goto(f"{HOME}hooks/")
    assert address.rpartition("_")[2] not in page.content()
    with confirmed(page):
        page.get_by_role("button", name="Revoke Yard phone").click()
    expect(page.get_by_role("button", name="Revoke Yard phone")).to_have_count(0)
    assert page.request.post(address, data="Your code is 112359").status == 404


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(desk, theme, arrives):
    arrives("axe@northwind.example", "Your code is 987123")
    axe, page = Axe(), desk(CODES, color_scheme=theme)
    page.get_by_text("Push one by hand").click()
    row(page, "axe@northwind.example").get_by_role("button", name="Reveal").click()
    expect(row(page, "axe@northwind.example")).to_contain_text("987123")
    found = {"inbox": axe.run(page, options=RULES)}
    row(page, "axe@northwind.example").get_by_role("link", name="Message").click()
    page.get_by_role("button", name="Show the message").click()
    expect(page.get_by_role("group", name="The message")).to_be_visible()
    found["message"] = axe.run(page, options=RULES)
    page.goto(f"{HOME}hooks/")
    page.get_by_label("Name").fill(f"Axe {theme}")
    page.get_by_role("button", name="Make the address").click()
    page.get_by_text("SMS Gateway for Android", exact=True).click()
    found["hook"] = axe.run(page, options=RULES)
    assert {name: one.generate_report() for name, one in found.items() if one.violations_count} == {}


def test_an_auditor_is_offered_no_codes_and_a_manager_no_hooks(desk):
    auditor = desk(who="ada@northwind.example", refusals="403")
    expect(auditor.get_by_role("link", name="Codes", exact=True)).to_have_count(0)
    auditor.goto(CODES)
    expect(auditor.get_by_role("heading", name="Not allowed")).to_be_visible()
    manager = desk(f"{HOME}members/", who="marco@northwind.example")
    expect(manager.get_by_role("link", name="Codes", exact=True)).to_be_visible()
    expect(manager.get_by_role("link", name="Hooks")).to_have_count(0)
