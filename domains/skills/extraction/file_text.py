"""The reader of hostile files, a program that `domains/base/sandbox_main.py` runs in a process of its own.

Its argument is the kind of the file; its answer is JSON with `text`, or with `failure`. It imports nothing of the
project and nothing of Django. `services/read_file.py` starts it.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import logging
import re
import stat
import warnings
import zipfile
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 15
OUTPUT_BYTES = 2 * 1024 * 1024
INPUT_BYTES = 12 * 1024 * 1024
MAX_CHARACTERS = 300_000
MAX_PAGES = 40
MAX_PARTS = 2_000
MAX_UNPACKED_BYTES = 40 * 1024 * 1024
MAX_XML_BYTES = 16 * 1024 * 1024
MAX_SKILLS = 500
#: So few letters and digits are a page number, not a text.
MIN_LETTERS = 20
#: The encodings that files ask for, and what each reader imports at its first need.
ENCODINGS = (
    *("ascii", "utf_8_sig", "latin_1", "cp1252", "cp437", "charmap", "mac_roman", "utf_16", "utf_16_be", "utf_16_le"),
    *("big5", "big5hkscs", "gb2312", "gbk", "gb18030", "shift_jis", "euc_jp", "euc_kr", "cp949"),
)
LIBRARIES = {
    "pdf": ("pypdf", "pypdf.filters", "pypdf._codecs._codecs", "pypdf._crypt_providers", "tempfile"),
    "docx": ("docx",),
}
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: What stands for a character in a Word document.
TEXT_OF_ELEMENTS = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: A document type declares entities, which no Word document needs: `<!DOCTYPE` in UTF-8 and in both kinds of UTF-16.
DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


class Unreadable(Exception):
    """The file cannot be read; the argument is the code of the reason."""


def read(kind: str, content: bytes) -> str:
    """Return the text of a file of the kind; of a LinkedIn export the names of the skills, one a line."""
    readers = {"pdf": _read_pdf, "docx": _read_docx, "txt": _read_text, "linkedin": _read_linkedin}
    return readers[kind](content)


def _read_pdf(content: bytes) -> str:
    from pypdf import PdfReader  # noqa: PLC0415 - a text needs no PDF library

    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("ENCRYPTED")
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable("TOO_LARGE_TO_READ")
    pages: list[str] = []
    failure: Exception | None = None
    for page in reader.pages:
        try:
            pages.append(page.extract_text())
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # noqa: BLE001 - one broken page leaves the others
            failure = error
        if sum(map(len, pages)) > MAX_CHARACTERS:
            raise Unreadable("TOO_LARGE_TO_READ")
    if failure and not pages:
        raise failure
    return "\n\n".join(pages)


def _read_docx(content: bytes) -> str:
    from docx import Document  # noqa: PLC0415 - a text needs no Word library

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _check_archive(archive)
        for part in archive.infolist():
            if part.filename.endswith((".xml", ".rels")):
                _check_xml(archive, part)
    lines: list[str] = []
    for element in _outside_fallbacks(Document(io.BytesIO(content)).element.body):
        if element.tag == f"{WORD}p":
            lines.append("")
        elif element.tag == f"{WORD}t" and lines:
            lines[-1] += element.text or ""
        elif element.tag in TEXT_OF_ELEMENTS and lines:
            lines[-1] += TEXT_OF_ELEMENTS[element.tag]
        elif element.tag == f"{WORD}tc" and lines:
            lines.append("")
    return "\n".join(lines)


def _outside_fallbacks(element: Any) -> Any:
    """Yield all elements in order, but what is there twice for old readers."""
    stack = [element]
    while stack:
        one = stack.pop()
        if one.tag != FALLBACK:
            yield one
            stack.extend(reversed(one))


def _check_archive(archive: zipfile.ZipFile) -> None:
    """Refuse what is locked, and what would unpack to more than a document is."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("ENCRYPTED")
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Unreadable("TOO_LARGE_TO_READ")


def _check_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    xml = _unpack(archive, part, MAX_XML_BYTES)
    if any(mark in xml for mark in DOCTYPES):
        raise Unreadable("DAMAGED")


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, max_bytes: int) -> bytes:
    """Return a part's content; what it says of its own size is not believed."""
    with archive.open(part) as opened:
        content = opened.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise Unreadable("TOO_LARGE_TO_READ")
    return content


def _read_text(content: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding)
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _read_linkedin(content: bytes) -> str:
    """Read one list out of the export; its other files, such as one's messages, are not looked at."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if len(archive.infolist()) > MAX_PARTS:
            raise Unreadable("TOO_LARGE_TO_READ")
        lists = [part for part in archive.infolist() if _is_skills_list(part)]
        if not lists:
            raise Unreadable("NO_SKILLS_LIST")
        if lists[0].flag_bits & 1:
            raise Unreadable("ENCRYPTED")
        text = _read_text(_unpack(archive, lists[0], OUTPUT_BYTES // 4))
    rows = list(csv.reader(io.StringIO(text)))[: MAX_SKILLS + 1]
    if not rows or not rows[0] or rows[0][0].strip().casefold() != "name":
        raise Unreadable("NO_SKILLS_LIST")
    names = [" ".join(row[0].split())[:120] for row in rows[1:] if row and row[0].strip()]
    if not names:
        raise Unreadable("NO_SKILLS_LIST")
    return "\n".join(names)


def _is_skills_list(part: zipfile.ZipInfo) -> bool:
    is_link = stat.S_ISLNK(part.external_attr >> 16)
    return part.filename.rpartition("/")[2].casefold() == "skills.csv" and not part.is_dir() and not is_link


def _answer(kind: str, content: bytes) -> dict[str, str]:
    try:
        text = read(kind, content)
    except Unreadable as reason:
        return {"failure": str(reason)}
    except (MemoryError, RecursionError, OverflowError):
        return {"failure": "TOO_LARGE_TO_READ"}
    except Exception as error:  # noqa: BLE001 - a broken file breaks its reader in any way
        names = {kind.__name__ for kind in type(error).__mro__}
        if names & {"FileNotDecryptedError", "WrongPasswordError"}:
            return {"failure": "ENCRYPTED"}
        # What pypdf refuses to unpack is a bomb; everything else is broken.
        return {"failure": "TOO_LARGE_TO_READ" if "LimitReachedError" in names else "DAMAGED"}
    if kind != "linkedin" and len(re.findall(r"[^\W_]", text[:10_000])) < MIN_LETTERS:
        return {"failure": "NO_TEXT"}
    return {"failure": "TOO_LARGE_TO_READ"} if len(text) > MAX_CHARACTERS else {"text": text}


def prepare(kind: str) -> None:
    """Import what the reader may need later."""
    warnings.simplefilter("ignore")
    logging.disable()
    for module in (*LIBRARIES.get(kind, ()), *(f"encodings.{name}" for name in ENCODINGS)):
        importlib.import_module(module)


def answer(kind: str, content: bytes) -> bytes:
    """Return the answer: JSON with `text`, or with `failure`."""
    return json.dumps(_answer(kind, content), ensure_ascii=False).encode(errors="replace")
