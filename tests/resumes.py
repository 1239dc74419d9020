"""Resumes of a person who does not exist, in every kind of file."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

RESUME = """Jane Doe
jane@people.example, (415) 555-0100

Experience
Volunteer coordinator, Creek Friends, 2019 - 2023
Led tree planting with forty people on each of twelve Saturdays, and kept the books.

Skills
Gardening, First aid, Bookkeeping
"""
#: A LinkedIn export: of its files only one is read.
EXPORT = {"Skills.csv": "Name\nGardening\nJuggling fire\n", "messages.csv": "FROM,CONTENT\nJoe,A secret of Joe's\n"}


def upload_of(content: bytes | str = RESUME, name: str = "resume.txt") -> SimpleUploadedFile:
    """Return a file as a request brings it."""
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def docx_of(text: str) -> bytes:
    """Return a Word document with a paragraph for each line of a text."""
    document, file = Document(), io.BytesIO()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(file)
    return file.getvalue()


def pdf_of(text: str) -> bytes:
    """Return a PDF with the lines of a text, written by hand: pypdf makes none."""
    shown = "".join(f"({line.translate({40: ' ', 41: ' '})}) Tj T*\n" for line in text.splitlines())
    stream = f"BT /F 12 Tf 14 TL 40 760 Td\n{shown}ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return b"%sxref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        out, table, len(out),
    )  # fmt: skip


def zip_of(files: dict[str, str]) -> bytes:
    """Return an archive of texts by their names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()
