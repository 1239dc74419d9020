"""Taking back that one can do something."""

from __future__ import annotations

from domains.accounts.models import User
from domains.base.errors import NotFound
from domains.skills.models import Skill, UserSkill


def remove_skill(*, actor: User, skill_id: int) -> User:
    """The actor does not have the skill (any more); removing it again changes nothing. Refuses with NOT_FOUND."""
    if not Skill.objects.filter(pk=skill_id).exists():
        raise NotFound("skill", "skill_id")
    UserSkill.objects.filter(user=actor, skill_id=skill_id).delete()
    return actor
