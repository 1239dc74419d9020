"""Reading a file of a stranger: in a process of its own, which may break without anybody noticing."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from domains.skills.extraction.failures import Failure
from domains.skills.extraction.kinds import Kind
from domains.skills.extraction.words import heading

logger = logging.getLogger(__name__)

READER = Path(__file__).resolve().parents[1] / "extraction" / "file_text.py"
#: How long the reader may take by the clock; its memory, its own time and its output it limits itself.
SECONDS = 20
LARGEST_ANSWER = 2 * 1024 * 1024
KINDS = {Kind.PDF: "pdf", Kind.DOCX: "docx", Kind.TEXT: "txt", Kind.ZIP: "linkedin"}
#: What of a resume must be there: so many words, and so many of the signs that it is one.
LEAST_WORDS, LEAST_SIGNS = 25, 2
CONTACT = re.compile(r"\S{1,80}@\S{1,80}\.\w|linkedin\.com/|\+?\(?\d{2,4}\)?[\s.-]\d{3}[\s.-]?\d{2,4}")
YEARS = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class FileText:
    """The text of a file, or why there is none."""

    text: str = ""
    failure: Failure | None = None


def read_file(*, content: bytes, kind: Kind | None) -> FileText:
    """Return the text of a resume, or the names in a LinkedIn export; whatever the file does, it ends in SECONDS."""
    if kind is None:
        return FileText(failure=Failure.UNSUPPORTED_TYPE)
    answer = _run_reader(content, KINDS[kind])
    if answer.failure is None and kind != Kind.ZIP and not looks_like_a_resume(answer.text):
        return FileText(failure=Failure.NOT_A_RESUME)
    return answer


def looks_like_a_resume(text: str) -> bool:
    """Tell whether a text has something of a resume: ways to reach a person, years, its usual sections."""
    if len(text.split()) < LEAST_WORDS:
        return False
    opened = {heading(line) for line in text.splitlines()} - {None}
    signs = (bool(CONTACT.search(text)), len(YEARS.findall(text)) > 1, len(opened) > 0, len(opened) > 1)
    return sum(signs) >= LEAST_SIGNS


def _run_reader(content: bytes, kind: str) -> FileText:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
        given.write(content)
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own program
            [sys.executable, "-I", str(READER), kind],
            stdin=given,
            stdout=answered,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LANG": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            process.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            logger.info("a %s took longer than %s seconds to read", kind, SECONDS)
        finally:
            _end(process)
        answered.seek(0)
        return _understand(process.returncode, answered.read(LARGEST_ANSWER + 1))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the reader and whatever it may have started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _understand(code: int, answer: bytes) -> FileText:
    """Return what the reader says; one that was stopped met a limit, one that broke met a broken file."""
    if code < 0:
        return FileText(failure=Failure.TOO_LARGE_TO_READ)
    try:
        said = json.loads(answer)
        if "failure" in said:
            return FileText(failure=Failure(said["failure"]))
        return FileText(text=str(said["text"]))
    except (ValueError, KeyError, TypeError):
        return FileText(failure=Failure.DAMAGED)
