"""Questions about skills."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from domains.accounts.models import User
from domains.skills.models import Skill, SkillAlias


def find_skills(*, viewer: User | None, search: str = "", category: str = "") -> QuerySet[Skill]:
    """Return the skills whose name, or another name, begins with `search`, by name; all of them without it."""
    skills = Skill.objects.visible_to(viewer)
    if search := " ".join(search.split()):
        aliases = SkillAlias.objects.filter(name__istartswith=search)
        skills = skills.filter(Q(name__istartswith=search) | Q(pk__in=aliases.values("skill")))
    if category := category.strip():
        skills = skills.filter(category__iexact=category)
    return skills.order_by("name", "pk")
