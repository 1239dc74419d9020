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


SENTENCES = {
    Failure.ENCRYPTED: "The file is encrypted with a password. Save a copy without one and upload that.",
    Failure.NO_TEXT: (
        "There is no text in the file, only images or nothing at all; a scan, perhaps. Upload the document it was "
        "made from, or type your skills in."
    ),
    Failure.NOT_A_RESUME: (
        "This does not look like a resume: there is too little in it about experience, education or skills."
    ),
    Failure.DAMAGED: "The file is damaged, or not what it says it is. Save it anew and upload it again.",
    Failure.TOO_LARGE_TO_READ: "Reading the file takes too much time or memory. Upload a shorter, simpler one.",
    Failure.UNSUPPORTED_TYPE: "This is not a PDF, a Word document (DOCX) or plain text. Save it as one of them.",
    Failure.NO_SKILLS_LIST: "There is no list of skills (Skills.csv) in the archive. Ask LinkedIn for a larger export.",
    Failure.INTERRUPTED: "Reading the file was interrupted several times. Upload it again later.",
}
