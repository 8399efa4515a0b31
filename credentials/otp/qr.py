"""QR codes as a path for inline SVG: the page draws it, nothing is stored and no image is served."""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET_ZONE = 4  # modules of white around the code (ISO/IEC 18004)


@dataclass(frozen=True)
class QrPath:
    """The dark modules as one SVG path in a square of `size` modules, quiet zone included."""

    size: int
    path: str

    def __repr__(self) -> str:
        return f"QrPath({self.size})"


def draw(text: str) -> QrPath:
    """One path of one-module-high runs: crisp at any size, a few kilobytes."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    matrix = code.get_matrix()
    return QrPath(size=len(matrix), path="".join(_row(y, row) for y, row in enumerate(matrix)))


def _row(y: int, row: list[bool]) -> str:
    runs, start = [], None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            start = None
    return "".join(runs)
