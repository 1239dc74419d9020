"""Confirming the skills that a person has learned."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from domains.accounts.models import User
from domains.skills.models import Skill, SkillSource, UserSkill
from domains.skills.services.hold_skills import count_free_skills, hold_skills, hold_skills_of

#: The level of a skill that a person has just learned in a role.
ENDORSED_LEVEL = 2


@transaction.atomic
def endorse_skills(*, person: User, skill_ids: Sequence[int]) -> None:
    """The person has these skills, verified by a host; the level of a skill they had stays. A system act.

    If a skill was merged into another, they have that one. New skills for which they have no room are left out.
    The caller checks who may endorse what. Repeating it changes nothing.
    """
    hold_skills()
    hold_skills_of(person)
    merged_into = dict(Skill.objects.filter(pk__in=skill_ids).values_list("pk", "merged_into"))
    wanted = sorted({merged_into[skill_id] or skill_id for skill_id in skill_ids})
    held = set(UserSkill.objects.filter(user=person, skill__in=wanted).values_list("skill_id", flat=True))
    new_skill_ids = [skill_id for skill_id in dict.fromkeys(wanted) if skill_id not in held][
        : count_free_skills(person)
    ]
    UserSkill.objects.bulk_create(
        [
            UserSkill(user=person, skill_id=skill_id, proficiency_level=ENDORSED_LEVEL, source=SkillSource.HOST)
            for skill_id in new_skill_ids
        ],
        ignore_conflicts=True,
    )
    UserSkill.objects.filter(user=person, skill__in=wanted, is_verified=False).update(
        is_verified=True, source=SkillSource.HOST
    )
