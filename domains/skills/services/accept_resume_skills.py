"""Taking over what a resume suggests."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import NotFound, Refused
from domains.skills.errors import SkillCode
from domains.skills.models import Resume, ResumeStatus, ResumeSuggestion, UserSkill
from domains.skills.selectors import get_skill
from domains.skills.services.hold_skills import hold_skills, hold_skills_of


@transaction.atomic
def accept_resume_skills(*, actor: User, resume_id: int, skill_ids: Collection[int]) -> User:
    """The actor has the chosen skills of those that their resume suggests, at the middle level, from where they came.

    What the actor has already stays as it is, whoever said so; accepting again changes nothing. Refuses with
    NOT_FOUND (the resume, or a skill that it does not suggest: then none is accepted) and NOT_READ_YET.
    """
    resume = Resume.objects.select_for_update().filter(pk=resume_id, user=actor).first()
    if resume is None:
        raise NotFound("resume", "resume_id")
    if resume.status == ResumeStatus.PENDING:
        raise Refused.because(
            SkillCode.NOT_READ_YET, "The resume is still being read; ask again in a moment.", "resume_id"
        )
    hold_skills()
    hold_skills_of(actor)
    for suggestion in _chosen(actor, resume, skill_ids):
        UserSkill.objects.get_or_create(user=actor, skill_id=suggestion.skill_id, defaults={"source": resume.source})
        suggestion.is_accepted = True
        suggestion.save(update_fields=["is_accepted"])
    return actor


def _chosen(actor: User, resume: Resume, skill_ids: Collection[int]) -> list[ResumeSuggestion]:
    """Return the suggestions of these skills, in one order for all who give people skills: none waits in a ring."""
    suggested = {one.skill_id: one for one in resume.suggestions.all()}
    skills = [get_skill(viewer=actor, skill_id=skill_id) for skill_id in set(skill_ids)]
    chosen = {skill.pk for skill in skills if skill}
    if None in skills or not chosen <= suggested.keys():
        raise NotFound("suggested skill", "skill_ids")
    return [suggested[skill_id] for skill_id in sorted(chosen)]
