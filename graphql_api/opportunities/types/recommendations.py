"""Recommendations as the API shows them."""

from __future__ import annotations

import strawberry

from domains.accounts import models as accounts
from domains.opportunities import matching, models, selectors
from graphql_api.accounts.types import User
from graphql_api.context import Info, viewer_of
from graphql_api.opportunities.types.opportunities import Opportunity, Role
from graphql_api.relay.enums import describe
from graphql_api.relay.loaders import load_row

describe(
    matching.Factor,
    name="RecommendationCode",
    description="What counted for a recommendation; docs/recommendations.md says how much each counts.",
    values={
        "REQUIRED_SKILL": "The volunteer has a skill that the role requires.",
        "MISSING_SKILL": "The volunteer lacks a skill that the role requires; it takes points away.",
        "NO_SKILL_NEEDED": "The role requires no skills.",
        "VERIFIED_SKILL": "Somebody else confirmed a skill that the role requires.",
        "DEVELOPED_SKILL": "The role develops a skill that the volunteer is learning.",
        "DISTANCE": "The role is near where the volunteer lives.",
        "REMOTE": "The role can be done from anywhere.",
        "PAST_CAUSE": "The volunteer took part for one of its causes before.",
        "KNOWN_HOST": "The volunteer had a slot with its host before.",
        "REQUIREMENT_MET": "The volunteer has a course or a verification that the role requires.",
        "DATES_FREE": "The volunteer applied for nothing else at that time.",
        "FRESH": "It was added lately.",
        "SOON": "It begins soon, or has begun.",
        "POPULAR": "Many people applied for it lately.",
        "NEW_HERE": "Nothing is known about the volunteer yet.",
    },
)
RecommendationCode = matching.Factor


@strawberry.type(description="One thing that counted for a recommendation, and how much.")
class RecommendationReason:
    """A code, its points, and a sentence for people."""

    code: RecommendationCode = strawberry.field(description="What counted.")
    message: str = strawberry.field(description="The skill, distance, course, cause or habit that counted.")
    points: float = strawberry.field(
        description="Its part of the score, which is the sum of these; below 0 for what is missing."
    )

    @classmethod
    def all_of(cls, match: matching.Match) -> list[RecommendationReason]:
        """Return the reasons of a match, strongest first."""
        return [cls(code=reason.code, message=reason.message, points=reason.points) for reason in match.reasons]


@strawberry.type(description="A role that may suit you, and why.")
class RecommendedOpportunity:
    """The best role of an opportunity for the viewer."""

    score: float = strawberry.field(description="From 0 to 100: the sum of the reasons' points.")
    reasons: list[RecommendationReason] = strawberry.field(description="All that counted, strongest first.")
    found: strawberry.Private[selectors.RecommendedRole]

    @strawberry.field(description="The role that suits you best in the opportunity.")
    async def role(self, info: Info) -> Role:
        """Read the role with what is selected, for all of them at once."""
        shown = models.Opportunity.objects.visible_to(viewer_of(info))
        return await load_row(  # type: ignore[return-value]
            info, self.found.role_id, lambda: models.Role.objects.filter(opportunity__in=shown)
        )

    @strawberry.field(description="What the role is a part of.")
    async def opportunity(self, info: Info) -> Opportunity:
        """Read the opportunity with what is selected, for all of them at once."""
        return await load_row(  # type: ignore[return-value]
            info, self.found.opportunity_id, lambda: models.Opportunity.objects.visible_to(viewer_of(info))
        )

    @classmethod
    def of(cls, found: selectors.RecommendedRole) -> RecommendedOpportunity:
        """Show what the selector found."""
        return cls(score=found.match.score, reasons=RecommendationReason.all_of(found.match), found=found)


@strawberry.type(description="A person who may suit a role, and why.")
class RecommendedVolunteer:
    """A volunteer who has not applied for the role."""

    score: float = strawberry.field(description="From 0 to 100: the sum of the reasons' points.")
    reasons: list[RecommendationReason] = strawberry.field(
        description="All that counted, strongest first: public skills, and roughly where the person lives."
    )
    found: strawberry.Private[selectors.RecommendedVolunteer]

    @strawberry.field(description="Who it is.")
    async def volunteer(self, info: Info) -> User:
        """Read the person with what is selected, for all of them at once."""
        return await load_row(  # type: ignore[return-value]
            info, self.found.user_id, lambda: accounts.User.objects.visible_to(viewer_of(info))
        )

    @classmethod
    def of(cls, found: selectors.RecommendedVolunteer) -> RecommendedVolunteer:
        """Show what the selector found."""
        return cls(score=found.match.score, reasons=RecommendationReason.all_of(found.match), found=found)
