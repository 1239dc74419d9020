"""Inputs of the queries and mutations of skills."""

from __future__ import annotations

import strawberry

from domains.skills.services.accept_resume_skills import MAX_AT_ONCE
from graphql_api.accounts.uploads import UPLOAD_ID
from graphql_api.checks.input_limits import list_field
from graphql_api.relay.scalars import Upload


@strawberry.input(description="Filter of the skills. A field that is null or left out does not filter.")
class SkillFilter:
    """Filter of the skills."""

    search: str | None = strawberry.field(
        description="Beginning of the skill's name or of one of its aliases.", default=None
    )
    category: str | None = strawberry.field(
        description="Category: the whole `value` of a `SkillCategory`, in upper or lower case.", default=None
    )


@strawberry.input(description="Input of `addSkill`.")
class AddSkillInput:
    """A skill with its level."""

    skill_id: strawberry.ID = strawberry.field(description="ID of the skill to add.")
    proficiency_level: int = strawberry.field(
        description="Level from 1 (beginner) to 5 (expert). If omitted, the level becomes 3, even for a skill that you "
        "already have.",
        default=3,
    )


@strawberry.input(description="Input of `removeSkill`.")
class RemoveSkillInput:
    """A skill to remove."""

    skill_id: strawberry.ID = strawberry.field(description="ID of the skill to remove.")


@strawberry.input(description="Input of `uploadResume`.")
class UploadResumeInput:
    """A resume to upload."""

    resume: Upload | None = strawberry.field(
        description="PDF, Word document (DOCX) or plain text file of at most 5 MB. Required without `uploadId`.",
        default=None,
    )
    upload_id: strawberry.ID | None = strawberry.field(description=UPLOAD_ID, default=None)


@strawberry.input(description="Input of `importLinkedinExport`.")
class ImportLinkedinExportInput:
    """A LinkedIn export to upload."""

    archive: Upload | None = strawberry.field(
        description="The ZIP archive that LinkedIn sends you when you request your data, at most 10 MB. Required "
        "without `uploadId`.",
        default=None,
    )
    upload_id: strawberry.ID | None = strawberry.field(description=UPLOAD_ID, default=None)


@strawberry.input(description="Input of `acceptResumeSkills`.")
class AcceptResumeSkillsInput:
    """Suggested skills to accept."""

    resume_id: strawberry.ID = strawberry.field(description="ID of your resume.")
    skill_ids: list[strawberry.ID] = list_field(
        MAX_AT_ONCE, "IDs of the suggested skills to add to your profile.", service_answers=True
    )
