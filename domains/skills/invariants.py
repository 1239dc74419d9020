"""Invariants of skills and resumes."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from domains.base.audit import invariant
from domains.base.stored_files import register_files
from domains.skills.models import (
    Resume,
    ResumeStatus,
    ResumeSuggestion,
    Skill,
    SkillAlias,
    SkillIdentifier,
    UserSkill,
)

#: Longer than all attempts to read a resume take together.
READ_WINDOW = timedelta(minutes=15)

register_files(model=Resume, folder=Resume.FOLDER)


@invariant
def nobody_has_a_merged_skill() -> QuerySet[UserSkill]:
    """Who had a skill that was merged into another has the other."""
    return UserSkill.objects.filter(skill__merged_into__isnull=False)


@invariant
def no_resume_suggests_a_merged_skill() -> QuerySet[ResumeSuggestion]:
    """A resume that suggested a skill which was merged into another suggests the other."""
    return ResumeSuggestion.objects.filter(skill__merged_into__isnull=False)


@invariant
def merged_skills_have_no_other_names() -> QuerySet[SkillAlias]:
    """The other names of a skill that was merged into another are the other's."""
    return SkillAlias.objects.filter(skill__merged_into__isnull=False)


@invariant
def merged_skills_have_no_identifiers() -> QuerySet[SkillIdentifier]:
    """What taxonomies call a skill that was merged into another is the other's."""
    return SkillIdentifier.objects.filter(skill__merged_into__isnull=False)


@invariant
def merged_skills_point_to_current_ones() -> QuerySet[Skill]:
    """A skill is merged into one that was not merged itself."""
    return Skill.objects.filter(merged_into__merged_into__isnull=False)


@invariant
def resumes_are_read_soon() -> QuerySet[Resume]:
    """A resume is read within a quarter of an hour, or found to be unreadable."""
    return Resume.objects.filter(status=ResumeStatus.PENDING, created_at__lt=timezone.now() - READ_WINDOW)
