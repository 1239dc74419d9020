"""What may be attached: files of known kinds that are whole and hold nothing that acts."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib

from domains.base.file_kinds import CONTROL_CHARACTERS, MAIN_PARTS, PICTURE_KINDS, FileKind, detect_kind

#: How names of each kind may end; the first is the usual one.
EXTENSIONS = {
    FileKind.JPEG: ("jpg", "jpeg", "jfif"),
    FileKind.PNG: ("png",),
    FileKind.GIF: ("gif",),
    FileKind.WEBP: ("webp",),
    FileKind.PDF: ("pdf",),
    FileKind.TEXT: (
        "txt",
        "text",
        "md",
        "csv",
        "tsv",
        "log",
        "ics",
        "vcf",
        "json",
        "yaml",
        "yml",
        "toml",
        "srt",
        "rst",
    ),
    FileKind.DOCX: ("docx",),
    FileKind.XLSX: ("xlsx",),
    FileKind.PPTX: ("pptx",),
    FileKind.ODT: ("odt",),
}
#: Every virus scanner takes this text for a virus, so that scanners can be tried out.
EICAR_TEST_FILE = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
#: Pages, drawings and programs, which are texts too: by how they begin, or by what no plain text needs.
MARKUP = re.compile(r"\s*(?:<[a-z!?/]|#!|%!PS|\{\\rtf)", re.IGNORECASE)
ACTIVE_CONTENT = re.compile(r"<(?:!doctype\s+html|html|script|svg|iframe|object|embed)\b", re.IGNORECASE)
#: The part of an archive that says what its other parts are.
CONTENT_TYPES_PART = "[Content_Types].xml"
MACRO_PART = re.compile(r"(?:^|/)(?:vba\w*\.(?:bin|xml)|basic/.*|scripts/.*|macrosheets/.*|activex/.*)$", re.IGNORECASE)
#: An archive that unpacks to this much may do so from nothing; a larger one from so much less at the most.
MIN_BOMB_BYTES, MAX_COMPRESSION_RATIO = 20 * 1024 * 1024, 60
MAX_PARTS, MAX_UNPACKED_BYTES, MAX_CONTENT_TYPES_BYTES = 3_000, 200 * 1024 * 1024, 1024 * 1024
#: A document type stands at the beginning of a part, if at all; no document of these kinds needs one.
PROLOGUE_BYTES = 4096
DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
END_RECORD_SIGNATURE, END_RECORD_BYTES = b"PK\x05\x06", 22


def attachable_kind(content: bytes) -> FileKind | None:
    """Return what the bytes are, or None for what may not be attached. Of pictures only the beginning is looked at."""
    if EICAR_TEST_FILE in content:
        return None
    kind = detect_kind(content)
    if kind in PICTURE_KINDS:
        return kind
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return FileKind.PDF
    if content.startswith(b"PK\x03\x04"):
        return _document(content)
    return FileKind.TEXT if _is_plain_text(content) else None


def with_extension(kind: FileKind, filename: str) -> str:
    """Return the name with an ending that says what the file is: nobody opens a text as a program by its name."""
    extension = filename.rpartition(".")[2].casefold() if "." in filename else ""
    return filename if extension in EXTENSIONS[kind] else f"{filename}.{EXTENSIONS[kind][0]}"


def _is_plain_text(content: bytes) -> bool:
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return False
    return not (CONTROL_CHARACTERS.search(text) or MARKUP.match(text) or ACTIVE_CONTENT.search(text))


def _document(content: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _document_in(archive) if _has_no_trailing_data(content) and _is_safe_archive(archive) else None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError):
        return None


def _has_no_trailing_data(content: bytes) -> bool:
    """Tell whether nothing follows the archive, which another program would read as something else."""
    return content[-END_RECORD_BYTES:].startswith(END_RECORD_SIGNATURE)


def _is_safe_archive(archive: zipfile.ZipFile) -> bool:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MAX_PARTS or len(set(names)) != len(names) or _is_bomb(parts):
        return False
    if any(part.flag_bits & 1 for part in parts):
        return False
    return not any(
        name.startswith("/") or ".." in name.split("/") or "\\" in name or MACRO_PART.search(name) for name in names
    )


def _is_bomb(parts: list[zipfile.ZipInfo]) -> bool:
    """Tell whether whoever opens it may choke on what it unpacks to; tables shrink to a twentieth, hardly further."""
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    return unpacked > MAX_UNPACKED_BYTES or unpacked > max(MIN_BOMB_BYTES, MAX_COMPRESSION_RATIO * packed)


def _document_in(archive: zipfile.ZipFile) -> FileKind | None:
    names = archive.namelist()
    if any(_has_doctype(archive, name) for name in names if name.endswith((".xml", ".rels"))):
        return None
    if names[0] == "mimetype":
        return FileKind.ODT if _read_head(archive, "mimetype", 100) == FileKind.ODT.encode() else None
    kinds = [kind for part, kind in MAIN_PARTS.items() if part in names]
    if len(kinds) != 1 or CONTENT_TYPES_PART not in names:
        return None
    content_types = _read_head(archive, CONTENT_TYPES_PART, MAX_CONTENT_TYPES_BYTES)
    is_declared = f"{kinds[0].value}.main+xml".encode() in content_types
    return kinds[0] if is_declared and b"macroenabled" not in content_types.lower() else None


def _has_doctype(archive: zipfile.ZipFile, name: str) -> bool:
    head = _read_head(archive, name, PROLOGUE_BYTES)
    return any(mark in head for mark in DOCTYPES)


def _read_head(archive: zipfile.ZipFile, name: str, max_bytes: int) -> bytes:
    with archive.open(name) as part:
        return part.read(max_bytes)
