"""Tasks that read resumes, suggest skills, and remove old resumes."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from domains.accounts.services import take_said_skills
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


@shared_task
def suggest_said_skills(user_id: int) -> None:
    """Suggest the skills that a provider said of the person; what cannot be suggested is not kept."""
    services.suggest_skills(user_id=user_id, names=take_said_skills(user_id=user_id))
