"""Accepting skills that a resume suggests."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import Code, NotFound, Refused
from domains.skills.errors import SkillCode
from domains.skills.models import Resume, ResumeStatus, Skill, UserSkill
from domains.skills.services.hold_skills import hold_skills, hold_skills_of, refuse_too_many_skills

#: More than any resume suggests.
MAX_AT_ONCE = 500


@transaction.atomic
def accept_resume_skills(*, actor: User, resume_id: int, skill_ids: Collection[int]) -> User:
    """The actor has the chosen skills that their resume suggests, at the middle level, with the resume's source.

    Skills that the actor has already stay as they are; accepting again changes nothing. Refuses with
    TOO_LONG (more than 500 skills at once, or too many in all), NOT_FOUND (the resume, or a skill that it does not
    suggest: then none is accepted) and NOT_READ_YET.
    """
    wanted = set(skill_ids)
    if len(wanted) > MAX_AT_ONCE:
        raise Refused.because(Code.TOO_LONG, f"Choose at most {MAX_AT_ONCE} skills at once.", "skill_ids")
    resume = Resume.objects.select_for_update().filter(pk=resume_id, user=actor).first()
    if resume is None:
        raise NotFound("resume", "resume_id")
    if resume.status == ResumeStatus.PENDING:
        raise Refused.because(
            SkillCode.NOT_READ_YET, "The resume is still being read; ask again in a moment.", "resume_id"
        )
    hold_skills()
    hold_skills_of(actor)
    chosen = _find_chosen(resume, wanted)
    held = UserSkill.objects.filter(user=actor, skill__in=chosen).count()
    refuse_too_many_skills(actor, len(chosen) - held, "skill_ids")
    UserSkill.objects.bulk_create(
        [UserSkill(user=actor, skill_id=skill_id, source=resume.source) for skill_id in chosen], ignore_conflicts=True
    )
    resume.suggestions.filter(skill__in=chosen).update(is_accepted=True)
    return actor


def _find_chosen(resume: Resume, wanted: set[int]) -> list[int]:
    """Return the suggested skills, sorted as in all services that give people skills, to prevent deadlocks.

    A skill that was merged into another is replaced by that one.
    """
    merged_into = dict(Skill.objects.filter(pk__in=wanted).values_list("pk", "merged_into"))
    chosen = {merged_into.get(skill_id) or skill_id for skill_id in wanted}
    if resume.suggestions.filter(skill__in=chosen).count() != len(chosen):
        raise NotFound("suggested skill", "skill_ids")
    return sorted(chosen)
