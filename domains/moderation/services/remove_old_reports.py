"""Removing reports, with their evidence, some time after they were answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from domains.base.files import delete_after_commit
from domains.base.stored_files import remove_strays
from domains.moderation.models import PENDING_STATUSES, ContentReport, ReportFile

#: How long a report is kept after the answer.
REPORT_RETENTION = timedelta(days=90)
#: Age at which a file without a row is removed: its report was deleted, or its process died while copying.
MIN_STRAY_AGE = timedelta(days=1)
BATCH_SIZE = 100


def remove_old_reports(*, now: datetime) -> int:
    """Remove reports that were answered 90 days ago, with all that belongs to them, and files without a row.

    Returns how many. A system act, safe to run twice.
    """
    removed = 0
    while True:
        with transaction.atomic():
            # Locked: staff may be taking one into review again right now.
            old = ContentReport.objects.exclude(status__in=PENDING_STATUSES)
            old = old.filter(handled_at__lt=now - REPORT_RETENTION)
            keys = list(old.select_for_update().order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE])
            for name in ReportFile.objects.filter(report__in=keys).values_list("file", flat=True):
                delete_after_commit(name)
            ContentReport.objects.filter(pk__in=keys).delete()
        removed += len(keys)
        if len(keys) < BATCH_SIZE:
            strays = remove_strays(model=ReportFile, folder=ReportFile.FOLDER, before=now - MIN_STRAY_AGE)
            return removed + strays
