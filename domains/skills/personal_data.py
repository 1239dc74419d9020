"""What is held about people's skills, for exports and for erasures."""

from __future__ import annotations

from domains.base.personal_data import PersonalRows, register
from domains.skills.models import Resume, ResumeSuggestion, UserSkill

register(
    PersonalRows(
        UserSkill, "user", "skills", ("skill__name", "proficiency_level", "source", "is_verified", "created_at")
    ),
    PersonalRows(
        Resume,
        "user",
        "resumes",
        ("original_name", "size", "content_type", "source", "status", "failure_reason", "created_at"),
        files=("file",),
        file_name="original_name",
    ),
    PersonalRows(
        ResumeSuggestion,
        "resume__user",
        "resume_suggestions",
        ("skill__name", "matched_text", "confidence", "is_accepted"),
    ),
)
