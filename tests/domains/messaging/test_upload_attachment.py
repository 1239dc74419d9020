"""Bringing a file along: what it is, is told by its bytes; what is kept of a picture is what can be seen."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from domains.base.errors import Refused
from domains.base.file_kinds import FileKind
from domains.messaging import services
from domains.messaging.models import MessageAttachment
from tests import attachments
from tests.attachments import (
    EICAR,
    PDF,
    SECRET,
    archive_of,
    document_of,
    drawing_with_secrets,
    moving_picture,
    photo_with_secrets,
    picture_of,
    upload_of,
)
from tests.domains.messaging.log import refusal_of
from tests.factories import MessageAttachmentFactory, UserFactory, conversation_between
from tests.shared_data import need_shared_data
from tests.threads import at_once

pytestmark = pytest.mark.django_db
Stored = Callable[[], set[str]]

SERVICE = sys.modules["domains.messaging.services.upload_attachment"]
UNSUPPORTED, TOO_LARGE = [("UNSUPPORTED_TYPE", "file")], [("TOO_LARGE", "file")]


def upload(content: bytes, name: str = "file") -> MessageAttachment:
    ann, ben = UserFactory.create_batch(2)
    talk = conversation_between(ann, ben)
    return services.upload_attachment(actor=ann, conversation_id=talk.pk, file=upload_of(content, name))


def refused(content: bytes, name: str = "file") -> list[tuple[str, str | None]]:
    ann, ben = UserFactory.create_batch(2)
    talk = conversation_between(ann, ben)
    file = upload_of(content, name)
    return refusal_of(services.upload_attachment, actor=ann, conversation_id=talk.pk, file=file)


def kept(attachment: MessageAttachment) -> bytes:
    with default_storage.open(str(attachment.file.name)) as file:
        content: bytes = file.read()
    assert attachment.size == len(content)
    return content


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [
        (PDF, FileKind.PDF, "pdf"),
        (b"\xef\xbb\xbfBring gl\xc3\xb6ves.\n", FileKind.TEXT, "txt"),
        (b"5 < 6 and a <3", FileKind.TEXT, "txt"),
        (document_of(), FileKind.DOCX, "docx"),
        (document_of("xl/workbook.xml"), FileKind.XLSX, "xlsx"),
        (document_of("ppt/presentation.xml"), FileKind.PPTX, "pptx"),
        (attachments.open_document_text(), FileKind.ODT, "odt"),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, str) else "",
)
def test_what_is_no_picture_is_kept_as_it_is_under_a_name_that_says_what_it_is(
    stored: Stored, content: bytes, kind: FileKind, ending: str
) -> None:
    attachment = upload(content, "plan.exe")
    assert (attachment.content_type, attachment.filename) == (kind.value, f"plan.exe.{ending}")
    assert (attachment.width, attachment.height, attachment.message) == (None, None, None)
    assert kept(attachment) == content
    assert upload(content, f"PLAN.{ending.upper()}").filename == f"PLAN.{ending.upper()}"


@pytest.mark.parametrize(("form", "kind"), [("PNG", "png"), ("JPEG", "jpeg"), ("GIF", "gif"), ("WEBP", "webp")])
def test_a_picture_is_drawn_anew(stored: Stored, form: str, kind: str) -> None:
    tail = b"<script>alert(1)</script>" + archive_of({"evil.html": "<script>"})
    attachment = upload(picture_of(form) + tail, f"sunset.{kind}")
    assert (attachment.content_type, attachment.width, attachment.height) == (f"image/{kind}", 40, 20)
    content = kept(attachment)
    assert b"script" not in content
    assert b"PK\x03\x04" not in content
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    red, white = picture.getpixel((5, 10)), picture.getpixel((35, 10))
    assert isinstance(red, tuple)
    assert isinstance(white, tuple)
    assert red[0] > 200
    assert red[1] < 60
    assert min(white) > 240


@pytest.mark.parametrize(
    "content",
    [
        photo_with_secrets(),
        drawing_with_secrets(),
        picture_of("GIF", comment=SECRET),
        moving_picture("GIF", comment=SECRET),
        picture_of("WEBP", exif=b"Exif\0\0" + SECRET, icc_profile=SECRET, xmp=SECRET),
    ],
    ids=["photo", "drawing", "GIF", "moving GIF", "WebP"],
)
def test_nothing_that_cannot_be_seen_is_kept_of_a_picture(stored: Stored, content: bytes) -> None:
    attachment = upload(content)
    assert SECRET in content or b"Author" in content
    assert SECRET not in kept(attachment)
    info = Image.open(io.BytesIO(kept(attachment))).info
    assert not {"exif", "icc_profile", "comment", "xmp", "Author", "XML:com.adobe.xmp"} & set(info)


def test_a_photo_stands_upright(stored: Stored) -> None:
    attachment = upload(photo_with_secrets())
    assert (attachment.width, attachment.height) == (20, 40)
    pixel = Image.open(io.BytesIO(kept(attachment))).getpixel((10, 5))
    assert isinstance(pixel, tuple)
    assert (pixel[0] > 200, pixel[1] < 60) == (True, True), "what was left is above"


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
def test_a_moving_picture_moves_on(stored: Stored, form: str) -> None:
    content = kept(upload(moving_picture(form, frames=5)))
    picture: Any = Image.open(io.BytesIO(content))
    assert (picture.n_frames, picture.info["loop"]) == (5, 0)
    picture.seek(3)
    picture.load()
    assert picture.info["duration"] == 80


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_way_to_keep_pixels(stored: Stored, mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, form, **({"transparency": 0} if mode == "P" else {}))
    picture = Image.open(io.BytesIO(kept(upload(out.getvalue()))))
    picture.load()
    assert picture.size == (8, 8)
    assert mode != "P" or picture.info["transparency"] is not None


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><p>Hello",
        b"\xef\xbb\xbf \n<html>",
        b"A text with <script>alert(1)</script> in it",
        b'<?xml version="1.0"?><svg onload="alert(1)"/>',
        b"<!-- a --><svg/>",
        b"#!/bin/sh\nrm -rf /",
        b"MZ\x90\x00" + b"\x00" * 60,
        b"\x7fELF\x02\x01\x01" + b"\x00" * 60,
        EICAR,
        b"a picture? " + EICAR,
        PDF + EICAR,
        b"caf\xe9 in Latin-1",
        "UTF-16".encode("utf-16"),
        archive_of({"readme.txt": "An archive is no document."}),
        document_of() + b"<script>",
        document_of(more={"word/vbaProject.bin": b"\x00"}),
        document_of(said="application/vnd.ms-word.document.macroEnabled.main+xml"),
        document_of(more={"../../etc/passwd": "x"}),
        document_of(more={"word/x.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}),
        document_of(said=attachments.MAIN["xl/workbook.xml"]),
        document_of(more={"xl/workbook.xml": "<workbook/>"}),
        archive_of({"mimetype": "application/vnd.oasis.opendocument.text", "Basic/Standard/Evil.xml": "<x/>"}),
        archive_of({"mimetype": "application/vnd.oasis.opendocument.formula"}),
        archive_of({"mimetype": "application/vnd.oasis.opendocument.text", "big": b"\0" * 210_000_000}),
        document_of()[:-40],
        b"\x89PNG\r\n\x1a\n<script>",
        picture_of("PNG")[:60],
        b"GIF89a<script>alert(1)</script>",
        b"\xff\xd8\xff\xe0 not a photo",
        b"RIFF\x00\x00\x00\x00WEBPnothing",
        b"BM" + b"\x00" * 100,
    ],
)  # fmt: skip
def test_what_may_not_be_attached(stored: Stored, content: bytes) -> None:
    assert refused(content, "holiday.png") == UNSUPPORTED
    assert stored() == set()


@pytest.mark.parametrize(
    "content",
    [
        picture_of("PNG", size=(6_000, 5_000)),
        moving_picture(frames=201, size=(4, 4)),
        moving_picture("WEBP", frames=201, size=(4, 4)),
        moving_picture(frames=20, size=(1_500, 1_500)),
        b"x" * (10 * 1024 * 1024 + 1),
    ],
    ids=["pixels", "frames", "WebP frames", "frames of many pixels", "bytes"],
)
def test_what_is_too_large(stored: Stored, content: bytes) -> None:
    assert refused(content) == TOO_LARGE
    assert stored() == set()


def test_an_empty_file_and_other_peoples_conversations(stored: Stored) -> None:
    assert refused(b" \n") == [("INVALID", "file")]
    ann, ben = UserFactory.create_batch(2)
    talk = conversation_between(ann, ben)
    services.leave_conversation(actor=ben, conversation_id=talk.pk)
    for actor in (ben, UserFactory(superuser=True)):
        asked = {"actor": actor, "conversation_id": talk.pk, "file": upload_of(PDF)}
        assert refusal_of(services.upload_attachment, **asked) == [("NOT_FOUND", "conversation_id")]
    assert stored() == set()


def test_nothing_of_the_clients_name_is_in_the_key(stored: Stored) -> None:
    attachment = upload(PDF, "../../r\u202efdp.exe\x07.pdf")
    assert re.fullmatch(r"attachments/[0-9a-f]{40}", str(attachment.file.name))
    assert attachment.filename == "rfdp.exe.pdf"
    assert stored() == {attachment.file.name}


def test_hostile_pictures_and_documents_end_as_refusals_or_as_harmless_pictures(stored: Stored) -> None:
    folder = need_shared_data() / "attacks"
    hostile = sorted([*folder.glob("images/*"), *folder.glob("docx/*"), *folder.glob("archives/*.zip")])
    assert len(hostile) > 10
    outcomes: dict[str, Any] = {}
    ann, ben = UserFactory.create_batch(2)
    talk = conversation_between(ann, ben)
    for path in hostile:
        try:
            file = upload_of(path.read_bytes(), path.name)
            attachment = services.upload_attachment(actor=ann, conversation_id=talk.pk, file=file)
        except Refused as refusal:
            outcomes[path.name] = str(refusal.problems[0].code)
        else:
            content = kept(attachment)
            assert not re.search(rb"<script|<html|javascript", content)
            Image.open(io.BytesIO(content)).load()
    assert set(outcomes.values()) <= {"TOO_LARGE", "UNSUPPORTED_TYPE"}
    for name in ("made_html_named.png", "made_svg_script.svg", "made_docx_xxe.docx", "pillow_decompression_bomb.ico"):
        assert outcomes[name] == "UNSUPPORTED_TYPE"
    assert outcomes["fuzzdb_lottapixel.jpg"] == outcomes["pillow_decompression_bomb.gif"] == "TOO_LARGE"


@pytest.mark.django_db(transaction=True)
def test_no_more_than_twenty_wait_to_be_sent_even_if_they_come_at_once(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SERVICE, "MAX_UNSENT_FILES", 3)
    ann, ben = UserFactory.create_batch(2)
    talk = conversation_between(ann, ben)
    MessageAttachmentFactory(conversation=talk, message=None, uploader=ann)
    answers = at_once(lambda _: services.upload_attachment(actor=ann, conversation_id=talk.pk, file=upload_of(PDF)), 5)
    assert sum(isinstance(answer, MessageAttachment) for answer in answers) == 2
    assert len(stored()) == MessageAttachment.objects.count() == 3
    asked = {"actor": ann, "conversation_id": talk.pk, "file": upload_of(PDF)}
    assert refusal_of(services.upload_attachment, **asked) == [("FULL", "file")]
