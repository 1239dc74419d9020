"""What the acts on opportunities take."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domains.opportunities.services import OpportunityChanges, OpportunityDraft
from domains.opportunities.services.drafts import MAX_CAUSES
from domains.opportunities.services.role_drafts import MAX_ROLES
from graphql_api.checks.input_limits import list_field
from graphql_api.opportunities.inputs.roles import RoleInput
from graphql_api.opportunities.types import OpportunityKind
from graphql_api.relay.ids import known_or_nobody


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
    location_zip: str = strawberry.field(description="ZIP code, kept as five digits; may be empty.", default="")
    is_remote: bool = strawberry.field(description="Whether one can take part from anywhere.", default=False)
    cause_ids: list[strawberry.ID] = list_field(
        MAX_CAUSES, "What it is good for.", service_answers=True, default_factory=list
    )
    roles: list[RoleInput] = list_field(
        MAX_ROLES, "The parts that volunteers play.", service_answers=True, default_factory=list
    )

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


@strawberry.input(description="What `updateOpportunity` takes; what is left out or null stays as it is.")
class UpdateOpportunityInput:
    """What an opportunity is from now on; its roles are changed by `addRole` and `updateRole`."""

    opportunity_id: strawberry.ID = strawberry.field(description="The opportunity.")
    title: str | None = strawberry.field(description="3 to 200 characters.", default=None)
    description: str | None = strawberry.field(description="10 to 5,000 characters.", default=None)
    start_date: datetime | None = strawberry.field(description="When it begins, with the offset.", default=None)
    end_date: datetime | None = strawberry.field(description="When it ends, with the offset.", default=None)
    kind: OpportunityKind | None = strawberry.field(
        description="SIGN_UP or EXPRESS_INTEREST; fixed once somebody has applied.", default=None
    )
    impact_statement: str | None = strawberry.field(description="What it will have changed.", default=None)
    location_text: str | None = strawberry.field(description="Where it is, in words.", default=None)
    location_zip: str | None = strawberry.field(description="ZIP code, kept as five digits, or nothing.", default=None)
    is_remote: bool | None = strawberry.field(description="Whether one can take part from anywhere.", default=None)
    cause_ids: list[strawberry.ID] | None = list_field(
        MAX_CAUSES, "All that it is good for.", service_answers=True, default=None
    )

    def changes(self) -> OpportunityChanges:
        """Return it as the domain knows it."""
        return OpportunityChanges(
            title=self.title,
            description=self.description,
            start_date=self.start_date,
            end_date=self.end_date,
            kind=self.kind,
            impact_statement=self.impact_statement,
            location_text=self.location_text,
            location_zip=self.location_zip,
            is_remote=self.is_remote,
            cause_ids=None if self.cause_ids is None else [known_or_nobody(one, "Cause") for one in self.cause_ids],
        )


@strawberry.input(description="What `closeOpportunity` takes.")
class CloseOpportunityInput:
    """No more applications."""

    opportunity_id: strawberry.ID = strawberry.field(description="The opportunity, an open one.")
    reason: str = strawberry.field(description="Why, for everybody to read; at most 500 characters.", default="")


@strawberry.input(description="What `cancelOpportunity` takes.")
class CancelOpportunityInput:
    """It does not take place."""

    opportunity_id: strawberry.ID = strawberry.field(description="The opportunity, open or closed.")
    reason: str = strawberry.field(description="Why, for everybody to read; at most 500 characters.", default="")
