"""GraphQL types of reports, which their reporters and staff can see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry_django
from django.db.models import QuerySet
from strawberry import relay

from domains.moderation import models
from graphql_api.context import Info, viewer_of
from graphql_api.relay.enums import describe

describe(
    models.ReportReason,
    description="Reason for a report.",
    values={
        "SPAM": "The content is advertising, or is posted again and again.",
        "HARASSMENT": "The content insults, threatens or stalks a person.",
        "UNSAFE": "The content puts people in danger.",
        "INAPPROPRIATE": "The content does not belong in this community.",
        "FRAUD": "The content deceives people, or its author pretends to be another person.",
        "OTHER": "The report has another reason; `details` explains it.",
    },
)
ReportReason = models.ReportReason
describe(
    models.ReportStatus,
    description="Status of a report.",
    values={
        "OPEN": "The report waits for staff.",
        "REVIEWING": "Staff are reviewing the report.",
        "RESOLVED": "Staff acted on the report.",
        "DISMISSED": "Staff decided that no action is needed.",
    },
)
ReportStatus = models.ReportStatus


@strawberry_django.type(
    models.ContentReport, description="Report of content; its reporter and authorized staff can see it."
)
class ContentReport(relay.Node):
    """A report, as its reporter sees it."""

    status: ReportStatus = strawberry_django.field(description="Status of the report.")
    reason: ReportReason = strawberry_django.field(description="Reason that the reporter gave.")
    details: str = strawberry_django.field(description="Explanation that the reporter gave; may be empty.")
    created_at: datetime = strawberry_django.field(description="Time the content was reported.")

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.ContentReport], info: Info, **kwargs: Any
    ) -> QuerySet[models.ContentReport]:
        """Show users their own reports; staff with the right to view reports see all."""
        return queryset.filter(pk__in=models.ContentReport.objects.visible_to(viewer_of(info)).values("pk"))
