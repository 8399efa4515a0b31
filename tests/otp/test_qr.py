"""The QR path: drawn the way a browser draws it, it is read back by a decoder and has the white that readers need."""

import re

import pytest
import zxingcpp
from PIL import Image

from credentials.otp import qr
from credentials.otp.totp import Totp, uri

pytestmark = pytest.mark.same_everywhere

RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")


def rendered(drawn: qr.QrPath, scale: int = 4) -> Image.Image:
    """Black where the path goes, on white; the path has to be nothing but runs."""
    assert "".join(found.group() for found in RUN.finditer(drawn.path)) == drawn.path
    picture = Image.new("L", (drawn.size, drawn.size), 255)
    for x, y, there, back in ([int(n) for n in found.groups()] for found in RUN.finditer(drawn.path)):
        assert there == back
        picture.paste(0, (x, y, x + there, y + 1))
    return picture.resize((drawn.size * scale, drawn.size * scale), Image.Resampling.NEAREST)


@pytest.mark.parametrize(
    "text",
    [
        "1",
        uri(Totp("JBSWY3DPEHPK3PXP"), issuer="accounts.example.com", account="ops@example.com"),
        uri(Totp("GEZDGNBVGY3TQOJQ" * 6, "SHA512", 8, 60), issuer="Bücher & Söhne", account="東京@example.jp"),
        "x" * 1500,
    ],
)
def test_a_decoder_reads_back_what_was_drawn(text):
    found = zxingcpp.read_barcode(rendered(qr.draw(text)))
    assert found is not None
    assert found.text == text


def test_the_quiet_zone_is_four_modules_on_every_side():
    drawn = qr.draw("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP")
    dark = rendered(drawn, scale=1).point(lambda shade: 255 - shade).getbbox()
    assert dark == (4, 4, drawn.size - 4, drawn.size - 4)


def test_its_repr_does_not_draw_it():
    assert repr(qr.draw("1")) == "QrPath(29)"
