"""Making an uploaded picture safe to show, in a process of its own, so that a crash does not reach the server."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from domains.base.errors import Code, RateLimited, Refused
from domains.base.file_kinds import FileKind
from domains.base.sandbox_runner import run_in_sandbox

PROGRAM = Path(__file__).with_name("picture_program.py")
#: Wall-clock limit; the process itself limits its memory, CPU time and output.
TIMEOUT_SECONDS = 20
MAX_OUTPUT_BYTES = 20 * 1024 * 1024
FORMATS = {FileKind.JPEG: "JPEG", FileKind.PNG: "PNG", FileKind.GIF: "GIF", FileKind.WEBP: "WEBP"}
#: At most two pictures at once in a server process; further callers wait for SLOT_TIMEOUT_SECONDS at most.
SLOTS, SLOT_TIMEOUT_SECONDS, RETRY_AFTER_SECONDS = threading.BoundedSemaphore(2), 30, 5
TOO_LARGE_MESSAGES = {
    "TOO_MANY_PIXELS": "The picture has too many pixels: at most 25 million.",
    "TOO_MANY_FRAMES": "The moving picture is too long: at most 200 frames, of 40 million pixels in all.",
}


@dataclass(frozen=True)
class Picture:
    """A picture encoded anew: upright, and with nothing but its pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Squares:
    """The middle of a picture as WebP squares, in the order of the sides that were asked for."""

    contents: list[bytes]
    #: Pixels of a side of the largest one.
    side: int


def clean_picture(*, content: bytes, kind: FileKind, field: str = "file") -> Picture:
    """Return the picture encoded anew; it ends within TIMEOUT_SECONDS, whatever the file contains.

    Refuses with TOO_LARGE (pixels, frames, memory or time), UNSUPPORTED_TYPE (broken) and RATE_LIMITED (too many
    pictures at once).
    """
    (picture,), head = _draw(FORMATS[kind], content, field)
    return Picture(picture, head["width"], head["height"])


def cut_squares(*, content: bytes, kind: FileKind, sides: Sequence[int], field: str) -> Squares:
    """Return squares of these sides, drawn as in `clean_picture`; of a moving picture, its beginning."""
    pictures, head = _draw(" ".join([FORMATS[kind], *map(str, sides)]), content, field)
    return Squares(pictures, head["width"])


def _draw(argument: str, content: bytes, field: str) -> tuple[list[bytes], dict[str, Any]]:
    if not SLOTS.acquire(timeout=SLOT_TIMEOUT_SECONDS):
        raise RateLimited(RETRY_AFTER_SECONDS, "Many pictures come in right now; try again in a moment.", field)
    try:
        code, output = run_in_sandbox(
            program=PROGRAM,
            argument=argument,
            content=content,
            timeout_seconds=TIMEOUT_SECONDS,
            max_output_bytes=MAX_OUTPUT_BYTES,
        )
        return _parse_output(code, output, field)
    finally:
        SLOTS.release()


def _parse_output(code: int, output: bytes, field: str) -> tuple[list[bytes], dict[str, Any]]:
    """Return the result; a process that was killed exceeded a limit, one that failed met a broken file."""
    if code < 0:
        raise Refused.because(Code.TOO_LARGE, "The picture takes too much to show; make it smaller.", field)
    line, _, rest = output.partition(b"\n")
    try:
        head = json.loads(line)
        if sentence := TOO_LARGE_MESSAGES.get(head.get("failure", "")):
            raise Refused.because(Code.TOO_LARGE, sentence, field)
        ends = list(accumulate(map(int, head["lengths"])))
        pictures = [rest[start:end] for start, end in pairwise([0, *ends])]
        return pictures, {"width": int(head["width"]), "height": int(head["height"])}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused.because(Code.UNSUPPORTED_TYPE, "The picture is damaged.", field) from None
