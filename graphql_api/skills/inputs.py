"""What the queries and mutations of skills take."""

from __future__ import annotations

import strawberry

from domains.skills.services.accept_resume_skills import MAX_AT_ONCE
from graphql_api.checks.input_limits import list_field
from graphql_api.relay.scalars import Upload


@strawberry.input(description="Which skills to list; without a word, all of them.")
class SkillFilter:
    """What narrows the list of skills."""

    search: str | None = strawberry.field(description="How the name, or another name, begins.", default=None)
    category: str | None = strawberry.field(description="The whole name of the category.", default=None)


@strawberry.input(description="What `addSkill` takes.")
class AddSkillInput:
    """A skill, and how well."""

    skill_id: strawberry.ID = strawberry.field(description="The skill.")
    proficiency_level: int = strawberry.field(description="From 1, a beginner, to 5, an expert.", default=3)


@strawberry.input(description="What `removeSkill` takes.")
class RemoveSkillInput:
    """A skill."""

    skill_id: strawberry.ID = strawberry.field(description="The skill.")


@strawberry.input(description="What `uploadResume` takes.")
class UploadResumeInput:
    """A file."""

    resume: Upload = strawberry.field(description="A PDF, a Word document (DOCX) or plain text, of 5 MB at the most.")


@strawberry.input(description="What `importLinkedinExport` takes.")
class ImportLinkedinExportInput:
    """An archive."""

    archive: Upload = strawberry.field(
        description="The ZIP that LinkedIn sends you when you ask for your data, of 10 MB at the most."
    )


@strawberry.input(description="What `acceptResumeSkills` takes.")
class AcceptResumeSkillsInput:
    """A choice of what was suggested."""

    resume_id: strawberry.ID = strawberry.field(description="Your resume.")
    skill_ids: list[strawberry.ID] = list_field(
        MAX_AT_ONCE, "Which of its suggested skills you have.", service_answers=True
    )
