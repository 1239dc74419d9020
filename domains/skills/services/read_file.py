"""Reading an uploaded file, in a process of its own, so that a crash does not reach the server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from domains.base.file_kinds import FileKind
from domains.base.sandbox_runner import run_in_sandbox
from domains.skills.extraction.failures import Failure

PROGRAM = Path(__file__).resolve().parents[1] / "extraction" / "file_text.py"
#: Wall-clock limit of the reader; the reader itself limits its memory, CPU time and output.
TIMEOUT_SECONDS = 20
MAX_OUTPUT_BYTES = 2 * 1024 * 1024
PROGRAM_KINDS = {FileKind.PDF: "pdf", FileKind.DOCX: "docx", FileKind.TEXT: "txt", FileKind.ZIP: "linkedin"}


@dataclass(frozen=True)
class FileText:
    """The text of a file, or why there is none."""

    text: str = ""
    failure: Failure | None = None


def read_file(*, content: bytes, kind: FileKind | None) -> FileText:
    """Return the text of a resume, or the names in a LinkedIn export; it ends within TIMEOUT_SECONDS for every file."""
    if kind not in PROGRAM_KINDS:
        return FileText(failure=Failure.UNSUPPORTED_TYPE)
    code, output = run_in_sandbox(
        program=PROGRAM,
        argument=PROGRAM_KINDS[kind],
        content=content,
        timeout_seconds=TIMEOUT_SECONDS,
        max_output_bytes=MAX_OUTPUT_BYTES,
    )
    return _parse_output(code, output)


def _parse_output(code: int, output: bytes) -> FileText:
    """Return the reader's result; a reader that was killed exceeded a limit, one that failed met a broken file."""
    if code < 0:
        return FileText(failure=Failure.TOO_LARGE_TO_READ)
    try:
        result = json.loads(output)
        if "failure" in result:
            return FileText(failure=Failure(result["failure"]))
        return FileText(text=str(result["text"]))
    except (ValueError, KeyError, TypeError):
        return FileText(failure=Failure.DAMAGED)
