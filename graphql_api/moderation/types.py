"""Reports as the API shows them: to their reporters, and to staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay

from domains.moderation import models
from graphql_api.context import Info, viewer_of

strawberry.enum(models.ReportReason, description="What is wrong with what is reported.")
ReportReason = models.ReportReason
strawberry.enum(
    models.ReportStatus,
    description="OPEN waits for staff; REVIEWING is looked at; RESOLVED led to something, DISMISSED to nothing.",
)
ReportStatus = models.ReportStatus


@strawberry_django.type(models.ContentReport, description="Your report of something that should not be here.")
class ContentReport(relay.Node):
    """A report, as its reporter sees it."""

    status: ReportStatus = strawberry_django.field(description="How far staff are with it.")
    reason: ReportReason = strawberry_django.field(description="What was said to be wrong.")
    details: str = strawberry_django.field(description="What was said besides; may be empty.")
    created_at: datetime = strawberry_django.field(description="When it was reported.")

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.ContentReport], info: Info, **kwargs: Any
    ) -> QuerySet[models.ContentReport]:
        """Show each person their own reports; staff see all."""
        return queryset.filter(pk__in=models.ContentReport.objects.visible_to(viewer_of(info)).values("pk"))
