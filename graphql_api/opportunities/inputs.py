"""What the queries and mutations of opportunities take."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from domains.opportunities.selectors import Order, Wishes, is_sensible_time
from domains.opportunities.services import OpportunityDraft, RoleDraft, RoleSkillDraft
from graphql_api.errors import BadUserInput
from graphql_api.ids import key_for, known_or_nobody
from graphql_api.opportunities.types import ApplicationDecision, OpportunityKind, OpportunityStatus


@strawberry.enum(description="Which end of a list comes first.")
class Ordering(Enum):
    """A direction."""

    ASC = "ASC"
    DESC = "DESC"


@strawberry.input(description="Which opportunities to list; what is left out does not narrow the list.")
class OpportunityFilter:
    """What narrows the list of opportunities."""

    status: OpportunityStatus | None = strawberry.field(
        description="Only these; without it OPEN. DRAFT lists those of hosts you run.", default=None
    )
    kind: OpportunityKind | None = strawberry.field(description="How one gets a place.", default=None)
    host_id: strawberry.ID | None = strawberry.field(description="Of this organisation.", default=None)
    skill_ids: list[strawberry.ID] | None = strawberry.field(
        description="With a role that requires or develops one of these skills.", default=None
    )
    cause_ids: list[strawberry.ID] | None = strawberry.field(description="Good for one of these causes.", default=None)
    is_remote: bool | None = strawberry.field(description="From anywhere, or at a place.", default=None)
    location_zip: str | None = strawberry.field(description="In exactly this ZIP code.", default=None)
    starts_after: datetime | None = strawberry.field(description="Beginning then or later.", default=None)
    starts_before: datetime | None = strawberry.field(description="Beginning before then.", default=None)
    source: str | None = strawberry.field(description="Found at the source with this name.", default=None)

    def wishes(self) -> Wishes:
        """Return it as the domain knows it; an id or a time that is none is BAD_USER_INPUT."""
        return Wishes(
            status=self.status,
            kind=self.kind,
            host_id=None if self.host_id is None else key_for(self.host_id, "OpportunityHost", "hostId"),
            skill_ids=None if self.skill_ids is None else [key_for(one, "Skill", "skillIds") for one in self.skill_ids],
            cause_ids=None if self.cause_ids is None else [key_for(one, "Cause", "causeIds") for one in self.cause_ids],
            is_remote=self.is_remote,
            location_zip=self.location_zip,
            starts_after=_time(self.starts_after, "startsAfter"),
            starts_before=_time(self.starts_before, "startsBefore"),
            source=self.source,
        )


def _time(moment: datetime | None, field: str) -> datetime | None:
    if moment is not None and not is_sensible_time(moment):
        raise BadUserInput(f"`{field}` must be a time with its offset, such as 2030-05-04T10:00:00-07:00.")
    return moment


@strawberry.input(one_of=True, description="One column to order opportunities by.")
class OpportunityOrder:
    """A column and its direction."""

    start_date: Ordering | None = strawberry.field(description="By when they begin.", default=strawberry.UNSET)
    created_at: Ordering | None = strawberry.field(description="By when they were written.", default=strawberry.UNSET)
    title: Ordering | None = strawberry.field(description="By title.", default=strawberry.UNSET)

    def order(self) -> Order:
        """Return it as the domain knows it."""
        given = {"start_date": self.start_date, "created_at": self.created_at, "title": self.title}
        ((column, direction),) = [(column, way) for column, way in given.items() if way]
        return Order(column, is_descending=direction is Ordering.DESC)


@strawberry.input(description="What `createHost` takes.")
class CreateHostInput:
    """A new organisation."""

    organization_name: str = strawberry.field(description="2 to 200 characters.")
    website: str = strawberry.field(description="Its address on the web, with https://.", default="")
    description: str = strawberry.field(description="What it does, at most 5,000 characters.", default="")
    zip_code: str = strawberry.field(description="Five digits.", default="")


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


@strawberry.input(description="What `applyToRole` takes.")
class ApplyToRoleInput:
    """A wish for a place."""

    role_id: strawberry.ID = strawberry.field(description="The role.")
    cover_letter: str = strawberry.field(description="Why you, at most 5,000 characters.", default="")
    join_waitlist: bool = strawberry.field(description="Wait in line if every place is taken.", default=False)


@strawberry.input(description="What `decideApplication` takes.")
class DecideApplicationInput:
    """A coordinator's decision."""

    application_id: strawberry.ID = strawberry.field(description="The application.")
    decision: ApplicationDecision = strawberry.field(description="What becomes of it.")
    note: str = strawberry.field(description="A word to the volunteer, at most 500 characters.", default="")
