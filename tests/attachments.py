"""Files to attach: small ones of every kind that may be, and ones that may not."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

SECRET = b"geheim-37.7599,-122.4148"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX_TYPE = f"{OFFICE}.wordprocessingml.document.main+xml"
MAIN = {"word/document.xml": DOCX_TYPE, "xl/workbook.xml": f"{OFFICE}.spreadsheetml.sheet.main+xml",
        "ppt/presentation.xml": f"{OFFICE}.presentationml.presentation.main+xml"}  # fmt: skip


def upload_of(content: bytes, name: str = "file") -> SimpleUploadedFile:
    """Return a file as a request brings it."""
    return SimpleUploadedFile(name, content)


def picture_of(form: str = "PNG", *, size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    """Return a picture whose left half is red."""
    picture = Image.new("RGB", size, "white")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def photo_with_secrets() -> bytes:
    """Return a JPEG as a telephone makes it: turned, and full of what its taker does not want to tell."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by 90 degrees
    exif[0x010E] = SECRET.decode()
    return picture_of("JPEG", exif=exif.tobytes(), comment=SECRET, icc_profile=SECRET)


def drawing_with_secrets() -> bytes:
    """Return a PNG with texts in it."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=True)
    return picture_of("PNG", pnginfo=texts)


def moving_picture(form: str = "GIF", *, frames: int = 3, size: tuple[int, int] = (20, 20), **options: Any) -> bytes:
    """Return a moving picture, each of its frames of another grey."""
    pictures = [Image.new("L", size, number * 37 % 256) for number in range(frames)]
    if form == "WEBP":
        pictures = [picture.convert("RGB") for picture in pictures]
        options = {"lossless": True, **options}
    out = io.BytesIO()
    pictures[0].save(out, form, save_all=True, append_images=pictures[1:], duration=80, loop=0, **options)
    return out.getvalue()


def archive_of(parts: dict[str, bytes | str]) -> bytes:
    """Return an archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def document_of(
    part: str = "word/document.xml", *, said: str = "", more: dict[str, bytes | str] | None = None
) -> bytes:
    """Return an office document with this main part, and what else is to be in it."""
    contents = f'<Types xmlns="{TYPES}"><Override PartName="/{part}" ContentType="{said or MAIN[part]}"/></Types>'
    return archive_of({"[Content_Types].xml": contents, part: "<document/>", **(more or {})})


def open_document_text() -> bytes:
    """Return an OpenDocument text."""
    return archive_of({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<office/>"})


PDF = b"%PDF-1.4\n1 0 obj <</Type/Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF"
