"""Copies of reported files, which staff can open even if the sender deletes the message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.core.files.base import File
from django.db import transaction

from domains.base import gate_slot
from domains.base.files import delete_after_commit, discard
from domains.base.stored_files import remove_strays
from domains.messaging.models import MessageAttachment
from domains.moderation.models import PENDING_STATUSES, ReportFile

MAX_FILES = 10
#: How long copies are kept after the report was answered.
COPY_RETENTION = timedelta(days=90)
#: Age at which a file without a row is removed: its report was deleted, or its process died while copying.
MIN_STRAY_AGE = timedelta(days=1)
BATCH_SIZE = 100


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


def remove_old_report_files(*, now: datetime) -> int:
    """Copies are removed 90 days after their report was answered, and so are files without a row; returns how many.

    A system act, safe to run twice.
    """
    removed = 0
    while True:
        with transaction.atomic():
            # Lock the report too: staff may be taking it into review again right now.
            old = ReportFile.objects.exclude(report__status__in=PENDING_STATUSES).filter(
                report__handled_at__lt=now - COPY_RETENTION
            )
            rows = list(
                old.select_for_update(of=("self", "report")).select_related("report").order_by("pk")[:BATCH_SIZE]
            )
            for row in rows:
                delete_after_commit(str(row.file.name))
            ReportFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
        removed += len(rows)
        if len(rows) < BATCH_SIZE:
            strays = remove_strays(model=ReportFile, folder=ReportFile.FOLDER, before=now - MIN_STRAY_AGE)
            return removed + strays
