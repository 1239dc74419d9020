"""Queries of recommendations."""

from __future__ import annotations

from typing import Annotated

import strawberry
import strawberry_django
from django.db.models import Case, Value, When
from strawberry_django.optimizer import optimize

from domains.opportunities import models, selectors
from graphql_api.context import Info, signed_in, viewer_of
from graphql_api.errors import BadUserInput
from graphql_api.opportunities.types import Opportunity
from graphql_api.opportunities.types.recommendations import RecommendedOpportunity, RecommendedVolunteer
from graphql_api.relay.ids import known_or_nobody

#: Default and maximum number of results.
USUAL, MOST = 10, 50

First = Annotated[int | None, strawberry.argument(description=f"Maximum number of results, from 1 to {MOST}.")]
RoleId = Annotated[strawberry.ID, strawberry.argument(description="ID of a role of a host that you own or coordinate.")]


@strawberry.type
class RecommendationQueries:
    """Root fields of the queries."""

    @strawberry_django.field(
        description="Roles that suit the viewer, best first, with the reasons. Each opportunity is listed once at "
        "most. Needs a login."
    )
    def recommended_opportunities(self, info: Info, first: First = USUAL) -> list[RecommendedOpportunity] | None:
        found = selectors.find_recommended_roles(viewer=signed_in(info), first=_size(first))
        return [RecommendedOpportunity.of(one) for one in found]

    @strawberry_django.field(
        description="Volunteers who suit a role and have not applied for it, best first, with the reasons. Needs a "
        "login as an owner or coordinator of the host. Without that, it is null, with an error: UNAUTHENTICATED, "
        "FORBIDDEN, or NOT_FOUND for an unknown role. The list is empty if the opportunity is closed, canceled or over."
    )
    def recommended_volunteers(
        self, info: Info, role_id: RoleId, first: First = USUAL
    ) -> list[RecommendedVolunteer] | None:
        viewer, size, key = signed_in(info), _size(first), known_or_nobody(role_id, "Role")
        found = selectors.find_recommended_volunteers(viewer=viewer, role_id=key, first=size)
        return [RecommendedVolunteer.of(one) for one in found]

    @strawberry_django.field(
        graphql_type=list[Opportunity],
        description="Open opportunities, ordered by the number of people who applied in the last 14 days, highest "
        "first. The numbers are counted once an hour.",
    )
    def trending_opportunities(self, info: Info, first: First = USUAL) -> list[models.Opportunity]:
        """Call `selectors.find_trending`, then read the opportunities in its order."""
        viewer = viewer_of(info)
        keys = selectors.find_trending(viewer=viewer, first=_size(first))
        ranks = Case(*(When(pk=key, then=Value(rank)) for rank, key in enumerate(keys)), default=Value(len(keys)))
        rows = models.Opportunity.objects.visible_to(viewer).filter(pk__in=keys).order_by(ranks)
        return list(optimize(rows, info=info))


def _size(first: int | None) -> int:
    size = USUAL if first is None else first
    if not 1 <= size <= MOST:
        raise BadUserInput(f"`first` must be from 1 to {MOST}.")
    return size
