"""Queries about courses and their completions."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from domains.accounts.models import User
from domains.learning.models import AudienceType, CompletionStatus, Course, Enrollment


def find_required_courses(*, audience: AudienceType) -> QuerySet[Course]:
    """Return the published courses that everybody of this audience must complete; a system query."""
    return Course.objects.filter(is_required=True, is_published=True, audience_type=audience)


def find_completed_courses(*, user: User) -> QuerySet[Course]:
    """Return the courses that the person has completed; a system query."""
    return Course.objects.filter(enrollments__user=user, enrollments__completion_status=CompletionStatus.COMPLETED)


def find_completions(*, user_ids: Collection[int], course_ids: Collection[int]) -> dict[int, set[int]]:
    """Return, by person, which of these courses each of these people has completed; a system query."""
    completed: dict[int, set[int]] = {}
    rows = Enrollment.objects.filter(
        user__in=user_ids, course__in=course_ids, completion_status=CompletionStatus.COMPLETED
    )
    for user_id, course_id in rows.values_list("user_id", "course_id"):
        completed.setdefault(user_id, set()).add(course_id)
    return completed
