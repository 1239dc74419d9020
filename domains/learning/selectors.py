"""Questions about courses and who has finished them."""

from __future__ import annotations

from django.db.models import QuerySet

from domains.accounts.models import User
from domains.learning.models import AudienceType, CompletionStatus, Course


def find_required_courses(*, audience: AudienceType) -> QuerySet[Course]:
    """Return the published courses that everybody of this audience must have completed; a system question."""
    return Course.objects.filter(is_required=True, is_published=True, audience_type=audience)


def find_completed_courses(*, user: User) -> QuerySet[Course]:
    """Return the courses that the person has completed; a system question."""
    return Course.objects.filter(enrollments__user=user, enrollments__completion_status=CompletionStatus.COMPLETED)
