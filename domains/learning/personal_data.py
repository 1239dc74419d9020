"""What is held about people's learning, for exports and for erasures."""

from __future__ import annotations

from domains.base.personal_data import PersonalRows, register
from domains.learning.models import Course, Enrollment, ModuleCompletion

register(
    PersonalRows(
        Enrollment, "user", "enrollments", ("course__title", "completion_status", "enrolled_at", "completed_at")
    ),
    PersonalRows(
        ModuleCompletion,
        "enrollment__user",
        "completed_modules",
        ("module__course__title", "module__title", "completed_at"),
    ),
    PersonalRows(Course, "created_by", "courses", ("title", "description", "is_published", "created_at")),
)
