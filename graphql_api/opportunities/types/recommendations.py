"""GraphQL types of recommendations."""

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
    description="Factor of a recommendation. docs/recommendations.md lists the points of each factor.",
    values={
        "REQUIRED_SKILL": "The volunteer has a skill that the role requires.",
        "MISSING_SKILL": "The volunteer lacks a skill that the role requires. This factor subtracts points.",
        "NO_SKILL_NEEDED": "The role requires no skills.",
        "VERIFIED_SKILL": "Someone else confirmed that the volunteer has a skill that the role requires.",
        "DEVELOPED_SKILL": "The role develops a skill that the volunteer has, or one of the same category.",
        "DISTANCE": "The role is near the volunteer's ZIP code.",
        "REMOTE": "Volunteers can take the role from anywhere.",
        "AVAILABLE": "The volunteer is usually free at that time, or at a part of it.",
        "PREFERRED_CAUSE": "The volunteer prefers one of the opportunity's causes.",
        "PAST_CAUSE": "The volunteer took part for one of the opportunity's causes before.",
        "KNOWN_HOST": "The volunteer had a slot with the host before.",
        "REQUIREMENT_MET": "The volunteer has completed a course, or has a verification, that the role requires.",
        "DATES_FREE": "The volunteer has applied for nothing else at that time.",
        "FRESH": "The opportunity was added recently.",
        "SOON": "The opportunity begins soon or has begun.",
        "POPULAR": "Several people applied for the opportunity recently.",
        "NEW_HERE": "The volunteer's skills, location, preferred causes and past activity are unknown.",
    },
)
RecommendationCode = matching.Factor


@strawberry.type(description="A factor of a recommendation, with its points.")
class RecommendationReason:
    """A factor with its points and a message."""

    code: RecommendationCode = strawberry.field(description="Code of the factor.")
    message: str = strawberry.field(
        description="Sentence that names what counted, such as the skill, the distance, the course or the cause."
    )
    points: float = strawberry.field(
        description="Points that the factor adds to the score; never above 0 for a missing skill."
    )

    @classmethod
    def all_of(cls, match: matching.Match) -> list[RecommendationReason]:
        """Return the reasons of a match, strongest first."""
        return [cls(code=reason.code, message=reason.message, points=reason.points) for reason in match.reasons]


@strawberry.type(description="An opportunity that may suit the viewer, with its best role and the reasons.")
class RecommendedOpportunity:
    """The best role of an opportunity for the viewer."""

    score: float = strawberry.field(description="Score from 0 to 100, which is the sum of the reasons' points.")
    reasons: list[RecommendationReason] = strawberry.field(description="All factors of the score, strongest first.")
    found: strawberry.Private[selectors.RecommendedRole]

    @strawberry.field(graphql_type=Role, description="Role of the opportunity that suits the viewer best.")
    async def role(self, info: Info) -> models.Role | None:
        """Load the role with the selected fields, for all recommendations in one batch."""
        shown = models.Opportunity.objects.visible_to(viewer_of(info))
        return await load_row(info, self.found.role_id, lambda: models.Role.objects.filter(opportunity__in=shown))

    @strawberry.field(graphql_type=Opportunity, description="Opportunity that the role belongs to.")
    async def opportunity(self, info: Info) -> models.Opportunity | None:
        """Load the opportunity with the selected fields, for all recommendations in one batch."""
        return await load_row(
            info, self.found.opportunity_id, lambda: models.Opportunity.objects.visible_to(viewer_of(info))
        )

    @classmethod
    def of(cls, found: selectors.RecommendedRole) -> RecommendedOpportunity:
        """Return the GraphQL object of a recommendation that the selector found."""
        return cls(score=found.match.score, reasons=RecommendationReason.all_of(found.match), found=found)


@strawberry.type(description="A volunteer who may suit a role, with the reasons.")
class RecommendedVolunteer:
    """A volunteer who has not applied for the role."""

    score: float = strawberry.field(description="Score from 0 to 100, which is the sum of the reasons' points.")
    reasons: list[RecommendationReason] = strawberry.field(
        description="All factors of the score, strongest first. They use only the skills, causes and free "
        "times that the volunteer shows all members, and the approximate location."
    )
    found: strawberry.Private[selectors.RecommendedVolunteer]

    @strawberry.field(graphql_type=User, description="Volunteer who may suit the role.")
    async def volunteer(self, info: Info) -> accounts.User | None:
        """Load the user with the selected fields, for all recommendations in one batch."""
        return await load_row(info, self.found.user_id, lambda: accounts.User.objects.visible_to(viewer_of(info)))

    @classmethod
    def of(cls, found: selectors.RecommendedVolunteer) -> RecommendedVolunteer:
        """Return the GraphQL object of a recommendation that the selector found."""
        return cls(score=found.match.score, reasons=RecommendationReason.all_of(found.match), found=found)
