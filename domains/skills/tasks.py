"""Tasks that read resumes and remove old ones."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from domains.skills import services


@shared_task
def parse_resume(resume_id: int) -> None:
    """Read a resume and suggest skills."""
    services.parse_resume(resume_id=resume_id)


@shared_task
def parse_unread_resumes() -> None:
    """Read resumes that were left unread by a worker that died."""
    services.parse_unread_resumes()


@shared_task
def remove_old_resumes() -> None:
    """Remove resumes past their time."""
    services.remove_old_resumes(now=timezone.now())
