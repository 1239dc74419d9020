"""Courses as the API shows them."""

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
    description="Whom a course is for.",
    values={"VOLUNTEER": "People who volunteer.", "HOST": "People who run organizations."},
)
AudienceType = models.AudienceType


@strawberry_django.type(models.Course, description="A course that prepares people for their part.")
class Course(relay.Node):
    """A course."""

    title: str = strawberry_django.field(description="What it is called.")
    description: str = strawberry_django.field(description="What one learns; may be empty.")
    audience_type: AudienceType = strawberry_django.field(description="Whom it is for.")
    is_required: bool = strawberry_django.field(
        description="Whether its whole audience must complete it: volunteers to apply, hosts to publish."
    )

    @strawberry_django.field(description="How long it takes, in hours.", only=["estimated_hours"])
    async def estimated_hours(self) -> float:
        """Show the hours as a number."""
        return float(row_of(self, models.Course).estimated_hours)

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Course], info: Info, **kwargs: Any) -> QuerySet[models.Course]:
        """Everything that `visible_to` shows, by title."""
        shown: Any = models.CourseQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]
        return shown.order_by("title", "pk")  # type: ignore[no-any-return]
