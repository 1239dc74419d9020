"""Reading an uploaded file, in a process of its own, so that a crash does not reach the server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from domains.base.confined import run_confined
from domains.base.file_kinds import FileKind
from domains.skills.extraction.failures import Failure

READER = Path(__file__).resolve().parents[1] / "extraction" / "file_text.py"
#: Wall-clock limit of the reader; the reader itself limits its memory, CPU time and output.
SECONDS = 20
MAX_ANSWER = 2 * 1024 * 1024
KINDS = {FileKind.PDF: "pdf", FileKind.DOCX: "docx", FileKind.TEXT: "txt", FileKind.ZIP: "linkedin"}


@dataclass(frozen=True)
class FileText:
    """The text of a file, or why there is none."""

    text: str = ""
    failure: Failure | None = None


def read_file(*, content: bytes, kind: FileKind | None) -> FileText:
    """Return the text of a resume, or the names in a LinkedIn export; it ends within SECONDS for every file."""
    if kind not in KINDS:
        return FileText(failure=Failure.UNSUPPORTED_TYPE)
    code, said = run_confined(program=READER, argument=KINDS[kind], content=content, seconds=SECONDS, most=MAX_ANSWER)
    return _understand(code, said)


def _understand(code: int, answer: bytes) -> FileText:
    """Return the reader's result; a reader that was killed exceeded a limit, one that failed met a broken file."""
    if code < 0:
        return FileText(failure=Failure.TOO_LARGE_TO_READ)
    try:
        said = json.loads(answer)
        if "failure" in said:
            return FileText(failure=Failure(said["failure"]))
        return FileText(text=str(said["text"]))
    except (ValueError, KeyError, TypeError):
        return FileText(failure=Failure.DAMAGED)
