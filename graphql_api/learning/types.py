"""GraphQL types of courses."""

from __future__ import annotations

from typing import Any

import strawberry_django
from django.db.models import QuerySet
from strawberry import relay

from domains.learning import models
from graphql_api.context import Info, viewer_of
from graphql_api.relay.enums import describe
from graphql_api.relay.rows import row_of

describe(
    models.AudienceType,
    description="Audience of a course.",
    values={"VOLUNTEER": "People who volunteer.", "HOST": "Owners and coordinators of hosts."},
)
AudienceType = models.AudienceType


@strawberry_django.type(
    models.Course,
    description="A course that prepares volunteers or the people who run hosts. This API cannot list or take courses "
    "yet; staff record who has completed one.",
)
class Course(relay.Node):
    """A course."""

    title: str = strawberry_django.field(description="Title of the course.")
    description: str = strawberry_django.field(description="Summary of what the course teaches; may be empty.")
    audience_type: AudienceType = strawberry_django.field(description="Audience of the course.")
    is_required: bool = strawberry_django.field(
        description="Whether the whole audience must complete the course: volunteers before they apply for a role, "
        "owners and coordinators before they publish an opportunity."
    )

    @strawberry_django.field(description="Estimated time to complete the course, in hours.", only=["estimated_hours"])
    async def estimated_hours(self) -> float:
        """Return the hours as a float."""
        return float(row_of(self, models.Course).estimated_hours)

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.Course]:
        """Return the courses that the viewer may see, ordered by title."""
        return models.CourseQuerySet.visible_to(queryset, viewer_of(info)).order_by("title", "pk")
