"""Removing old resumes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from domains.base.stored_files import remove_strays
from domains.skills.models import Resume
from domains.skills.services.upload_resume import remove_resumes

#: How long a resume is kept; skills that the person accepted from it stay.
RESUME_RETENTION = timedelta(days=365)
#: A file without a row belonged to a removed account, or to a process that died while storing it.
MIN_STRAY_AGE = timedelta(days=1)
BATCH_SIZE = 500


def remove_old_resumes(*, now: datetime) -> int:
    """Remove resumes older than RESUME_RETENTION with their files, and files without a resume; return how many.

    An act of the system, safe to run twice.
    """
    removed = 0
    while True:
        with transaction.atomic():
            old = Resume.objects.filter(created_at__lt=now - RESUME_RETENTION).order_by("pk")
            number = remove_resumes(old.select_for_update()[:BATCH_SIZE])
        removed += number
        if number < BATCH_SIZE:
            return removed + remove_strays(model=Resume, folder=Resume.FOLDER, before=now - MIN_STRAY_AGE)
