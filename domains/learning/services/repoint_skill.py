"""Updating courses after a merge of skills."""

from __future__ import annotations

from django.db import transaction

from domains.learning.models import Course


@transaction.atomic
def repoint_skill(*, skill_id: int, into_id: int) -> None:
    """Courses that give the first skill give the second instead, once; runs after a merge, safe to run twice."""
    gives = Course.skills.through
    both = gives.objects.filter(skill_id=into_id).values("course")
    gives.objects.filter(skill_id=skill_id, course__in=both).delete()
    gives.objects.filter(skill_id=skill_id).update(skill_id=into_id)
