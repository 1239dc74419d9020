"""Copies of reported files, which staff can open even if the sender deletes the message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.files.base import File

from domains.base import gate_slot
from domains.base.files import discard
from domains.messaging.models import MessageAttachment
from domains.moderation.models import ReportFile

MAX_FILES = 10


def copy_files(attachments: Sequence[MessageAttachment]) -> list[ReportFile]:
    """Store a copy of each file and return their unsaved rows; files that were deleted already are left out."""
    copies: list[ReportFile] = []
    if not attachments:
        return copies
    try:
        with gate_slot.released():
            for attachment in attachments[:MAX_FILES]:
                _copy(attachment, copies)
    except BaseException:
        drop_copies(copies)
        raise
    return copies


def _copy(attachment: MessageAttachment, copies: list[ReportFile]) -> None:
    try:
        original = attachment.file.open("rb")
    except FileNotFoundError:
        # The sender has just deleted the message.
        return
    copy = ReportFile(filename=attachment.filename, content_type=attachment.content_type, size=attachment.size)
    copies.append(copy)
    with original:
        copy.file.save("", File(original), save=False)


def drop_copies(copies: Iterable[ReportFile]) -> None:
    """Remove stored copies that got no report; if a removal fails, the file is a stray."""
    for copy in copies:
        discard(copy.file.name)
