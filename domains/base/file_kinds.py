"""What a file is, told by its bytes; its name and what the client says of it count for nothing."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum

OFFICE = "application/vnd.openxmlformats-officedocument"


class FileKind(StrEnum):
    """The kinds of files that are known, by their media types."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    WEBP = "image/webp"
    PDF = "application/pdf"
    TEXT = "text/plain"
    DOCX = f"{OFFICE}.wordprocessingml.document"
    XLSX = f"{OFFICE}.spreadsheetml.sheet"
    PPTX = f"{OFFICE}.presentationml.presentation"
    ODT = "application/vnd.oasis.opendocument.text"
    ZIP = "application/zip"


PICTURES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.GIF, FileKind.WEBP})
#: The part that makes an archive a document of each kind. The names of an archive's parts stand in it uncompressed.
MAIN_PARTS = {
    "word/document.xml": FileKind.DOCX,
    "xl/workbook.xml": FileKind.XLSX,
    "ppt/presentation.xml": FileKind.PPTX,
}
#: Where the first part of an OpenDocument file begins, which holds its media type.
ODT_MARK, ODT_AT = f"mimetype{FileKind.ODT}".encode(), 30
#: Where a PDF may begin: some writers put bytes before it.
PDF_WITHIN = 1024
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def kind_of(content: bytes) -> FileKind | None:
    """Return what the bytes are, or None for what is not known here. Whether the file is whole and safe is not told."""
    if picture := _picture(content[:16]):
        return picture
    if b"%PDF-" in content[:PDF_WITHIN]:
        return FileKind.PDF
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    return None if decoded(content) is None else FileKind.TEXT


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


def _picture(begin: bytes) -> FileKind | None:
    if begin.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if begin.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if begin.startswith((b"GIF87a", b"GIF89a")):
        return FileKind.GIF
    return FileKind.WEBP if begin.startswith(b"RIFF") and begin[8:12] == b"WEBP" else None


def _archive(content: bytes) -> FileKind:
    if content.startswith(ODT_MARK, ODT_AT):
        return FileKind.ODT
    # A document may hold others: the first main part is its own.
    found = {content.find(part.encode()): kind for part, kind in MAIN_PARTS.items()}
    found.pop(-1, None)
    return found[min(found)] if found else FileKind.ZIP
