"""Letting go of attached files: those of a deleted message, those never sent, and files that belong to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from domains.base.files import delete_after_commit
from domains.base.stored_files import remove_strays
from domains.messaging.models import MessageAttachment

#: How long a file may wait for the message that brings it; and a file without a row for its row.
UNSENT_FOR = timedelta(days=1)
BATCH = 500


def remove_attachments(attachments: Iterable[MessageAttachment]) -> int:
    """The attachments are gone, and their files once that is certain; inside a transaction. Return how many."""
    rows = list(attachments)
    for row in rows:
        if name := row.file.name:
            delete_after_commit(name)
    MessageAttachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def remove_unsent_attachments(*, now: datetime) -> int:
    """What was uploaded a day ago and never sent is gone, and so are files that belong to no row; return how many.

    An act of the system, safe to run twice.
    """
    removed = 0
    while True:
        with transaction.atomic():
            # Locked, since somebody may be sending one of them in this moment.
            old = MessageAttachment.objects.filter(message__isnull=True, created_at__lt=now - UNSENT_FOR)
            number = remove_attachments(old.select_for_update().order_by("pk")[:BATCH])
        removed += number
        if number < BATCH:
            strays = remove_strays(model=MessageAttachment, folder=MessageAttachment.FOLDER, before=now - UNSENT_FOR)
            return removed + strays
