"""Removing old resumes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from domains.base.stored_files import remove_strays
from domains.skills.models import Resume
from domains.skills.services.upload_resume import remove_resumes

#: How long a resume is kept; skills that the person accepted from it stay.
KEPT_FOR = timedelta(days=365)
#: A file without a row belonged to a removed account, or to a process that died while storing it.
STRAYS_AFTER = timedelta(days=1)
BATCH = 500


def remove_old_resumes(*, now: datetime) -> int:
    """Remove resumes older than KEPT_FOR with their files, and files without a resume; return how many.

    An act of the system, safe to run twice.
    """
    removed = 0
    while True:
        with transaction.atomic():
            old = Resume.objects.filter(created_at__lt=now - KEPT_FOR).order_by("pk")
            number = remove_resumes(old.select_for_update()[:BATCH])
        removed += number
        if number < BATCH:
            return removed + remove_strays(model=Resume, folder=Resume.FOLDER, before=now - STRAYS_AFTER)
