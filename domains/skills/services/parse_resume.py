"""Reading a resume: its skills become suggestions, or the reason why it cannot be read is stored."""

from __future__ import annotations

import logging
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from domains.accounts.models import User
from domains.base import gate_slot, queue
from domains.base.file_kinds import FileKind
from domains.skills.extraction import Match
from domains.skills.extraction.failures import SENTENCES, Failure
from domains.skills.models import Resume, ResumeStatus, ResumeSuggestion, Skill, SkillSource
from domains.skills.services.find_resume_skills import FoundSkills, find_resume_skills
from domains.skills.services.hold_skills import hold_skills
from domains.skills.services.read_file import read_file
from domains.skills.services.taxonomy_matcher import get_matcher
from domains.skills.services.upload_resume import remove_file

logger = logging.getLogger(__name__)

MAX_SUGGESTIONS = 100


def parse_resume(*, resume_id: int) -> None:
    """The resume is PARSED with its suggestions, or FAILED with a reason; an act of the system, safe to run twice.

    One reader at a time has the claim. A late result is dropped if the resume was replaced or claimed by another
    reader meanwhile.
    """
    _parse_due(_pending().filter(pk=resume_id))


def parse_unread_resumes() -> None:
    """Read the resumes that are due because a reader died or a fact was never delivered; a system act."""
    _parse_due(_pending())


def _pending() -> QuerySet[Resume]:
    return Resume.objects.filter(status=ResumeStatus.PENDING)


def _parse_due(resumes: QuerySet[Resume]) -> None:
    queue.drain(resumes, _parse)
    for resume in queue.parked(resumes):
        _finish(resume, FoundSkills(failure=Failure.INTERRUPTED))


def _parse(resume: Resume) -> None:
    with gate_slot.released():
        with resume.file.open("rb") as file:
            content: bytes = file.read()
        read = read_file(content=content, kind=FileKind(resume.content_type))
    found = FoundSkills(failure=read.failure) if read.failure else _find(resume, read.text)
    _finish(resume, found)


def _find(resume: Resume, text: str) -> FoundSkills:
    if resume.source == SkillSource.LINKEDIN:
        return FoundSkills(get_matcher().find_named(text.splitlines()))
    return find_resume_skills(text)


def suggest_skills(*, user_id: int, names: Collection[str]) -> None:
    """Suggest the skills of these names, as those of a LinkedIn export are, to a person without a resume; a system act.

    Names that are no skills here are left out.
    """
    matches = get_matcher().find_named(names)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
        if not matches or user is None or Resume.objects.filter(user=user).exists():
            return
        resume = Resume.objects.create(
            user=user,
            original_name="LinkedIn",
            size=0,
            content_type=FileKind.TEXT.value,
            source=SkillSource.LINKEDIN,
            status=ResumeStatus.PARSED,
            done_at=timezone.now(),
        )
        _store_suggestions(resume, matches)


@transaction.atomic
def _finish(claimed: Resume, found: FoundSkills) -> None:
    resume = Resume.objects.select_for_update().filter(
        pk=claimed.pk, status=ResumeStatus.PENDING, attempts=claimed.attempts
    ).first()  # fmt: skip
    if resume is None:
        return
    resume.done_at = timezone.now()
    logger.info("resume %s was read: %s, %s skills", resume.pk, found.failure or "PARSED", len(found.matches))
    if found.failure:
        _fail(resume, found.failure)
        return
    matches = found.matches if resume.source == SkillSource.LINKEDIN else found.matches[:MAX_SUGGESTIONS]
    _store_suggestions(resume, matches)
    resume.status = ResumeStatus.PARSED
    _remove_export(resume)
    resume.save(update_fields=["status", "done_at", "file"])


def _store_suggestions(resume: Resume, matches: list[Match]) -> None:
    hold_skills()
    # A skill that was merged while the file was read is not suggested; the next upload finds its successor.
    current_ids = set(
        Skill.objects.visible_to(None).filter(pk__in=[one.skill_id for one in matches]).values_list("pk", flat=True)
    )
    ResumeSuggestion.objects.bulk_create(
        ResumeSuggestion(resume=resume, skill_id=one.skill_id, matched_text=one.text, confidence=one.confidence)
        for one in matches
        if one.skill_id in current_ids
    )


def _fail(resume: Resume, failure: Failure) -> None:
    resume.status = ResumeStatus.FAILED
    resume.failure_code, resume.failure_reason = failure.value, SENTENCES[failure]
    _remove_export(resume)
    resume.save(update_fields=["status", "done_at", "failure_code", "failure_reason", "file"])


def _remove_export(resume: Resume) -> None:
    """Keep only the suggestions of a LinkedIn export: its file holds messages and contacts, also of other people."""
    if resume.source == SkillSource.LINKEDIN:
        remove_file(resume)
        resume.file.name = ""
