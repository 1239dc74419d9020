"""Uploading a file, before the message that it is attached to is sent."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.db import transaction

from domains.accounts.models import UploadPurpose, User
from domains.accounts.services import Accepted, accept_uploads, lock_self
from domains.base import gate_slot, rates
from domains.base.errors import Code, NotFound, Refused
from domains.base.file_kinds import PICTURE_KINDS, FileKind
from domains.base.files import stored
from domains.base.pictures.clean_picture import Picture, clean_picture
from domains.base.texts import clean_file_name
from domains.messaging import selectors
from domains.messaging.attachments.attachable import EXTENSIONS, attachable_kind, with_extension
from domains.messaging.errors import MessagingCode
from domains.messaging.models import MessageAttachment
from domains.messaging.services.locks import refuse_unreachable

MAX_FILE_BYTES = 10 * 1024 * 1024
#: How many unsent files one person may have.
MAX_UNSENT_FILES = 20
MAX_UPLOADS_PER_HOUR, HOUR_SECONDS = 120, 3600
UNSUPPORTED_TYPE_MESSAGE = (
    "Attach a picture (JPEG, PNG, GIF, WebP), a PDF, a plain text in UTF-8, or a document (DOCX, XLSX, PPTX, ODT) "
    "without macros."
)

accept_uploads(UploadPurpose.ATTACHMENT, Accepted(MAX_FILE_BYTES, list(EXTENSIONS), attachable_kind))


def upload_attachment(*, actor: User, conversation_id: int, file: File[Any]) -> MessageAttachment:
    """The file is stored for the participants only, and waits a day for the actor's message.

    A picture is encoded anew, so that only its pixels are kept. Refuses with RATE_LIMITED, NOT_FOUND,
    FORBIDDEN (out of reach), TOO_LARGE (10 MB; too many pixels or frames), INVALID (empty), UNSUPPORTED_TYPE (judged
    by the content, not by the name) and FULL (the actor has 20 unsent files already).
    """
    rates.spend(what="upload_attachment", key=str(actor.pk), limit=MAX_UPLOADS_PER_HOUR, seconds=HOUR_SECONDS)
    conversation = selectors.find_conversation(viewer=actor, conversation_id=conversation_id).first()
    if conversation is None:
        raise NotFound("conversation", "conversation_id")
    refuse_unreachable(actor=actor, conversation=conversation)
    _refuse_too_many_unsent(actor)
    content, kind = _read_content(file)
    picture = _clean(content, kind) if kind in PICTURE_KINDS else Picture(content, 0, 0)
    attachment = MessageAttachment(
        conversation=conversation,
        uploader=actor,
        filename=with_extension(kind, clean_file_name(file.name or "")),
        content_type=kind.value,
        size=len(picture.content),
        width=picture.width or None,
        height=picture.height or None,
    )
    with stored(attachment.file, picture.content), transaction.atomic():
        # Simultaneous uploads by one person are counted one after the other.
        lock_self(actor=actor)
        _refuse_too_many_unsent(actor)
        attachment.save()
    return attachment


def _clean(content: bytes, kind: FileKind) -> Picture:
    with gate_slot.released():
        return clean_picture(content=content, kind=kind)


def _read_content(file: File[Any]) -> tuple[bytes, FileKind]:
    if file.size > MAX_FILE_BYTES:
        sentence = f"The file is too large: at most {MAX_FILE_BYTES // (1024 * 1024)} MB."
        raise Refused.because(Code.TOO_LARGE, sentence, "file")
    content: bytes = file.read()
    if not content.strip():
        raise Refused.because(Code.INVALID, "The file is empty.", "file")
    kind = attachable_kind(content)
    if kind is None:
        raise Refused.because(Code.UNSUPPORTED_TYPE, UNSUPPORTED_TYPE_MESSAGE, "file")
    return content, kind


def _refuse_too_many_unsent(actor: User) -> None:
    if MessageAttachment.objects.filter(uploader=actor, message__isnull=True).count() >= MAX_UNSENT_FILES:
        sentence = f"{MAX_UNSENT_FILES} files of yours wait to be sent; send them first."
        raise Refused.because(MessagingCode.FULL, sentence, "file")
