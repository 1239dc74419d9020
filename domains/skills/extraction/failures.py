"""Why a file could not be read, in words that a person understands."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """The reasons; each has its sentence."""

    ENCRYPTED = "ENCRYPTED"
    NO_TEXT = "NO_TEXT"
    NOT_A_RESUME = "NOT_A_RESUME"
    DAMAGED = "DAMAGED"
    TOO_LARGE_TO_READ = "TOO_LARGE_TO_READ"
    UNSUPPORTED_TYPE = "UNSUPPORTED_TYPE"
    NO_SKILLS_LIST = "NO_SKILLS_LIST"
    INTERRUPTED = "INTERRUPTED"


#: The way that is always open.
BY_HAND = "add your skills by hand with addSkill"
SENTENCES = {
    Failure.ENCRYPTED: f"The file is encrypted with a password. Upload a copy without one, or {BY_HAND}.",
    Failure.NO_TEXT: (
        "There is no text in the file, only images or nothing at all; a scan, perhaps. Upload the document it was "
        f"made from, saved as a PDF with text, or {BY_HAND}."
    ),
    Failure.NOT_A_RESUME: (
        "No skill and nothing else of a resume was found in the file: no headings such as Experience or Skills, no "
        f"years, no address. Upload another one as a PDF with text, a Word document or plain text, or {BY_HAND}."
    ),
    Failure.DAMAGED: (
        f"The file is damaged, or not what it says it is. Save it anew as a PDF with text, upload that, or {BY_HAND}."
    ),
    Failure.TOO_LARGE_TO_READ: (
        f"Reading the file takes too much time or memory. Upload a shorter, simpler one, or {BY_HAND}."
    ),
    Failure.UNSUPPORTED_TYPE: (
        f"This is not a PDF, a Word document (DOCX) or plain text. Save it as one of them, or {BY_HAND}."
    ),
    Failure.NO_SKILLS_LIST: (
        f"There is no list of skills (Skills.csv) in the archive. Ask LinkedIn for a larger export, or {BY_HAND}."
    ),
    Failure.INTERRUPTED: f"Reading the file was interrupted several times. Upload it again later, or {BY_HAND}.",
}
