"""What the queries and mutations of skills take."""

from __future__ import annotations

import strawberry


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
