"""What a file is, told by its bytes; its name and what the client says of it count for nothing."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum

OFFICE_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument"


class FileKind(StrEnum):
    """The kinds of files that are known, by their media types."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    WEBP = "image/webp"
    PDF = "application/pdf"
    TEXT = "text/plain"
    DOCX = f"{OFFICE_MEDIA_TYPE}.wordprocessingml.document"
    XLSX = f"{OFFICE_MEDIA_TYPE}.spreadsheetml.sheet"
    PPTX = f"{OFFICE_MEDIA_TYPE}.presentationml.presentation"
    ODT = "application/vnd.oasis.opendocument.text"
    ZIP = "application/zip"


PICTURE_KINDS = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.GIF, FileKind.WEBP})
#: The part that makes an archive a document of each kind. The names of an archive's parts stand in it uncompressed.
MAIN_PARTS = {
    "word/document.xml": FileKind.DOCX,
    "xl/workbook.xml": FileKind.XLSX,
    "ppt/presentation.xml": FileKind.PPTX,
}
#: Where the first part of an OpenDocument file begins, which holds its media type.
ODT_SIGNATURE, ODT_SIGNATURE_OFFSET = f"mimetype{FileKind.ODT}".encode(), 30
#: Where a PDF may begin: some writers put bytes before it.
MAX_PDF_OFFSET = 1024
BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def detect_kind(content: bytes) -> FileKind | None:
    """Return what the bytes are, or None for what is not known here. Whether the file is whole and safe is not told."""
    if picture := _picture_kind(content[:16]):
        return picture
    if b"%PDF-" in content[:MAX_PDF_OFFSET]:
        return FileKind.PDF
    if content.startswith(b"PK\x03\x04"):
        return _archive_kind(content)
    return None if decode_text(content) is None else FileKind.TEXT


def decode_text(content: bytes) -> str | None:
    """Return the text that the bytes are, or None if they are no text."""
    encodings = [name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROL_CHARACTERS.search(text) else text
    return None


def _picture_kind(head: bytes) -> FileKind | None:
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return FileKind.GIF
    return FileKind.WEBP if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else None


def _archive_kind(content: bytes) -> FileKind:
    if content.startswith(ODT_SIGNATURE, ODT_SIGNATURE_OFFSET):
        return FileKind.ODT
    # A document may hold others: the first main part is its own.
    found = {content.find(part.encode()): kind for part, kind in MAIN_PARTS.items()}
    found.pop(-1, None)
    return found[min(found)] if found else FileKind.ZIP
