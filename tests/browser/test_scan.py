"""The QR bench in a real browser: camera, files, paste; single codes and a Google Authenticator export."""

import io
from pathlib import Path

import pytest
import qrcode
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import code_now, early_in_a_period, sign_in
from tests.otp.test_migration import account, export
from tests.server import running

pytestmark = [pytest.mark.browser, pytest.mark.server]

OWNER, PASSWORD = "alice@example.org", "correct horse 9 battery"
SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
URI = f"otpauth://totp/GitHub:alice?secret={SEED}&issuer=GitHub"


def picture(text: str) -> Image.Image:
    return qrcode.make(text, box_size=6).get_image().convert("RGB")


def png(text: str) -> bytes:
    out = io.BytesIO()
    picture(text).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("scan")) as server:
        made = server.manage("createteam", "Blue", "--owner", OWNER, "--password-stdin", stdin=PASSWORD)
        assert made.returncode == 0, made.stderr
        yield server


@pytest.fixture
def complaints(page: Page) -> list[str]:
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def open_bench(page: Page, server, *, scripts: bool = True) -> None:
    sign_in(page, server.url, OWNER, PASSWORD)
    page.get_by_role("link", name="Scan", exact=True).click()
    expect(page.get_by_role("heading", name="Scan QR codes")).to_be_visible()
    expect(page.get_by_text("Pictures", exact=True)).to_be_visible(visible=scripts)


def shown_code(row) -> str:
    return row.locator("[data-scan-code]").inner_text().replace(" ", "")


def test_pictures_of_a_code_and_of_an_export_in_parts_are_checked_and_saved_in_one_go(server, page, complaints):
    open_bench(page, server)
    parts = [export(account(name=f"user{index}", issuer="Shop"), size=2, index=index) for index in range(2)]
    files = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": png(text)} for n, text in enumerate([URI, *parts])]
    early_in_a_period()

    page.locator("[data-scan-files]").set_input_files(files)

    rows = page.locator(".scan-row")
    expect(rows).to_have_count(3)
    expect(page.get_by_text("All 2 parts read")).to_be_visible()
    assert shown_code(rows.nth(0)) == code_now(SEED)
    assert shown_code(rows.nth(1)) == code_now("JBSWY3DPEHPK3PXP")
    assert SEED not in page.content(), "the secret is not in the page"
    page.get_by_role("button", name="Save all that are ticked").click()
    expect(page.get_by_text("3 of 3 stored.")).to_be_visible()
    expect(page.get_by_role("link", name="Shop (user1)")).to_be_visible()
    page.get_by_role("link", name="GitHub", exact=True).click()
    expect(page.get_by_role("heading", name="GitHub")).to_be_visible()
    assert complaints == []


def test_a_second_scan_of_the_same_site_goes_to_the_login_that_is_there(server, page, complaints):
    sign_in(page, server.url, OWNER, PASSWORD)
    page.get_by_role("link", name="Add", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Mail")
    page.get_by_label("Username").fill("alice")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mail")
    login = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.get_by_role("link", name="Credentials").first.click()
    page.get_by_role("link", name="Scan", exact=True).click()
    expect(page.get_by_text("Pictures", exact=True)).to_be_visible()

    page.evaluate(
        """(uri) => {
        const data = new DataTransfer();
        data.setData("text/plain", uri);
        document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    }""",
        "otpauth://totp/Mail:alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Mail",
    )

    row = page.locator(".scan-row")
    expect(row).to_have_count(1)
    expect(row.get_by_role("combobox")).to_have_value(login)
    page.get_by_role("button", name="Save all that are ticked").click()
    expect(page.get_by_text("1 of 1 stored.")).to_be_visible()
    page.goto(f"{server.url}/t/blue/credentials/{login}/")
    expect(page.get_by_role("button", name="Show code")).to_be_visible()
    assert complaints == []


def test_a_picture_is_dropped_onto_the_page(server, page, complaints):
    open_bench(page, server)
    page.evaluate(
        """(bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "q.png", { type: "image/png" }));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }""",
        list(png(URI)),
    )
    expect(page.locator(".scan-row")).to_have_count(1)
    assert complaints == []


def test_what_is_no_authenticators_code_is_said_and_changes_nothing(server, page):
    open_bench(page, server)
    noise = {"name": "cat.png", "mimeType": "image/png", "buffer": png("https://example.com/cat")}

    page.locator("[data-scan-files]").set_input_files([noise])

    expect(page.get_by_text("not one of an authenticator")).to_be_visible()
    expect(page.locator(".scan-row")).to_have_count(0)


def test_without_scripts_addresses_can_be_pasted(server, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_bench(page, server, scripts=False)

    page.get_by_label("otpauth:// addresses, one a line").fill(
        "otpauth://totp/Plain:bob?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Plain"
    )
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Plain is stored.")).to_be_visible()
    context.close()


def test_the_bench_is_accessible_in_both_themes_and_on_a_phone(server, page):
    open_bench(page, server)
    page.locator("[data-scan-files]").set_input_files([{"name": "a.png", "mimeType": "image/png", "buffer": png(URI)}])
    expect(page.locator(".scan-row")).to_have_count(1)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], node["html"], node["any"]) for one in found for node in one["nodes"]] == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_camera_reads_a_code(server, browser_type, browser_type_launch_args, tmp_path):
    """Chromium's fake camera plays a film of a QR code."""
    film = filmed(picture(URI), tmp_path)
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}"]  # fmt: skip
    arguments = [*browser_type_launch_args.get("args", []), *fake]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    page = browser.new_page()
    open_bench(page, server)

    page.get_by_role("button", name="Camera").click()

    expect(page.locator(".scan-row")).to_have_count(1, timeout=15_000)
    early_in_a_period()
    expect(page.locator("[data-scan-code]")).to_have_text(f"{code_now(SEED)[:3]} {code_now(SEED)[3:]}", timeout=8_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("video")).to_be_hidden()
    browser.close()


def filmed(image: Image.Image, folder: Path) -> Path:
    """A few frames of uncompressed video (Y4M), 4:2:0, as the fake camera wants them."""
    frame = Image.new("RGB", (640, 480), "white")
    side = 440
    frame.paste(image.resize((side, side), Image.NEAREST), ((640 - side) // 2, 20))
    y, cb, cr = frame.convert("YCbCr").split()
    planes = y.tobytes() + cb.resize((320, 240)).tobytes() + cr.resize((320, 240)).tobytes()
    film = folder / "film.y4m"
    film.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + b"".join(b"FRAME\n" + planes for _ in range(5)))
    return film
