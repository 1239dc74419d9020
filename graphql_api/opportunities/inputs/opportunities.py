"""What the acts on opportunities and roles take."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domains.opportunities.services import OpportunityDraft, RoleDraft, RoleSkillDraft
from graphql_api.ids import known_or_nobody
from graphql_api.opportunities.types import OpportunityKind


@strawberry.input(description="A skill in a role.")
class RoleSkillInput:
    """What the role asks for or teaches."""

    skill_id: strawberry.ID = strawberry.field(description="The skill.")
    is_required: bool | None = strawberry.field(
        description="Whether volunteers need it; without a word, yes unless the role develops it.", default=None
    )
    is_developed: bool = strawberry.field(description="Whether volunteers learn it.", default=False)

    def draft(self) -> RoleSkillDraft:
        """Return it as the domain knows it."""
        return RoleSkillDraft(
            skill_id=known_or_nobody(self.skill_id, "Skill"),
            is_required=self.is_required,
            is_developed=self.is_developed,
        )


@strawberry.input(description="A part that volunteers play.")
class RoleInput:
    """A new role."""

    title: str = strawberry.field(description="3 to 200 characters.")
    slots_available: int = strawberry.field(description="How many places there are, at least 1.")
    description: str = strawberry.field(description="What one does in it, at most 5,000 characters.", default="")
    requires_approval: bool = strawberry.field(
        description="Whether a coordinator decides; without it, whoever applies has a place.", default=True
    )
    skills: list[RoleSkillInput] = strawberry.field(
        description="The skills it requires and develops.", default_factory=list
    )

    def draft(self) -> RoleDraft:
        """Return it as the domain knows it."""
        return RoleDraft(
            title=self.title,
            slots_available=self.slots_available,
            description=self.description,
            requires_approval=self.requires_approval,
            skills=[skill.draft() for skill in self.skills],
        )


@strawberry.input(description="What `createOpportunity` takes.")
class CreateOpportunityInput:
    """A new draft."""

    host_id: strawberry.ID = strawberry.field(description="The organisation that offers it.")
    title: str = strawberry.field(description="3 to 200 characters.")
    description: str = strawberry.field(description="10 to 5,000 characters.")
    start_date: datetime = strawberry.field(description="When it begins, with the offset.")
    end_date: datetime = strawberry.field(description="When it ends, with the offset.")
    kind: OpportunityKind = strawberry.field(
        description="SIGN_UP or EXPRESS_INTEREST.", default=OpportunityKind.SIGN_UP
    )
    impact_statement: str = strawberry.field(description="What it will have changed.", default="")
    location_text: str = strawberry.field(description="Where it is, in words.", default="")
    location_zip: str = strawberry.field(description="Five digits; empty for a remote one.", default="")
    is_remote: bool = strawberry.field(description="Whether one can take part from anywhere.", default=False)
    cause_ids: list[strawberry.ID] = strawberry.field(description="What it is good for.", default_factory=list)
    roles: list[RoleInput] = strawberry.field(description="The parts that volunteers play.", default_factory=list)

    def draft(self) -> OpportunityDraft:
        """Return it as the domain knows it."""
        return OpportunityDraft(
            title=self.title,
            description=self.description,
            start_date=self.start_date,
            end_date=self.end_date,
            kind=self.kind,
            impact_statement=self.impact_statement,
            location_text=self.location_text,
            location_zip=self.location_zip,
            is_remote=self.is_remote,
            cause_ids=[known_or_nobody(one, "Cause") for one in self.cause_ids],
            roles=[role.draft() for role in self.roles],
        )


@strawberry.input(description="What `publishOpportunity` takes.")
class PublishOpportunityInput:
    """A draft."""

    opportunity_id: strawberry.ID = strawberry.field(description="The draft to open to everybody.")
