"""Forgetting resumes in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction

from domains.skills.models import Resume
from domains.skills.services.upload_resume import remove_resumes

#: How long a resume is kept; what the person accepted of it stays theirs.
KEPT_FOR = timedelta(days=365)
#: A file without a row is one of a removed account, or of a process that died while it stored it.
ORPHANS_AFTER = timedelta(days=1)
BATCH = 500


def remove_old_resumes(*, now: datetime) -> int:
    """Resumes older than KEPT_FOR are gone with their files, and so are files that belong to none; return how many.

    An act of the system, safe to run twice.
    """
    removed = 0
    while True:
        with transaction.atomic():
            old = Resume.objects.filter(created_at__lt=now - KEPT_FOR).order_by("pk")
            number = remove_resumes(old.select_for_update()[:BATCH])
        removed += number
        if number < BATCH:
            return removed + _remove_orphans(now)


def _remove_orphans(now: datetime) -> int:
    try:
        _, names = default_storage.listdir(Resume.FOLDER)
    except FileNotFoundError:
        return 0
    keys = {f"{Resume.FOLDER}/{name}" for name in names}
    orphans = keys - set(Resume.objects.filter(file__in=keys).values_list("file", flat=True))
    old = [key for key in orphans if default_storage.get_modified_time(key) < now - ORPHANS_AFTER]
    for key in old:
        default_storage.delete(key)
    return len(old)
