"""Queries of skills."""

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

Filters = Annotated[SkillFilter | None, strawberry.argument(description="Filter of the skills; null lists all.")]


@strawberry.type
class SkillQueries:
    """Root fields of the queries."""

    @strawberry_django.connection(
        Connection[Skill],
        description="Skills of the taxonomy, ordered by name. A search lists matching names before matching aliases.",
    )
    def skills(self, info: Info, filters: Filters = None) -> QuerySet[models.Skill]:
        wanted = filters or SkillFilter()
        return selectors.find_skills(viewer=viewer_of(info), search=wanted.search or "", category=wanted.category or "")

    @strawberry_django.field(description="Categories of the taxonomy that have skills, ordered by name.")
    def skill_categories(self, info: Info) -> list[SkillCategory]:
        found = selectors.find_categories(viewer=viewer_of(info))
        return [SkillCategory(value=one.name, label=one.name, skill_count=one.skill_count) for one in found]
