"""What a team's people look up and decide in a browser: who sees what, what expires, who did what, the settings; and
the way from one team to another."""

import csv
import io
import json
import re
import subprocess
import urllib.request
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import HOME, OWNER
from tests.browser.test_every_page import pages
from tests.browser.test_main_job import code_now, early_in_a_period
from tests.browser.test_scan import URI, png

pytestmark = [pytest.mark.browser, pytest.mark.server]

MANAGER, OPERATOR, AUDITOR = (f"{name}@northwind.example" for name in ("marco", "oskar", "ada"))


def detail(stage, name: str) -> str:
    return f"{HOME}credentials/{stage.id_of(name)}/"


def read_picture(page: Page) -> str:
    """What another device's camera would read off this screen."""
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(page.screenshot())))
    assert found is not None, "no QR code on the page"
    return found.text


def a_file(text: str) -> list[dict]:
    return [{"name": "q.png", "mimeType": "image/png", "buffer": png(text)}]


def test_an_old_password_is_looked_up_in_its_version_and_hides_again(stage, desk):
    page = desk(f"{detail(stage, 'Help desk')}edit/", who=MANAGER, refusals="status of 404")
    page.locator("#id_password").fill("a newer one")
    page.get_by_role("button", name="Save").click()
    versions = page.get_by_role("region", name="Versions")
    versions.get_by_text("Values of version 1").click()
    versions.get_by_role("button", name="Reveal Password").click()
    expect(versions.get_by_text(re.compile("^Demo-"))).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(versions.get_by_text(re.compile("^Demo-"))).to_have_count(0)
    versions.get_by_role("button", name="Reveal Notes").click()
    expect(page.locator("#toast")).to_contain_text("Version 1 of this credential has no such value.")
    assert stage.events("version.reveal") == 2


def test_a_credential_says_who_else_can_see_it_and_which_agent_used_it(stage, desk):
    made = stage.server.manage(
        "createapikey", "--team", "northwind-ops", "--name", "rate checker", "--scopes", "totp:read"
    )
    key, id = made.stdout.strip(), stage.id_of("Payroll")
    address = f"{stage.server.url}/v1/credentials/{id}/totp-code"
    with urllib.request.urlopen(urllib.request.Request(address, headers={"x-api-key": key})) as answer:
        assert answer.status == 200
    page = desk(detail(stage, "Payroll"))
    expect(page.get_by_text(re.compile("used by rate checker just now"))).to_be_visible()
    audience = page.get_by_role("region", name="Who else can see this")
    for who in (MANAGER, OPERATOR, AUDITOR, "rate checker key", f"{OWNER} owner, you"):
        expect(audience.get_by_role("listitem").filter(has_text=who)).to_have_count(1)


def test_what_expires_is_one_click_away_and_dated_as_the_reader_writes(stage, desk):
    page = desk(locale="de-DE", timezone_id="Europe/Berlin")
    page.get_by_role("link", name="Expiring").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.get_by_text(re.compile(r"^expired \d\d\.\d\d\.\d{4}$"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^expires \d\d\.\d\d\.\d{4}$"))).to_be_visible()
    page.get_by_role("link", name="Supplier catalogue").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Expires on").fill("2031-05-04")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("04.05.2031")).to_be_visible()
    page.goto(f"{HOME}?expiring=1")
    expect(page.locator("[data-row]")).to_have_count(1)


def test_every_date_stands_in_the_readers_order(stage, desk):
    page = desk(locale="de-DE", timezone_id="Europe/Berlin")
    for path in (detail(stage, "Payroll"), f"{HOME}audit/", f"{HOME}keys/", "/accounts/sessions/"):
        page.goto(path)
        shown = page.locator("time").evaluate_all("all => all.map((one) => [one.textContent, one.title])")
        assert shown, path
        for text, title in shown:
            assert re.match(r"\d\d\.\d\d\.\d{4}|just now|\d+ ?(m|h|d|min)", text), (path, text)
            assert re.match(r"\d\d\.\d\d\.\d{4}|$", title), (path, title)


def test_a_second_device_is_enrolled_from_the_shown_code_and_shows_the_same_digits(stage, desk):
    page = desk(f"{detail(stage, 'Payroll')}qr/")
    page.get_by_role("button", name="Show the QR code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("QR code")
    seed = re.search(r"[?&]secret=([A-Z2-7]+)", read_picture(page)).group(1)
    page.get_by_role("link", name="Done").click()
    early_in_a_period()
    page.get_by_role("button", name="Show code").click()
    digits = page.locator("[data-code-digits]").first
    expect(digits).to_have_text(re.compile(r"\d"))
    assert re.sub(r"\D", "", digits.text_content()) == code_now(seed)


def test_on_paper_stands_the_code_with_what_it_is_for_and_nothing_else(stage, desk):
    page = desk(f"{detail(stage, 'Payroll')}qr/", color_scheme="dark")
    page.get_by_role("button", name="Show the QR code").click()
    expect(page.locator(".qr")).to_be_visible()
    page.emulate_media(media="print")
    for gone in ("navigation", "button", "banner", "link", "heading"):
        expect(page.get_by_role(gone)).to_have_count(0)
    expect(page.get_by_text("payroll.example").first).to_be_visible()
    expect(page.get_by_text("destroy this paper")).to_be_visible()
    assert read_picture(page).startswith("otpauth://totp/")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_the_audit_is_narrowed_followed_and_taken_along(stage, desk):
    page = desk(detail(stage, "Payroll"), who=OPERATOR)
    page.get_by_role("button", name="Show code").click()
    expect(page.locator("[data-code-live]")).to_be_visible()
    page = desk(f"{HOME}audit/", who=AUDITOR)
    page.get_by_label("Who").select_option(label=OPERATOR)
    page.get_by_label("Credential").fill("payr")
    page.get_by_label("Outcome").select_option("done")
    page.get_by_role("button", name="Filter").click()
    rows = page.locator("tbody tr")
    expect(rows.first).to_contain_text("credential.code")
    many = rows.count()
    for button, read in (("CSV", csv.DictReader), ("JSON Lines", lambda file: [json.loads(line) for line in file])):
        with page.expect_download() as download:
            page.get_by_role("button", name=button).click()
        taken = list(read(io.StringIO(Path(download.value.path()).read_text())))
        assert [(row["action"], row["actor_label"], row["target_label"]) for row in taken] == [
            ("credential.code", OPERATOR, "Payroll")
        ] * many
    page.get_by_role("link", name="Clear").click()
    page.get_by_role("link", name=OPERATOR).first.click()
    expect(page).to_have_url(re.compile(r"\?who=person:\d+$"))
    expect(page.get_by_label("Who")).to_have_value(re.compile(r"^person:\d+$"))
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_text(re.compile(r"verified up to event \d+ of \d+, \d"))).to_be_visible()


def test_an_owner_decides_who_sees_values_and_for_how_long(stage, desk):
    page = desk(f"{HOME}settings/")
    page.get_by_label("Seconds a revealed value stays").fill("7")
    page.get_by_label("Operators may reveal values").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    try:
        page.goto(detail(stage, "Payroll"))
        page.clock.install()
        page.get_by_role("button", name="Reveal Password").click()
        expect(page.get_by_text(re.compile("^Demo-"))).to_be_visible()
        page.clock.run_for(6_000)
        expect(page.get_by_text(re.compile("^Demo-"))).to_be_visible()
        page.clock.run_for(2_000)
        expect(page.get_by_text(re.compile("^Demo-"))).to_have_count(0)
        other = desk(detail(stage, "Payroll"), who=OPERATOR)
        expect(other.get_by_text("Your team shows values to managers and owners only.")).to_be_visible()
        expect(other.get_by_role("button", name="Reveal Password")).to_have_count(0)
        expect(other.get_by_role("button", name="Show code")).to_be_visible()
    finally:
        stage.ask("UPDATE credentials_team SET operators_reveal = 1, reveal_seconds = 20")


def test_settings_ask_a_stale_session_who_it_is(stage, desk):
    page = desk(f"{HOME}settings/")
    page.get_by_label("Versions kept of each credential").fill("11")
    stage.ask("UPDATE credentials_team SET step_up_minutes = 0")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile("/accounts/reauthenticate/"))
    stage.ask("UPDATE credentials_team SET step_up_minutes = 5")
    assert stage.ask("SELECT max(versions_kept) FROM credentials_team") == [(20,)]


def test_who_belongs_to_several_teams_switches_without_losing_the_place(stage, desk):
    added = stage.server.manage("addmember", "--team", "contoso-growth", "--email", AUDITOR, "--role", "operator")
    assert added.returncode == 0, added.stderr
    page = desk(f"{HOME}trash/", who=AUDITOR)
    page.get_by_role("link", name="Switch team").click()
    page.get_by_role("link", name="Contoso Growth").click()
    expect(page).to_have_url(re.compile("/t/contoso-growth/trash/$"))
    page.goto(f"{HOME}audit/?outcome=done")
    page.get_by_role("link", name="Switch team").click()
    expect(page.get_by_role("link", name="Contoso Growth")).to_have_attribute("href", "/t/contoso-growth/")
    page.get_by_role("link", name="back to where you were").click()
    expect(page).to_have_url(re.compile(r"/audit/\?outcome=done$"))


def test_the_keys_page_leads_to_the_reference(desk):
    page = desk(f"{HOME}keys/")
    page.get_by_role("main").get_by_role("link", name="API reference").click()
    expect(page).to_have_url(re.compile("/v1/docs$"))


def test_a_new_key_is_shown_once_with_an_example_that_works(stage, desk):
    page = desk(f"{HOME}keys/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Name", exact=True).fill("from the page")
    page.get_by_label("Get TOTP codes").uncheck()
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("button", name="Copy the example").click()
    expect(page.locator("#toast")).to_contain_text("Copied")
    script = page.evaluate("navigator.clipboard.readText()")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert "Payroll" in done.stdout
    key = re.search(r"STRONGROOM_KEY=(\S+)", script).group(1)
    page.goto(f"{HOME}keys/")
    expect(page.get_by_role("rowheader", name="from the page")).to_be_visible()
    assert key not in page.content()


def test_no_page_shows_a_dead_button_without_scripts(stage, desk):
    """What needs a script is not there; what is there is a link or sends a form."""
    page, dead = desk(java_script_enabled=False), {}
    for path in pages(stage):
        assert page.goto(path).status == 200, path
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        found = page.locator("button[type=button]:visible, [role=button]:visible, dialog:visible").all_inner_texts()
        if found:
            dead[path] = found
    assert dead == {}


@pytest.mark.parametrize("how", ["file", "paste", "drop"])
def test_the_form_takes_the_secret_from_a_picture_and_shows_its_code(stage, desk, how):
    page = desk(f"{HOME}credentials/add/")
    expect(page.get_by_text("Picture of the QR code")).to_be_visible()
    if how == "file":
        page.locator("[data-totp-file]").set_input_files(a_file(URI))
    else:
        page.evaluate(
            """([bytes, how]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "q.png", { type: "image/png" }));
            const field = document.getElementById("id_totp_secret");
            const options = { bubbles: true, cancelable: true };
            field.dispatchEvent(how === "paste"
              ? new ClipboardEvent("paste", { ...options, clipboardData: data })
              : new DragEvent("drop", { ...options, dataTransfer: data }));
        }""",
            [list(png(URI)), how],
        )
    expect(page.locator("#id_totp_secret")).to_have_value(URI)
    early_in_a_period()
    seed = re.search("secret=([A-Z2-7]+)", URI).group(1)
    shown = page.locator("[data-check-digits]")
    expect(shown).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    code = code_now(seed)
    expect(shown).to_have_text(f"{code[:3]} {code[3:]}")


def test_the_form_says_what_a_picture_is_that_is_no_secret(stage, desk):
    page = desk(f"{HOME}credentials/add/")
    expect(page.get_by_text("Picture of the QR code")).to_be_visible()
    for text, said in (
        ("https://example.com", "not one of an authenticator"),
        ("otpauth-migration://offline?data=x", "several"),
    ):
        page.locator("[data-totp-file]").set_input_files(a_file(text))
        expect(page.locator("#toast")).to_contain_text(said)
    expect(page.locator("#id_totp_secret")).to_have_value("")
