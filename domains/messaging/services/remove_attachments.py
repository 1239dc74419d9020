"""Removing attached files: files of deleted messages, files that were never sent, and files without a row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from domains.base.files import delete_after_commit
from domains.base.stored_files import remove_strays
from domains.messaging.models import MessageAttachment

#: How long an uploaded file may wait for its message, and a stored file for its row.
UNSENT_RETENTION = timedelta(days=1)
BATCH_SIZE = 500


def remove_attachments(attachments: Iterable[MessageAttachment]) -> int:
    """Remove the attachments, and their files after the commit; call it in a transaction. Return how many."""
    rows = list(attachments)
    for row in rows:
        if name := row.file.name:
            delete_after_commit(name)
    MessageAttachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def remove_unsent_attachments(*, now: datetime) -> int:
    """Remove attachments that were uploaded a day ago and never sent, and files without a row; return how many.

    An act of the system, safe to run twice.
    """
    removed = 0
    while True:
        with transaction.atomic():
            # Locked, because the uploader may be sending one of them at this moment.
            old = MessageAttachment.objects.filter(message__isnull=True, created_at__lt=now - UNSENT_RETENTION)
            number = remove_attachments(old.select_for_update().order_by("pk")[:BATCH_SIZE])
        removed += number
        if number < BATCH_SIZE:
            strays = remove_strays(
                model=MessageAttachment, folder=MessageAttachment.FOLDER, before=now - UNSENT_RETENTION
            )
            return removed + strays
