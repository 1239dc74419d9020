"""Adding a skill to the actor's own."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import Code, NotFound, Problem, Refused
from domains.skills.errors import SkillCode
from domains.skills.models import UserSkill
from domains.skills.selectors import get_skill
from domains.skills.services.hold_skills import hold_skills, hold_skills_of, refuse_too_many_skills

MIN_LEVEL, MAX_LEVEL = 1, 5


@transaction.atomic
def add_skill(*, actor: User, skill_id: int, proficiency_level: int) -> UserSkill:
    """The actor has the skill at this level, once; adding it again changes the level.

    If the skill was merged into another, the actor has that one. Refuses with NOT_FOUND (the skill), INVALID (the
    level), TOO_LONG (too many skills) and ALREADY_VERIFIED: the actor cannot change a level that somebody else
    confirmed.
    """
    hold_skills()
    hold_skills_of(actor)
    skill = get_skill(viewer=actor, skill_id=skill_id)
    if skill is None:
        raise NotFound("skill", "skill_id")
    if not MIN_LEVEL <= proficiency_level <= MAX_LEVEL:
        message = f"Give a level from {MIN_LEVEL}, a beginner, to {MAX_LEVEL}, an expert."
        raise Refused(Problem(Code.INVALID, message, "proficiency_level"))
    if not UserSkill.objects.filter(user=actor, skill=skill).exists():
        refuse_too_many_skills(actor, 1, "skill_id")
    held, _ = UserSkill.objects.select_for_update(of=("self",)).get_or_create(
        user=actor, skill=skill, defaults={"proficiency_level": proficiency_level}
    )
    if held.proficiency_level == proficiency_level:
        return held
    if held.is_verified:
        raise Refused.because(
            SkillCode.ALREADY_VERIFIED,
            f"Your level in {skill.name} was confirmed by somebody else; only they can change it.",
            "proficiency_level",
        )
    held.proficiency_level = proficiency_level
    held.save(update_fields=["proficiency_level"])
    return held
