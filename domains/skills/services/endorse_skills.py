"""Confirming what somebody has learned."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from domains.accounts.models import User
from domains.skills.models import Skill, SkillSource, UserSkill
from domains.skills.services.hold_skills import hold_skills, hold_skills_of, room_of

#: What one has just learned in a role: begun, and not more.
FIRST_LEVEL = 2


@transaction.atomic
def endorse_skills(*, person: User, skill_ids: Sequence[int]) -> None:
    """The person has these skills, verified by a host; the level of one they had stays. A system act.

    Of a skill that was merged into another they have that one. New ones for which they have no room are left out.
    Whoever calls it has decided who may endorse what. Twice changes nothing more.
    """
    hold_skills()
    hold_skills_of(person)
    went_to = dict(Skill.objects.filter(pk__in=skill_ids).values_list("pk", "merged_into"))
    wanted = sorted({went_to[skill_id] or skill_id for skill_id in skill_ids})
    held = set(UserSkill.objects.filter(user=person, skill__in=wanted).values_list("skill_id", flat=True))
    newcomers = [skill_id for skill_id in dict.fromkeys(wanted) if skill_id not in held][: room_of(person)]
    UserSkill.objects.bulk_create(
        [
            UserSkill(user=person, skill_id=skill_id, proficiency_level=FIRST_LEVEL, source=SkillSource.HOST)
            for skill_id in newcomers
        ],
        ignore_conflicts=True,
    )
    UserSkill.objects.filter(user=person, skill__in=wanted, is_verified=False).update(
        is_verified=True, source=SkillSource.HOST
    )
