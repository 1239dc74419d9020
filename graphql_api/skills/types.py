"""Skills as the API shows them."""

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
    description="How it came to be known that somebody has a skill.",
    values={
        "SELF": "The person said so.",
        "RESUME": "The person accepted it from a resume.",
        "LINKEDIN": "The person accepted it from a LinkedIn export.",
        "COURSE": "A completed course teaches it.",
        "HOST": "A host endorsed it after the person had volunteered.",
    },
)
SkillSource = models.SkillSource
describe(
    models.ResumeStatus,
    description="How far the reading of a resume is.",
    values={
        "PENDING": "It waits to be read, or is being read.",
        "PARSED": "It was read; `suggestions` has the skills.",
        "FAILED": "It could not be read; `failureReason` says why.",
    },
)
ResumeStatus = models.ResumeStatus
describe(
    Failure,
    name="ResumeFailureCode",
    description="Why a resume could not be read.",
    values={
        "ENCRYPTED": "The file is encrypted with a password.",
        "NO_TEXT": "There is no text in the file, only images or nothing.",
        "NOT_A_RESUME": "The text says too little about experience, education or skills.",
        "DAMAGED": "The file is damaged, or not of the type it says.",
        "TOO_LARGE_TO_READ": "Reading it takes too much time or memory.",
        "UNSUPPORTED_TYPE": "It is not a PDF, a Word document or plain text.",
        "NO_SKILLS_LIST": "The LinkedIn export has no list of skills.",
        "INTERRUPTED": "The server was interrupted several times while reading it.",
    },
)
ResumeFailureCode = Failure


@strawberry_django.type(models.Skill, description="Something a person can do.")
class Skill(relay.Node):
    """A skill of the taxonomy."""

    name: str = strawberry_django.field(description="The preferred name.")
    category: str = strawberry_django.field(description="The group of skills it belongs to.")

    @strawberry_django.field(description="Its other names.", prefetch_related=["aliases"])
    async def aliases(self) -> list[str]:
        """Show the other names."""
        row: Any = self
        return sorted(alias.name for alias in row.aliases.all())

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Skill], info: Info, **kwargs: Any) -> QuerySet[models.Skill]:
        """Everything that `visible_to` shows."""
        return models.SkillQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]


@strawberry.type(description="A group of skills in the taxonomy.")
class SkillCategory:
    """A category of skills."""

    value: str = strawberry.field(description="What `SkillFilter.category` takes.")
    label: str = strawberry.field(description="The name to show.")
    skill_count: int = strawberry.field(description="How many skills are in it.")


@strawberry_django.type(models.UserSkill, description="A skill that a person has.")
class UserSkill(relay.Node):
    """What somebody can do, how well, and who says so."""

    proficiency_level: int = strawberry_django.field(description="From 1, a beginner, to 5, an expert.")
    source: SkillSource = strawberry_django.field(description="How it came to be known.")
    is_verified: bool = strawberry_django.field(description="Whether somebody else confirmed it.")
    skill: Skill = strawberry_django.field(description="The skill.")


@strawberry_django.type(
    models.ResumeSuggestion, description="A skill that was found in a resume; only its owner sees it."
)
class ResumeSuggestion(relay.Node):
    """What may be a skill of the person's."""

    matched_text: str = strawberry_django.field(description="The text that it was found in.")
    confidence: float = strawberry_django.field(description="How sure that is: from 0 to 1.")
    is_accepted: bool = strawberry_django.field(description="Whether the person took it over.")
    skill: Skill = strawberry_django.field(description="The skill.")

    @classmethod
    def get_queryset(
        cls, queryset: QuerySet[models.ResumeSuggestion], info: Info, **kwargs: Any
    ) -> QuerySet[models.ResumeSuggestion]:
        """Everything that `visible_to` shows."""
        return models.ResumeSuggestionQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]


@strawberry_django.type(models.Resume, description="A resume, or a LinkedIn export, that somebody handed in.")
class Resume(relay.Node):
    """What became of a file; the file itself is never shown."""

    status: ResumeStatus = strawberry_django.field(description="Whether it was read already.")
    original_name: str = strawberry_django.field(description="What the file was called.")
    created_at: datetime = strawberry_django.field(description="When it was handed in.")

    @strawberry_django.field(
        description="Why it could not be read, as a code such as `ENCRYPTED`; null otherwise.", only=["failure_code"]
    )
    async def failure_code(self) -> ResumeFailureCode | None:
        """Show the code of the reason."""
        code = row_of(self, models.Resume).failure_code
        return known(Failure, code, Failure.DAMAGED) if code else None

    @strawberry_django.field(
        description="Why it could not be read and what to do, in a sentence; null otherwise.", only=["failure_reason"]
    )
    async def failure_reason(self) -> str | None:
        """Show the reason."""
        return row_of(self, models.Resume).failure_reason or None

    @strawberry_django.field(description="The skills found in it, surest first.", only=["id"])
    async def suggestions(self, info: Info) -> list[ResumeSuggestion]:
        """Show what was found."""
        shown = partial(selectors.find_suggestions, viewer=viewer_of(info))
        return await load_rows(info, row_of(self, models.Resume).pk, shown, by="resume_id")  # type: ignore[return-value]

    @classmethod
    def get_queryset(cls, queryset: QuerySet[models.Resume], info: Info, **kwargs: Any) -> QuerySet[models.Resume]:
        """Everything that `visible_to` shows."""
        return models.ResumeQuerySet.visible_to(queryset, viewer_of(info))  # type: ignore[arg-type]
