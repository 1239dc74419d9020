"""Invariants of courses."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from domains.base.audit import invariant
from domains.learning.models import Course

#: Courses are updated when the fact of a merge is delivered.
REPLACEMENT_WINDOW = timedelta(minutes=5)


@invariant
def no_course_gives_a_merged_skill() -> QuerySet[Course]:
    """A course that gave a skill which was merged into another gives the other, within five minutes."""
    merged = {"skills__merged_into__isnull": False, "skills__updated_at__lt": timezone.now() - REPLACEMENT_WINDOW}
    return Course.objects.filter(**merged)
