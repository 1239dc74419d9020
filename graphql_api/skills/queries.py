"""Questions about skills."""

from __future__ import annotations

from typing import Annotated

import strawberry
import strawberry_django
from django.db.models import QuerySet

from domains.skills import models, selectors
from graphql_api.context import Info, viewer_of
from graphql_api.relay.connections import Connection
from graphql_api.skills.inputs import SkillFilter
from graphql_api.skills.types import Skill, SkillCategory

Filters = Annotated[SkillFilter | None, strawberry.argument(description="Which skills to list.")]


@strawberry.type
class SkillQueries:
    """The root fields of skills."""

    @strawberry_django.connection(Connection[Skill], description="The taxonomy of skills, by name.")
    def skills(self, info: Info, filters: Filters = None) -> QuerySet[models.Skill]:
        """Ask `selectors.find_skills`."""
        wanted = filters or SkillFilter()
        return selectors.find_skills(viewer=viewer_of(info), search=wanted.search or "", category=wanted.category or "")

    @strawberry_django.field(description="The groups of skills that the taxonomy has, by name.")
    def skill_categories(self, info: Info) -> list[SkillCategory]:
        """Ask `selectors.find_categories`."""
        found = selectors.find_categories(viewer=viewer_of(info))
        return [SkillCategory(value=one.name, label=one.name, skill_count=one.skill_count) for one in found]
