"""Reports as the API shows them: to their reporters, and to staff."""

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
    description="What is wrong with what is reported.",
    values={
        "SPAM": "Advertising, or the same again and again.",
        "HARASSMENT": "It insults, threatens or pursues somebody.",
        "UNSAFE": "It puts people in danger.",
        "INAPPROPRIATE": "It does not belong in this community.",
        "FRAUD": "It deceives people, or somebody poses as another.",
        "OTHER": "Something else; `details` says what.",
    },
)
ReportReason = models.ReportReason
describe(
    models.ReportStatus,
    description="How far staff are with a report.",
    values={
        "OPEN": "It waits for staff.",
        "REVIEWING": "Staff are looking at it.",
        "RESOLVED": "Staff did something about it.",
        "DISMISSED": "Staff found nothing to do about it.",
    },
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
