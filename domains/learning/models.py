"""Courses, their modules, and enrollments."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_choices_field import TextChoicesField

from domains.accounts.models import User
from domains.skills.models import Skill

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class AudienceType(models.TextChoices):
    """Audience of a course."""

    VOLUNTEER = "VOLUNTEER"
    HOST = "HOST"


class CompletionStatus(models.TextChoices):
    """Status of an enrollment."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    WITHDRAWN = "WITHDRAWN"


class CourseQuerySet(models.QuerySet["Course"]):
    """Courses, as people see them."""

    def visible_to(self, viewer: User | None) -> CourseQuerySet:
        """Published courses; staff with the right to view courses see drafts too."""
        if viewer is not None and viewer.has_right("learning.view_course"):
            return self
        return self.filter(is_published=True)


class Course(models.Model):
    """A course; its whole audience must complete a required one."""

    title = models.CharField(max_length=200)
    description = models.TextField(max_length=5000, blank=True)
    audience_type = TextChoicesField(choices_enum=AudienceType, default=AudienceType.VOLUNTEER)
    is_required = models.BooleanField(default=False)
    is_published = models.BooleanField(default=True)
    estimated_hours = models.DecimalField(max_digits=5, decimal_places=1, default=1)
    skills = models.ManyToManyField(Skill, blank=True, related_name="courses")
    prerequisites = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="leads_to")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="courses_created"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CourseQuerySet.as_manager()

    if TYPE_CHECKING:
        modules: RelatedManager[Module]
        enrollments: RelatedManager[Enrollment]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(estimated_hours__gt=0), name="learning_hours_positive")
        ]

    def __str__(self) -> str:
        return self.title


class Module(models.Model):
    """One lesson of a course, at its place in the order."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="modules")
    title = models.CharField(max_length=200)
    content = models.TextField(blank=True)
    video_url = models.URLField(blank=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["course", "order"], name="learning_module_order_once")]

    def __str__(self) -> str:
        return self.title


class Enrollment(models.Model):
    """A person in a course; one per person and course."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="enrollments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrollments")
    completion_status = TextChoicesField(choices_enum=CompletionStatus, default=CompletionStatus.IN_PROGRESS)
    enrolled_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        module_completions: RelatedManager[ModuleCompletion]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "user"], name="learning_enrolled_once"),
            models.CheckConstraint(
                condition=~models.Q(completion_status="COMPLETED") | models.Q(completed_at__isnull=False),
                name="learning_completed_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}"


class ModuleCompletion(models.Model):
    """A module that a person has finished; progress is counted from these rows."""

    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="module_completions")
    module = models.ForeignKey(Module, models.CASCADE, related_name="completions")
    completed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrollment", "module"], name="learning_module_completed_once")
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} finished {self.module_id}"
