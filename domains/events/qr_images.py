"""QR codes as images: the code in the squares, and the code to type in letters below. Nothing here reads the database.

An image shows no personal data. It is the same each time, and drawing one takes about 30 ms of processor time, so
images are cached for an hour.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from io import BytesIO
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont
from qrcode import QRCode  # type: ignore[import-untyped]
from qrcode.constants import ERROR_CORRECT_M  # type: ignore[import-untyped]

from domains.base.cached import get_or_draw

CACHE_SECONDS = 3600
#: White modules around the QR code, as its standard asks for, and below it for the letters.
QUIET_ZONE, LABEL_HEIGHT = 4, 9
#: Pixels of a module: about 900 for the whole code, which fills a phone's screen and prints sharply at 8 cm.
PIXELS_PER_MODULE = 12
#: Height of the letters in modules.
LETTER_HEIGHT = 5
GROUP_LENGTH = 4


class ImageForm(StrEnum):
    """How an image is encoded."""

    PNG = "png"
    SVG = "svg"


def group_letters(code: str) -> str:
    """Return the code to type in groups that people can read out: XXXX-XXXX-XXXX-XXXX."""
    return "-".join(code[start : start + GROUP_LENGTH] for start in range(0, len(code), GROUP_LENGTH))


def image_of(form: ImageForm, *, code: str, letters: str) -> bytes:
    """Return the image of the code with the letters below it, or without any; drawn once, then from the cache."""
    draw = {ImageForm.PNG: _draw_png, ImageForm.SVG: _draw_svg}[form]
    return get_or_draw(
        what=f"qr-{form}", shows=[code, letters], seconds=CACHE_SECONDS, draw=lambda: draw(_modules_of(code), letters)
    )


def side_of(image: bytes) -> int:
    """Return the width of a PNG in pixels."""
    return int(Image.open(BytesIO(image)).width)


def etag_of(form: ImageForm, *, code: str, letters: str) -> str:
    """Return the entity tag of the image, without drawing it."""
    shown = f"{form} {PIXELS_PER_MODULE} {code} {letters}"
    return f'"{hashlib.sha256(shown.encode()).hexdigest()[:32]}"'


def _modules_of(code: str) -> list[list[bool]]:
    """Return the rows of the QR code with its quiet zone: true is black. A seventh of it may be dirty (level M)."""
    qr = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    qr.add_data(code, optimize=0)
    qr.make(fit=True)
    return [[bool(module) for module in row] for row in qr.get_matrix()]


def _draw_png(modules: list[list[bool]], letters: str) -> bytes:
    side = len(modules) * PIXELS_PER_MODULE
    squares = Image.new("L", (len(modules), len(modules)))
    squares.putdata([0 if module else 255 for row in modules for module in row])
    image = Image.new("L", (side, side + (LABEL_HEIGHT * PIXELS_PER_MODULE if letters else 0)), 255)
    image.paste(squares.resize((side, side), Image.Resampling.NEAREST))
    if letters:
        pen = ImageDraw.Draw(image)
        font = ImageFont.load_default(LETTER_HEIGHT * PIXELS_PER_MODULE)
        # Each letter in a cell of its own, so that the groups stand apart.
        margin = QUIET_ZONE * PIXELS_PER_MODULE
        width = (side - 2 * margin) / len(letters)
        for number, letter in enumerate(letters):
            middle = (margin + (number + 0.5) * width, side + LABEL_HEIGHT * PIXELS_PER_MODULE / 3)
            pen.text(middle, letter, fill=0, font=font, anchor="mm", stroke_width=1)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_svg(modules: list[list[bool]], letters: str) -> bytes:
    side = len(modules)
    height = side + (LABEL_HEIGHT if letters else 0)
    label = (
        f'<text x="{side / 2}" y="{side + LABEL_HEIGHT / 2}" textLength="{side - 2 * QUIET_ZONE}" '
        f'lengthAdjust="spacingAndGlyphs" text-anchor="middle" font-size="{LETTER_HEIGHT}" '
        'font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-weight="600" fill="#000">'
        f"{letters}</text>"
        if letters
        else ""
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{10 * side}" height="{10 * height}" '
        f'viewBox="0 0 {side} {height}"><rect width="{side}" height="{height}" fill="#fff"/>'
        f'<path d="{_path_of(modules)}" fill="#000" shape-rendering="crispEdges"/>{label}</svg>'
    ).encode()


def _path_of(modules: list[list[bool]]) -> str:
    """Return the black modules as a path: each run in a row is one rectangle."""
    parts = []
    for y, row in enumerate(modules):
        x = 0
        for is_black, run in groupby(row):
            length = len(list(run))
            if is_black:
                parts.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(parts)
