"""Making a stranger's picture safe to show: in a process of its own, which may break without anybody noticing."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path

from domains.base.confined import run_confined
from domains.base.errors import RateLimited, Refused
from domains.messaging.errors import MessagingCode
from domains.messaging.extraction.kinds import FileKind

MAKER = Path(__file__).resolve().parents[1] / "extraction" / "picture.py"
#: How long it may take by the clock; its memory, its own time and its output it limits itself.
SECONDS = 20
MAX_ANSWER = 20 * 1024 * 1024
FORMATS = {FileKind.JPEG: "JPEG", FileKind.PNG: "PNG", FileKind.GIF: "GIF", FileKind.WEBP: "WEBP"}
#: So many pictures of one server process at once; who comes later waits, this long at the most.
PLACES, PATIENCE_SECONDS, RETRY_SECONDS = threading.BoundedSemaphore(2), 30, 5
TOO_LARGE = {
    "TOO_MANY_PIXELS": "The picture has too many pixels: at most 25 million.",
    "TOO_MANY_FRAMES": "The moving picture is too long: at most 200 frames, of 40 million pixels in all.",
}


@dataclass(frozen=True)
class Picture:
    """A picture drawn anew: upright, and without anything but what can be seen."""

    content: bytes
    width: int
    height: int


def clean_picture(*, content: bytes, kind: FileKind) -> Picture:
    """Return the picture drawn anew; whatever the file does, it ends in SECONDS.

    Refuses with TOO_LARGE (pixels, frames, memory or time), UNSUPPORTED_TYPE (broken) and RATE_LIMITED (too many
    pictures at once).
    """
    if not PLACES.acquire(timeout=PATIENCE_SECONDS):
        raise RateLimited(RETRY_SECONDS, "Many pictures come in right now; try again in a moment.", "file")
    try:
        code, answer = run_confined(
            program=MAKER, argument=FORMATS[kind], content=content, seconds=SECONDS, most=MAX_ANSWER
        )
        return _understand(code, answer)
    finally:
        PLACES.release()


def _understand(code: int, answer: bytes) -> Picture:
    """Return what came of it; a maker that was stopped met a limit, one that broke met a broken file."""
    if code < 0:
        raise Refused.because(MessagingCode.TOO_LARGE, "The picture takes too much to show; make it smaller.", "file")
    head, _, content = answer.partition(b"\n")
    try:
        said = json.loads(head)
        if sentence := TOO_LARGE.get(said.get("failure", "")):
            raise Refused.because(MessagingCode.TOO_LARGE, sentence, "file")
        return Picture(content, int(said["width"]), int(said["height"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused.because(MessagingCode.UNSUPPORTED_TYPE, "The picture is damaged.", "file") from None
