"""Reading a file of a stranger: in a process of its own, which may break without anybody noticing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from domains.base.confined import run_confined
from domains.skills.extraction.failures import Failure
from domains.skills.extraction.kinds import Kind
from domains.skills.extraction.words import heading

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
    code, said = run_confined(
        program=READER, argument=KINDS[kind], content=content, seconds=SECONDS, most=LARGEST_ANSWER
    )
    answer = _understand(code, said)
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
