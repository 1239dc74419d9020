"""The maker of clean pictures, a program that `domains/base/sandbox_main.py` runs in a process of its own.

Its argument is the format, or the format and the sides of squares, such as `PNG 64 256`. Its answer is a line of JSON
and then the pictures: `width`, `height` and `lengths`, how many bytes each picture has; or `failure`. The pictures are
drawn anew from the pixels: the answer holds nothing of the file but what can be seen. It imports nothing of the
project. `clean_picture.py` starts it.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import warnings
from collections.abc import Iterator
from typing import Any

from PIL import (
    GifImagePlugin,
    Image,
    ImageChops,
    ImageColor,
    ImageFile,
    ImageFilter,
    ImageMath,
    ImageOps,
    ImagePalette,
    ImageSequence,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

MEMORY_BYTES = 896 * 1024 * 1024
CPU_SECONDS = 15
INPUT_BYTES = OUTPUT_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_FRAMES = 200
#: All frames of a moving picture together.
MAX_ANIMATION_PIXELS = 40_000_000
#: What Pillow unpacks of the texts in a PNG, none of which is kept.
MAX_TEXT_BYTES = 1024 * 1024
#: What Pillow would import when it first needs it, which is too late then: some JPEG are MPO, orientation is TIFF.
PRELOADED = (
    copy,
    *(GifImagePlugin, JpegImagePlugin, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin),
    *(ImageChops, ImageColor, ImageFile, ImageFilter, ImageMath, ImagePalette, ImageSequence),
)
SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90, "optimize": False},
    "PNG": {},
    "GIF": {},
    "WEBP": {"quality": 90, "method": 2},
}
#: What each format can hold, of the ways in which pixels are kept; others become RGB.
PIXEL_MODES = {"JPEG": {"L", "RGB"}, "PNG": {"1", "L", "LA", "P", "RGB", "RGBA", "I;16"}, "WEBP": {"RGB", "RGBA"}}


class Unreadable(Exception):
    """The picture cannot be used; the argument is the code of the reason."""


def clean(content: bytes, kind: str) -> tuple[bytes, int, int]:
    """Return the picture drawn anew, its width and its height."""
    with Image.open(io.BytesIO(content), formats=[kind]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise Unreadable("TOO_MANY_PIXELS")
        frames = _count_frames(picture) if kind in {"GIF", "WEBP"} else 1
        picture.seek(0)
        out = io.BytesIO()
        if frames > 1:
            _save_animation(picture, kind, out)
            return out.getvalue(), picture.width, picture.height
        still = _clean_frame(picture, kind)
        still.save(out, kind, **SAVE_OPTIONS[kind])
        return out.getvalue(), still.width, still.height


def squares(content: bytes, kind: str, sides: list[int]) -> tuple[list[bytes], int]:
    """Return the middle of the (first) picture as WebP squares of these sides, and how long the longest side is.

    A small picture is not enlarged: a square is as large as the picture allows.
    """
    with Image.open(io.BytesIO(content), formats=[kind]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise Unreadable("TOO_MANY_PIXELS")
        picture.seek(0)
        picture.load()
        drawn = _upright(picture).convert("RGBA" if picture.has_transparency_data else "RGB")
    drawn.info = {}
    most = min(drawn.size)
    pictures = []
    for side in (min(side, most) for side in sides):
        out = io.BytesIO()
        ImageOps.fit(drawn, (side, side), Image.Resampling.LANCZOS).save(out, "WEBP", **SAVE_OPTIONS["WEBP"])
        pictures.append(out.getvalue())
    return pictures, min(max(sides), most)


def _count_frames(picture: Image.Image) -> int:
    """Return how many frames there are, looked at one by one: what the file says of itself is not believed."""
    max_frames = min(MAX_FRAMES, MAX_ANIMATION_PIXELS // max(1, picture.width * picture.height))
    if getattr(picture, "n_frames", 1) > max_frames and picture.format == "WEBP":
        raise Unreadable("TOO_MANY_FRAMES")
    frames = 1
    with contextlib.suppress(EOFError):
        while True:
            picture.seek(frames)
            frames += 1
            if frames > max(max_frames, 1):
                raise Unreadable("TOO_MANY_FRAMES")
    return frames


def _clean_frame(picture: Image.Image, kind: str) -> Image.Image:
    picture.load()
    turned = _upright(picture)
    kept: dict[str | tuple[int, int], Any] = {}
    if kind in {"PNG", "GIF"} and "transparency" in turned.info:
        kept["transparency"] = turned.info["transparency"]
    if kind != "GIF" and turned.mode not in PIXEL_MODES[kind]:
        turned = turned.convert("RGBA" if turned.mode in {"PA", "La", "RGBa"} and kind != "JPEG" else "RGB")
        kept = {}
    cleaned = turned if turned is not picture else turned.copy()
    cleaned.info = kept
    return cleaned


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # noqa: BLE001 - what is said of the picture may be broken in any way, and it still be whole
        return picture


def _save_animation(picture: Any, kind: str, out: io.BytesIO) -> None:
    durations: list[int] = []
    loop = picture.info.get("loop")
    frames = _frames(picture, durations)
    first = next(frames)
    rest = list(frames)
    options: dict[str, Any] = {"save_all": True, "append_images": rest, "duration": durations}
    if kind == "GIF":
        options["disposal"] = 2
    if loop is not None:
        options["loop"] = loop
    first.save(out, kind, **options, **SAVE_OPTIONS[kind])


def _frames(picture: Any, durations: list[int]) -> Iterator[Image.Image]:
    number = 0
    while True:
        try:
            picture.seek(number)
        except EOFError:
            return
        picture.load()
        durations.append(max(0, min(60_000, int(picture.info.get("duration", 100) or 0))))
        frame = picture.convert("RGBA")
        frame.info = {}
        yield frame
        number += 1


def prepare(argument: str) -> None:
    """Set the limits of Pillow, and let it import what it needs for this format."""
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = MAX_TEXT_BYTES
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    _warm_up(argument.split(maxsplit=1)[0])


def _warm_up(kind: str) -> None:
    """Draw something, still and moving where that can be, so that Pillow imports the rest of what it needs."""
    frames = [Image.new("RGB", (2, 2), color) for color in ("red", "white")]
    for more in ({}, {"save_all": True, "append_images": frames[1:]}):
        out = io.BytesIO()
        frames[0].save(out, kind, **({} if kind == "JPEG" else more))
        clean(out.getvalue(), kind)
        squares(out.getvalue(), kind, [1])


def answer(argument: str, content: bytes) -> bytes:
    """Return the answer: a line of JSON, then the pictures; or JSON with `failure`."""
    kind, *sides = argument.split()
    try:
        if sides:
            pictures, width = squares(content, kind, [int(side) for side in sides])
            height = width
        else:
            cleaned, width, height = clean(content, kind)
            pictures = [cleaned]
    except Unreadable as reason:
        return json.dumps({"failure": str(reason)}).encode()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return json.dumps({"failure": "TOO_MANY_PIXELS"}).encode()
    except Exception:  # noqa: BLE001 - a broken file breaks its reader in any way
        return json.dumps({"failure": "DAMAGED"}).encode()
    head = {"width": width, "height": height, "lengths": [len(picture) for picture in pictures]}
    return b"\n".join([json.dumps(head).encode(), b"".join(pictures)])
