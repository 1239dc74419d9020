"""Skills as the API shows them."""

from __future__ import annotations

from typing import Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay

from domains.skills import models
from graphql_api.context import Info, viewer_of

strawberry.enum(models.SkillSource, description="How it came to be known that somebody has a skill.")
SkillSource = models.SkillSource


@strawberry_django.type(models.Skill, description="Something a person can do.")
class Skill(relay.Node):
    """A skill of the taxonomy."""

    name: str = strawberry_django.field(description="The preferred name.")
    category: str = strawberry_django.field(description="The group of skills it belongs to.")

    @strawberry_django.field(description="Its other names.", prefetch_related=["aliases"])
    def aliases(self) -> list[str]:
        """Show the other names."""
        row: Any = self
        return sorted(alias.name for alias in row.aliases.all())

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Skill], info: Info, **kwargs: Any) -> QuerySet[models.Skill]:
        """Everything that `visible_to` shows."""
        return models.SkillQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]


@strawberry_django.type(models.UserSkill, description="A skill that a person has.")
class UserSkill(relay.Node):
    """What somebody can do, how well, and who says so."""

    proficiency_level: int = strawberry_django.field(description="From 1, a beginner, to 5, an expert.")
    source: SkillSource = strawberry_django.field(description="How it came to be known.")
    is_verified: bool = strawberry_django.field(description="Whether somebody else confirmed it.")
    skill: Skill = strawberry_django.field(description="The skill.")
