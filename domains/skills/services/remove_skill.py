"""Removing a skill from the actor's own."""

from __future__ import annotations

from django.db import transaction

from domains.accounts.models import User
from domains.base.errors import NotFound
from domains.skills.models import UserSkill
from domains.skills.selectors import get_skill
from domains.skills.services.hold_skills import hold_skills, hold_skills_of


@transaction.atomic
def remove_skill(*, actor: User, skill_id: int) -> User:
    """The actor does not have the skill (any more), nor the one it was merged into; repeating it changes nothing.

    Refuses with NOT_FOUND.
    """
    hold_skills()
    hold_skills_of(actor)
    skill = get_skill(viewer=actor, skill_id=skill_id)
    if skill is None:
        raise NotFound("skill", "skill_id")
    UserSkill.objects.filter(user=actor, skill__in=[skill_id, skill.pk]).delete()
    return actor
