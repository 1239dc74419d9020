"""What a file is, told by its bytes; its name and what the client says of it count for nothing."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of files that are read, by their media types."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    TEXT = "text/plain"
    ZIP = "application/zip"


#: Where a PDF may begin: some writers put bytes before it.
PDF_WITHIN = 1024
MARKUP = re.compile(r"\s*(?:<(?:!doctype|html|svg|\?xml|[a-z]+[\s>])|\{\s*\"|\[\s*[{\"]|\{\\rtf|%!PS)", re.IGNORECASE)
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def kind_of(content: bytes) -> Kind | None:
    """Return what the bytes are, or None for what is not read here."""
    if b"%PDF-" in content[:PDF_WITHIN]:
        return Kind.PDF
    if content.startswith(b"PK\x03\x04"):
        # The names of an archive's files stand in it uncompressed.
        return Kind.DOCX if b"word/document.xml" in content else Kind.ZIP
    text = decoded(content)
    return None if text is None or MARKUP.match(text) else Kind.TEXT


def decoded(content: bytes) -> str | None:
    """Return the text that the bytes are, or None if they are no text."""
    encodings = [name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROLS.search(text) else text
    return None
