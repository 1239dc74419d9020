"""Inputs of the mutations of opportunities."""

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


@strawberry.input(description="Input of `createOpportunity`.")
class CreateOpportunityInput:
    """A new draft."""

    host_id: strawberry.ID = strawberry.field(description="ID of the host that offers the opportunity.")
    title: str = strawberry.field(description="Title of the opportunity, 3 to 200 characters.")
    description: str = strawberry.field(description="Description of the opportunity, 10 to 5,000 characters.")
    start_date: datetime = strawberry.field(description="Time the opportunity begins, with its UTC offset.")
    end_date: datetime = strawberry.field(description="Time the opportunity ends, with its UTC offset.")
    kind: OpportunityKind = strawberry.field(
        description="How volunteers apply: SIGN_UP or EXPRESS_INTEREST.", default=OpportunityKind.SIGN_UP
    )
    impact_statement: str = strawberry.field(
        description="Statement of the intended impact, at most 1,000 characters.", default=""
    )
    location_text: str = strawberry.field(description="Location in words, at most 300 characters.", default="")
    location_zip: str = strawberry.field(
        description="ZIP code of the location, stored as five digits; may be empty.", default=""
    )
    is_remote: bool = strawberry.field(description="Whether volunteers can take part from anywhere.", default=False)
    cause_ids: list[strawberry.ID] = list_field(
        MAX_CAUSES, "IDs of the causes that the opportunity serves.", service_answers=True, default_factory=list
    )
    roles: list[RoleInput] = list_field(
        MAX_ROLES, "Roles that volunteers can apply for.", service_answers=True, default_factory=list
    )

    def draft(self) -> OpportunityDraft:
        """Return the domain's value."""
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


@strawberry.input(description="Input of `publishOpportunity`.")
class PublishOpportunityInput:
    """A draft to publish."""

    opportunity_id: strawberry.ID = strawberry.field(description="ID of the draft to publish.")


@strawberry.input(description="Input of `updateOpportunity`. A field that is left out or null stays as it is.")
class UpdateOpportunityInput:
    """Changes of an opportunity; `addRole` and `updateRole` change its roles."""

    opportunity_id: strawberry.ID = strawberry.field(description="ID of the opportunity to change.")
    title: str | None = strawberry.field(description="Title of the opportunity, 3 to 200 characters.", default=None)
    description: str | None = strawberry.field(
        description="Description of the opportunity, 10 to 5,000 characters.", default=None
    )
    start_date: datetime | None = strawberry.field(
        description="Time the opportunity begins, with its UTC offset.", default=None
    )
    end_date: datetime | None = strawberry.field(
        description="Time the opportunity ends, with its UTC offset.", default=None
    )
    kind: OpportunityKind | None = strawberry.field(
        description="How volunteers apply: SIGN_UP or EXPRESS_INTEREST; fixed once a volunteer has applied.",
        default=None,
    )
    impact_statement: str | None = strawberry.field(
        description="Statement of the intended impact, at most 1,000 characters.", default=None
    )
    location_text: str | None = strawberry.field(description="Location in words, at most 300 characters.", default=None)
    location_zip: str | None = strawberry.field(
        description="ZIP code of the location, stored as five digits; may be empty.", default=None
    )
    is_remote: bool | None = strawberry.field(
        description="Whether volunteers can take part from anywhere.", default=None
    )
    cause_ids: list[strawberry.ID] | None = list_field(
        MAX_CAUSES,
        "IDs of all causes that the opportunity serves; they replace the existing ones.",
        service_answers=True,
        default=None,
    )

    def changes(self) -> OpportunityChanges:
        """Return the domain's value."""
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


@strawberry.input(description="Input of `closeOpportunity`.")
class CloseOpportunityInput:
    """An opportunity to close."""

    opportunity_id: strawberry.ID = strawberry.field(description="ID of an open opportunity.")
    reason: str = strawberry.field(description="Public reason, at most 500 characters.", default="")


@strawberry.input(description="Input of `cancelOpportunity`.")
class CancelOpportunityInput:
    """An opportunity to cancel."""

    opportunity_id: strawberry.ID = strawberry.field(description="ID of an open or closed opportunity.")
    reason: str = strawberry.field(description="Public reason, at most 500 characters.", default="")
