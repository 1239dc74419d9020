"""Reading a resume: what is in it becomes suggestions, or the reason why it cannot be read."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from domains.base import slots
from domains.skills.extraction.failures import SENTENCES, Failure
from domains.skills.extraction.kinds import Kind
from domains.skills.models import Resume, ResumeStatus, ResumeSuggestion, Skill, SkillSource
from domains.skills.services.find_resume_skills import FoundSkills, find_resume_skills
from domains.skills.services.hold_skills import hold_skills
from domains.skills.services.read_file import read_file
from domains.skills.services.taxonomy_matcher import get_matcher
from domains.skills.services.upload_resume import remove_file

logger = logging.getLogger(__name__)

#: How often a resume is begun before it counts as unreadable, and how long a reader has before another may begin.
MAX_ATTEMPTS = 3
LEASE = timedelta(seconds=90)
MAX_SUGGESTIONS = 100


def parse_resume(*, resume_id: int) -> None:
    """The resume is PARSED with its suggestions, or FAILED with a reason; an act of the system, safe to run twice.

    One reader at a time: who begins has it for LEASE. One that dies leaves it PENDING for the next, and after
    MAX_ATTEMPTS it is FAILED. What was read late, of a resume that was replaced or taken over, is dropped.
    """
    resume = _begin(resume_id)
    if resume is None:
        return
    with slots.released():
        with resume.file.open("rb") as file:
            content: bytes = file.read()
        read = read_file(content=content, kind=Kind(resume.content_type))
    found = FoundSkills(failure=read.failure) if read.failure else _find(resume, read.text)
    _finish(resume, found)


def find_unread_resumes() -> list[int]:
    """Return the resumes that nobody is reading and nobody has read: a reader died, or a fact was never told."""
    since = timezone.now() - LEASE
    waiting = Q(started_at__lt=since) | Q(started_at__isnull=True, created_at__lt=since)
    return list(Resume.objects.filter(waiting, status=ResumeStatus.PENDING).values_list("pk", flat=True))


@transaction.atomic
def _begin(resume_id: int) -> Resume | None:
    resume = Resume.objects.select_for_update().filter(pk=resume_id, status=ResumeStatus.PENDING).first()
    now = timezone.now()
    if resume is None or (resume.started_at and resume.started_at > now - LEASE):
        return None
    if resume.attempts >= MAX_ATTEMPTS:
        _fail(resume, Failure.INTERRUPTED)
        return None
    resume.attempts, resume.started_at = resume.attempts + 1, now
    resume.save(update_fields=["attempts", "started_at"])
    return resume


def _find(resume: Resume, text: str) -> FoundSkills:
    if resume.source == SkillSource.LINKEDIN:
        return FoundSkills(get_matcher().find_named(text.splitlines()))
    return find_resume_skills(text)


@transaction.atomic
def _finish(begun: Resume, found: FoundSkills) -> None:
    resume = Resume.objects.select_for_update().filter(
        pk=begun.pk, status=ResumeStatus.PENDING, attempts=begun.attempts
    ).first()  # fmt: skip
    if resume is None:
        return
    logger.info("resume %s was read: %s, %s skills", resume.pk, found.failure or "PARSED", len(found.matches))
    if found.failure:
        _fail(resume, found.failure)
        return
    hold_skills()
    matches = found.matches if resume.source == SkillSource.LINKEDIN else found.matches[:MAX_SUGGESTIONS]
    # A skill that was merged while the file was read is not suggested: the next upload finds the other.
    there = set(
        Skill.objects.visible_to(None).filter(pk__in=[one.skill_id for one in matches]).values_list("pk", flat=True)
    )
    ResumeSuggestion.objects.bulk_create(
        ResumeSuggestion(resume=resume, skill_id=one.skill_id, matched_text=one.text, confidence=one.confidence)
        for one in matches
        if one.skill_id in there
    )
    resume.status, resume.parsed_at = ResumeStatus.PARSED, timezone.now()
    _forget_export(resume)
    resume.save(update_fields=["status", "parsed_at", "file"])


def _fail(resume: Resume, failure: Failure) -> None:
    resume.status, resume.parsed_at = ResumeStatus.FAILED, timezone.now()
    resume.failure_code, resume.failure_reason = failure.value, SENTENCES[failure]
    _forget_export(resume)
    resume.save(update_fields=["status", "parsed_at", "failure_code", "failure_reason", "file"])


def _forget_export(resume: Resume) -> None:
    """Keep nothing of a LinkedIn export but what it suggests: it holds messages and contacts, of others too."""
    if resume.source == SkillSource.LINKEDIN:
        remove_file(resume)
        resume.file.name = ""
