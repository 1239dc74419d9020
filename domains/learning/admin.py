"""Courses, their modules, and enrollments."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from domains.base.admin import ReadOnlyInline, RowsInline, TableAdmin, count_column
from domains.learning.models import Course, Enrollment, Module, ModuleCompletion


class ModuleInline(RowsInline):
    """The lessons of the course; the texts are on their own pages."""

    model = Module
    fields = ("order", "title", "video_url")
    show_change_link = True


@admin.register(Course)
class CourseAdmin(TableAdmin):
    """Courses."""

    list_display = (
        "title",
        "audience_type",
        "is_required",
        "is_published",
        "estimated_hours",
        count_column("modules", Module, "course"),
        count_column("people", Enrollment, "course"),
    )
    list_filter = ("audience_type", "is_required", "is_published")
    search_fields = ("title", "description")
    autocomplete_fields = ("skills", "prerequisites", "created_by")
    ordering = ("title",)
    inlines: ClassVar = [ModuleInline]


@admin.register(Module)
class ModuleAdmin(TableAdmin):
    """Lessons, with how many have finished them."""

    list_display = ("title", "course", "order", count_column("finished", ModuleCompletion, "module"))
    list_filter = ("course__audience_type", "course__is_published")
    search_fields = ("title", "course__title")
    autocomplete_fields = ("course",)
    ordering = ("course__title", "order")


class ModuleCompletionInline(ReadOnlyInline):
    """The modules that the person has finished."""

    model = ModuleCompletion
    fields = ("module", "completed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Load the titles in the same statement."""
        return super().get_queryset(request).select_related("module")


@admin.register(Enrollment)
class EnrollmentAdmin(TableAdmin):
    """Enrollments, with their progress."""

    list_display = (
        "user",
        "course",
        "completion_status",
        count_column("modules finished", ModuleCompletion, "enrollment"),
        "enrolled_at",
        "completed_at",
    )
    list_filter = ("completion_status", "course__audience_type", "enrolled_at")
    search_fields = ("user__display_name", "user__email", "course__title")
    autocomplete_fields = ("user", "course")
    inlines: ClassVar = [ModuleCompletionInline]


@admin.register(ModuleCompletion)
class ModuleCompletionAdmin(TableAdmin):
    """Completions of modules, with person and time."""

    list_display = ("enrollment", "user", "module", "completed_at")
    list_filter = ("completed_at",)
    list_select_related = ("enrollment__user",)
    search_fields = ("enrollment__user__email", "module__title")
    autocomplete_fields = ("enrollment", "module")

    @admin.display(ordering="enrollment__user__display_name")
    def user(self, completion: ModuleCompletion) -> str:
        """Return the person's name."""
        return str(completion.enrollment.user)
