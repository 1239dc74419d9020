"""GraphQL types of skills and resumes."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import strawberry
import strawberry_django
from django.db.models import QuerySet
from strawberry import relay

from domains.skills import models, selectors
from domains.skills.extraction.failures import Failure
from graphql_api.context import Info, viewer_of
from graphql_api.errors import known
from graphql_api.relay.enums import describe
from graphql_api.relay.loaders import load_rows
from graphql_api.relay.rows import row_of

describe(
    models.SkillSource,
    description="How a skill came onto a person's profile.",
    values={
        "SELF": "The person added the skill.",
        "RESUME": "The person accepted the skill from a resume.",
        "LINKEDIN": "The person accepted the skill from a LinkedIn export.",
        "COURSE": "A course that the person completed teaches the skill.",
        "HOST": "A host endorsed the skill after the person volunteered.",
    },
)
SkillSource = models.SkillSource
describe(
    models.ResumeStatus,
    description="Progress of reading a resume.",
    values={
        "PENDING": "The resume waits to be read, or is being read.",
        "PARSED": "The resume was read. `suggestions` lists the skills found.",
        "FAILED": "The resume could not be read. `failureCode` and `failureReason` say why.",
    },
)
ResumeStatus = models.ResumeStatus
describe(
    Failure,
    name="ResumeFailureCode",
    description="Reason why a resume could not be read.",
    values={
        "ENCRYPTED": "The file is encrypted with a password.",
        "NO_TEXT": "The file contains no text, only images or nothing.",
        "NOT_A_RESUME": "The text contains no skills and nothing else that is typical of a resume.",
        "DAMAGED": "The file is damaged, or its content does not match its type.",
        "TOO_LARGE_TO_READ": "Reading the file takes too much time or memory.",
        "UNSUPPORTED_TYPE": "The file is not a PDF, a Word document (DOCX) or plain text.",
        "NO_SKILLS_LIST": "The LinkedIn export contains no list of skills.",
        "INTERRUPTED": "The server was interrupted several times while it read the file.",
    },
)
ResumeFailureCode = Failure


@strawberry_django.type(models.Skill, description="A skill of the taxonomy.")
class Skill(relay.Node):
    """A skill of the taxonomy."""

    name: str = strawberry_django.field(description="Preferred name of the skill.")
    category: str = strawberry_django.field(description="Name of the category that the skill belongs to.")

    @strawberry_django.field(description="Other names of the skill, sorted.", prefetch_related=["aliases"])
    async def aliases(self) -> list[str]:
        """Return the names of the aliases, sorted."""
        row: Any = self
        return sorted(alias.name for alias in row.aliases.all())

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.Skill]:
        """Return the rows that the viewer may see."""
        return models.SkillQuerySet.visible_to(queryset, viewer_of(info))


@strawberry.type(description="A category of skills in the taxonomy.")
class SkillCategory:
    """A category of skills."""

    value: str = strawberry.field(
        description="Key of the category, to pass as `SkillFilter.category`; the same as `Skill.category`. Display "
        "`label` instead."
    )
    label: str = strawberry.field(
        description="Name of the category to display; at present the same as `value`. Do not pass it to the filter."
    )
    skill_count: int = strawberry.field(description="Number of skills in the category.")


@strawberry_django.type(models.UserSkill, description="A skill that a person has.")
class UserSkill(relay.Node):
    """A user's skill with its level and source."""

    proficiency_level: int = strawberry_django.field(description="Level from 1 (beginner) to 5 (expert).")
    source: SkillSource = strawberry_django.field(description="How the skill came onto the profile.")
    is_verified: bool = strawberry_django.field(
        description="Whether someone other than the person, such as a host, confirmed the skill."
    )
    skill: Skill = strawberry_django.field(description="Skill that the person has.")


@strawberry_django.type(
    models.ResumeSuggestion, description="A skill that was found in a resume. Only the owner of the resume sees it."
)
class ResumeSuggestion(relay.Node):
    """A suggested skill."""

    matched_text: str = strawberry_django.field(description="Text of the resume in which the skill was found.")
    confidence: float = strawberry_django.field(description="Confidence of the suggestion, from 0 to 1.")
    is_accepted: bool = strawberry_django.field(description="Whether the person accepted the suggestion.")
    skill: Skill = strawberry_django.field(description="The suggested skill.")

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.ResumeSuggestion]:
        """Return the rows that the viewer may see."""
        return models.ResumeSuggestionQuerySet.visible_to(queryset, viewer_of(info))


@strawberry_django.type(
    models.Resume, description="An uploaded resume or LinkedIn export. The file itself cannot be downloaded."
)
class Resume(relay.Node):
    """The result of reading an uploaded file."""

    status: ResumeStatus = strawberry_django.field(description="Progress of reading the file.")
    original_name: str = strawberry_django.field(description="Name of the uploaded file.")
    created_at: datetime = strawberry_django.field(description="Time of the upload.")

    @strawberry_django.field(
        description="Reason why the file could not be read, such as `ENCRYPTED`; null unless `status` is FAILED.",
        only=["failure_code"],
    )
    async def failure_code(self) -> ResumeFailureCode | None:
        """Return the code, or DAMAGED for a code that the enum no longer has."""
        code = row_of(self, models.Resume).failure_code
        return known(Failure, code, Failure.DAMAGED) if code else None

    @strawberry_django.field(
        description="Sentence that says why the file could not be read and what to do; null unless `status` is FAILED.",
        only=["failure_reason"],
    )
    async def failure_reason(self) -> str | None:
        """Return the sentence, or None."""
        return row_of(self, models.Resume).failure_reason or None

    @strawberry_django.field(
        graphql_type=list[ResumeSuggestion],
        description="Skills found in the file, ordered by confidence, highest first.",
        only=["id"],
    )
    async def suggestions(self, info: Info) -> list[models.ResumeSuggestion]:
        """Load `selectors.find_suggestions`, for all resumes in one batch."""
        shown = partial(selectors.find_suggestions, viewer=viewer_of(info))
        return await load_rows(info, row_of(self, models.Resume).pk, shown, by="resume_id")

    @classmethod
    def get_queryset(cls, queryset: Any, info: Info, **kwargs: Any) -> QuerySet[models.Resume]:
        """Return the rows that the viewer may see."""
        return models.ResumeQuerySet.visible_to(queryset, viewer_of(info))
