"""Making an uploaded picture safe to show, in a process of its own, so that a crash does not reach the server."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path

from domains.base.errors import RateLimited, Refused
from domains.base.file_kinds import FileKind
from domains.base.sandbox_runner import run_in_sandbox
from domains.messaging.errors import MessagingCode

PROGRAM = Path(__file__).resolve().parents[1] / "attachments" / "picture_program.py"
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


def clean_picture(*, content: bytes, kind: FileKind) -> Picture:
    """Return the picture encoded anew; it ends within TIMEOUT_SECONDS, whatever the file contains.

    Refuses with TOO_LARGE (pixels, frames, memory or time), UNSUPPORTED_TYPE (broken) and RATE_LIMITED (too many
    pictures at once).
    """
    if not SLOTS.acquire(timeout=SLOT_TIMEOUT_SECONDS):
        raise RateLimited(RETRY_AFTER_SECONDS, "Many pictures come in right now; try again in a moment.", "file")
    try:
        code, output = run_in_sandbox(
            program=PROGRAM,
            argument=FORMATS[kind],
            content=content,
            timeout_seconds=TIMEOUT_SECONDS,
            max_output_bytes=MAX_OUTPUT_BYTES,
        )
        return _parse_output(code, output)
    finally:
        SLOTS.release()


def _parse_output(code: int, output: bytes) -> Picture:
    """Return the result; a process that was killed exceeded a limit, one that failed met a broken file."""
    if code < 0:
        raise Refused.because(MessagingCode.TOO_LARGE, "The picture takes too much to show; make it smaller.", "file")
    head, _, content = output.partition(b"\n")
    try:
        header = json.loads(head)
        if sentence := TOO_LARGE_MESSAGES.get(header.get("failure", "")):
            raise Refused.because(MessagingCode.TOO_LARGE, sentence, "file")
        return Picture(content, int(header["width"]), int(header["height"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused.because(MessagingCode.UNSUPPORTED_TYPE, "The picture is damaged.", "file") from None
